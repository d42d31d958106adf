//! Answers of Finlex's REST API.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use finlex::{
    AcceptCovernote, Address, BrokerCompany, Covernote, Customer, IssuePolicy, IssuePolicyLink,
    LineOfBusiness, List, ListBrokerTenders, ListCovernotes, Misfit, Operation, PersonInCharge,
    Tender,
};
use sdk_codegen_properties::difference;
use serde_json::{Value, json};

use crate::refused::{CANARY, refused};

/// The first line names the kind of answer, the rest is the body.
///
/// What a decoder takes is what the body says, and reads the same when it is written in plain words; what it
/// refuses, it refuses without a value. A document is a PDF, a link may be followed, and neither shows itself.
///
/// # Panics
///
/// When that does not hold.
pub fn check(bytes: &[u8]) {
    let (kind, body) = crate::first_line(bytes);
    match kind {
        b"tenders" => list::<ListBrokerTenders, Tender>(body, |it| (&it.id, tender(it))),
        b"covernotes" => list::<ListCovernotes, Covernote>(body, |it| (&it.id, covernote(it))),
        b"document" => document(body),
        b"link" => link(body),
        b"decision" => decision(body),
        _ => {}
    }
}

/// What an operation reads from a body that it takes.
fn decoded<O: Operation>(body: &[u8]) -> Option<O::Data> {
    match O::decode(body) {
        Ok(data) => return Some(data),
        Err(Misfit::Json(error)) => refused(body, &error),
        Err(Misfit::Whole(reason)) => {
            assert!(!reason.is_empty() && !reason.contains(CANARY), "{reason}");
        }
    }
    None
}

/// What an operation reads from its own data, in plain words.
#[expect(clippy::panic, reason = "what does not hold is told by panicking")]
fn again<O: Operation>(body: &[u8]) -> O::Data {
    O::decode(body).unwrap_or_else(|misfit| {
        let body = String::from_utf8_lossy(body);
        panic!("{misfit:?} in {body}")
    })
}

fn list<O, T>(body: &[u8], written: impl Fn(&T) -> (&String, Value))
where
    O: Operation<Data = List<T>>,
{
    let Some(list) = decoded::<O>(body) else {
        return;
    };
    let plain = plain(&list, &written);
    let again = self::plain(&again::<O>(plain.to_string().as_bytes()), &written);
    assert_eq!(difference("it", &plain, &again), None, "{plain}");

    // What is skipped may be deeper or larger than a value can be.
    let said: Value = serde_json::from_slice(body).unwrap_or_default();
    let Some(said) = said.get("payload").and_then(Value::as_array) else {
        return;
    };
    assert_eq!(list.payload.len(), said.len());
    for (item, said) in list.payload.iter().zip(said) {
        let (id, plain) = written(item);
        // An array of the values alone has no names.
        if said.is_object() {
            assert_eq!(said.get("_id").and_then(Value::as_str), Some(id.as_str()));
            for name in ["status", "product"] {
                let said = said.get(name).unwrap_or(&Value::Null);
                assert_eq!(plain.get(name), Some(said), "{name}");
            }
        }
    }
}

/// All that a list holds, in plain words.
fn plain<T>(list: &List<T>, written: impl Fn(&T) -> (&String, Value)) -> Value {
    let metadata = &list.metadata;
    let items: Vec<Value> = list.payload.iter().map(|it| written(it).1).collect();
    json!({
        "metadata": {
            "count": metadata.count,
            "skip": metadata.skip.map(|it| it.to_string()),
            "limit": metadata.limit,
            "sort": metadata.sort,
        },
        "payload": items,
    })
}

macro_rules! writes {
    ($($function:ident($item:ident);)+) => {$(
        fn $function(item: &$item) -> Value {
            for (name, _) in item.changes_metadata.entries() {
                // Any name may be that of a state.
                let state = name.trim_start_matches("status_changed_to_");
                let _ = item.changes_metadata.status_changed_to(&state.into());
            }
            let changes = item.changes_metadata.entries();
            let changes = changes.map(|(name, value)| (name.to_owned(), value.clone()));
            json!({
                "_id": item.id,
                "status": item.status,
                "product": item.product,
                "tax_rate": item.tax_rate,
                "created_at": item.created_at.map(|it| it.to_rfc3339()),
                "updated_at": item.updated_at.map(|it| it.to_rfc3339()),
                "changes_metadata": changes.collect::<Value>(),
                "line_of_business": item.line_of_business.as_ref().map(line_of_business),
                "customer": item.customer.as_ref().map(customer),
                "broker_company": item.broker_company.as_ref().map(broker_company),
                "person_in_charge": item.person_in_charge.as_ref().map(person_in_charge),
            })
        }
    )+};
}

writes! {
    tender(Tender);
    covernote(Covernote);
}

fn line_of_business(line: &LineOfBusiness) -> Value {
    json!({ "_id": line.id, "name": line.name })
}

fn customer(customer: &Customer) -> Value {
    json!({
        "_id": customer.id,
        "company_id": customer.company_id,
        "name": customer.name,
        "address": customer.address.as_ref().map(address),
    })
}

fn broker_company(broker: &BrokerCompany) -> Value {
    json!({
        "_id": broker.id,
        "company_id": broker.company_id,
        "name": broker.name,
        "email": broker.email,
        "address": broker.address.as_ref().map(address),
    })
}

fn person_in_charge(person: &PersonInCharge) -> Value {
    json!({
        "_id": person.id,
        "account_id": person.account_id,
        "email": person.email,
        "first_name": person.first_name,
        "last_name": person.last_name,
        "salutation": person.salutation,
    })
}

fn address(address: &Address) -> Value {
    json!({
        "street": address.street,
        "house_number": address.house_number,
        "zip": address.zip,
        "city": address.city,
        "country": address.country,
    })
}

fn document(body: &[u8]) {
    let Some(document) = decoded::<IssuePolicy>(body) else {
        return;
    };
    let bytes = document.as_bytes();
    assert!(bytes.starts_with(b"%PDF-"));
    let size = bytes.len();
    assert_eq!(
        format!("{document:?}"),
        format!("PolicyDocument {{ bytes: {size} }}")
    );
    let plain = json!(STANDARD.encode(bytes)).to_string();
    assert_eq!(again::<IssuePolicy>(plain.as_bytes()), document, "{plain}");
    assert_eq!(document.clone().into_bytes(), document.as_bytes());
}

fn link(body: &[u8]) {
    let Some(link) = decoded::<IssuePolicyLink>(body) else {
        return;
    };
    let url = link.url();
    assert!(sdk_auth::check_url("it", url).is_ok(), "{url}");
    let host = url.host_str();
    assert_eq!(
        format!("{link:?}"),
        format!("PolicyLink {{ host: {host:?}, .. }}")
    );
    let plain = json!(url.as_str()).to_string();
    assert_eq!(again::<IssuePolicyLink>(plain.as_bytes()), link, "{plain}");
}

fn decision(body: &[u8]) {
    let Some(answer) = decoded::<AcceptCovernote>(body) else {
        return;
    };
    assert_eq!(answer.as_bytes(), body);
    let size = body.len();
    assert_eq!(
        format!("{answer:?}"),
        format!("Undocumented {{ bytes: {size} }}")
    );
    assert_eq!(answer.json(), serde_json::from_slice(body).ok());
}
