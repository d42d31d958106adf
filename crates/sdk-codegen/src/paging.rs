//! How a vendor's lists go on, as data.

/// Which operations are lists, and the macro that lets them be followed from page to page.
///
/// An operation is a list when it declares the cursor's variable, passes it to the argument that the
/// convention names, and selects below that field what the convention needs. Where the field answers with a
/// union, the page is the one member that selects it all. For every such operation the generator calls the
/// macro:
///
/// ```text
/// crate::paged! {
///     ListShips of list_ships::Ship, [first], |data| data.fleet?.ships
/// }
/// ```
///
/// with the operation, the type of an item, those of the optional variables that it declares without a
/// default and passes beside the cursor, and how to get from the operation's data to the field that pages;
/// the expression is an `Option`. The macro implements the runtime's `Paged`.
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
    /// The argument that the cursor is passed to: a name, or a path into an input object.
    pub(crate) argument: String,
    pub(crate) items: String,
    pub(crate) selects: Vec<String>,
    /// A variable, and a path that an operation selects if it declares the variable.
    pub(crate) selects_with: Vec<(String, String)>,
    /// Where the page says how it goes on, if the macro takes the page apart.
    pub(crate) info: String,
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
            argument: cursor.to_owned(),
            items: String::new(),
            selects: Vec::new(),
            selects_with: Vec::new(),
            info: String::new(),
        }
    }

    /// Variables that the macro uses where an operation declares them. Default: none.
    #[must_use]
    pub fn optional<'a>(mut self, variables: impl IntoIterator<Item = &'a str>) -> Self {
        self.optional = variables.into_iter().map(str::to_owned).collect();
        self
    }

    /// Where the cursor is passed to: the name of an argument, or with dots a place in an input object, as in
    /// `page.after`.
    ///
    /// Default: the argument of the variable's name.
    #[must_use]
    pub fn argument(mut self, path: &str) -> Self {
        path.clone_into(&mut self.argument);
        self
    }

    /// Where the items are below the field that pages: response keys with dots between them, or a single one
    /// with [`info`](Self::info).
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

    /// What must be selected, too, if the operation declares a variable of the
    /// [`optional`](Self::optional) ones, such as what it takes to go backwards. Default: nothing.
    ///
    /// An operation that declares the variable with a default, or passes it elsewhere, is no list.
    #[must_use]
    pub fn selects_with<'a>(
        mut self,
        variable: &str,
        paths: impl IntoIterator<Item = &'a str>,
    ) -> Self {
        let row = |path: &str| (variable.to_owned(), path.to_owned());
        self.selects_with.extend(paths.into_iter().map(row));
        self
    }

    /// Where the page says how it goes on, for a vendor whose lists call their items differently or differ in
    /// what can be null. Default: the macro knows its way around a page.
    ///
    /// The items are then the page's only list of objects, unless [`items`](Self::items) says where they are,
    /// and the macro gets both taken out of the page: an iterator over the items that are not null, and an
    /// `Option`.
    ///
    /// ```text
    /// crate::paged! {
    ///     ListShips of list_ships::Ship, [before], |data| data.ships,
    ///     |page| page.rows.into_iter().flatten(), page.info?.position
    /// }
    /// ```
    #[must_use]
    pub fn info(mut self, path: &str) -> Self {
        path.clone_into(&mut self.info);
        self
    }
}
