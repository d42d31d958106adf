//! HTTP/2 over TLS.

use std::sync::Arc;

use bytes::Bytes;
use h2::server::SendResponse;
use h2::{Reason, RecvStream};
use http::header::{CONTENT_TYPE, ETAG};
use http::{HeaderValue, Request, Response};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::Notify;
use tokio::task::JoinSet;

use crate::server::Shared;
use crate::tls::Tls;
use crate::{Fault, Turn};

/// Serves one connection until either side has enough of it.
pub(crate) async fn serve(mut stream: TcpStream, tls: &Tls, shared: &Arc<Shared>) {
    let is_flawed = match (&shared.script.fault, shared.next()) {
        (Fault::NoHandshake, Turn::Fault) => {
            shared.take();
            // Until the client goes away.
            while stream.read(&mut [0; 1024]).await.is_ok_and(|it| it > 0) {}
            return;
        }
        (Fault::Certificate(_), Turn::Fault) => true,
        _ => false,
    };
    // A client that takes a certificate with a flaw is served, so that the test sees it.
    let Ok(stream) = tls.accept(stream, is_flawed).await else {
        if is_flawed {
            shared.take();
        }
        return;
    };
    let last_stream = match shared.script.fault {
        Fault::GoodbyeBefore => Some(0),
        Fault::GoodbyeAfter => Some(1),
        _ => None,
    };
    match last_stream {
        Some(last_stream) if shared.next() == Turn::Fault => {
            drop(goodbye(stream, last_stream, shared).await);
        }
        _ => drop(streams(stream, shared).await),
    }
}

/// Serves stream after stream.
async fn streams(
    stream: impl AsyncRead + AsyncWrite + Unpin,
    shared: &Arc<Shared>,
) -> Result<(), h2::Error> {
    let mut connection = h2::server::handshake(stream).await?;
    let ending = Arc::new(Ending::default());
    let mut answering = JoinSet::new();
    loop {
        tokio::select! {
            request = connection.accept() => {
                let Some(request) = request else { break };
                let (request, respond) = request?;
                answering.spawn(answer(request, respond, Arc::clone(shared), Arc::clone(&ending)));
            }
            () = ending.wanted.notified() => {
                connection.graceful_shutdown();
                ending.begun.notify_one();
            }
        }
    }
    Ok(())
}

/// How a stream has its connection say that it takes no more.
#[derive(Default)]
struct Ending {
    wanted: Notify,
    begun: Notify,
}

/// Answers one request.
async fn answer(
    request: Request<RecvStream>,
    mut respond: SendResponse<Bytes>,
    shared: Arc<Shared>,
    ending: Arc<Ending>,
) -> Result<(), h2::Error> {
    let mut body = request.into_body();
    let mut bytes = Vec::new();
    while let Some(chunk) = body.data().await {
        let chunk = chunk?;
        body.flow_control().release_capacity(chunk.len())?;
        bytes.extend_from_slice(&chunk);
    }
    let turn = shared.take();
    shared.arrived(turn);
    if turn == Turn::Fault {
        respond.send_reset(match shared.script.fault {
            Fault::StreamRefused => Reason::REFUSED_STREAM,
            _ => Reason::INTERNAL_ERROR,
        });
        return Ok(());
    }
    if shared.next() == Turn::Fault {
        // What fails next may be the connection itself, so the next request gets a new one.
        ending.wanted.notify_one();
        ending.begun.notified().await;
    }
    let mut response = Response::new(());
    let fixed = HeaderValue::from_static;
    response.headers_mut().extend([
        (CONTENT_TYPE, fixed("application/json")),
        (ETAG, fixed("\"good\"")),
    ]);
    let mut stream = respond.send_response(response, false)?;
    stream.send_data(shared.answer(&bytes).into(), true)
}

/// Speaks just enough HTTP/2 to say goodbye after the first request, which the last stream taken is or is
/// not.
async fn goodbye<S>(mut stream: S, last_stream: u8, shared: &Shared) -> std::io::Result<()>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    const END_STREAM: u8 = 1;
    const DATA: u8 = 0;
    const HEADERS: u8 = 1;
    const SETTINGS: [u8; 9] = [0, 0, 0, 4, 0, 0, 0, 0, 0];
    stream.write_all(&SETTINGS).await?;
    stream.read_exact(&mut [0; 24]).await?;
    loop {
        let mut head = [0; 9];
        stream.read_exact(&mut head).await?;
        let [high, middle, low, kind, flags, ..] = head;
        let length = u32::from_be_bytes([0, high, middle, low]);
        let mut payload = vec![0; usize::try_from(length).unwrap_or_default()];
        stream.read_exact(&mut payload).await?;
        if matches!(kind, DATA | HEADERS) && flags & END_STREAM != 0 {
            break;
        }
    }
    let turn = shared.take();
    shared.arrived(turn);
    let frame = [0, 0, 8, 7, 0, 0, 0, 0, 0, 0, 0, 0, last_stream, 0, 0, 0, 0];
    stream.write_all(&frame).await?;
    stream.shutdown().await?;
    // Reads on, so that closing does not turn into a reset that overtakes the frame.
    while stream.read(&mut [0; 1024]).await? > 0 {}
    Ok(())
}
