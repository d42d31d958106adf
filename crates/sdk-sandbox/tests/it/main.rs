//! The sandbox seen from outside, by a plain HTTP client that follows the vendor's public documentation.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on stops")]

mod altrata;
mod back_door;
mod client;
mod coverage;
mod exports;
mod faults;
mod filters;
mod finlex;
mod ion_client;
mod ion_errors;
mod ion_etags;
mod ion_files;
mod ion_paging;
mod ion_token;
mod mutations;
mod oauth2_basic;
mod paging;
mod records;
#[cfg(unix)]
mod redis_server;
mod requests;
mod stand_in;
mod token;
mod uploads;
