//! Lists of any length as streams, fetched one page ahead.
//!
//! Finlex pages by offset: `skip` and `limit` in the query, and an envelope of `metadata` and `payload`
//! ("Responses" on developer.finlex.io).

use futures_util::{StreamExt, TryStreamExt, stream, stream::BoxStream};
use tokio::task::JoinSet;

use crate::{Client, Error, List, ListMetadata, Operation, PageFault, PagingError};

/// A stream of pages, made by [`Client::pages`]; after an error it ends.
///
/// While the caller works on a page, the next one is fetched in a task of its own; dropping the stream
/// ends that task.
pub type Pages<T> = BoxStream<'static, Result<Page<T>, Error>>;

/// A stream of the items of all pages, made by [`Client::items`]; after an error it ends.
pub type Items<T> = BoxStream<'static, Result<T, Error>>;

/// One page of a list.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Page<T> {
    /// The items, in the server's order.
    pub items: Vec<T>,
    /// What the server says about the page and the list.
    pub metadata: ListMetadata,
    /// Where the next page starts, to be given as `skip`; `None` on the last page.
    pub next: Option<u64>,
}

/// A list operation that can be continued from an offset.
///
/// Only reads are lists: what a stream fetches ahead may never be wanted.
pub trait Paged: Operation<Data = List<Self::Item>> + Clone {
    /// What the list holds.
    type Item: Send + 'static;

    /// How many items are left out at the beginning; 0 if it is not said.
    fn skipped(&self) -> u64;

    /// Leaves out this many items at the beginning.
    fn set_skip(&mut self, skip: u64);

    /// What tells one item from another.
    fn id(item: &Self::Item) -> &str;
}

pub(crate) fn pages<O: Paged>(client: Client, operation: O) -> Pages<O::Item> {
    let walk = Walk {
        client,
        operation,
        fetch: JoinSet::new(),
        first: None,
        page: 0,
    };
    stream::try_unfold(Some(walk), |walk| async {
        match walk {
            Some(walk) => walk.step().await.map(Some),
            None => Ok(None),
        }
    })
    .boxed()
}

pub(crate) fn items<T: Send + 'static>(pages: Pages<T>) -> Items<T> {
    pages
        .map_ok(|page| stream::iter(page.items.into_iter().map(Ok)))
        .try_flatten()
        .boxed()
}

/// A walk through a list; at most one page is on its way.
struct Walk<O: Paged> {
    client: Client,
    /// Asks for the next page.
    operation: O,
    /// Dropping it ends the task that fetches.
    fetch: JoinSet<Result<List<O::Item>, Error>>,
    /// What the page before began with.
    first: Option<String>,
    page: u64,
}

impl<O: Paged> Walk<O> {
    /// The next page, and the walk that goes on after it.
    async fn step(mut self) -> Result<(Page<O::Item>, Option<Self>), Error> {
        if self.fetch.is_empty() {
            self.send();
        }
        let list = self.receive().await?;
        let page = self.accept(list)?;
        let Some(skip) = page.next else {
            return Ok((page, None));
        };
        self.operation.set_skip(skip);
        self.send();
        Ok((page, Some(self)))
    }

    fn send(&mut self) {
        let call = self.client.execute(self.operation.clone());
        self.fetch.spawn(call.into_future());
    }

    async fn receive(&mut self) -> Result<List<O::Item>, Error> {
        match self.fetch.join_next().await {
            Some(Ok(outcome)) => outcome,
            Some(Err(ended)) if ended.is_panic() => std::panic::resume_unwind(ended.into_panic()),
            // The runtime shuts down: the caller's own task ends too.
            Some(Err(_)) | None => std::future::pending().await,
        }
    }

    fn accept(&mut self, list: List<O::Item>) -> Result<Page<O::Item>, PagingError> {
        self.page += 1;
        let fault = |fault| PagingError {
            operation: self.operation.name(),
            fault,
            page: self.page,
        };
        let skipped = self.operation.skipped();
        let List { metadata, payload } = list;
        if metadata.skip.is_some_and(|skip| skip != skipped) {
            return Err(fault(PageFault::WrongOffset));
        }
        // No page of the vendor states the names of the parameters. A server that knows them under other
        // names would give the first page for ever.
        let first = payload.first().map(|item| O::id(item).to_owned());
        if first.is_some() && first == self.first {
            return Err(fault(PageFault::RepeatedPage));
        }
        self.first = first;
        Ok(Page {
            next: next(skipped, payload.len(), &metadata),
            items: payload,
            metadata,
        })
    }
}

/// Where the next page starts.
///
/// A short page alone could mean that the server caps the page size, and a count that is reached could
/// mean that it counts the page: each alone might lose items in silence, both together cannot.
fn next(skipped: u64, length: usize, metadata: &ListMetadata) -> Option<u64> {
    let length = u64::try_from(length).unwrap_or(u64::MAX);
    let end = skipped.saturating_add(length);
    let short = metadata.limit.is_some_and(|limit| length < limit);
    let reached = metadata.count.is_some_and(|count| end >= count);
    (length > 0 && !(short && reached)).then_some(end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_ends_with_an_empty_page_or_where_count_and_limit_agree() {
        for (skipped, length, count, limit, expected) in [
            (0, 0, None, None, None),
            (100, 0, Some(900), Some(50), None),
            (0, 50, Some(120), Some(50), Some(50)),
            (100, 20, Some(120), Some(50), None),
            (50, 50, Some(100), Some(50), Some(100)), // full: the count may be that of the page
            (0, 20, Some(120), Some(50), Some(20)),   // short: the server may cap the page
            (0, 20, None, Some(50), Some(20)),
            (0, 20, Some(20), None, Some(20)),
            (u64::MAX, 7, None, None, Some(u64::MAX)),
        ] {
            let metadata = ListMetadata {
                count,
                limit,
                ..ListMetadata::default()
            };
            assert_eq!(
                next(skipped, length, &metadata),
                expected,
                "{skipped} {length} {metadata:?}"
            );
        }
    }
}
