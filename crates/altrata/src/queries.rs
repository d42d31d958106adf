//! Every operation that public sources show, generated from `queries/altrata/<service>/*.graphql`.
//!
//! An operation is a value that holds its variables: `SearchPeople::new("ada").first(20)`. The module of
//! the same name in snake case holds the types of its data: `search_people::Person`.

#![allow(clippy::all, clippy::pedantic, missing_docs)]

/// Operations of the Profile API: people and organizations.
pub mod profile {
    include!(concat!(env!("OUT_DIR"), "/profile/queries.rs"));
}

/// Operations of the Matching API: from your records to Altrata's people.
pub mod matching {
    include!(concat!(env!("OUT_DIR"), "/matching/queries.rs"));
}

/// Operations of the Events API: announcements about people and organizations.
pub mod events {
    include!(concat!(env!("OUT_DIR"), "/events/queries.rs"));
}

/// Operations of the Relationships API: who knows whom.
pub mod relationships {
    include!(concat!(env!("OUT_DIR"), "/relationships/queries.rs"));
}
