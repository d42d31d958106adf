//! Ending a token before its time, because the program says so.

use std::sync::Arc;

use tokio::runtime::Handle;

use super::Shared;
use crate::auth_server::{AuthServer, is_unanswered, request_id};
use crate::error::{ConfigError, Error, RevocationRefusedError, target};
use crate::http::{Answer, Failed};
use crate::retry_after::retry_after;
use crate::revocation::{RevocationEndpoint, Revoked, TokenPresentation};
use crate::token::AccessToken;
use crate::wire;

impl Shared {
    /// Revokes the token in the slot and empties the slot, unless another token has come meanwhile.
    pub(crate) async fn revoke(&self, endpoint: &RevocationEndpoint) -> Result<Revoked, Error> {
        let token = self.slot.load_full();
        if token.is_none() {
            return Ok(Revoked::Nothing);
        }
        if Handle::try_current().is_err() {
            let expected = "one that is made inside a tokio runtime";
            return Err(ConfigError::new("the call to revoke", expected).into());
        }
        self.send_revocation(endpoint, &token).await?;
        self.forget(&token);
        Ok(Revoked::Token(token.generation()))
    }

    async fn send_revocation(
        &self,
        endpoint: &RevocationEndpoint,
        token: &AccessToken,
    ) -> Result<(), Error> {
        let source = &self.source;
        // A token that is presented as a bearer can be revoked when the credentials are gone already.
        let credentials = match endpoint.presentation {
            TokenPresentation::Form { .. } => Some(source.read_credentials()?),
            TokenPresentation::Bearer => None,
        };
        let client = credentials
            .as_ref()
            .map(|credentials| (&source.endpoint.client_auth, credentials));
        let quotes_secret = |text: &str| {
            text.contains(token.text())
                || credentials
                    .as_ref()
                    .is_some_and(|credentials| credentials.are_quoted_in(text))
        };
        // A form may be sent twice: the endpoint answers 200 for a token that it has revoked already. A
        // bearer that was revoked by a first request without an answer would be refused in a second one.
        let may_repeat = |failed: &Failed| match endpoint.presentation {
            TokenPresentation::Form { .. } => is_unanswered(failed),
            TokenPresentation::Bearer => is_unanswered(failed) && failed.failure.is_unprocessed(),
        };
        let server = AuthServer {
            http: &source.http,
            clock: &self.clock,
            url: endpoint.url(),
            operation: "token revocation",
        };
        let build = || wire::revocation_request(endpoint, client, token);
        let Answer {
            status,
            headers,
            body,
        } = server.post(build, may_repeat).await?;
        wire::revocation_response(status, &body, quotes_secret).map_err(|code| {
            RevocationRefusedError {
                target: target(endpoint.url()),
                status,
                code,
                request_id: request_id(&headers, quotes_secret),
                retry_after: retry_after(&headers, self.clock.now().wall),
            }
            .into()
        })
    }

    /// Takes a revoked token out of use.
    ///
    /// Tokens are told apart by their text and not by their generation: a newer one stays, but not if the
    /// endpoint had given out the same token again.
    fn forget(&self, revoked: &AccessToken) {
        let _state = self.lock();
        if self.slot.load().text() == revoked.text() {
            let none = AccessToken::none(self.clock.now());
            self.slot.store(Arc::new(none));
        }
    }
}
