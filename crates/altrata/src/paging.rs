//! How Altrata pages: `items` with a `pageInfoResponse` beside them, forwards and backwards ("Paging" on
//! docs.altrata.com).
//!
//! A list goes on while `hasNextPage` says so, from `endCursor`; an operation that starts from `before`
//! goes backwards, while `hasPreviousPage` says so, from `startCursor`. Where the service does not say
//! whether more follows, a cursor means that it does. An item that is null is left out. No page size is
//! sent unless it is asked for: the vendor's differ by service, and no public page names them.

use sdk_graphql::{Cursor, Input, Operation, Page, PageFault, Paged};

use crate::queries;

/// Where a list goes on: whether it does, and from which cursor.
fn next(more: Option<bool>, cursor: Option<String>) -> Result<Option<Cursor>, PageFault> {
    match (more, cursor.filter(|cursor| !cursor.is_empty())) {
        (Some(false), _) | (None, None) => Ok(None),
        (Some(true), None) => Err(PageFault::MissingCursor),
        (_, Some(cursor)) => Ok(Some(cursor.into())),
    }
}

/// `service Operation => module.root: Union of Page, |page| items of Item`, for operations with `$first`,
/// `$after`, `$last` and `$before`.
macro_rules! paged {
    ($($service:ident $operation:ident => $module:ident.$root:ident: $union:ident of $success:ident,
        |$page:ident| $items:expr, of $item:ident;)+) => {$(
        impl Paged for queries::$service::$operation {
            type Item = queries::$service::$module::$item;

            fn cursor(&self) -> Option<Cursor> {
                let start = self.before.as_value().or(self.after.as_value());
                start.cloned().map(Cursor::from)
            }

            fn set_cursor(&mut self, cursor: Cursor) {
                if is_backwards(&self.before) {
                    self.before = Input::Value(cursor.into_string());
                } else {
                    self.after = Input::Value(cursor.into_string());
                }
            }

            fn page(&self, data: <Self as Operation>::Data) -> Result<Page<Self::Item>, PageFault> {
                use queries::$service::$module::$union;

                let Some($union::$success($page)) = data.$root else {
                    return Err(PageFault::MissingList);
                };
                let info = paged!(@info $page $success).and_then(|response| response.page_info);
                let next = match info {
                    None => None,
                    Some(info) if is_backwards(&self.before) => {
                        next(info.has_previous_page, info.start_cursor)?
                    }
                    Some(info) => next(info.has_next_page, info.end_cursor)?,
                };
                Ok(Page { items: $items, next })
            }
        }
    )+};
    (@info $page:ident EventsResponse) => { Some($page.page_info_response) };
    (@info $page:ident $success:ident) => { $page.page_info_response };
}

paged! {
    profile SearchPeople => search_people.person_keyword_search:
        PersonPagedSearchResult of PersonPagedResult,
        |page| present(page.items), of Person;
    profile SearchOrganizations => search_organizations.organization_keyword_search:
        OrganizationPagedSearchResult of OrganizationPagedResult,
        |page| present(page.items), of Organization;
    events ListAnnouncements => list_announcements.events: EventsResult of EventsResponse,
        |page| page.events, of Event;
}

fn is_backwards(before: &Input<String>) -> bool {
    matches!(before, Input::Value(_))
}

/// The items that are not null.
fn present<T>(items: Option<Vec<Option<T>>>) -> Vec<T> {
    items.into_iter().flatten().flatten().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::queries::profile::SearchPeople;

    /// The page of an answer whose `pageInfo` and items are these.
    fn page(list: &SearchPeople, info: &str, items: &str) -> Result<Page<String>, PageFault> {
        let body = format!(
            r#"{{"data":{{"personKeywordSearch":{{"__typename":"PersonPagedResult","items":{items},
            "pageInfoResponse":{{"totalCount":2,"pageInfo":{info}}}}}}}}}"#
        );
        let data = SearchPeople::decode(body.as_bytes()).unwrap().data.unwrap();
        list.page(data).map(|page| Page {
            items: page
                .items
                .into_iter()
                .filter_map(|person| person.id)
                .collect(),
            next: page.next,
        })
    }

    fn cursor(text: &str) -> Option<Cursor> {
        Some(text.to_owned().into())
    }

    #[test]
    fn the_direction_decides_which_cursor_counts() {
        let info =
            r#"{"hasNextPage":true,"endCursor":"e","hasPreviousPage":true,"startCursor":"s"}"#;
        let forwards = SearchPeople::new("ada");
        assert_eq!(page(&forwards, info, "[]").unwrap().next, cursor("e"));
        let mut backwards = SearchPeople::new("ada").last(2).before("b");
        assert_eq!(page(&backwards, info, "[]").unwrap().next, cursor("s"));
        backwards.set_cursor("s".to_owned().into());
        assert_eq!(backwards.before, Input::Value("s".to_owned()));
        assert!(backwards.after.is_unset());
    }

    #[test]
    fn a_list_ends_where_the_service_says_so_or_gives_no_cursor() {
        let list = SearchPeople::new("ada");
        for (info, next) in [
            (r#"{"hasNextPage":false,"endCursor":"e"}"#, None),
            (r#"{"endCursor":"e"}"#, cursor("e")),
            (r#"{"hasNextPage":null,"endCursor":""}"#, None),
            ("null", None),
        ] {
            assert_eq!(page(&list, info, "[]").unwrap().next, next, "{info}");
        }
        let fault = page(&list, r#"{"hasNextPage":true,"endCursor":null}"#, "[]").unwrap_err();
        assert_eq!(fault, PageFault::MissingCursor);
    }

    #[test]
    fn an_item_that_is_null_is_left_out() {
        let list = SearchPeople::new("ada");
        let items = r#"[{"id":"1"},null,{"id":2}]"#;
        assert_eq!(page(&list, "null", items).unwrap().items, ["1", "2"]);
        assert!(page(&list, "null", "null").unwrap().items.is_empty());
    }

    #[test]
    fn an_answer_without_a_page_is_no_end() {
        for result in ["null", r#"{"__typename":"SomethingNew"}"#] {
            let body = format!(r#"{{"data":{{"personKeywordSearch":{result}}}}}"#);
            let data = SearchPeople::decode(body.as_bytes()).unwrap().data.unwrap();
            assert!(SearchPeople::new("ada").page(data).is_err(), "{result}");
        }
    }
}
