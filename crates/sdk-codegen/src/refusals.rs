//! How a vendor says no in the data, as data.

/// Which members of a result union are refusals, and where they keep what they say.
///
/// Vendors that answer with unions put a typed error where the result would be. For every operation with
/// one root field that answers with a union and selects by type, the generator writes `Operation::refusal`,
/// and, where one type is the only result, `Outcome`. An operation with several root fields keeps its
/// unions: a refusal of one must not cost the caller the others.
///
/// A refusal is a member whose type is named with the suffix, and any type that the schema does not know. A
/// result that an operation does not select is none.
///
/// ```
/// use sdk_codegen::Refusals;
///
/// // `pub fn refusal(kind: &str) -> sdk_graphql::Refusal` gives the name of a type its class.
/// let errors = Refusals::new("crate::codegen::refusal", "Error")
///     .codes(["errorCode", "code"])
///     .messages(["errorMessage"])
///     .correlation_ids(["correlationId"]);
/// # drop(errors);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusals {
    pub(crate) function: String,
    pub(crate) suffix: String,
    /// A setter of the runtime's `Refusal`, and a field for it, the preferred one first.
    pub(crate) parts: Vec<(String, String)>,
}

impl Refusals {
    /// A convention by the path of a function from the name of a type to a refusal, and by how the names of
    /// such types end.
    ///
    /// The path starts with `crate::`, and is public if operations are to be shared.
    pub fn new(function: &str, suffix: &str) -> Self {
        Self {
            function: function.to_owned(),
            suffix: suffix.to_owned(),
            parts: Vec::new(),
        }
    }

    /// The fields of the schema that hold the vendor's code; the first that an operation selects counts.
    #[must_use]
    pub fn codes<'a>(self, fields: impl IntoIterator<Item = &'a str>) -> Self {
        self.with("with_code", fields)
    }

    /// The fields that hold the message.
    #[must_use]
    pub fn messages<'a>(self, fields: impl IntoIterator<Item = &'a str>) -> Self {
        self.with("with_message", fields)
    }

    /// The fields that hold what the vendor's support asks for.
    #[must_use]
    pub fn correlation_ids<'a>(self, fields: impl IntoIterator<Item = &'a str>) -> Self {
        self.with("with_correlation_id", fields)
    }

    fn with<'a>(mut self, setter: &str, fields: impl IntoIterator<Item = &'a str>) -> Self {
        let part = |field: &str| (setter.to_owned(), field.to_owned());
        self.parts.extend(fields.into_iter().map(part));
        self
    }
}
