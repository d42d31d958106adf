//! Filters and orders, as on the vendor's pages "Filters" and "Product Filter".

use serde_json::{Value, json};

use crate::client::Client;

const FINDINGS: &str = "query Findings($filter: FindingFilter) {
    allFindings(filter: $filter) {
        id title severity category riskScore date deletedAt
        assetVersion { id asset { name } } currentStatus { status } cves { cveId }
    }
}";

async fn findings(client: &Client, filter: Value) -> Vec<Value> {
    let mut data = client.data(FINDINGS, json!({"filter": filter})).await;
    match data["allFindings"].take() {
        Value::Array(findings) => findings,
        other => panic!("{other}"),
    }
}

/// Asks for a filter and compares with the same condition applied here to all findings.
async fn check(client: &Client, all: &[Value], filter: Value, accepts: impl Fn(&Value) -> bool) {
    let got = findings(client, filter.clone()).await;
    let expected: Vec<&Value> = all.iter().filter(|finding| accepts(finding)).collect();
    assert!(
        !expected.is_empty() && expected.len() < all.len(),
        "a case that shows nothing: {filter}"
    );
    assert_eq!(got.iter().collect::<Vec<_>>(), expected, "{filter}");
}

#[tokio::test]
async fn every_operator_selects_what_it_says() {
    let client = Client::start(120).await;
    let all = &findings(&client, json!({})).await;
    let client = &client;
    let text = |finding: &Value, name: &str| finding[name].as_str().unwrap_or_default().to_owned();
    let risk = |finding: &Value| finding["riskScore"].as_f64().unwrap();
    let id = text(&all[3], "id");
    let date = text(&all[3], "date");
    check(client, all, json!({"id": id}), |f| f["id"] == id.as_str()).await;
    check(client, all, json!({"id_not": id}), |f| {
        f["id"] != id.as_str()
    })
    .await;
    check(client, all, json!({"id_in": [id, "1690"]}), |f| {
        f["id"] == id.as_str()
    })
    .await;
    check(client, all, json!({"id_lte": id}), |f| text(f, "id") <= id).await;
    check(client, all, json!({"severity": "HIGH"}), |f| {
        f["severity"] == "HIGH"
    })
    .await;
    check(
        client,
        all,
        json!({"severity_not_in": ["HIGH", "LOW"]}),
        |f| f["severity"] != "HIGH" && f["severity"] != "LOW",
    )
    .await;
    check(client, all, json!({"category_in": "CVE"}), |f| {
        f["category"] == "CVE"
    })
    .await;
    check(
        client,
        all,
        json!({"riskScore_gt": 50, "riskScore_lte": 80.5}),
        |f| risk(f) > 50.0 && risk(f) <= 80.5,
    )
    .await;
    check(client, all, json!({"riskScore_lt": 20}), |f| risk(f) < 20.0).await;
    check(client, all, json!({"date_gte": date}), |f| {
        text(f, "date") >= date
    })
    .await;
    check(client, all, json!({"title_contains": "openssl"}), |f| {
        text(f, "title").contains("openssl")
    })
    .await;
    check(client, all, json!({"title_not_contains": "openssl"}), |f| {
        !text(f, "title").contains("openssl")
    })
    .await;
    check(client, all, json!({"title_starts_with": "CVE-2019"}), |f| {
        text(f, "title").starts_with("CVE-2019")
    })
    .await;
    check(client, all, json!({"title_not_ends_with": ")"}), |f| {
        !text(f, "title").ends_with(')')
    })
    .await;
    check(client, all, json!({"title_like": "%OPENSSL _.%"}), |f| {
        text(f, "title").contains("openssl ")
    })
    .await;
    check(client, all, json!({"title_not_like": "cve-%"}), |f| {
        !text(f, "title").starts_with("CVE-")
    })
    .await;
}

#[tokio::test]
async fn null_asks_for_absence() {
    let client = Client::start(120).await;
    let all = &findings(&client, json!({})).await;
    check(&client, all, json!({"deletedAt": null}), |f| {
        f["deletedAt"].is_null()
    })
    .await;
    check(&client, all, json!({"deletedAt_not": null}), |f| {
        !f["deletedAt"].is_null()
    })
    .await;
    check(&client, all, json!({"currentStatus": null}), |f| {
        f["currentStatus"].is_null()
    })
    .await;
    check(&client, all, json!({"severity_in": ["HIGH", null]}), |f| {
        f["severity"] == "HIGH"
    })
    .await;
}

