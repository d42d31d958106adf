//! One origin: a listener on loopback, the routes behind it, and its end.

use std::net::SocketAddr;

use axum::Router;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::connection::{Breakable, Connection};

/// A listener that is bound but not served yet, so that its address can go into what it serves.
#[derive(Debug)]
pub(crate) struct Bound {
    listener: TcpListener,
    address: SocketAddr,
}

/// A running server. Dropping it closes the listener and lets open connections finish.
#[derive(Debug)]
pub(crate) struct Origin {
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
}

impl Bound {
    pub(crate) async fn new(address: SocketAddr) -> std::io::Result<Self> {
        let listener = TcpListener::bind(address).await?;
        let address = listener.local_addr()?;
        Ok(Self { listener, address })
    }

    /// The origin's URL, without a slash at its end.
    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub(crate) fn serve(self, router: Router) -> Origin {
        let (stop, mut stopped) = watch::channel(false);
        let signal = async move {
            // The channel closes when the origin is dropped, which is a stop as well.
            let _closed = stopped.wait_for(|stop| *stop).await;
        };
        let listener = Breakable(self.listener);
        let service = router.into_make_service_with_connect_info::<Connection>();
        let server = axum::serve(listener, service).with_graceful_shutdown(signal);
        let task = tokio::spawn(async move {
            // Accept errors are retried inside; there is no other.
            let _served = server.await;
        });
        Origin { stop, task }
    }
}

impl Origin {
    /// Stops listening and waits until open requests have been answered.
    pub(crate) async fn stop(self) {
        let _nobody_listens = self.stop.send(true);
        let _stopped = self.task.await;
    }
}
