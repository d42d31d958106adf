//! Lists of any length as streams, fetched one page ahead.

mod fetch;

use std::{
    collections::HashSet,
    fmt,
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
    vec,
};

use fetch::Fetch;
use futures_util::Stream;

use crate::{Error, GraphqlClient, Input, Operation, PageFault, PagingError};

/// A place in a list, given by the server and meaningful only to it.
///
/// Keep it to go on later: give it to the operation's `after`. It is valid with the same filter and
/// the same order.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Cursor(String);

impl Cursor {
    /// The cursor as the server wrote it.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The cursor as the server wrote it.
    pub fn into_string(self) -> String {
        self.0
    }
}

impl From<String> for Cursor {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl From<Cursor> for Input<String> {
    fn from(cursor: Cursor) -> Self {
        Self::Value(cursor.0)
    }
}

impl From<&Cursor> for Input<String> {
    fn from(cursor: &Cursor) -> Self {
        Self::Value(cursor.0.clone())
    }
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// One page of a list.
#[derive(Debug, Clone, PartialEq)]
pub struct Page<T> {
    /// The items, in the server's order.
    pub items: Vec<T>,
    /// Where the next page starts; `None` on the last page.
    pub next: Option<Cursor>,
}

/// A list operation that can be continued from a cursor.
///
/// A vendor implements it for its list operations in a few lines, after its own way of paging.
pub trait Paged: Operation + Clone + 'static {
    /// What the list holds.
    type Item: Send + 'static;

    /// Called once before the first page; the place to set a page size where the caller set none.
    fn prepare(&mut self) {}

    /// The cursor that the operation starts after, where the caller set one.
    fn cursor(&self) -> Option<Cursor>;

    /// Makes the operation ask for the page after this cursor.
    fn set_cursor(&mut self, cursor: Cursor);

    /// Takes the page out of the data.
    ///
    /// # Errors
    ///
    /// When the page says that more items follow but not where, or has no list at all.
    fn page(&self, data: Self::Data) -> Result<Page<Self::Item>, PageFault>;
}

/// A stream of pages, made by [`GraphqlClient::pages`].
///
/// While the caller works on a page, the next one is fetched in a task of its own; dropping the
/// stream ends that task. After an error the stream ends.
#[must_use = "streams do nothing unless polled"]
pub struct Pages<O: Paged> {
    client: GraphqlClient,
    timeout: Option<Duration>,
    state: State<O>,
    seen: HashSet<Cursor>,
    page: u64,
}

enum State<O: Paged> {
    /// Nothing is asked for yet.
    Ready(O),
    /// A page is on its way, for this operation.
    Fetching(O, Fetch<O::Data>),
    Ended,
}

impl<O: Paged> Pages<O> {
    pub(crate) fn new(client: GraphqlClient, mut operation: O) -> Self {
        operation.prepare();
        Self {
            client,
            timeout: None,
            seen: operation.cursor().into_iter().collect(),
            state: State::Ready(operation),
            page: 0,
        }
    }

    /// The deadline of each page's request. Default: the client's.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    fn fetch(&self, operation: &O) -> Fetch<O::Data> {
        let mut call = self.client.execute(operation.clone());
        if let Some(timeout) = self.timeout {
            call = call.timeout(timeout);
        }
        Fetch::start(call.into_future())
    }

    /// Checks the page and sends for the next one before the caller sees this one.
    fn accept(&mut self, mut operation: O, data: O::Data) -> Result<Page<O::Item>, Error> {
        self.page += 1;
        let fault = |fault| PagingError {
            operation: operation.name(),
            fault,
            page: self.page,
        };
        let page = operation.page(data).map_err(fault)?;
        if let Some(next) = &page.next {
            if !self.seen.insert(next.clone()) {
                return Err(fault(PageFault::RepeatedCursor).into());
            }
            operation.set_cursor(next.clone());
            let fetch = self.fetch(&operation);
            self.state = State::Fetching(operation, fetch);
        }
        Ok(page)
    }
}

/// Nothing in it is pinned, whatever the operation is.
impl<O: Paged> Unpin for Pages<O> {}

impl<O: Paged> Stream for Pages<O> {
    type Item = Result<Page<O::Item>, Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            match std::mem::replace(&mut self.state, State::Ended) {
                State::Ended => return Poll::Ready(None),
                State::Ready(operation) => {
                    let fetch = self.fetch(&operation);
                    self.state = State::Fetching(operation, fetch);
                }
                State::Fetching(operation, mut fetch) => match fetch.poll(cx) {
                    Poll::Pending => {
                        self.state = State::Fetching(operation, fetch);
                        return Poll::Pending;
                    }
                    Poll::Ready(Some(outcome)) => {
                        let page = outcome.and_then(|data| self.accept(operation, data));
                        return Poll::Ready(Some(page));
                    }
                    // The runtime that fetched it is gone, so the page is asked for again.
                    Poll::Ready(None) => self.state = State::Ready(operation),
                },
            }
        }
    }
}

impl<O: Paged> fmt::Debug for Pages<O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pages")
            .field("pages_so_far", &self.page)
            .finish_non_exhaustive()
    }
}

/// A stream of the items of all pages, made by [`GraphqlClient::items`].
#[must_use = "streams do nothing unless polled"]
pub struct Items<O: Paged> {
    pages: Pages<O>,
    items: vec::IntoIter<O::Item>,
    cursor: Option<Cursor>,
    next: Option<Cursor>,
}

impl<O: Paged> Items<O> {
    pub(crate) fn new(client: GraphqlClient, operation: O) -> Self {
        Self {
            next: operation.cursor(),
            pages: Pages::new(client, operation),
            items: Vec::new().into_iter(),
            cursor: None,
        }
    }

    /// The deadline of each page's request. Default: the client's.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.pages = self.pages.timeout(timeout);
        self
    }

    /// The cursor that asks for the page the last item came from; `None` on the list's first page.
    ///
    /// Keep it to go on after a stop: give it to the operation's `after`, and at most one page of
    /// items comes twice, none is left out.
    pub fn page_cursor(&self) -> Option<&Cursor> {
        self.cursor.as_ref()
    }
}

/// Nothing in it is pinned, whatever the operation and its items are.
impl<O: Paged> Unpin for Items<O> {}

impl<O: Paged> Stream for Items<O> {
    type Item = Result<O::Item, Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            if let Some(item) = self.items.next() {
                return Poll::Ready(Some(Ok(item)));
            }
            match ready!(Pin::new(&mut self.pages).poll_next(cx)) {
                Some(Ok(page)) => {
                    self.cursor = self.next.take();
                    self.next = page.next;
                    self.items = page.items.into_iter();
                }
                Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                None => return Poll::Ready(None),
            }
        }
    }
}

impl<O: Paged> fmt::Debug for Items<O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Items")
            .field("pages", &self.pages)
            .finish_non_exhaustive()
    }
}
