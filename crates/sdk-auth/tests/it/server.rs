//! A server on loopback that does exactly what it is told, byte by byte, and remembers what it heard.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::JoinHandle;
use url::Url;

/// One request as it stood on the wire.
#[derive(Debug, Clone)]
pub(crate) struct Heard {
    pub(crate) method: String,
    /// Path and query.
    pub(crate) target: String,
    /// In the order sent, names in lower case.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
}

impl Heard {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }
}

/// What the server does after it has read a request.
#[derive(Debug, Clone)]
pub(crate) enum Act {
    /// Answers with these bytes and keeps the connection.
    Answer(Vec<u8>),
    /// Answers with these bytes after a while and keeps the connection.
    AnswerAfter(Duration, Vec<u8>),
    /// Answers with these bytes once the gate has a permit, and keeps the connection.
    AnswerWhen(Arc<Semaphore>, Vec<u8>),
    /// Answers with these bytes and closes the connection.
    AnswerAndClose(Vec<u8>),
    /// Answers with the first bytes, then with the second over and over.
    AnswerForever(Vec<u8>, Vec<u8>),
    /// Closes the connection.
    Close,
    /// Does nothing.
    Hang,
}

/// Runs until dropped.
pub(crate) struct Server {
    url: Url,
    heard: Arc<Mutex<Vec<Heard>>>,
    connections: Arc<Mutex<usize>>,
    accepting: JoinHandle<()>,
}

impl Server {
    /// `act` says what to do with each request.
    pub(crate) async fn start(act: impl Fn(&Heard) -> Act + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap())
            .parse()
            .unwrap();
        let (heard, connections) = (Arc::default(), Arc::new(Mutex::new(0)));
        let (act, log, count) = (Arc::new(act), Arc::clone(&heard), Arc::clone(&connections));
        let accepting = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                *count.lock().unwrap() += 1;
                tokio::spawn(serve(stream, Arc::clone(&act), Arc::clone(&log)));
            }
        });
        Self {
            url,
            heard,
            connections,
            accepting,
        }
    }

    /// A URL of this server.
    pub(crate) fn url(&self, path: &str) -> Url {
        self.url.join(path).unwrap()
    }

    /// Every request so far.
    pub(crate) fn heard(&self) -> Vec<Heard> {
        self.heard.lock().unwrap().clone()
    }

    /// How many requests for `path` came.
    pub(crate) fn count(&self, path: &str) -> usize {
        self.heard()
            .iter()
            .filter(|heard| heard.target.split('?').next() == Some(path))
            .count()
    }

    /// How many connections were opened.
    pub(crate) fn connections(&self) -> usize {
        *self.connections.lock().unwrap()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

async fn serve(
    mut stream: TcpStream,
    act: Arc<impl Fn(&Heard) -> Act>,
    log: Arc<Mutex<Vec<Heard>>>,
) {
    let mut buffer = Vec::new();
    while let Some(heard) = read_request(&mut stream, &mut buffer).await {
        let act = act(&heard);
        log.lock().unwrap().push(heard);
        match act {
            Act::Answer(bytes) => drop(stream.write_all(&bytes).await),
            Act::AnswerAfter(wait, bytes) => {
                tokio::time::sleep(wait).await;
                drop(stream.write_all(&bytes).await);
            }
            Act::AnswerWhen(gate, bytes) => {
                drop(gate.acquire().await.unwrap());
                drop(stream.write_all(&bytes).await);
            }
            Act::AnswerAndClose(bytes) => {
                drop(stream.write_all(&bytes).await);
                return;
            }
            Act::AnswerForever(head, more) => {
                drop(stream.write_all(&head).await);
                while stream.write_all(&more).await.is_ok() {}
                return;
            }
            Act::Close => return,
            Act::Hang => std::future::pending().await,
        }
    }
}

/// Reads one request; `None` when the client closed the connection.
async fn read_request(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> Option<Heard> {
    let head_end = loop {
        if let Some(at) = buffer.windows(4).position(|window| window == b"\r\n\r\n") {
            break at;
        }
        if stream.read_buf(buffer).await.ok()? == 0 {
            return None;
        }
    };
    let head = String::from_utf8(buffer[..head_end].to_vec()).unwrap();
    let mut lines = head.split("\r\n");
    let mut request_line = lines.next()?.split(' ');
    let (method, target) = (
        request_line.next()?.to_owned(),
        request_line.next()?.to_owned(),
    );
    let headers: Vec<(String, String)> = lines
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_lowercase(), value.to_owned()))
        .collect();
    let length = headers.iter().find(|(name, _)| name == "content-length");
    let length: usize = length.map_or(0, |(_, value)| value.parse().unwrap());
    buffer.drain(..head_end + 4);
    while buffer.len() < length {
        if stream.read_buf(buffer).await.ok()? == 0 {
            return None;
        }
    }
    let body = String::from_utf8(buffer.drain(..length).collect()).unwrap();
    Some(Heard {
        method,
        target,
        headers,
        body,
    })
}

/// An answer with a body of the right length.
pub(crate) fn answer(status: u16, headers: &[(&str, &str)], body: impl AsRef<[u8]>) -> Vec<u8> {
    let body = body.as_ref();
    let mut bytes = format!(
        "HTTP/1.1 {status} Whatever\r\ncontent-length: {}\r\n",
        body.len()
    );
    for (name, value) in headers {
        bytes.push_str(&format!("{name}: {value}\r\n"));
    }
    bytes.push_str("\r\n");
    let mut bytes = bytes.into_bytes();
    bytes.extend_from_slice(body);
    bytes
}

pub(crate) fn json(status: u16, body: impl AsRef<[u8]>) -> Act {
    Act::Answer(answer(
        status,
        &[("content-type", "application/json")],
        body,
    ))
}
