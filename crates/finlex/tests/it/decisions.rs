//! Accepting and declining: GETs that change something, sent once.

use std::time::Duration;

use finlex::{
    AcceptCovernote, Covernote, DeclineCovernote, Error, HttpConfig, ListBrokerTenders,
    ListCovernotes, TenderStatus,
};
use futures_util::TryStreamExt;
use sdk_sandbox::{Endpoint, Fault};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::setup::{Setup, builder};

async fn covernotes(setup: &Setup) -> Vec<Covernote> {
    let list = setup.client.items(ListCovernotes::new());
    list.try_collect().await.unwrap()
}

async fn status(setup: &Setup, id: &str) -> TenderStatus {
    let tenders = setup.client.items(ListBrokerTenders::new());
    let tenders: Vec<_> = tenders.try_collect().await.unwrap();
    let tender = tenders.into_iter().find(|tender| tender.id == id);
    tender.unwrap().status.unwrap()
}

#[tokio::test]
async fn accepting_and_declining_change_what_later_lists_show() {
    let setup = Setup::start().await;
    let before = covernotes(&setup).await;
    let (accepted, declined) = (&before[0].id, &before[1].id);

    let answer = setup.client.execute(AcceptCovernote::new(accepted)).await;
    assert_eq!(answer.unwrap().json(), Some(serde_json::json!({})));
    setup
        .client
        .execute(DeclineCovernote::new(declined))
        .await
        .unwrap();

    assert_eq!(status(&setup, accepted).await, TenderStatus::Successful);
    assert_eq!(status(&setup, declined).await, TenderStatus::InNegotiation);
    let after = covernotes(&setup).await;
    assert_eq!(after[..], before[2..]);

    let again = setup.client.execute(AcceptCovernote::new(accepted)).await;
    assert!(again.unwrap_err().is_conflict());
}

#[tokio::test]
async fn a_decision_that_may_have_arrived_is_not_sent_again() {
    for fault in [
        Fault::status(500),
        Fault::status(503),
        Fault::too_many_requests("0"),
        Fault::status(408),
        Fault::Truncate,
        Fault::Disconnect,
    ] {
        let setup = Setup::start().await;
        let id = covernotes(&setup).await.remove(0).id;
        setup.vendor().reset_records();
        setup.vendor().fail_times(Endpoint::Api, fault.clone(), 2);
        let accept = setup.client.execute(AcceptCovernote::new(&id)).await;
        assert!(accept.unwrap_err().is_retryable(), "{fault:?}");
        assert_eq!(setup.vendor().counts().api_requests, 1, "{fault:?}");
        let decline = setup.client.execute(DeclineCovernote::new(&id)).await;
        assert!(decline.is_err(), "{fault:?}");
        assert_eq!(setup.vendor().counts().api_requests, 2, "{fault:?}");
    }
}

#[tokio::test]
async fn a_decision_that_is_late_is_not_sent_again() {
    let setup = Setup::start().await;
    let id = covernotes(&setup).await.remove(0).id;
    setup.vendor().reset_records();
    let late = Fault::delay(Duration::from_millis(300));
    setup.vendor().fail_next(Endpoint::Api, late);
    let accept = setup.client.execute(AcceptCovernote::new(id));
    let error = accept
        .timeout(Duration::from_millis(100))
        .await
        .unwrap_err();
    assert!(error.is_timeout(), "{error:?}");
    assert_eq!(setup.vendor().counts().api_requests, 1);
}

#[tokio::test]
async fn a_decision_is_not_sent_before_it_is_awaited() {
    let setup = Setup::start().await;
    let id = covernotes(&setup).await.remove(0).id;
    setup.vendor().reset_records();
    let call = setup.client.execute(AcceptCovernote::new(&id));
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert_eq!(setup.vendor().counts().api_requests, 0);
    drop(call);
    assert_eq!(status(&setup, &id).await, TenderStatus::InCovernote);
}

#[tokio::test]
async fn a_decision_whose_token_was_refused_is_carried_out_once_with_a_new_one() {
    let setup = Setup::start().await;
    let id = covernotes(&setup).await.remove(0).id;
    setup.vendor().reset_records();
    setup.vendor().fail_next(Endpoint::Api, Fault::RevokeTokens);
    setup
        .client
        .execute(AcceptCovernote::new(&id))
        .await
        .unwrap();
    let counts = setup.vendor().counts();
    // A refusal says that nothing was done. A token this young is shown a second time before it is
    // replaced.
    assert_eq!(counts.api_requests, counts.unauthorized + 1);
    assert_eq!(counts.token_requests, 1);
}

/// Answers every request with a redirect to `/elsewhere`, and counts the requests.
async fn redirecting_server() -> (String, tokio::sync::watch::Receiver<usize>) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let (count, counted) = tokio::sync::watch::channel(0);
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut buffer = [0; 4096];
            let _read = stream.read(&mut buffer).await;
            count.send_modify(|count| *count += 1);
            let answer = "HTTP/1.1 307 Temporary Redirect\r\nlocation: /elsewhere\r\n\
                          content-length: 0\r\nconnection: close\r\n\r\n";
            let _written = stream.write_all(answer.as_bytes()).await;
        }
    });
    (url, counted)
}

#[tokio::test]
async fn a_decision_is_never_redirected_even_where_reads_are() {
    let setup = Setup::start().await;
    let (url, requests) = redirecting_server().await;
    let client = builder(setup.vendor())
        .api_url(url.parse().unwrap())
        .http(HttpConfig::new().redirects(sdk_auth::Redirects::SameOrigin))
        .build()
        .unwrap();
    let error = client.execute(AcceptCovernote::new("x")).await.unwrap_err();
    let Error::Status(details) = &error else {
        panic!("{error:?}")
    };
    assert_eq!(details.status().as_u16(), 307);
    assert_eq!(*requests.borrow(), 1);
    client.execute(ListCovernotes::new()).await.unwrap_err();
    assert!(*requests.borrow() > 2, "reads are followed");
}

#[tokio::test]
async fn an_id_that_leads_elsewhere_is_not_sent() {
    let setup = Setup::start().await;
    for id in ["", ".", ".."] {
        let error = setup.client.execute(AcceptCovernote::new(id)).await;
        assert_eq!(
            error.unwrap_err().to_string(),
            "AcceptCovernote: the id is empty or a step in a path"
        );
    }
    assert_eq!(setup.vendor().counts().api_requests, 0);
}
