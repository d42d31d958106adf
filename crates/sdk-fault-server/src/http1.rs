//! HTTP/1.1, byte by byte.

use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::server::Shared;
use crate::{Fault, Turn};

/// The time between two bytes of a slow answer.
const DRIP: Duration = Duration::from_millis(20);

/// The length of an answer that nobody should wait for, or set memory aside for.
const ENORMOUS_BYTES: usize = 100_000_000_000;

/// Serves one connection until either side has enough of it.
pub(crate) async fn serve(mut stream: TcpStream, shared: &Shared) {
    if shared.script.fault == Fault::ResetBefore && shared.next() == Turn::Fault {
        shared.take();
        reset(stream);
        return;
    }
    let mut buffer = Vec::new();
    while let Some(length) = read_head(&mut stream, &mut buffer).await {
        let turn = shared.take();
        if turn == Turn::Fault && shared.script.fault == Fault::ResetDuring {
            reset(stream);
            return;
        }
        while buffer.len() < length {
            match stream.read_buf(&mut buffer).await {
                Ok(count) if count > 0 => {}
                _ => return,
            }
        }
        let body: Vec<u8> = buffer.drain(..length).collect();
        shared.arrived(turn);
        match turn {
            Turn::Fault => {
                if !fail(&mut stream, shared, &body).await {
                    reset_if_told(stream, &shared.script.fault);
                    return;
                }
            }
            Turn::Well => {
                shared.stop_listening_in_time().await;
                // What fails next may be the connection itself, so the next request gets a new one.
                let is_last = shared.next() == Turn::Fault;
                let connection = if is_last { "close" } else { "keep-alive" };
                let headers = [
                    ("content-type", "application/json"),
                    ("etag", "\"good\""),
                    ("connection", connection),
                ];
                let answer = answer(200, headers, &shared.answer(&body));
                if stream.write_all(&answer).await.is_err() || is_last {
                    drop(stream.shutdown().await);
                    return;
                }
            }
        }
    }
}

/// Ends the connection with a reset instead of a goodbye.
fn reset(stream: TcpStream) {
    drop(stream.set_zero_linger());
    drop(stream);
}

fn reset_if_told(stream: TcpStream, fault: &Fault) {
    if *fault == Fault::ResetAfter {
        reset(stream);
    }
}

/// Fails after the whole request; true if the connection goes on.
async fn fail(stream: &mut TcpStream, shared: &Shared, request: &[u8]) -> bool {
    const JSON: (&str, &str) = ("content-type", "application/json");
    let bytes = match &shared.script.fault {
        Fault::Answer {
            status,
            headers,
            body,
        } => {
            let headers = headers.iter().map(|(name, value)| (*name, value.as_str()));
            let answer = answer(*status, headers, body);
            return stream.write_all(&answer).await.is_ok();
        }
        Fault::Bomb(coding) => {
            let encoding = ("content-encoding", coding.name());
            answer(200, [JSON, encoding], coding.bomb())
        }
        Fault::SaidTooShort => {
            let mut bytes = answer(200, [JSON], b"{\"da");
            bytes.extend_from_slice(b"ta\":{}}");
            bytes
        }
        Fault::ClosedInHead => b"HTTP/1.1 200 OK\r\ncontent-type: appl".to_vec(),
        Fault::ClosedInBody => {
            b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 500\r\n\r\n{\"data\":"
                .to_vec()
        }
        Fault::ClosedInChunks => {
            let body = shared.answer(request);
            let head = format!(
                "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n{:x}\r\n",
                body.len()
            );
            [head.as_bytes(), &body, b"\r\n"].concat()
        }
        fault @ (Fault::SaidTooLong | Fault::SaidEnormous) => {
            let body = shared.answer(request);
            let said = match fault {
                Fault::SaidTooLong => body.len() + 1,
                _ => ENORMOUS_BYTES,
            };
            let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {said}\r\n\r\n");
            drop(stream.write_all(&[head.as_bytes(), &body].concat()).await);
            until_the_client_goes(stream).await;
            return false;
        }
        Fault::Endless => {
            let head = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n";
            let mut bytes = head.to_vec();
            while stream.write_all(&bytes).await.is_ok() {
                bytes = vec![b' '; 1 << 16];
            }
            return false;
        }
        Fault::SlowDrip => {
            let head = b"HTTP/1.1 200 OK\r\ncontent-length: 50000\r\n\r\n";
            let mut bytes = head.to_vec();
            while stream.write_all(&bytes).await.is_ok() {
                bytes = b" ".to_vec();
                tokio::time::sleep(DRIP).await;
            }
            return false;
        }
        Fault::Silence => {
            until_the_client_goes(stream).await;
            return false;
        }
        _ => return false,
    };
    drop(stream.write_all(&bytes).await);
    drop(stream.shutdown().await);
    false
}

async fn until_the_client_goes(stream: &mut TcpStream) {
    drop(stream.read(&mut [0]).await);
}

/// Reads up to the end of a head and gives the length of the body; `None` when the client is done.
async fn read_head(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> Option<usize> {
    let end = loop {
        if let Some(at) = buffer.windows(4).position(|window| window == b"\r\n\r\n") {
            break at;
        }
        if stream.read_buf(buffer).await.ok()? == 0 {
            return None;
        }
    };
    let head: Vec<u8> = buffer.drain(..end + 4).collect();
    let head = String::from_utf8_lossy(&head).to_lowercase();
    let length = head
        .lines()
        .find_map(|line| line.strip_prefix("content-length:"));
    Some(length.map_or(0, |length| length.trim().parse().unwrap_or(0)))
}

/// An answer with a body of the length it says.
fn answer<'a>(
    status: u16,
    headers: impl IntoIterator<Item = (&'a str, &'a str)>,
    body: &[u8],
) -> Vec<u8> {
    let mut head = format!(
        "HTTP/1.1 {status} Status\r\ncontent-length: {}\r\n",
        body.len()
    );
    for (name, value) in headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head.push_str("\r\n");
    let mut bytes = head.into_bytes();
    bytes.extend_from_slice(body);
    bytes
}
