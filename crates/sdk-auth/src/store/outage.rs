//! What to do while a store cannot be used.

/// What a provider does when it needs a new token and its store cannot be used.
///
/// A token that is still valid is used to its end in either case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum StoreOutage {
    /// It asks for no token: calls fail with [`Error::Store`](crate::Error::Store) once there is none left.
    ///
    /// The default, and the only choice, where a new token ends the old one: two processes that ask without
    /// knowing of each other would end each other's tokens.
    KeepToken,
    /// It asks for a token of its own. The default where tokens live beside each other.
    RequestLocally,
}
