//! One module for each vendor: what is peculiar to its server, and its data.

pub(crate) mod finitestate;
