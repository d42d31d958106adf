//! Derived operations that are lists.

use graphql_client::GraphQLQuery;

use super::Derived;
use crate::{Cursor, Page, PageFault, Paged};

/// How a type that derives `GraphQLQuery` is followed from page to page.
///
/// With it, `client.items(Derived::<Q>::new(variables))` and `pages` work as for generated operations. The
/// variables need `Clone`: `#[graphql(variables_derives = "Clone")]`.
///
/// ```
/// use sdk_graphql::{Cursor, Page, PageFault, PagedQuery};
/// # use graphql_client::{GraphQLQuery, QueryBody};
/// #
/// # mod list_ships {
/// #     #[derive(Clone, serde::Serialize)]
/// #     pub struct Variables { pub after: Option<String> }
/// #     #[derive(serde::Deserialize)]
/// #     pub struct ResponseData { pub ships: Option<Vec<ListShipsShips>> }
/// #     #[derive(serde::Deserialize)]
/// #     pub struct ListShipsShips { pub cursor: Option<String> }
/// # }
/// # struct ListShips;
/// # impl GraphQLQuery for ListShips {
/// #     type Variables = list_ships::Variables;
/// #     type ResponseData = list_ships::ResponseData;
/// #     fn build_query(variables: Self::Variables) -> QueryBody<Self::Variables> {
/// #         QueryBody { variables, query: "", operation_name: "ListShips" }
/// #     }
/// # }
///
/// // For a type that derives `GraphQLQuery`, on an API whose items carry their cursor.
/// impl PagedQuery for ListShips {
///     type Item = list_ships::ListShipsShips;
///
///     fn cursor(variables: &Self::Variables) -> Option<Cursor> {
///         variables.after.clone().map(Cursor::from)
///     }
///
///     fn set_cursor(variables: &mut Self::Variables, cursor: Cursor) {
///         variables.after = Some(cursor.into_string());
///     }
///
///     fn page(_: &Self::Variables, data: Self::ResponseData) -> Result<Page<Self::Item>, PageFault> {
///         let items = data.ships.ok_or(PageFault::MissingList)?;
///         let next = items.last().and_then(|ship| ship.cursor.clone()).map(Cursor::from);
///         Ok(Page { items, next })
///     }
/// }
///
/// let mut variables = list_ships::Variables { after: None };
/// ListShips::set_cursor(&mut variables, "c2".to_owned().into());
/// assert_eq!(ListShips::cursor(&variables).unwrap().as_str(), "c2");
/// ```
pub trait PagedQuery: GraphQLQuery {
    /// What the list holds.
    type Item: Send + 'static;

    /// Called once before the first page; the place to set a page size where the caller set none.
    fn prepare(_variables: &mut Self::Variables) {}

    /// The cursor that the variables start after, where the caller set one.
    fn cursor(variables: &Self::Variables) -> Option<Cursor>;

    /// Makes the variables ask for the page after this cursor.
    fn set_cursor(variables: &mut Self::Variables, cursor: Cursor);

    /// Takes the page out of the data.
    ///
    /// # Errors
    ///
    /// When the page says that more items follow but not where, or has no list at all.
    fn page(
        variables: &Self::Variables,
        data: Self::ResponseData,
    ) -> Result<Page<Self::Item>, PageFault>;
}

impl<Q> Paged for Derived<Q>
where
    Q: PagedQuery + 'static,
    Q::Variables: Clone + Send + Sync + 'static,
    Q::ResponseData: Send + 'static,
{
    type Item = Q::Item;

    fn prepare(&mut self) {
        Q::prepare(&mut self.body.variables);
    }

    fn cursor(&self) -> Option<Cursor> {
        Q::cursor(&self.body.variables)
    }

    fn set_cursor(&mut self, cursor: Cursor) {
        Q::set_cursor(&mut self.body.variables, cursor);
    }

    fn page(&self, data: Q::ResponseData) -> Result<Page<Q::Item>, PageFault> {
        Q::page(&self.body.variables, data)
    }
}
