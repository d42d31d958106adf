//! The vendors on loopback: token endpoints and a real GraphQL engine over seeded, stateful data.
