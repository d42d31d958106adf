//! How Altrata pages: `items` with a `pageInfoResponse` beside them, forwards and backwards ("Paging" on
//! docs.altrata.com).
//!
//! A list goes on while `hasNextPage` says so, from `endCursor`; an operation that starts from `before`
//! goes backwards, while `hasPreviousPage` says so, from `startCursor`. Where the service does not say
//! whether more follows, a cursor means that it does. An item that is null is left out. No page size is
//! sent unless it is asked for: the vendor's differ by service, and no public page names them.

use sdk_graphql::{Cursor, PageFault};

/// Where a list goes on: whether it does, and from which cursor.
///
/// # Errors
///
/// When the service says that more follows, and not from where.
pub fn next(more: Option<bool>, cursor: Option<String>) -> Result<Option<Cursor>, PageFault> {
    match (more, cursor.filter(|cursor| !cursor.is_empty())) {
        (Some(false), _) | (None, None) => Ok(None),
        (Some(true), None) => Err(PageFault::MissingCursor),
        (_, Some(cursor)) => Ok(Some(cursor.into())),
    }
}

/// Implements `Paged` for an operation with `$after`, and with `$before` where it has it: `Operation of Item,
/// [before], |data| data.page, |page| page.items.into_iter(), page.info`.
///
/// The generator calls it for every operation that build.rs says is a list, here and in the crates of users.
#[doc(hidden)]
#[macro_export]
macro_rules! __altrata_paged {
    (
        $operation:ident of $item:ty, [$($variable:ident)*], |$data:ident| $list:expr,
        |$page:ident| $items:expr, $info:expr
    ) => {
        impl $crate::Paged for $operation {
            type Item = $item;

            fn cursor(&self) -> ::std::option::Option<$crate::Cursor> {
                let start = ::std::option::Option::None$(.or(self.$variable.as_value()))*;
                start.or(self.after.as_value()).cloned().map($crate::Cursor::from)
            }

            fn set_cursor(&mut self, cursor: $crate::Cursor) {
                $(if self.$variable.as_value().is_some() {
                    self.$variable = $crate::Input::Value(cursor.into_string());
                    return;
                })*
                self.after = $crate::Input::Value(cursor.into_string());
            }

            fn page(
                &self,
                $data: <Self as $crate::Operation>::Data,
            ) -> ::std::result::Result<$crate::Page<$item>, $crate::PageFault> {
                let list = (move || $list)();
                let $page = list.ok_or($crate::PageFault::MissingList)?;
                let items = $items.collect();
                let info = (move || $info)();
                let next = match info {
                    ::std::option::Option::None => ::std::option::Option::None,
                    $(::std::option::Option::Some(info) if self.$variable.as_value().is_some() => {
                        $crate::codegen::next(info.has_previous_page, info.start_cursor)?
                    })*
                    ::std::option::Option::Some(info) => {
                        $crate::codegen::next(info.has_next_page, info.end_cursor)?
                    }
                };
                ::std::result::Result::Ok($crate::Page { items, next })
            }
        }
    };
}

#[cfg(test)]
mod tests {
    use sdk_graphql::{Input, Operation, Page, Paged};

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
