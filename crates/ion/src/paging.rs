//! How ION pages: Relay connections, whose page says itself whether another one follows ("Pagination").
//!
//! The next page starts after `endCursor`, under the same filter and order, and the list ends where
//! `hasNextPage` is not true. Cursors are offsets, so rows that are added or deleted meanwhile can
//! make a row come twice or not at all. A null edge or node, a row that the key may not see, is
//! skipped.

/// The page size where the caller sets none, as in the vendor's examples.
///
/// Without any, the server sends the whole list at once, and gives up after 30 seconds. The vendor
/// documents no maximum.
pub const DEFAULT_PAGE_SIZE: i32 = 100;

/// Implements `Paged` for an operation with `$after`, and with `$first` and `$last` where it has them:
/// `Operation of Item, [first last], |data| data.step?.rows`.
///
/// An operation that sets `last` asks for the end of a list: its page is the only one, because
/// `pageInfo` does not say where the page before it would end. The generator calls it for every operation
/// that build.rs says is a list, here and in the crates of users.
#[doc(hidden)]
#[macro_export]
macro_rules! __ion_paged {
    ($operation:ident of $item:ty, [$($variable:ident)*], |$data:ident| $list:expr) => {
        impl $crate::Paged for $operation {
            type Item = $item;

            fn prepare(&mut self) {
                let is_end = false $(|| $crate::__ion_paged!(@is_end $variable self))*;
                $($crate::__ion_paged!(@prepare $variable self is_end);)*
            }

            fn cursor(&self) -> ::std::option::Option<$crate::Cursor> {
                self.after.as_value().cloned().map($crate::Cursor::from)
            }

            fn set_cursor(&mut self, cursor: $crate::Cursor) {
                self.after = $crate::Input::Value(cursor.into_string());
            }

            fn page(
                &self,
                $data: <Self as $crate::Operation>::Data,
            ) -> ::std::result::Result<$crate::Page<$item>, $crate::PageFault> {
                let list = (move || $list)();
                let list = list.ok_or($crate::PageFault::MissingList)?;
                let edges = list.edges.unwrap_or_default();
                let items = edges.into_iter().flatten().filter_map(|edge| edge.node).collect();
                let is_end = false $(|| $crate::__ion_paged!(@is_end $variable self))*;
                let next = match list.page_info {
                    ::std::option::Option::Some(info)
                        if !is_end && info.has_next_page == ::std::option::Option::Some(true) =>
                    {
                        let cursor = info.end_cursor.ok_or($crate::PageFault::MissingCursor)?;
                        ::std::option::Option::Some(cursor.into())
                    }
                    _ => ::std::option::Option::None,
                };
                ::std::result::Result::Ok($crate::Page { items, next })
            }
        }
    };
    (@prepare first $self:ident $is_end:ident) => {
        if $self.first.as_value().is_none() && !$is_end {
            $self.first = $crate::Input::Value($crate::DEFAULT_PAGE_SIZE);
        }
    };
    (@prepare $other:ident $self:ident $is_end:ident) => {};
    (@is_end last $self:ident) => { $self.last.as_value().is_some() };
    (@is_end $other:ident $self:ident) => { false };
}
