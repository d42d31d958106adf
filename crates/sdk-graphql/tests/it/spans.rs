//! What a request leaves in the traces.

use std::{
    io,
    sync::{Arc, Mutex, PoisonError},
};

use tracing::instrument::WithSubscriber;

use crate::setup::{FirstGroup, Setup};

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut log = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        log.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn a_request_is_a_span_with_opentelemetrys_names() {
    let setup = Setup::start().await;
    let log = Log::default();
    let sink = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_span_events(tracing_subscriber::fmt::format::FmtSpan::CLOSE)
        .with_ansi(false)
        .with_writer(move || sink.clone())
        .finish();
    let call = async { setup.client.execute(FirstGroup).await };
    call.with_subscriber(subscriber).await.unwrap();
    let log = log.0.lock().unwrap_or_else(PoisonError::into_inner);
    let log = String::from_utf8_lossy(&log).into_owned();
    for name in [
        "graphql.request",
        "graphql.operation.name=\"FirstGroup\"",
        "graphql.operation.type=\"query\"",
        "http.request.method",
        "http.response.status_code",
        "server.address",
    ] {
        assert!(log.contains(name), "no {name} in:\n{log}");
    }
    assert!(!log.contains("allGroups"), "the document is in the log");
}
