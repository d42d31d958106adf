//! Operations that need no variables decode what the schema promises.

use acme::queries;

use crate::setup::Setup;
