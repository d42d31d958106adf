//! What a request leaves in the traces.

use std::{
    io,
    sync::{Arc, LazyLock, Mutex, PoisonError},
};

use futures_util::TryStreamExt;
use tracing::{Dispatch, Instrument, instrument::WithSubscriber};

use crate::{
    setup::{FirstGroup, Setup},
    streams::ListFindings,
};

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

/// What is logged while `work` runs, with every span it opens.
async fn logged(work: impl Future<Output = ()>) -> String {
    // While a process has a single subscriber, `tracing` takes the word of whichever thread comes to a span
    // first on whether anyone wants it, even of one without a subscriber. From two on, it asks them all.
    static SECOND: LazyLock<Dispatch> =
        LazyLock::new(|| Dispatch::new(tracing_subscriber::registry()));
    LazyLock::force(&SECOND);
    let log = Log::default();
    let sink = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_span_events(tracing_subscriber::fmt::format::FmtSpan::CLOSE)
        .with_ansi(false)
        .with_writer(move || sink.clone())
        .finish();
    work.with_subscriber(subscriber).await;
    let log = log.0.lock().unwrap_or_else(PoisonError::into_inner);
    String::from_utf8_lossy(&log).into_owned()
}

#[tokio::test]
async fn a_request_is_a_span_with_opentelemetrys_names() {
    let setup = Setup::start().await;
    let log = logged(async {
        setup.client.execute(FirstGroup).await.unwrap();
    })
    .await;
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

#[tokio::test]
async fn the_requests_of_a_stream_are_inside_the_callers_span() {
    let setup = Setup::start().await;
    let mut pages = setup.client.pages(ListFindings::default());
    let log = logged(async {
        let job = tracing::info_span!("nightly_job");
        for _ in 0..3 {
            pages.try_next().instrument(job.clone()).await.unwrap();
        }
    })
    .await;
    let requests = log.matches("nightly_job:graphql.request").count();
    assert!(requests >= 3, "{requests} in:\n{log}");
}
