//! How Finite State pages: plain lists whose items carry a cursor ("Pagination" on
//! docs.finitestate.io).
//!
//! The next page starts after the last item's `_cursor`, under the same filter and order, and a list
//! ends with an empty page. A page that is merely short is not the end: the server may cap the size.

/// The page size where the caller sets none, as in the vendor's Python SDK.
///
/// Without any, the server sends the whole list at once, which the vendor warns can time out. The
/// vendor's SDK allows 1 to 1000.
pub const DEFAULT_PAGE_SIZE: i32 = 100;

/// Implements `Paged` for an operation with `$after`, and with `$first` and `$skip` where it has them:
/// `Operation of Item, [first skip], |data| data.all_items`.
///
/// The generator calls it for every operation that build.rs says is a list, here and in the crates of
/// users.
#[doc(hidden)]
#[macro_export]
macro_rules! __finitestate_paged {
    ($operation:ident of $item:ty, [$($variable:ident)*], |$data:ident| $list:expr) => {
        impl $crate::Paged for $operation {
            type Item = $item;

            fn prepare(&mut self) {
                $($crate::__finitestate_paged!(@prepare $variable self);)*
            }

            fn cursor(&self) -> ::std::option::Option<$crate::Cursor> {
                self.after.as_value().cloned().map($crate::Cursor::from)
            }

            fn set_cursor(&mut self, cursor: $crate::Cursor) {
                self.after = $crate::Input::Value(cursor.into_string());
                $($crate::__finitestate_paged!(@next $variable self);)*
            }

            fn page(
                &self,
                $data: <Self as $crate::Operation>::Data,
            ) -> ::std::result::Result<$crate::Page<$item>, $crate::PageFault> {
                let list = (move || $list)();
                let items = list.ok_or($crate::PageFault::MissingList)?;
                let next = match items.last() {
                    ::std::option::Option::None => ::std::option::Option::None,
                    ::std::option::Option::Some(last) => {
                        let cursor = last.cursor.clone().ok_or($crate::PageFault::MissingCursor)?;
                        ::std::option::Option::Some(cursor.into())
                    }
                };
                ::std::result::Result::Ok($crate::Page { items, next })
            }
        }
    };
    (@prepare first $self:ident) => {
        if $self.first.as_value().is_none() {
            $self.first = $crate::Input::Value($crate::DEFAULT_PAGE_SIZE);
        }
    };
    (@prepare $other:ident $self:ident) => {};
    // It counts from `after`, so it belongs to the first page alone.
    (@next skip $self:ident) => { $self.skip = $crate::Input::Unset; };
    (@next $other:ident $self:ident) => {};
}
