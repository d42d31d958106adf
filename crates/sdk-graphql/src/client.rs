//! Runs operations: one request out, one typed answer in.

use std::{fmt, future::IntoFuture, marker::PhantomData, sync::Arc, time::Duration};

use bytes::Bytes;
use futures_util::future::BoxFuture;
use http::StatusCode;
use sdk_auth::{
    AuthorizedHttp, CallStats, Delivery, Gate, Reply, Request, TokenStats, Verdict, check_url,
};
use tracing::Instrument;

use crate::{
    AuthError, Error, Items, Operation, OperationKind, Paged, Pages, Partial, RequestError,
    Service,
    answer::{Answer, Decoded},
    service::JSON,
};

/// How long an operation may take in all, retries and waiting for a token included, unless the
/// client or the call says otherwise.
pub const DEFAULT_TIMEOUT: Duration = Duration::from_secs(30);

/// Runs typed operations against a vendor's services.
///
/// Cheap to clone; all clones share one token and one connection pool.
#[derive(Debug, Clone)]
pub struct GraphqlClient {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    http: AuthorizedHttp,
    services: Vec<Arc<Service>>,
    timeout: Duration,
}

impl GraphqlClient {
    /// A client for these services. `timeout` bounds each operation; see [`DEFAULT_TIMEOUT`].
    ///
    /// # Errors
    ///
    /// When an endpoint is neither `https` nor `http` on loopback.
    pub fn new(
        http: AuthorizedHttp,
        services: Vec<Service>,
        timeout: Duration,
    ) -> Result<Self, Error> {
        for service in &services {
            check_url("the API endpoint", service.endpoint())?;
        }
        let services = services.into_iter().map(Arc::new).collect();
        Ok(Self {
            inner: Arc::new(Inner {
                http,
                services,
                timeout,
            }),
        })
    }

    /// Runs an operation and gives its data; any error in the response is an error here.
    ///
    /// The request starts when the returned [`Call`] is awaited. A call is not a future itself but
    /// turns into one with `into_future()`, for `tokio::spawn` or for many at once:
    /// `stream::iter(ids).map(|id| client.execute(Get::new(id)).into_future()).buffer_unordered(4)`.
    ///
    /// # Errors
    ///
    /// When no token could be had, no answer came in time, the server refused, or the answer does
    /// not have the operation's shape.
    #[expect(
        clippy::needless_pass_by_value,
        reason = "an operation is used up by its call, as a request is by being sent"
    )]
    pub fn execute<O: Operation>(&self, operation: O) -> Call<O> {
        Call {
            client: self.clone(),
            outgoing: self.outgoing(&operation),
            operation: PhantomData,
        }
    }

    /// Runs an operation and gives its data with the errors that leave it usable.
    ///
    /// # Errors
    ///
    /// As [`execute`](Self::execute), except that errors which leave the data usable by the vendor's
    /// rules come back beside it.
    pub async fn execute_partial<O: Operation>(
        &self,
        operation: O,
    ) -> Result<Partial<O::Data>, Error> {
        self.execute(operation).partial().await
    }

    /// All pages of a list, as a stream that fetches one page ahead.
    pub fn pages<O: Paged>(&self, operation: O) -> Pages<O> {
        Pages::new(self.clone(), operation)
    }

    /// All items of a list, as a stream that fetches one page ahead.
    pub fn items<O: Paged>(&self, operation: O) -> Items<O> {
        Items::new(self.clone(), operation)
    }

    /// How many requests were sent to the API so far, retries and replays included.
    pub fn call_stats(&self) -> CallStats {
        self.inner.http.stats()
    }

    /// How many tokens were requested so far, and what became of them.
    pub fn token_stats(&self) -> TokenStats {
        self.inner.http.provider().stats()
    }

    fn outgoing<O: Operation>(&self, operation: &O) -> Result<Outgoing, RequestError> {
        let name = operation.name();
        let wanted = operation.service();
        let service = self
            .inner
            .services
            .iter()
            .find(|service| wanted.is_empty() || service.name() == wanted)
            .cloned()
            .ok_or_else(|| RequestError::unknown_service(name, wanted))?;
        let body = operation
            .encode()
            .map_err(|error| RequestError::encode(name, &error))?;
        Ok(Outgoing {
            name,
            kind: operation.kind(),
            service,
            body: body.into(),
            timeout: self.inner.timeout,
            delivery: match operation.kind() {
                OperationKind::Query => Delivery::Repeatable,
                OperationKind::Mutation => Delivery::AtMostOnce,
            },
            gate: None,
        })
    }
}

