//! What only HTTP/2 can say, spoken on loopback without TLS.

use bytes::Bytes;
use h2::Reason;
use http::{HeaderMap, Method};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use url::Url;

use super::*;
use crate::error::{Phase, TransportFailure};
use crate::progress::Progress;

/// What the server does with its only stream.
#[derive(Clone, Copy)]
enum Act {
    Reset(Reason),
    /// Says that no stream after this one will be processed.
    GoAway {
        last_stream: u8,
        reason: Reason,
    },
}

/// What a careless server writes into a GOAWAY.
const ECHO: &[u8] = b"bad header authorization: Bearer canary-token";

/// Accepts one connection, turns its first stream away as told, and returns where it listens.
async fn server(act: Act) -> Url {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap())
        .parse()
        .unwrap();
    tokio::spawn(async move {
        let (stream, _) = listener.accept().await.unwrap();
        match act {
            Act::Reset(reason) => {
                let mut connection = h2::server::handshake(stream).await.unwrap();
                let (_request, mut respond) = connection.accept().await.unwrap().unwrap();
                respond.send_reset(reason);
                while connection.accept().await.is_some() {}
            }
            Act::GoAway {
                last_stream,
                reason,
            } => go_away(stream, last_stream, reason).await,
        }
    });
    url
}

/// Speaks just enough HTTP/2 to send a GOAWAY after the first request, and closes the connection.
async fn go_away(mut stream: TcpStream, last_stream: u8, reason: Reason) {
    const HEADERS: u8 = 1;
    let settings = [0, 0, 0, 4, 0, 0, 0, 0, 0];
    stream.write_all(&settings).await.unwrap();
    let preface = &mut [0; 24];
    stream.read_exact(preface).await.unwrap();
    loop {
        let head = &mut [0; 9];
        stream.read_exact(head).await.unwrap();
        let length = usize::from(head[1]) << 8 | usize::from(head[2]);
        stream.read_exact(&mut vec![0; length]).await.unwrap();
        if head[3] == HEADERS {
            break;
        }
    }
    let length = u8::try_from(8 + ECHO.len()).unwrap();
    let reason = u8::try_from(u32::from(reason)).unwrap();
    let go_away = [
        0,
        0,
        length,
        7,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        last_stream,
        0,
        0,
        0,
        reason,
    ];
    let frame = [&go_away[..], ECHO].concat();
    stream.write_all(&frame).await.unwrap();
    stream.shutdown().await.unwrap();
    // Reads on, so that closing does not turn into a reset that overtakes the frame.
    while stream
        .read(&mut [0; 1024])
        .await
        .is_ok_and(|count| count > 0)
    {}
}

async fn failed_by(act: Act) -> Failed {
    let config = HttpConfig::new().proxy(Proxy::None).http2_without_tls();
    let url = server(act).await;
    let outgoing = Outgoing {
        method: &Method::POST,
        url: &url,
        headers: HeaderMap::new(),
        body: Bytes::from_static(b"{}"),
        redirects: Redirects::Never,
        answer_limit: 1024,
        time_limit: None,
    };
    let result = Http::new(config)
        .unwrap()
        .exchange(outgoing, &Progress::new())
        .await;
    result.err().unwrap()
}

async fn failure_of(act: Act) -> (TransportFailure, Phase) {
    let failed = failed_by(act).await;
    (failed.failure, failed.phase)
}

#[tokio::test]
async fn a_refused_stream_was_not_processed() {
    let found = failure_of(Act::Reset(Reason::REFUSED_STREAM)).await;
    assert_eq!(
        found,
        (TransportFailure::NotProcessed, Phase::AwaitingAnswer)
    );
}

#[tokio::test]
async fn any_other_reset_may_have_been_processed() {
    for reason in [Reason::CANCEL, Reason::INTERNAL_ERROR, Reason::NO_ERROR] {
        assert_eq!(
            failure_of(Act::Reset(reason)).await.0,
            TransportFailure::Broken,
            "{reason}"
        );
    }
}

#[tokio::test]
async fn a_stream_beyond_the_last_one_of_a_goaway_was_not_processed_and_others_may_have_been() {
    let reason = Reason::NO_ERROR;
    let go_away = |last_stream| Act::GoAway {
        last_stream,
        reason,
    };
    let beyond = failure_of(go_away(0)).await;
    assert_eq!(
        beyond,
        (TransportFailure::NotProcessed, Phase::AwaitingAnswer)
    );
    let within = failure_of(go_away(1)).await;
    assert_eq!(within, (TransportFailure::Broken, Phase::AwaitingAnswer));
}

#[tokio::test]
async fn what_a_server_writes_into_a_goaway_stays_out_of_errors() {
    for (last_stream, reason) in [
        (0, Reason::ENHANCE_YOUR_CALM),
        (0, Reason::NO_ERROR),
        (1, Reason::NO_ERROR),
    ] {
        let failed = failed_by(Act::GoAway {
            last_stream,
            reason,
        })
        .await;
        let text = failed.cause.unwrap().to_string();
        assert!(!text.contains("canary"), "{reason}: {text}");
        assert!(!text.is_empty(), "{reason}");
        if reason == Reason::ENHANCE_YOUR_CALM {
            let expected = format!("http/2 ended by the server: {}", reason.description());
            assert!(text.ends_with(&expected), "{text}");
        }
    }
}
