//! The same operations under cynic, written by its generator when this crate is built.
#![allow(
    missing_docs,
    missing_debug_implementations,
    unreachable_pub,
    dead_code,
    non_camel_case_types,
    non_snake_case,
    unused_imports,
    clippy::all,
    clippy::pedantic,
    reason = "printed code"
)]

pub mod probe {
    #[cynic::schema("probe")]
    mod schema {}

    include!(concat!(env!("OUT_DIR"), "/probe_under_cynic.rs"));
}

pub mod finitestate {
    #[cynic::schema("finitestate")]
    mod schema {}

    include!(concat!(env!("OUT_DIR"), "/finitestate_under_cynic.rs"));
}

pub mod ion {
    #[cynic::schema("ion")]
    mod schema {}

    include!(concat!(env!("OUT_DIR"), "/ion_under_cynic.rs"));
}

pub mod altrata {
    #[cynic::schema("altrata")]
    mod schema {}

    include!(concat!(env!("OUT_DIR"), "/altrata_under_cynic.rs"));
}
