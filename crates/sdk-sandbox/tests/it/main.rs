//! The sandbox seen from outside, by a plain HTTP client that follows the vendor's public documentation.

mod client;
mod paging;
mod token;
