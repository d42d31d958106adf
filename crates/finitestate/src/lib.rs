//! Typed client for the Finite State GraphQL API (product security).
