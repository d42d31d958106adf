//! One connection for all who ask, made when it is needed and again when it is lost.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use redis::aio::MultiplexedConnection;
use redis::{AsyncConnectionConfig, Client, Cmd, FromRedisValue, RedisError};

/// How long the server may take to answer a command.
const ANSWER: Duration = Duration::from_secs(1);

/// How long it may take to connect, with the handshake of TLS.
const CONNECT: Duration = Duration::from_secs(2);

pub(super) struct Connection {
    client: Client,
    open: Mutex<Option<MultiplexedConnection>>,
}

impl Connection {
    pub(super) fn new(client: Client) -> Self {
        Self {
            client,
            open: Mutex::new(None),
        }
    }

    pub(super) fn client(&self) -> &Client {
        &self.client
    }

    /// The answer to a command that may be carried out twice.
    ///
    /// Takes 4 s at most: an answer that does not come, a new connection, an answer. There is no limit on all
    /// of it together, so that a process that was suspended meanwhile still has its second attempt.
    pub(super) async fn ask<T: FromRedisValue>(&self, command: &Cmd) -> Result<T, RedisError> {
        // A connection works as long as the runtime that it was made on. If that is gone, or the server was
        // restarted, only the next command shows it.
        if let Some(mut connection) = self.open() {
            match command.query_async(&mut connection).await {
                Err(error) if is_lost(&error) => self.forget(),
                outcome => return outcome,
            }
        }
        let mut connection = self.connect().await?;
        let outcome = command.query_async(&mut connection).await;
        if !outcome.as_ref().is_err_and(is_lost) {
            *self.lock() = Some(connection);
        }
        outcome
    }

    async fn connect(&self) -> Result<MultiplexedConnection, RedisError> {
        // Several providers of cryptography can be compiled in, and then rustls panics unless one is chosen;
        // this is the one that the HTTP client uses.
        if rustls::crypto::CryptoProvider::get_default().is_none() {
            // Fails only if somebody else has chosen meanwhile.
            let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        }
        let config = AsyncConnectionConfig::new()
            .set_connection_timeout(Some(CONNECT))
            .set_response_timeout(Some(ANSWER));
        let connecting = self
            .client
            .get_multiplexed_async_connection_with_config(&config);
        connecting.await
    }

    fn open(&self) -> Option<MultiplexedConnection> {
        self.lock().clone()
    }

    fn forget(&self) {
        *self.lock() = None;
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Option<MultiplexedConnection>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// True if the connection is of no use any more, whatever became of the command.
fn is_lost(error: &RedisError) -> bool {
    error.is_io_error() || error.is_unrecoverable_error()
}
