//! One logical call: as many attempts as the rules allow, one outcome.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use http::StatusCode;
use tokio::time::Instant;
use tracing::Instrument as _;
use tracing::field::Empty;

use super::{Replays, Shared};
use crate::error::{Error, Phase, TransportDetails, TransportError, target};
use crate::gate::Gate;
use crate::http::{Answer, Failed, Outgoing};
use crate::progress::Progress;
use crate::request::{Reply, Request, Verdict};
use crate::retry::{Decision, Outcome};
use crate::token::{AccessToken, Generation};

pub(super) struct Call<'a> {
    shared: &'a Shared,
    request: &'a Request,
    progress: &'a Progress,
    ends: Instant,
    /// Requests sent.
    sent: u32,
    /// Attempts as the retry policy counts them: replays with another token are none.
    attempts: u32,
    replays: Replays,
}

impl<'a> Call<'a> {
    pub(super) fn new(
        shared: &'a Shared,
        request: &'a Request,
        progress: &'a Progress,
        deadline: Duration,
    ) -> Self {
        let now = Instant::now();
        // A deadline beyond what the clock can count is none.
        let ends = now
            .checked_add(deadline)
            .unwrap_or(now + Duration::from_secs(u64::from(u32::MAX)));
        Self {
            shared,
            request,
            progress,
            ends,
            sent: 0,
            attempts: 0,
            replays: Replays::default(),
        }
    }

    pub(super) async fn run(
        mut self,
        judge: &mut impl FnMut(&Reply) -> Verdict,
    ) -> Result<Reply, Error> {
        self.shared.budget.deposit();
        self.attempts = 1;
        loop {
            let token = self.token_in_turn().await?;
            let sent_before = self.progress.sent();
            match self.attempt(&token).await {
                Ok(answer) => {
                    let reply = self.reply(answer);
                    let verdict = match reply.status {
                        StatusCode::UNAUTHORIZED => Verdict::TokenRejected,
                        _ => judge(&reply),
                    };
                    if verdict != Verdict::TokenRejected && reply.status.is_success() {
                        self.shared.provider.accepted(&token, &reply.headers);
                    }
                    let again = match verdict {
                        Verdict::TokenRejected => {
                            self.progress.set_sent(sent_before); // What is refused is not carried out.
                            self.replay_with_another_token(token.generation()).await
                        }
                        Verdict::Final => false,
                        Verdict::Accept if self.leaves_to_gate(reply.status) => false,
                        Verdict::Accept => {
                            let outcome = Outcome::Answered {
                                status: reply.status,
                                retry_after: reply.retry_after(),
                            };
                            self.retry(outcome).await
                        }
                    };
                    if !again {
                        return Ok(reply);
                    }
                }
                Err(failed) => {
                    if failed.failure.is_unprocessed() {
                        self.progress.set_sent(sent_before);
                    }
                    if !self.retry(Outcome::Failed(failed.failure)).await {
                        return Err(self.error(failed).into());
                    }
                }
            }
        }
    }

    /// Waits until it is this call's turn, and for a token that is good then.
    async fn token_in_turn(&self) -> Result<Arc<AccessToken>, Error> {
        loop {
            if let Some(gate) = &self.request.gate {
                self.progress.enter(Phase::WaitingForTurn);
                gate.pass().await;
            }
            // Before the token, which may end during the wait.
            if let Some(pacer) = &self.request.pacer {
                pacer.turn(self.progress).await;
            }
            self.progress.enter(Phase::WaitingForToken);
            let token = self.shared.provider.token().await?;
            if self.gate_closed_for().is_zero() {
                return Ok(token);
            }
            // The gate was closed meanwhile. The turn is lost: if all who have one kept it, they would go at
            // once when the gate opens.
        }
    }

    fn gate_closed_for(&self) -> Duration {
        let gate = self.request.gate.as_ref();
        gate.map_or(Duration::ZERO, Gate::closed_for)
    }

