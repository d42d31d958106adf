//! Lists forwards and backwards, and lists that go wrong.

use altrata::queries::{
    events::ListAnnouncements,
    profile::{SearchOrganizations, SearchPeople, search_people::Person},
};
use futures_util::TryStreamExt;

use crate::setup::Setup;

async fn people(setup: &Setup, search: SearchPeople) -> Vec<Person> {
    setup.client.items(search).try_collect().await.unwrap()
}

#[tokio::test]
async fn a_search_gives_the_same_people_in_pages_of_any_size() {
    let setup = Setup::start().await;
    let at_once = people(&setup, SearchPeople::new("a").first(100)).await;
    let by_seven = people(&setup, SearchPeople::new("a").first(7)).await;
    let as_served = people(&setup, SearchPeople::new("a")).await;
    assert!(at_once.len() > 20, "{}", at_once.len());
    assert_eq!(at_once, by_seven);
    assert_eq!(at_once, as_served);
}

#[tokio::test]
async fn backwards_pages_give_what_came_before() {
    let setup = Setup::start().await;
    let all = people(&setup, SearchPeople::new("a").first(100)).await;
    let mut pages = setup.client.pages(SearchPeople::new("a").first(20));
    pages.try_next().await.unwrap().unwrap();
    let second = pages.try_next().await.unwrap().unwrap();
    assert_eq!(second.items, all[20..40]);

    let first = setup
        .client
        .fetch(SearchPeople::new("a").first(20))
        .await
        .unwrap();
    let end = first
        .page_info_response
        .unwrap()
        .page_info
        .unwrap()
        .end_cursor
        .unwrap();
    let mut pages = setup
        .client
        .pages(SearchPeople::new("a").last(8).before(end));
    let mut back = Vec::new();
    while let Some(page) = pages.try_next().await.unwrap() {
        back.splice(0..0, page.items);
    }
    assert_eq!(back, all[..20]);
}

#[tokio::test]
async fn every_list_is_a_stream() {
    let setup = Setup::start().await;
    let id = setup.vendor().first_person_id();
    let events: Vec<_> = setup
        .client
        .items(ListAnnouncements::new(id).first(5))
        .try_collect()
        .await
        .unwrap();
    assert_eq!(events.len(), 12);
    let organizations: Vec<_> = setup
        .client
        .items(SearchOrganizations::new("i").first(2))
        .try_collect()
        .await
        .unwrap();
    assert!(organizations.len() > 2, "{}", organizations.len());
}

#[tokio::test]
async fn a_cursor_of_another_search_is_refused() {
    let setup = Setup::start().await;
    let page = setup.client.fetch(SearchPeople::new("ada")).await.unwrap();
    let end = page
        .page_info_response
        .unwrap()
        .page_info
        .unwrap()
        .end_cursor
        .unwrap();
    let mut items = setup.client.items(SearchPeople::new("brian").after(end));
    let error = items.try_next().await.unwrap_err();
    assert_eq!(error.refusal().unwrap().kind(), "ValidationError");
    assert!(items.try_next().await.unwrap().is_none());
}

#[tokio::test]
async fn backwards_without_a_place_to_start_is_refused() {
    let setup = Setup::start().await;
    let search = SearchOrganizations::new("a").last(2);
    let error = setup.client.execute(search).await.unwrap_err();
    let message = error.refusal().unwrap().message().unwrap().to_owned();
    assert!(
        message.contains("missing mandatory field 'before'"),
        "{message}"
    );
}
