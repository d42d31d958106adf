//! Finlex: its lists, decisions, policies and revocation, and trouble with its origins.

use std::time::Duration;

use finlex::{
    AcceptCovernote, ClientBuilder, Config, Credentials, DeclineCovernote, Env, IssuePolicy,
    LinkHours, ListBrokerTenders, ListCovernotes, ListInsurerTenders, ListOpenTenders,
    ListSuccessfulTenders, RetryPolicy,
};
use futures_util::TryStreamExt as _;
use sdk_sandbox::{Endpoint, Finlex};

use crate::session::{Session, api_provocations, holds_canary, provocations};

fn builder(vendor: &Finlex) -> ClientBuilder {
    let env = Env::from_pairs(vendor.variables());
    let builder = Config::from_env(&env).unwrap().into_builder();
    builder.retry(RetryPolicy::default().base_delay(Duration::from_millis(1)))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn finlex_shows_no_secret_and_sends_each_to_its_place_alone() {
    let mut session = Session::start();
    let sandbox = Session::sandbox().await;
    let vendor = sandbox.finlex();
    let env = Env::from_pairs(vendor.variables());
    session.show(&Config::from_env(&env));
    session.show(&builder(vendor));
    let client = builder(vendor).build().unwrap();
    session.show(&client);

    let fail = |fault| vendor.fail_next(Endpoint::Api, fault);
    let list = async || client.execute(ListOpenTenders::new()).await;
    session.show_outcome(&list().await);
    let read: Vec<_> = client
        .items(ListBrokerTenders::new())
        .try_collect()
        .await
        .unwrap();
    session.show(&read);
    let insurer = ListInsurerTenders::new().limit(1);
    session.show_outcome(&client.execute(insurer).await);
    session.provoke(api_provocations(), fail, list).await;
    session.sent(vendor.counts(), vendor.requests());

    no_token(&mut session).await;
    decisions(&mut session).await;
    policies(&mut session).await;
    revocations(&mut session).await;
    session.check(&[
        "api header authorization",
        "revocation header authorization",
        "token body",
    ]);
}

/// Trouble with the token endpoint: each with a sandbox of its own, since it may not be asked again soon.
async fn no_token(session: &mut Session) {
    for fault in provocations() {
        let sandbox = Session::sandbox().await;
        let vendor = sandbox.finlex();
        let client = builder(vendor).build().unwrap();
        vendor.fail_next(Endpoint::Token, fault);
        session.show_outcome(&client.execute(ListOpenTenders::new()).await);
        session.show(&client);
        session.sent(vendor.counts(), vendor.requests());
    }
    let sandbox = Session::sandbox().await;
    let vendor = sandbox.finlex();
    let stranger = Credentials::client("nobody", vendor.secret());
    let stranger = builder(vendor).credentials(stranger).build().unwrap();
    let refused = stranger.execute(ListOpenTenders::new()).await;
    assert!(refused.is_err(), "a stranger was let in");
    session.show_outcome(&refused);
}

/// Writes, which are sent once.
async fn decisions(session: &mut Session) {
    let sandbox = Session::sandbox().await;
    let vendor = sandbox.finlex();
    let client = builder(vendor).build().unwrap();
    let covernotes = client.items(ListCovernotes::new());
    let covernotes: Vec<_> = covernotes.try_collect().await.unwrap();
    let accept = AcceptCovernote::new(&covernotes[0].id);
    let fail = |fault| vendor.fail_next(Endpoint::Api, fault);
    let call = async || client.execute(accept.clone()).await;
    session.provoke(provocations(), fail, call).await;
    let decline = DeclineCovernote::new(&covernotes[1].id);
    session.show_outcome(&client.execute(decline).await);
    session.sent(vendor.counts(), vendor.requests());
}

/// Documents, and links to them, which are secrets.
async fn policies(session: &mut Session) {
    let sandbox = Session::sandbox().await;
    let vendor = sandbox.finlex();
    let client = builder(vendor).build().unwrap();
    let mut tenders = client.items(ListSuccessfulTenders::new());
    let tender = tenders.try_next().await.unwrap().unwrap();
    let policy = IssuePolicy::new(&tender.id);
    session.show_outcome(&client.execute(policy.clone()).await);
    let link = policy.as_link(LinkHours::MAX);
    let made = client.execute(link.clone()).await.unwrap();
    assert!(holds_canary(made.url().as_str()), "links have no canary");
    session.show(&made);
    let fail = |fault| vendor.fail_next(Endpoint::Api, fault);
    let call = async || client.execute(link.clone()).await;
    session.provoke(provocations(), fail, call).await;
    session.sent(vendor.counts(), vendor.requests());
}

/// The end of a token.
async fn revocations(session: &mut Session) {
    for fault in provocations() {
        let sandbox = Session::sandbox().await;
        let vendor = sandbox.finlex();
        let client = builder(vendor).build().unwrap();
        client.execute(ListOpenTenders::new()).await.unwrap();
        vendor.fail_next(Endpoint::Revocation, fault);
        session.show_outcome(&client.revoke_token().await);
        session.show_outcome(&client.revoke_token().await);
        session.sent(vendor.counts(), vendor.requests());
    }
}
