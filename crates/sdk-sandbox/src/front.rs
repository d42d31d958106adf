//! What every request passes before a vendor's server sees it: the recorder and the faults.

use axum::body::{Body, HttpBody as _, to_bytes};
use axum::extract::{ConnectInfo, Request};
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use bytes::Bytes;
use futures_util::StreamExt as _;

use crate::connection::Connection;
use crate::fault::{Fault, Faults};
use crate::identity::{Issuer, TokenRules};
use crate::record::{Endpoint, Recorder};
use crate::storage::drain;

/// The largest body of a token or API request.
const MAX_REQUEST_BYTES: usize = 8 * 1024 * 1024;

/// The recorder, the faults and the tokens of one vendor: all that the back door reaches.
#[derive(Debug)]
pub(crate) struct Front {
    pub(crate) recorder: Recorder,
    pub(crate) faults: Faults,
    pub(crate) issuer: Issuer,
}

impl Front {
    pub(crate) fn new(rules: TokenRules) -> Self {
        Self {
            recorder: Recorder::default(),
            faults: Faults::default(),
            issuer: Issuer::new(rules),
        }
    }

    /// Reads and records a request, lets its faults happen, and asks `answer` for the true answer.
    pub(crate) async fn pass<A>(
        &self,
        endpoint: Endpoint,
        request: Request,
        answer: impl FnOnce(Parts, Bytes) -> A,
    ) -> Response
    where
        A: Future<Output = Response>,
    {
        let (parts, body) = request.into_parts();
        let Ok(body) = to_bytes(body, MAX_REQUEST_BYTES).await else {
            let message = serde_json::json!({"message": "request entity too large"});
            return json(StatusCode::PAYLOAD_TOO_LARGE, message.to_string());
        };
        self.recorder
            .arrived(endpoint, &parts.method, &parts.uri, &parts.headers, &body);
        let fault = self.next_fault(endpoint).await;
        let response = match fault.as_ref().and_then(Fault::answer) {
            Some(response) => response,
            None => answer(parts, body).await,
        };
        self.hold(fault.as_ref()).await;
        if endpoint == Endpoint::Api && response.status() == StatusCode::UNAUTHORIZED {
            self.recorder.count(|counts| counts.unauthorized += 1);
        }
        spoil(fault, response).await
    }

    /// As [`pass`](Self::pass), for bodies of any size: they are not recorded.
    pub(crate) async fn pass_streaming<A>(
        &self,
        endpoint: Endpoint,
        request: Request,
        answer: impl FnOnce(Request) -> A,
    ) -> Response
    where
        A: Future<Output = Response>,
    {
        let (method, uri) = (request.method(), request.uri());
        self.recorder
            .arrived(endpoint, method, uri, request.headers(), &Bytes::new());
        let fault = self.next_fault(endpoint).await;
        if fault == Some(Fault::CutUpload) {
            return cut_upload(request).await;
        }
        let response = match fault.as_ref().and_then(Fault::answer) {
            Some(response) => {
                drain(request.into_body()).await;
                response
            }
            None => answer(request).await,
        };
        self.hold(fault.as_ref()).await;
        spoil(fault, response).await
    }

    /// Holds an answer back, if the fault says so; its effect has happened.
    async fn hold(&self, fault: Option<&Fault>) {
        let hold = fault.map(Fault::hold).unwrap_or_default();
        if !hold.is_zero() {
            self.recorder.count(|counts| counts.answers_held += 1);
            tokio::time::sleep(hold).await;
        }
    }

    /// The answer to a token request in the terms of RFC 6749, section 5.1, counted.
    pub(crate) fn bearer(&self, token: &str) -> Response {
        self.recorder.count(|counts| counts.tokens_issued += 1);
        let body = serde_json::json!({
            "access_token": token,
            "expires_in": self.issuer.lifetime().as_secs(),
            "token_type": "Bearer",
        });
        json(StatusCode::OK, body.to_string())
    }

    /// The fault of this request, counted, after what it does to tokens and how long it and the endpoint
    /// hold the request back.
    async fn next_fault(&self, endpoint: Endpoint) -> Option<Fault> {
        let latency = self.faults.latency(endpoint);
        if !latency.is_zero() {
            tokio::time::sleep(latency).await;
        }
        let fault = self.faults.take(endpoint)?;
        self.recorder.count(|counts| counts.faults += 1);
        match fault {
            Fault::ExpireTokens => self.issuer.expire_all(),
            Fault::RevokeTokens => self.issuer.revoke_all(),
            Fault::MintToken => self.issuer.mint(),
            _ => tokio::time::sleep(fault.wait()).await,
        }
        Some(fault)
    }
}

/// Reads half of the body and breaks the connection. The answer reaches nobody.
async fn cut_upload(request: Request) -> Response {
    let connection = request.extensions().get::<ConnectInfo<Connection>>();
    let connection = connection.map(|ConnectInfo(connection)| connection.clone());
    let half = request.body().size_hint().lower() / 2;
    let mut chunks = request.into_body().into_data_stream();
    let mut read = 0;
    while let Some(Ok(chunk)) = chunks.next().await {
        read += chunk.len() as u64;
        if read >= half
            && let Some(connection) = &connection
        {
            connection.break_off();
        }
    }
    Response::new(Body::empty())
}

/// Changes the true answer if the fault is one of those that do.
async fn spoil(fault: Option<Fault>, response: Response) -> Response {
    let Some(fault) = fault.filter(Fault::spoils) else {
        return response;
    };
    let (parts, body) = response.into_parts();
    // The body was made by this process a moment ago: it is whole and in memory.
    let body = to_bytes(body, usize::MAX).await.unwrap_or_default();
    fault.spoil(Response::from_parts(parts, Body::empty()), body)
}

/// A JSON answer.
pub(crate) fn json(status: StatusCode, body: impl Into<Body>) -> Response {
    let mut response = Response::new(body.into());
    *response.status_mut() = status;
    let value = HeaderValue::from_static("application/json; charset=utf-8");
    response.headers_mut().insert(header::CONTENT_TYPE, value);
    response
}
