//! What a tracing subscriber gets to see.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::sync::{Arc, Mutex};

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt as _};
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::util::SubscriberInitExt as _;

use crate::server::{Server, json};
use crate::setup::{by_status, client, let_every_subscriber_be_asked, manual_clock, tokens_and};

/// Spans in the order they began: their name and fields.
#[derive(Clone, Default)]
struct Spans(Arc<Mutex<Vec<(u64, String, Fields)>>>);

#[derive(Clone, Default)]
struct Fields(BTreeMap<String, String>);

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.0.insert(field.name().to_owned(), format!("{value:?}"));
    }
}

/// Names of spans that have ended, and for each that follows another one, both names.
#[derive(Clone, Default)]
struct Ends(Arc<Mutex<Vec<String>>>);

impl<S: tracing::Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Ends {
    fn on_follows_from(&self, id: &Id, follows: &Id, context: Context<'_, S>) {
        let name = |id| context.span(id).unwrap().name();
        let text = format!("{} follows {}", name(id), name(follows));
        self.0.lock().unwrap().push(text);
    }

    fn on_close(&self, id: Id, context: Context<'_, S>) {
        let name = context.span(&id).unwrap().name().to_owned();
        self.0.lock().unwrap().push(name);
    }
}

#[tokio::test]
async fn the_span_of_a_caller_ends_with_the_call_and_not_with_the_token_request_it_started() {
    use tracing::Instrument as _;
    let ends = Ends::default();
    let _guard = tracing_subscriber::registry()
        .with(ends.clone())
        .set_default();
    let server = Server::start(|_| crate::server::Act::Hang).await;
    let provider = crate::setup::provider(&server, &manual_clock());
    let call = async {
        let hasty = tokio::time::timeout(std::time::Duration::from_millis(50), provider.token());
        assert!(hasty.await.is_err(), "nothing was answered");
    };
    call.instrument(tracing::info_span!("handler")).await;
    let ends = ends.0.lock().unwrap().clone();
    assert!(ends.iter().any(|end| end == "handler"), "{ends:?}");
    assert!(!ends.iter().any(|end| end == "token.refresh"), "{ends:?}");
    let follows = "token.refresh follows token.acquire";
    assert!(ends.iter().any(|end| end == follows), "{ends:?}");
}

impl<S: tracing::Subscriber> Layer<S> for Spans {
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, _: Context<'_, S>) {
        let mut fields = Fields::default();
        attributes.record(&mut fields);
        let name = attributes.metadata().name().to_owned();
        if attributes.metadata().target().starts_with("sdk_auth") {
            self.0.lock().unwrap().push((id.into_u64(), name, fields));
        }
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, _: Context<'_, S>) {
        let mut spans = self.0.lock().unwrap();
        if let Some((_, _, fields)) = spans.iter_mut().rev().find(|span| span.0 == id.into_u64()) {
            values.record(fields);
        }
    }
}

#[tokio::test]
async fn spans_have_the_names_of_opentelemetry_and_no_query() {
    let_every_subscriber_be_asked();
    let spans = Spans::default();
    let _guard = tracing_subscriber::registry()
        .with(spans.clone())
        .set_default();
    let down = std::sync::atomic::AtomicBool::new(true);
    let server = Server::start(tokens_and(3600, move |_| {
        let down = down.swap(false, std::sync::atomic::Ordering::SeqCst);
        json(if down { 503 } else { 200 }, "{}")
    }))
    .await;
    let url = server.url("/api?token=canary");
    let port = url.port().unwrap().to_string();
    let request = sdk_auth::Request::post("ListThings", url)
        .delivery(sdk_auth::Delivery::Repeatable)
        .header(
            http::header::COOKIE,
            http::HeaderValue::from_static("canary"),
        );
    client(&server, &manual_clock())
        .send(request, by_status)
        .await
        .unwrap();

    let spans = spans.0.lock().unwrap().clone();
    let names: Vec<&str> = spans.iter().map(|(_, name, _)| name.as_str()).collect();
    assert_eq!(
        names,
        [
            "token.acquire",
            "token.refresh",
            "http.request",
            "http.request"
        ]
    );
    assert_eq!(
        spans[1].2.0.get("outcome").map(String::as_str),
        Some("\"granted\"")
    );
    let mut expected = BTreeMap::from([
        ("otel.kind", "\"client\""),
        ("otel.name", "ListThings"),
        ("http.request.method", "POST"),
        ("server.address", "\"127.0.0.1\""),
        ("server.port", port.as_str()),
        ("url.path", "\"/api\""),
        ("http.response.status_code", "503"),
    ]);
    let found = |index: usize| -> BTreeMap<&str, &str> {
        let fields: &Fields = &spans[index].2;
        fields
            .0
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect()
    };
    assert_eq!(found(2), expected);
    expected.insert("http.request.resend_count", "1");
    expected.insert("http.response.status_code", "200");
    assert_eq!(found(3), expected);
}