#[tokio::test]
async fn relations_and_their_quantifiers_nest() {
    let client = Client::start(120).await;
    let all = &findings(&client, json!({})).await;
    let client = &client;
    let cve = all
        .iter()
        .find_map(|f| f["cves"][0]["cveId"].as_str())
        .unwrap()
        .to_owned();
    let has = |f: &Value| {
        f["cves"]
            .as_array()
            .unwrap()
            .iter()
            .any(|item| item["cveId"] == cve.as_str())
    };
    let bare = |f: &Value| f["cves"].as_array().unwrap().is_empty();
    check(client, all, json!({"cves_some": {"cveId": cve}}), has).await;
    check(client, all, json!({"cves_none": {"cveId": cve}}), |f| {
        !has(f)
    })
    .await;
    check(client, all, json!({"cves_every": {"cveId": cve}}), |f| {
        has(f) || bare(f)
    })
    .await;
    check(
        client,
        all,
        json!({"currentStatus": {"status_in": ["FIXED", "AFFECTED"]}}),
        |f| {
            ["FIXED", "AFFECTED"]
                .map(Value::from)
                .contains(&f["currentStatus"]["status"])
        },
    )
    .await;
    check(
        client,
        all,
        json!({"currentStatus": {"status_not_in": ["FIXED"]}}),
        |f| !f["currentStatus"].is_null() && f["currentStatus"]["status"] != "FIXED",
    )
    .await;
    check(
        client,
        all,
        json!({"assetVersion": {"asset": {"name": "PLC 400 Runtime"}}}),
        |f| f["assetVersion"]["asset"]["name"] == "PLC 400 Runtime",
    )
    .await;
}

#[tokio::test]
async fn and_of_nothing_holds_and_or_of_nothing_does_not() {
    let client = Client::start(120).await;
    let all = &findings(&client, json!({})).await;
    assert_eq!(findings(&client, json!({"AND": []})).await.len(), all.len());
    assert_eq!(findings(&client, json!({"OR": []})).await.len(), 0);
    check(
        &client,
        all,
        json!({"OR": [{"severity": "LOW"}, {"AND": [{"category": "CVE"}, {"riskScore_gt": 90}]}]}),
        |f| {
            f["severity"] == "LOW"
                || (f["category"] == "CVE" && f["riskScore"].as_f64().unwrap() > 90.0)
        },
    )
    .await;
}

#[tokio::test]
async fn member_whose_variable_is_not_given_is_left_out() {
    let client = Client::start(20).await;
    let document = "query Count($id: ID, $title: String, $merged: ID) {
        _allFindingsMeta(filter: {id: $id, title: $title, AND: [{mergedFindingRefId: $merged}]}) { count }
    }";
    let count = async |variables| {
        let data = client.data(document, variables).await;
        data["_allFindingsMeta"]["count"].as_i64().unwrap()
    };
    let all = count(json!({})).await;
    let unmerged = count(json!({"merged": null})).await;
    assert!(unmerged < all && unmerged > 1, "{unmerged} of {all}");
    assert_eq!(count(json!({"title": null})).await, 0);
}

#[tokio::test]
async fn value_of_another_type_than_its_field_is_an_error() {
    let client = Client::start(20).await;
    let error = client
        .error(FINDINGS, json!({"filter": {"date_gt": "yesterday"}}))
        .await;
    assert_eq!(
        error["message"],
        "the value of date_gt is not of the type of date"
    );
    let mut filter = json!({});
    for _ in 0..12 {
        filter = json!({"affects_some": {"findings_some": filter}});
    }
    let error = client.error(FINDINGS, json!({"filter": filter})).await;
    assert_eq!(
        error["message"],
        "a filter may follow at most 8 relations, one inside the other"
    );
}

#[tokio::test]
async fn order_of_several_keys_ends_with_the_id() {
    let client = Client::start(120).await;
    let document =
        "{ allFindings(orderBy: [severity_DESC, cvssScore_ASC]) { id severity cvssScore } }";
    let data = client.data(document, json!({})).await;
    let key = |finding: &Value| {
        let severity = finding["severity"].as_str().unwrap().to_owned();
        let score = (finding["cvssScore"].as_f64().unwrap_or(-1.0) * 10.0) as i64;
        (
            std::cmp::Reverse(severity),
            score,
            finding["id"].as_str().unwrap().to_owned(),
        )
    };
    let keys: Vec<_> = data["allFindings"]
        .as_array()
        .unwrap()
        .iter()
        .map(key)
        .collect();
    assert!(keys.is_sorted());
}

#[tokio::test]
async fn lists_inside_a_row_take_the_same_arguments() {
    let client = Client::start(120).await;
    let document = "query Version($id: ID, $after: String) {
        AssetVersion(id: $id) {
            all: _findingsMeta { count }
            high: _findingsMeta(filter: {severity: HIGH}) { count }
            findings(filter: {severity: HIGH}, orderBy: [riskScore_DESC], first: 2, after: $after) {
                _cursor riskScore severity
            }
        }
    }";
    let id = client.finitestate().main_asset_version_id();
    let mut after = Value::Null;
    let mut risks = Vec::new();
    let high = loop {
        let data = client
            .data(document, json!({"id": id, "after": after}))
            .await;
        let version = &data["AssetVersion"];
        let page = version["findings"].as_array().unwrap();
        assert!(page.iter().all(|finding| finding["severity"] == "HIGH"));
        let Some(last) = page.last() else {
            break version["high"]["count"].clone();
        };
        assert!(version["high"]["count"].as_i64() < version["all"]["count"].as_i64());
        risks.extend(
            page.iter()
                .map(|finding| finding["riskScore"].as_f64().unwrap()),
        );
        after = last["_cursor"].clone();
    };
    assert_eq!(risks.len() as i64, high.as_i64().unwrap());
    assert!(risks.is_sorted_by(|left, right| left >= right));
}
