//! What a status and a body together mean.

use sdk_graphql::{
    Classification, Error, ErrorClass, GraphqlError, PathSegment, classify_standard,
};
use sdk_sandbox::{Endpoint, Fault};

use crate::setup::{Create, Elsewhere, FirstGroup, Setup};

/// Which kind of error a caller gets.
#[derive(Debug, PartialEq)]
enum Kind {
    Status(ErrorClass),
    Graphql(ErrorClass),
    Decode(&'static str),
}

/// Runs a query that meets this answer.
async fn meets(status: u16, body: &str) -> Result<usize, Error> {
    let setup = Setup::start().await;
    let fault = Fault::Status {
        status,
        retry_after: None,
        body: Some(body.to_owned()),
    };
    setup.vendor().fail_times(Endpoint::Api, fault, 3);
    let groups = setup.client.execute(FirstGroup).await?.groups;
    Ok(groups.len())
}

async fn check(status: u16, body: &str, expected: Kind) {
    let error = meets(status, body).await.unwrap_err();
    assert_eq!(error.operation(), "FirstGroup");
    match (&error, &expected) {
        (Error::Status(details), Kind::Status(class)) => assert_eq!(details.class(), *class),
        (Error::Graphql(details), Kind::Graphql(class)) => assert_eq!(details.class(), *class),
        (Error::Decode(details), Kind::Decode(path)) => assert_eq!(details.path(), *path),
        _ => panic!("{status} {body}: expected {expected:?}, got {error:?}"),
    }
}

#[tokio::test]
async fn a_response_is_read_wherever_there_is_one() {
    use ErrorClass::{Forbidden, Internal, InvalidInput, NotFound, Unknown};

    let forbidden = r#"{"errors":[{"message":"m","extensions":{"code":"FORBIDDEN"}}]}"#;
    let plain = r#"{"errors":[{"message":"m"}]}"#;
    let data = r#"{"data":{"allGroups":[]}}"#;
    for (status, body, expected) in [
        (200, forbidden, Kind::Graphql(Forbidden)),
        (200, plain, Kind::Graphql(Unknown)),
        (400, forbidden, Kind::Graphql(Forbidden)),
        // Without a code the status says what the error means.
        (400, plain, Kind::Graphql(InvalidInput)),
        (500, plain, Kind::Graphql(Internal)),
        (404, "", Kind::Status(NotFound)),
        (400, "not json", Kind::Status(InvalidInput)),
        // Plain JSON is trusted with data only under a status of success.
        (500, data, Kind::Status(Internal)),
        (200, "", Kind::Decode("")),
        (200, "{}", Kind::Decode("")),
        (200, "[]", Kind::Decode("")),
        (200, r#"{"data":null}"#, Kind::Decode("")),
        (200, r#"{"errors":[]}"#, Kind::Decode("")),
        (200, r#"{"data":{}}"#, Kind::Decode("data")),
        (
            200,
            r#"{"data":{"allGroups":[{"id":1}]}}"#,
            Kind::Decode("data.allGroups[0].id"),
        ),
        (
            200,
            r#"{"data":{"allGroups":[{"id":"1"},{}]}}"#,
            Kind::Decode("data.allGroups[1]"),
        ),
        (
            200,
            r#"{"data":{"allGroups":[{"id":"#,
            Kind::Decode("data.allGroups[0].id"),
        ),
    ] {
        check(status, body, expected).await;
    }
}

#[tokio::test]
async fn a_401_is_read_for_its_own_body() {
    let setup = Setup::start().await;
    setup.client.execute(FirstGroup).await.unwrap();
    let refusal = Fault::Status {
        status: 401,
        retry_after: None,
        body: Some(r#"{"errors":[{"message":"the 401 itself"}]}"#.to_owned()),
    };
    let broken = Fault::Status {
        status: 503,
        retry_after: None,
        body: Some(r#"{"errors":[{"message":"what came before"}]}"#.to_owned()),
    };
    setup.vendor().fail_next(Endpoint::Api, broken);
    setup.vendor().fail_times(Endpoint::Api, refusal, 9);
    let error = setup.client.execute(FirstGroup).await.unwrap_err();
    assert!(error.is_unauthorized());
    assert_eq!(error.graphql_errors()[0].message, "the 401 itself");
}

#[tokio::test]
async fn how_long_to_wait_is_known_from_graphql_errors_too() {
    let setup = Setup::start().await;
    let fault = Fault::Status {
        status: 429,
        retry_after: Some("3600".to_owned()),
        body: Some(r#"{"errors":[{"message":"slow down"}]}"#.to_owned()),
    };
    setup.vendor().fail_next(Endpoint::Api, fault);
    let error = setup.client.execute(FirstGroup).await.unwrap_err();
    assert!(error.is_rate_limited());
    assert_eq!(error.retry_after().map(|wait| wait.as_secs()), Some(3600));
}

#[tokio::test]
async fn a_servers_text_is_shown_on_one_line_and_shortened() {
    let text = format!("first\\nsecond \\u001b[31m{}", "x".repeat(100_000));
    let error = meets(200, &format!(r#"{{"errors":[{{"message":"{text}"}}]}}"#)).await;
    let error = error.unwrap_err();
    for shown in [error.to_string(), format!("{error:?}")] {
        assert!(shown.len() < 600, "{} bytes", shown.len());
        assert!(!shown.contains(['\n', '\u{1b}']), "{shown}");
    }
    assert!(error.graphql_errors()[0].message.len() > 100_000);
}

#[tokio::test]
async fn errors_count_more_than_data_that_does_not_fit() {
    let body = r#"{"data":{"allGroups":7},"errors":[{"message":"m","path":["allGroups"]}]}"#;
    let error = meets(200, body).await.unwrap_err();
    assert_eq!(error.graphql_errors()[0].path_display(), "allGroups");
}

#[tokio::test]
async fn nothing_the_server_sends_beside_an_error_is_lost() {
    let body = r#"{
        "extensions": {"requestId": "r-1"},
        "errors": [{
            "message": "m", "errorType": "ODD", "path": ["allGroups", 0, "id"],
            "locations": [{"line": 2, "column": 3}],
            "extensions": {"code": "X", "retry": false}
        }]
    }"#;
    let Error::Graphql(details) = meets(200, body).await.unwrap_err() else {
        panic!("expected GraphQL errors");
    };
    assert_eq!(details.extensions()["requestId"], "r-1");
    let error = &details.errors()[0];
    assert_eq!(error.other["errorType"], "ODD");
    assert_eq!(error.extensions["retry"], false);
    assert_eq!((error.locations[0].line, error.locations[0].column), (2, 3));
    assert_eq!(error.path[1], PathSegment::Index(0));
}

#[tokio::test]
async fn errors_of_a_strange_form_are_errors_all_the_same() {
    for body in [
        r#"{"errors":["a text"]}"#,
        r#"{"errors":[{"message":{"nested":true}}]}"#,
        r#"{"errors":[7]}"#,
        r#"{"errors":[{"message":"m","path":"not a list","locations":null}]}"#,
    ] {
        let error = meets(200, body).await.unwrap_err();
        assert_eq!(error.graphql_errors().len(), 1, "{body}: {error:?}");
    }
}

#[tokio::test]
async fn errors_tell_whether_data_came_with_them() {
    for (data, had_data) in [
        (r#""data":{"allGroups":[]},"#, true),
        (r#""data":{"allGroups":null},"#, true),
        // Of another shape than the operation's.
        (r#""data":{"allGroups":7},"#, true),
        (r#""data":null,"#, false),
        ("", false),
    ] {
        let body = format!(r#"{{{data}"errors":[{{"message":"m"}}]}}"#);
        let Error::Graphql(errors) = meets(200, &body).await.unwrap_err() else {
            panic!("expected GraphQL errors");
        };
        assert_eq!(errors.had_data(), had_data, "{body}");
    }
}

/// A vendor whose errors of one kind spoil the data.
fn spoiling(error: &GraphqlError) -> Classification {
    Classification {
        data_usable: error
            .other
            .get("errorType")
            .is_none_or(|kind| kind != "FATAL"),
        ..classify_standard(error)
    }
}

#[tokio::test]
async fn the_vendors_rules_say_whether_data_beside_errors_may_be_used() {
    for (kind, usable) in [("DEPRECATED", true), ("FATAL", false)] {
        let setup = Setup::with(|service| service.classifier(spoiling)).await;
        let body = format!(
            r#"{{"data":{{"allGroups":[{{"id":"1"}}]}},"errors":[{{"message":"m","errorType":"{kind}"}}]}}"#
        );
        let fault = Fault::Status {
            status: 200,
            retry_after: None,
            body: Some(body),
        };
        setup.vendor().fail_times(Endpoint::Api, fault, 2);
        let partial = setup.client.execute_partial(FirstGroup).await;
        assert_eq!(partial.is_ok(), usable, "{kind}");
        if let Ok(partial) = partial {
            assert_eq!(partial.data.groups.len(), 1);
            assert_eq!(partial.errors.len(), 1);
        }
        assert!(setup.client.execute(FirstGroup).await.is_err(), "{kind}");
    }
}

#[tokio::test]
async fn a_mutation_that_may_be_repeated_is() {
    let setup = Setup::start().await;
    setup.vendor().fail_next(Endpoint::Api, Fault::status(503));
    setup.client.execute(Create).repeatable().await.unwrap();
    assert_eq!(setup.vendor().counts().api_requests, 2);
}

#[tokio::test]
async fn an_operation_for_another_service_is_not_sent() {
    let setup = Setup::start().await;
    let error = setup.client.execute(Elsewhere).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "Elsewhere: this client has no service named `elsewhere`"
    );
    let counts = setup.vendor().counts();
    assert_eq!((counts.token_requests, counts.api_requests), (0, 0));
}
