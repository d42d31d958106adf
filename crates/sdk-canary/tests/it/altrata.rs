//! Altrata: its lists, its matching jobs, and trouble with all of its origins.

use std::path::PathBuf;
use std::time::Duration;

use altrata::queries::profile::{GetPerson, SearchOrganizations, SearchPeople};
use altrata::{
    ClientBuilder, Config, Credentials, Env, MatchError, MatchJob, MatchState, MatchedRecord,
    PersonRecord, RetryPolicy, Service, StateFile,
};
use futures_util::{StreamExt as _, TryStreamExt as _};
use sdk_sandbox::{Altrata, Endpoint};

use crate::session::{Session, VARIABLE, api_provocations, check_clean, check_log, provocations};

/// A builder without the rates, so that tests do not wait.
pub(crate) fn builder(vendor: &Altrata) -> ClientBuilder {
    let env = Env::from_pairs(vendor.variables());
    let mut builder = Config::from_env(&env).unwrap().into_builder();
    for service in Service::ALL {
        builder = builder.rate_limit(service, None);
    }
    builder.retry(RetryPolicy::default().base_delay(Duration::from_millis(1)))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn altrata_shows_no_secret_and_sends_each_to_its_place_alone() {
    let mut session = Session::start();
    let sandbox = Session::sandbox().await;
    let vendor = sandbox.altrata();
    let env = Env::from_pairs(vendor.variables());
    session.show(&Config::from_env(&env));
    session.show(&builder(vendor));
    let client = builder(vendor).build().unwrap();
    session.show(&client);

    let people: Vec<_> = client
        .items(SearchPeople::new("a").first(20))
        .try_collect()
        .await
        .unwrap();
    assert!(people.len() > 20, "{}", people.len());
    let fail = |fault| vendor.fail_next(Endpoint::Api, fault);
    let call = async || client.execute(GetPerson::new(VARIABLE)).await;
    session.provoke(api_provocations(), fail, call).await;
    session.show_outcome(&client.fetch(SearchOrganizations::new(" ")).await);
    session.sent(vendor.counts(), vendor.requests());

    no_token(&mut session).await;
    jobs(&mut session).await;
    check_log(&["graphql.request"]);
    session.check(&[
        "api header authorization",
        "api header x-api-key",
        "token header authorization",
        "token header x-api-key",
    ]);
}

/// Trouble with the token endpoint: each with a sandbox of its own, since it may not be asked again soon.
async fn no_token(session: &mut Session) {
    for fault in provocations() {
        let sandbox = Session::sandbox().await;
        let vendor = sandbox.altrata();
        let client = builder(vendor).build().unwrap();
        vendor.fail_next(Endpoint::Token, fault);
        session.show_outcome(&client.execute(GetPerson::new("x")).await);
        session.show(&client);
        session.sent(vendor.counts(), vendor.requests());
    }
    let sandbox = Session::sandbox().await;
    let vendor = sandbox.altrata();
    let stranger = Credentials::service_user("nobody", vendor.password(), vendor.api_key());
    let stranger = builder(vendor).credentials(stranger).build().unwrap();
    let refused = stranger.execute(GetPerson::new("x")).await;
    assert!(refused.is_err(), "a stranger was let in");
    session.show_outcome(&refused);
}

/// The people of a report, or why a request of it failed.
async fn matched(job: MatchJob) -> Result<Vec<MatchedRecord>, MatchError> {
    let report = job.await?;
    match report.unmatched.into_iter().next() {
        Some(failed) => Err(failed.error),
        None => Ok(report.people),
    }
}

/// Matching with its state on disk, and enrichment.
async fn jobs(session: &mut Session) {
    let sandbox = Session::sandbox().await;
    let vendor = sandbox.altrata();
    let client = builder(vendor).build().unwrap();
    let id = vendor.first_person_id();
    let records = || {
        [
            PersonRecord::new("known").altrata_id(&id),
            PersonRecord::named("nobody", VARIABLE, VARIABLE, VARIABLE),
        ]
    };
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR"))
        .join(format!("matching-{}.json", std::process::id()));
    let file = StateFile::new(&path);
    let job = || client.match_people(records()).save_state(file.clone());
    session.show(&job());
    session.show_outcome(&matched(job()).await);
    check_clean("the state of a matching job", std::fs::read(&path).unwrap());
    session.show(&file.load::<MatchState>().unwrap());
    vendor.fail_next_job("it broke");
    session.show_outcome(&matched(job()).await);
    file.remove().unwrap();
    let fail = |fault| {
        vendor.clear_faults();
        vendor.fail_next(Endpoint::Api, fault);
    };
    let matching = async || matched(client.match_people(records())).await;
    session.provoke(provocations(), fail, matching).await;
    let enriched: Vec<_> = client.enrich([id.clone(), "x".to_owned()]).collect().await;
    session.show(&enriched);
    let many = client.bulk([GetPerson::new(&id), GetPerson::new(VARIABLE)]);
    session.show(&many.await);
    session.sent(vendor.counts(), vendor.requests());
}
