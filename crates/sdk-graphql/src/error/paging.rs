//! Lists that cannot go on.

use std::fmt;

/// A list that cannot be continued without losing or repeating items.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PagingError {
    pub(crate) operation: &'static str,
    pub(crate) fault: PageFault,
    pub(crate) page: u64,
}

/// Why a page does not lead to the next one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum PageFault {
    /// The server gave a cursor that it gave before, so the list would never end.
    RepeatedCursor,
    /// The answer has no list, without an error that says why; going on would lose items.
    MissingList,
    /// The page has items and says that more follow, but gives no cursor to go on from.
    MissingCursor,
}

impl PagingError {
    /// The operation's name.
    pub fn operation(&self) -> &'static str {
        self.operation
    }

    /// What is wrong with the page.
    pub fn fault(&self) -> PageFault {
        self.fault
    }

    /// The page at fault, from 1, counted in this stream.
    pub fn page(&self) -> u64 {
        self.page
    }
}

impl fmt::Display for PagingError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let fault = match self.fault {
            PageFault::RepeatedCursor => "repeats a cursor, so the list would never end",
            PageFault::MissingList => "has no list, and no error says why",
            PageFault::MissingCursor => "has items but no cursor to go on from",
        };
        write!(f, "{}: page {} {fault}", self.operation, self.page)
    }
}

impl std::error::Error for PagingError {}
