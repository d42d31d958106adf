//! One operation under way: sent with a token, told apart, decoded.

use std::fmt;
use std::future::IntoFuture;
use std::marker::PhantomData;
use std::pin::Pin;
use std::time::Duration;

use http::HeaderValue;
use http::header::{ACCEPT, CACHE_CONTROL};
use sdk_auth::answer::{AuthError, DecodeError, StatusError};
use sdk_auth::{Delivery, Redirects, Reply, Request, Verdict};

use super::Client;
use crate::{Error, Get, Misfit, Operation, RequestError};

const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// Keeps an intermediary from answering a GET that changes something, or from remembering its answer.
const NO_STORE: HeaderValue = HeaderValue::from_static("no-store");

/// An operation about to run; await it for the data.
#[must_use = "an operation does nothing unless awaited"]
pub struct Call<O> {
    client: Client,
    name: &'static str,
    get: Get,
    timeout: Duration,
    operation: PhantomData<fn() -> O>,
}

impl<O: Operation> Call<O> {
    pub(super) fn new(client: Client, operation: &O) -> Self {
        Self {
            timeout: client.inner.timeout,
            client,
            name: operation.name(),
            get: operation.request(),
            operation: PhantomData,
        }
    }

    /// How long this call may take in all. Default: the client's timeout.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    async fn run(self) -> Result<O::Data, Error> {
        let request = self.request()?;
        let sent = self.client.inner.http.send(request, |_| Verdict::Accept);
        let reply = sent
            .await
            .map_err(|error| AuthError::new(self.name, error))?;
        let host = self.client.inner.api_url.host_str().unwrap_or_default();
        read::<O>(self.name, host, &reply)
    }

    fn request(&self) -> Result<Request, RequestError> {
        let url = self
            .get
            .url(&self.client.inner.api_url)
            .map_err(|reason| RequestError::new(self.name, reason))?;
        let request = Request::get(self.name, url)
            .header(ACCEPT, JSON)
            .deadline(self.timeout);
        Ok(if self.get.is_at_most_once() {
            request
                .delivery(Delivery::AtMostOnce)
                .redirects(Redirects::Never)
                .header(CACHE_CONTROL, NO_STORE)
        } else {
            request
        })
    }
}

/// A success is decoded, anything else is its status.
fn read<O: Operation>(name: &'static str, host: &str, reply: &Reply) -> Result<O::Data, Error> {
    if !reply.status().is_success() {
        return Err(StatusError::new(name, host, reply).into());
    }
    let body = reply.body();
    O::decode(body).map_err(|misfit| {
        match misfit {
            Misfit::Json(error) => DecodeError::of_body(name, host, body, &error),
            Misfit::Whole(reason) => DecodeError::without_place(name, host, reason),
        }
        .into()
    })
}

impl<O: Operation> IntoFuture for Call<O> {
    type Output = Result<O::Data, Error>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.run())
    }
}

impl<O> fmt::Debug for Call<O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Call")
            .field("operation", &self.name)
            .finish_non_exhaustive()
    }
}
