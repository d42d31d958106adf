//! One module for each vendor: what is peculiar to its server, and its data.

pub(crate) mod altrata;
pub(crate) mod finitestate;
pub(crate) mod finlex;
pub(crate) mod ion;
pub(crate) mod oauth2_basic;
pub(crate) mod stand_in;