    /// True for an answer that closes a gate, after which waiting here would hold back this call alone.
    fn leaves_to_gate(&self, status: StatusCode) -> bool {
        self.request.gate.is_some() && status == StatusCode::TOO_MANY_REQUESTS
    }

    /// Sends the request once.
    async fn attempt(&mut self, token: &Arc<AccessToken>) -> Result<Answer, Failed> {
        let Self {
            shared,
            request,
            progress,
            ..
        } = *self;
        let span = tracing::info_span!(
            "http.request",
            otel.kind = "client",
            otel.name = %request.operation,
            http.request.method = %request.method,
            server.address = request.url.host_str(),
            server.port = request.url.port_or_known_default(),
            url.path = request.url.path(),
            http.request.resend_count = (self.sent > 0).then_some(self.sent),
            http.response.status_code = Empty,
            error.type = Empty,
        );
        progress.set_sent(true);
        self.sent += 1;
        shared.sent.fetch_add(1, Ordering::Relaxed);
        let outgoing = Outgoing {
            method: &request.method,
            url: &request.url,
            headers: shared.auth.headers(request, token),
            body: request.body.clone(),
            redirects: request
                .redirects
                .unwrap_or_else(|| shared.http.config().redirect_rule()),
            answer_limit: shared.http.config().answer_limit(),
            time_limit: shared.http.config().attempt_limit(),
        };
        let result = shared
            .http
            .exchange(outgoing, progress)
            .instrument(span.clone())
            .await;
        match &result {
            Ok(answer) => {
                span.record("http.response.status_code", answer.status.as_u16());
            }
            Err(failed) => {
                span.record("error.type", tracing::field::debug(failed.failure));
            }
        }
        result
    }

    /// After a refusal: true once the request should be sent again with whatever token is current then.
    async fn replay_with_another_token(&mut self, refused: Generation) -> bool {
        let provider = &self.shared.provider;
        let rejection = provider.reject(refused);
        let again = match self.replays.after(rejection, provider.is_in_fleet()) {
            Some(Duration::ZERO) => true,
            Some(wait) => self.pause(wait).await,
            None => false,
        };
        if again {
            self.note(&self.shared.replays);
        }
        again
    }

    /// After trouble: true once the request should be sent again.
    async fn retry(&mut self, outcome: Outcome) -> bool {
        let Self {
            shared, request, ..
        } = *self;
        let random = fastrand::f64();
        match shared
            .retry
            .next(self.attempts, outcome, request.delivery, random)
        {
            Decision::Stop => false,
            Decision::RetryAfter(wait) => {
                let affordable = shared.budget.withdraw(shared.clock.now().monotonic);
                if !affordable || !self.pause(wait).await || !self.pass_gate().await {
                    return false;
                }
                self.attempts += 1;
                self.note(&shared.retries);
                true
            }
        }
    }

    /// Waits, unless the deadline would pass meanwhile: then what is known now is better than nothing.
    async fn pause(&self, wait: Duration) -> bool {
        if self.ends.saturating_duration_since(Instant::now()) <= wait {
            return false;
        }
        self.progress.enter(Phase::BackingOff);
        self.shared.clock.sleep(wait).await;
        true
    }

    /// As [`pause`](Self::pause), until the gate is open.
    async fn pass_gate(&self) -> bool {
        loop {
            match self.gate_closed_for() {
                Duration::ZERO => return true,
                wait if !self.pause(wait).await => return false,
                _ => {}
            }
        }
    }

    fn note(&self, counter: &AtomicU64) {
        counter.fetch_add(1, Ordering::Relaxed);
    }

    fn reply(&self, answer: Answer) -> Reply {
        Reply {
            status: answer.status,
            headers: answer.headers,
            body: answer.body,
            attempts: self.sent,
            received: self.shared.clock.now().wall,
        }
    }

    fn error(&self, failed: Failed) -> TransportError {
        TransportError::new(TransportDetails {
            operation: self.request.operation.clone(),
            target: target(&self.request.url),
            failure: failed.failure,
            phase: failed.phase,
            attempts: self.sent,
            source: failed.cause,
        })
    }
}
