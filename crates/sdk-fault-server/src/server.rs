//! The server, what it is told, and what it counts.

use std::io;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};

use tokio::net::{TcpListener, TcpSocket};
use tokio::runtime::Runtime;
use tokio::task::{AbortHandle, JoinSet, yield_now};

use crate::port::Port;
use crate::tls::Tls;
use crate::{Fault, Turn, http1, http2};

/// When a server fails, and how.
#[derive(Debug, Clone)]
pub struct Script {
    /// How.
    pub fault: Fault,
    /// How many requests it answers well before.
    pub after: usize,
    /// How many requests it fails with; all that follow, if there is no number.
    pub times: Option<usize>,
}

/// What reached a server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Connections that were accepted.
    pub connections: usize,
    /// Requests that arrived whole.
    pub arrived: usize,
    /// Requests that the server may have acted upon: those it answered, or lost after they had arrived.
    pub taken: usize,
}

/// A server on loopback; it runs until it is dropped.
#[derive(Debug)]
pub struct FaultServer {
    certificate: Option<String>,
    shared: Arc<Shared>,
}

/// Connections that may wait to be accepted.
const BACKLOG: u32 = 128;

/// Makes the body of a good answer from that of the request.
type Answer = Box<dyn Fn(&[u8]) -> Vec<u8> + Send + Sync>;

pub(crate) struct Shared {
    pub(crate) script: Script,
    answer: Answer,
    /// Requests and connections that took a turn.
    turns: AtomicUsize,
    connections: AtomicUsize,
    arrived: AtomicUsize,
    taken: AtomicUsize,
    accepting: Mutex<Option<AbortHandle>>,
    /// The connections, apart from the listener, which may go before them.
    serving: Mutex<JoinSet<()>>,
    address: SocketAddr,
    /// The port once nobody is served there any more.
    given_up: Mutex<Option<Port>>,
}

impl std::fmt::Debug for Shared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Shared")
            .field("script", &self.script)
            .finish_non_exhaustive()
    }
}

impl FaultServer {
    /// Starts a server; `answer` makes the body of a good answer from that of a request.
    ///
    /// A good answer says that it is JSON and has an ETag, whatever it is.
    ///
    /// # Errors
    ///
    /// When no port of loopback can be had, or no certificate made.
    pub async fn start(
        script: Script,
        answer: impl Fn(&[u8]) -> Vec<u8> + Send + Sync + 'static,
    ) -> io::Result<Self> {
        let socket = TcpSocket::new_v4()?;
        // A port that is given up is taken again while connections of before are still open.
        socket.set_reuseaddr(true)?;
        socket.bind(SocketAddr::from(([127, 0, 0, 1], 0)))?;
        let address = socket.local_addr()?;
        let tls = script
            .fault
            .needs_tls()
            .then(|| Tls::new(&script.fault))
            .transpose()?;
        let shared = Arc::new(Shared {
            script,
            answer: Box::new(answer),
            turns: AtomicUsize::new(0),
            connections: AtomicUsize::new(0),
            arrived: AtomicUsize::new(0),
            taken: AtomicUsize::new(0),
            accepting: Mutex::default(),
            serving: Mutex::default(),
            address,
            given_up: Mutex::default(),
        });
        if let Fault::Bomb(coding) = shared.script.fault {
            // Packed before anyone waits for it.
            coding.bomb();
        }
        let certificate = tls.as_ref().map(|tls| tls.certificates.clone());
        if shared.is_giving_up() {
            let port = Port::give_up(socket, &shared.script.fault).await?;
            *lock(&shared.given_up) = Some(port);
        } else {
            let listener = socket.listen(BACKLOG)?;
            let accepting = tokio::spawn(accept(listener, tls.map(Arc::new), Arc::clone(&shared)));
            *lock(&shared.accepting) = Some(accepting.abort_handle());
        }
        Ok(Self {
            certificate,
            shared,
        })
    }

