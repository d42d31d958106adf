//! Profiles of many ids, a hundred a request.

use std::{
    collections::HashMap,
    fmt,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    vec,
};

use futures_util::{Stream, StreamExt, stream, stream::BoxStream};

use crate::{
    Client, Error, GraphqlError,
    queries::profile::{GetPeople, get_people::Person},
};

/// Ids of one request ("Profile API" on docs.altrata.com).
pub const MAX_BULK_IDS: usize = 100;

/// Profiles of many ids, as a stream in the order of the ids; see [`Client::enrich`].
pub struct Enrichment {
    people: BoxStream<'static, Enriched>,
}

/// An id and its profile.
#[derive(Debug)]
#[non_exhaustive]
pub struct Enriched {
    /// The id, as it was given.
    pub id: String,
    /// The profile, or why there is none.
    pub profile: Result<Person, EnrichmentError>,
    /// What the service says about the data of the request that this id was part of: which fields are outside
    /// the subscription, and so missing, and which are deprecated. Mostly empty.
    pub notes: Arc<[GraphqlError]>,
}

/// Why an id has no profile.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum EnrichmentError {
    /// The service has nobody with this id to show.
    #[error("the service has nobody with this id")]
    NotFound,
    /// The request failed that this id was part of, up to 99 others with it.
    #[error(transparent)]
    Request(Arc<Error>),
}

impl Client {
    /// The profiles of any number of ids, a hundred a request, within the rate of the Profile API.
    ///
    /// The next ids are read when the profiles before them have been taken, so the list may be longer than
    /// memory. Every id has an item; a request that fails costs its own ids and no others, unless a quota
    /// is used up or credentials are refused: then nothing more is asked, and the ids that are left have
    /// that error. Fields that are deprecated or outside the subscription fail nothing:
    /// [`Enriched::notes`] names them.
    pub fn enrich<I>(&self, ids: I) -> Enrichment
    where
        I: IntoIterator<Item: Into<String> + 'static, IntoIter: Send + 'static>,
    {
        let work = Work {
            client: self.clone(),
            ids: ids.into_iter().map(Into::into),
            ready: Vec::new().into_iter(),
            ended: None,
        };
        Enrichment {
            people: stream::unfold(work, Work::next).boxed(),
        }
    }
}

struct Work<I> {
    client: Client,
    ids: I,
    ready: vec::IntoIter<Enriched>,
    /// Why nothing more is asked.
    ended: Option<Arc<Error>>,
}

impl<I: Iterator<Item = String>> Work<I> {
    async fn next(mut self) -> Option<(Enriched, Self)> {
        loop {
            if let Some(person) = self.ready.next() {
                return Some((person, self));
            }
            let ids: Vec<String> = self.ids.by_ref().take(MAX_BULK_IDS).collect();
            if ids.is_empty() {
                return None;
            }
            self.ready = self.ask(ids).await.into_iter();
        }
    }

    async fn ask(&mut self, ids: Vec<String>) -> Vec<Enriched> {
        let error = match &self.ended {
            Some(error) => Arc::clone(error),
            None => match self.client.fetch_partial(GetPeople::new(ids.clone())).await {
                Ok((page, notes)) => {
                    let people = page.items.into_iter().flatten().flatten();
                    return join(ids, people, &notes.into());
                }
                Err(error) => {
                    let hopeless = error.is_quota_exceeded() || error.is_unauthorized();
                    let error = Arc::new(error);
                    self.ended = hopeless.then(|| Arc::clone(&error));
                    error
                }
            },
        };
        let failed = |id| Enriched {
            id,
            profile: Err(EnrichmentError::Request(Arc::clone(&error))),
            notes: Arc::default(),
        };
        ids.into_iter().map(failed).collect()
    }
}

/// Gives every id its profile, an id that was given twice included.
fn join(
    ids: Vec<String>,
    people: impl Iterator<Item = Person>,
    notes: &Arc<[GraphqlError]>,
) -> Vec<Enriched> {
    let found: HashMap<String, Person> = people
        .filter_map(|person| Some((person.id.clone()?, person)))
        .collect();
    let profile = |id: String| {
        let person = found.get(&id).cloned();
        let profile = person.ok_or(EnrichmentError::NotFound);
        let notes = Arc::clone(notes);
        Enriched { id, profile, notes }
    };
    ids.into_iter().map(profile).collect()
}

impl Stream for Enrichment {
    type Item = Enriched;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Enriched>> {
        self.people.poll_next_unpin(context)
    }
}

impl fmt::Debug for Enrichment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Enrichment").finish_non_exhaustive()
    }
}
