//! Tenders: seeded, listed, and changed by accepting and declining.

use serde_json::{Map, Value, json};

use crate::clock;

/// States by the number of a tender; the last is not on any page of the vendor and shows that there may
/// be more.
const STATES: [&str; 10] = [
    "QUOTES_AVAILABLE",
    "IN_NEGOTIATION",
    "IN_COVERNOTE",
    "QUOTES_AVAILABLE",
    "SUCCESSFUL",
    "REOPENED",
    "QUOTES_AVAILABLE",
    "IN_COVERNOTE",
    "SUCCESSFUL",
    "WITHDRAWN",
];

/// The states of open tenders ("Insurer Tender API" on developer.finlex.io).
const OPEN: [&str; 4] = [
    "QUOTES_AVAILABLE",
    "IN_NEGOTIATION",
    "IN_COVERNOTE",
    "REOPENED",
];

const PRODUCTS: [(&str, &str); 5] = [
    ("Cyber Protect", "Cyber"),
    ("D&O Classic", "Directors and Officers"),
    ("Crime Plus", "Crime"),
    ("E&O Tech", "Errors and Omissions"),
    ("W&I Compact", "Warranty and Indemnity"),
];

const COMPANIES: [(&str, &str, &str); 6] = [
    ("Nordwind Logistik GmbH", "Hamburg", "DE"),
    ("Alpenglas AG", "Salzburg", "AT"),
    ("Isarwerk Maschinenbau GmbH", "München", "DE"),
    ("Donau Energie GmbH", "Linz", "AT"),
    ("Rheintal Pharma AG", "Köln", "DE"),
    ("Spreehafen Immobilien GmbH", "Berlin", "DE"),
];

const PEOPLE: [(&str, &str, &str); 3] = [
    ("Ms", "Clara", "Winter"),
    ("Mr", "Jonas", "Berger"),
    ("Ms", "Lena", "Hofer"),
];

/// 2026-01-05T08:00:00Z, when the first tender was created.
const FIRST_DAY: i64 = 1_767_600_000;

/// One tender after the other is created this much later.
const STEP_SECONDS: i64 = 5_400;

/// All tenders, the oldest first.
pub(super) struct Tenders(Vec<Tender>);

struct Tender {
    id: String,
    status: &'static str,
    /// Closed without another state; no page names a field for it, so it is not shown.
    closed: bool,
    number: usize,
    /// When it came to which state, and the last change.
    changes: Vec<(&'static str, i64)>,
}

/// Which tenders a list holds.
#[derive(Clone, Copy)]
pub(super) enum Which {
    All,
    Open,
    Successful,
    InCovernote,
}

/// What becomes of a request for cover.
#[derive(Clone, Copy)]
pub(super) enum Decision {
    Accept,
    Decline,
}

/// Why there is nothing to decide.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Undecidable {
    Unknown,
    NotRequested,
}

impl Tenders {
    pub(super) fn seeded(count: usize) -> Self {
        let tender = |number: usize| {
            let created =
                FIRST_DAY + STEP_SECONDS * i64::try_from(number).unwrap_or(i64::MAX / 10_000);
            let status = at(&STATES, number);
            let mut changes = vec![("QUOTES_AVAILABLE", created + 3_600)];
            if *status != "QUOTES_AVAILABLE" {
                changes.push((status, created + 86_400));
            }
            Tender {
                id: format!("{:024x}", 0x6500_0000_0000_u64 + number as u64),
                status,
                closed: number % 20 == 13,
                number,
                changes,
            }
        };
        Self((0..count).map(tender).collect())
    }

    /// A page of a list, in the vendor's envelope.
    pub(super) fn list(&self, which: Which, skip: u64, limit: u64) -> Value {
        let chosen: Vec<&Tender> = self.0.iter().filter(|it| it.is(which)).collect();
        let from = usize::try_from(skip).unwrap_or(usize::MAX);
        let most = usize::try_from(limit).unwrap_or(usize::MAX);
        let page = chosen.iter().skip(from).take(most);
        json!({
            "metadata": {
                "count": chosen.len().to_string(),
                "sort": {},
                "skip": skip.to_string(),
                "limit": limit.to_string(),
            },
            "payload": page.map(|tender| tender.json()).collect::<Vec<_>>(),
        })
    }

