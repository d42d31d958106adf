//! How a vendor's lists go on, as data.

/// Which operations are lists, and the macro that lets them be followed from page to page.
///
/// An operation is a list when it declares the cursor's variable, passes it to the argument of the same
/// name, and selects below that field what the convention needs. For every such operation the generator
/// calls the macro:
///
/// ```text
/// crate::paged! {
///     ListShips of list_ships::Ship, [first], |data| data.fleet?.ships
/// }
/// ```
///
/// with the operation, the type of an item, those of the optional variables that it declares without a
/// default, and how to get from the operation's data to the field that pages; the expression is an
/// `Option`. The macro implements the runtime's `Paged`.
///
/// ```
/// use sdk_codegen::Paging;
///
/// // Relay connections.
/// let connections = Paging::new("crate::paged", "after")
///     .optional(["first"])
///     .items("edges.node")
///     .selects(["pageInfo.hasNextPage", "pageInfo.endCursor"]);
/// # drop(connections);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paging {
    pub(crate) macro_path: String,
    pub(crate) cursor: String,
    pub(crate) optional: Vec<String>,
    pub(crate) items: String,
    pub(crate) selects: Vec<String>,
}

impl Paging {
    /// A convention by the path of its macro and the name of the variable that holds the cursor.
    ///
    /// The path starts with `crate::`, and the macro is exported if operations are to be shared.
    pub fn new(macro_path: &str, cursor: &str) -> Self {
        Self {
            macro_path: macro_path.to_owned(),
            cursor: cursor.to_owned(),
            optional: Vec::new(),
            items: String::new(),
            selects: Vec::new(),
        }
    }

    /// Variables that the macro uses where an operation declares them. Default: none.
    #[must_use]
    pub fn optional<'a>(mut self, variables: impl IntoIterator<Item = &'a str>) -> Self {
        self.optional = variables.into_iter().map(str::to_owned).collect();
        self
    }

    /// Where the items are below the field that pages: response keys with dots between them.
    ///
    /// Default: the field is the list itself.
    #[must_use]
    pub fn items(mut self, path: &str) -> Self {
        path.clone_into(&mut self.items);
        self
    }

    /// What must be selected below the field that pages, each with dots between the response keys; lists
    /// count as what they hold. Default: nothing.
    #[must_use]
    pub fn selects<'a>(mut self, paths: impl IntoIterator<Item = &'a str>) -> Self {
        self.selects = paths.into_iter().map(str::to_owned).collect();
        self
    }
}