/// An operation about to run; await it for the data.
///
/// The variables are already written, so the call is small and may be moved to another task.
#[must_use = "an operation does nothing unless awaited"]
pub struct Call<O> {
    client: GraphqlClient,
    outgoing: Result<Outgoing, RequestError>,
    operation: PhantomData<fn() -> O>,
}

/// What is sent, free of the operation's type.
#[derive(Clone)]
struct Outgoing {
    name: &'static str,
    kind: OperationKind,
    service: Arc<Service>,
    body: Bytes,
    timeout: Duration,
    delivery: Delivery,
    gate: Option<Gate>,
}

impl<O: Operation> Call<O> {
    /// How long this call may take in all. Default: the client's timeout.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        if let Ok(outgoing) = &mut self.outgoing {
            outgoing.timeout = timeout;
        }
        self
    }

    /// Allows sending this mutation again after a failure that may have reached the server.
    ///
    /// Only for a mutation that has the same effect once or twice. Queries are repeatable anyway.
    pub fn repeatable(mut self) -> Self {
        if let Ok(outgoing) = &mut self.outgoing {
            outgoing.delivery = Delivery::Repeatable;
        }
        self
    }

    /// Sends no attempt while this gate is closed, and leaves a 429 to whoever closes it.
    pub(crate) fn behind(mut self, gate: &Gate) -> Self {
        if let Ok(outgoing) = &mut self.outgoing {
            outgoing.gate = Some(gate.clone());
        }
        self
    }

    /// Gives the data together with the errors that leave it usable.
    ///
    /// # Errors
    ///
    /// As [`GraphqlClient::execute_partial`].
    pub async fn partial(self) -> Result<Partial<O::Data>, Error> {
        self.answer().await?.partial(O::refusal)
    }

    async fn answer(self) -> Result<Answer<O::Data>, Error> {
        let outgoing = self.outgoing?;
        let span = tracing::info_span!(
            "graphql.request",
            otel.kind = "client",
            otel.name = outgoing.name,
            graphql.operation.name = outgoing.name,
            graphql.operation.r#type = outgoing.kind.as_str(),
        );
        self.client.send::<O>(outgoing).instrument(span).await
    }
}

impl<O: Operation + 'static> IntoFuture for Call<O> {
    type Output = Result<O::Data, Error>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move { self.answer().await?.strict(O::refusal) })
    }
}

/// A call that is cloned is sent twice; what is sent is shared.
impl<O> Clone for Call<O> {
    fn clone(&self) -> Self {
        Self {
            client: self.client.clone(),
            outgoing: self.outgoing.clone(),
            operation: PhantomData,
        }
    }
}

impl<O> fmt::Debug for Call<O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.outgoing.as_ref().map(|outgoing| outgoing.name);
        f.debug_struct("Call")
            .field("operation", &name)
            .finish_non_exhaustive()
    }
}

impl GraphqlClient {
    /// The one road of every request: sent with a token, judged and decoded once.
    async fn send<O: Operation>(&self, outgoing: Outgoing) -> Result<Answer<O::Data>, Error> {
        let Outgoing {
            name,
            service,
            body,
            timeout,
            delivery,
            gate,
            ..
        } = outgoing;
        let mut request = Request::post(name, service.endpoint().clone())
            .headers(service.request_headers())
            .body(JSON, body)
            .delivery(delivery)
            .deadline(timeout);
        if let Some(pacer) = service.pacer() {
            request = request.pacer(pacer.clone());
        }
        if let Some(gate) = gate {
            request = request.gate(gate);
        }
        let mut last = None;
        let judge = |reply: &Reply| {
            let decoded = last.insert(Decoded::from_body::<O>(reply.body()));
            match decoded {
                Ok(decoded) if service.rejects_token(decoded.request_errors()) => {
                    Verdict::TokenRejected
                }
                _ if service.is_quota_exceeded(reply) => Verdict::Final,
                _ => Verdict::Accept,
            }
        };
        let sent = self.inner.http.send(request, judge).await;
        let reply = sent.map_err(|error| AuthError::new(name, error))?;
        // A 401 is never judged: its status says all about the token.
        let decoded = match last {
            Some(decoded) if reply.status() != StatusCode::UNAUTHORIZED => decoded,
            _ => Decoded::from_body::<O>(reply.body()),
        };
        Answer::read(name, service, &reply, decoded)
    }
}