    /// Starts a server on a runtime of the servers' own, so that it lives and counts apart from its client.
    ///
    /// # Errors
    ///
    /// As [`start`](Self::start), and when there is no such runtime.
    pub fn start_apart(
        script: Script,
        answer: impl Fn(&[u8]) -> Vec<u8> + Send + Sync + 'static,
    ) -> io::Result<Self> {
        static SERVERS: LazyLock<io::Result<Runtime>> = LazyLock::new(Runtime::new);
        match &*SERVERS {
            Ok(servers) => servers.block_on(Self::start(script, answer)),
            Err(error) => Err(error.kind().into()),
        }
    }

    /// The address of a path on this server.
    pub fn url(&self, path: &str) -> String {
        let scheme = if self.certificate.is_some() {
            "https"
        } else {
            "http"
        };
        format!("{scheme}://localhost:{}{path}", self.shared.address.port())
    }

    /// The certificate to trust as a root, as PEM, for a server that speaks TLS; where that needs more than
    /// one, all of them.
    pub fn certificate(&self) -> Option<&str> {
        self.certificate.as_deref()
    }

    /// Closes every connection and listens no more, as dropping does.
    pub fn hang_up(&self) {
        if let Some(accepting) = lock(&self.shared.accepting).take() {
            accepting.abort();
        }
        lock(&self.shared.serving).abort_all();
    }

    /// What reached the server so far.
    pub fn counts(&self) -> Counts {
        let read = |count: &AtomicUsize| count.load(Ordering::SeqCst);
        Counts {
            connections: read(&self.shared.connections),
            arrived: read(&self.shared.arrived),
            taken: read(&self.shared.taken),
        }
    }
}

impl Drop for FaultServer {
    fn drop(&mut self) {
        self.hang_up();
    }
}

/// Accepts until it is aborted.
async fn accept(listener: TcpListener, tls: Option<Arc<Tls>>, shared: Arc<Shared>) {
    while let Ok((stream, _)) = listener.accept().await {
        shared.connections.fetch_add(1, Ordering::SeqCst);
        let (tls, own) = (tls.clone(), Arc::clone(&shared));
        let mut serving = lock(&shared.serving);
        serving.spawn(async move {
            match tls {
                Some(tls) => http2::serve(stream, &tls, &own).await,
                None => http1::serve(stream, &own).await,
            }
        });
        while serving.try_join_next().is_some() {}
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Shared {
    /// What the next request meets, without taking its turn.
    pub(crate) fn next(&self) -> Turn {
        self.turn(self.turns.load(Ordering::SeqCst))
    }

    /// What this request meets.
    pub(crate) fn take(&self) -> Turn {
        self.turn(self.turns.fetch_add(1, Ordering::SeqCst))
    }

    fn turn(&self, number: usize) -> Turn {
        let Script { after, times, .. } = self.script;
        let is_over = times.is_some_and(|times| number >= after.saturating_add(times));
        if number < after || is_over {
            Turn::Well
        } else {
            Turn::Fault
        }
    }

    fn is_giving_up(&self) -> bool {
        self.script.fault.gives_up_the_port() && self.next() == Turn::Fault
    }

    /// A request arrived whole.
    pub(crate) fn arrived(&self, turn: Turn) {
        self.arrived.fetch_add(1, Ordering::SeqCst);
        if turn == Turn::Well || self.script.fault.may_act() {
            self.taken.fetch_add(1, Ordering::SeqCst);
        }
    }

    pub(crate) fn answer(&self, body: &[u8]) -> Vec<u8> {
        (self.answer)(body)
    }

    /// Stops listening if the script says so, before the last good answer leaves.
    pub(crate) async fn stop_listening_in_time(&self) {
        if !self.is_giving_up() {
            return;
        }
        let accepting = lock(&self.accepting).take();
        if let Some(accepting) = accepting {
            accepting.abort();
            while !accepting.is_finished() {
                yield_now().await;
            }
        }
        if let Ok(socket) = TcpSocket::new_v4()
            && socket.set_reuseaddr(true).is_ok()
            && socket.bind(self.address).is_ok()
            && let Ok(port) = Port::give_up(socket, &self.script.fault).await
        {
            *lock(&self.given_up) = Some(port);
        }
    }
}
