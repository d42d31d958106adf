//! Measures the SDK beside its peers, in one run on one machine.
//!
//! What is measured, and how, is written in the crate's `README.md`. Start reading at [`rounds`],
//! which every measurement runs on, then take any one of them: [`token`], [`stores`], [`request`],
//! [`decode`], [`generate`], [`transfer`], [`stream`], [`growth`], [`builds`].

pub mod allocations;
pub mod builds;
pub mod by_hand;
pub mod cynic_source;
pub mod data;
pub mod decode;
pub mod derived;
pub mod generate;
pub mod generated;
pub mod growth;
pub mod loopback;
pub mod page;
pub mod plot;
pub mod report;
pub mod request;
pub mod rounds;
pub mod sandbox;
pub mod stores;
pub mod stream;
pub mod table;
pub mod token;
pub mod transfer;
pub mod under_cynic;