    /// Accepts or declines a request for cover.
    pub(super) fn decide(&mut self, id: &str, decision: Decision) -> Result<(), Undecidable> {
        let tender = self.0.iter_mut().find(|tender| tender.id == id);
        let tender = tender.ok_or(Undecidable::Unknown)?;
        if !tender.is(Which::InCovernote) {
            return Err(Undecidable::NotRequested);
        }
        tender.status = match decision {
            Decision::Accept => "SUCCESSFUL",
            Decision::Decline => "IN_NEGOTIATION",
        };
        let now = i64::try_from(clock::unix_seconds()).unwrap_or(i64::MAX);
        tender.changes.push((tender.status, now));
        Ok(())
    }

    /// True if the tender's contract is final; `None` if there is no such tender.
    pub(super) fn is_successful(&self, id: &str) -> Option<bool> {
        let tender = self.0.iter().find(|tender| tender.id == id)?;
        Some(tender.is(Which::Successful))
    }
}

impl Tender {
    fn is(&self, which: Which) -> bool {
        match which {
            Which::All => true,
            Which::Open => OPEN.contains(&self.status) && !self.closed,
            Which::Successful => self.status == "SUCCESSFUL",
            Which::InCovernote => self.status == "IN_COVERNOTE" && !self.closed,
        }
    }

    fn json(&self) -> Value {
        let number = self.number;
        let (product, line) = *at(&PRODUCTS, number);
        let (company, city, country) = *at(&COMPANIES, number / 2);
        let (salutation, first, last) = *at(&PEOPLE, number / 3);
        let mut changes = Map::new();
        for (status, time) in &self.changes {
            let key = format!("status_changed_to_{}", status.to_lowercase());
            changes.insert(key, timestamp(*time).into());
        }
        let updated = self.changes.last().map_or(FIRST_DAY, |(_, time)| *time);
        let created = self.changes.first().map_or(FIRST_DAY, |(_, time)| *time) - 3_600;
        json!({
            "_id": self.id,
            "status": self.status,
            "product": product,
            "tax_rate": if country == "AT" { 0.11 } else { 0.19 },
            "created_at": timestamp(created),
            "updated_at": timestamp(updated),
            "changes_metadata": changes,
            "line_of_business": {"_id": format!("{:024x}", 0x10 + number % PRODUCTS.len()), "name": line},
            "customer": {
                "_id": format!("{:024x}", 0x2000 + number / 2),
                "company_id": format!("C{:05}", number / 2),
                "name": company,
                "address": address(city, country),
            },
            "broker_company": {
                "_id": format!("{:024x}", 0x3000),
                "company_id": "B00001",
                "name": "Sandbox Makler GmbH",
                "email": "post@makler.example",
                "address": address("Frankfurt", "DE"),
            },
            "person_in_charge": {
                "_id": format!("{:024x}", 0x4000 + number % PEOPLE.len()),
                "account_id": format!("A{:05}", number % PEOPLE.len()),
                "email": format!("{}@makler.example", first.to_lowercase()),
                "first_name": first,
                "last_name": last,
                "salutation": salutation,
            },
        })
    }
}

/// The vendor's examples leave the street empty, too.
fn address(city: &str, country: &str) -> Value {
    json!({"street": "", "house_number": "", "zip": "10115", "city": city, "country": country})
}

/// RFC 3339 in UTC with milliseconds, as in the vendor's examples.
fn timestamp(seconds: i64) -> String {
    chrono::DateTime::from_timestamp(seconds, 0).map_or_else(String::new, |time| {
        time.format("%Y-%m-%dT%H:%M:%S%.3fZ").to_string()
    })
}

/// The item of this number, in a circle.
fn at<T, const N: usize>(items: &[T; N], number: usize) -> &T {
    &items[number % N]
}
