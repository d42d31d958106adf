//! The people and organizations, the same in every sandbox.

use serde_json::{Value, json};

/// A person whom the subscription does not cover.
pub(super) const RESTRICTED: &str = "1-per-1000001";

const FIRST_NAMES: [&str; 12] = [
    "Ada", "Brian", "Chen", "Dana", "Elif", "Farid", "Grace", "Hugo", "Ines", "Jonas", "Kira",
    "Luca",
];
const LAST_NAMES: [&str; 15] = [
    "Abara", "Becker", "Castillo", "Duarte", "Eriksen", "Fontaine", "Gupta", "Hayashi", "Ivanova",
    "Jansen", "Kowalski", "Lindgren", "Moreau", "Novak", "Okafor",
];
const ORGANIZATIONS: [&str; 8] = [
    "Harbour Logistics",
    "Northwind Capital",
    "Bluefin Foods",
    "Meridian Health",
    "Cobalt Mining",
    "Lantern Energy",
    "Quarry Software",
    "Willow Retail",
];
const TITLES: [&str; 5] = [
    "Chief Executive Officer",
    "Chief Financial Officer",
    "Independent Director",
    "General Counsel",
    "Vice President",
];

/// Everybody.
#[derive(Debug)]
pub(super) struct People {
    count: usize,
}

pub(super) fn person_id(number: usize) -> String {
    format!("1-per-{}", 4_000_000 + number)
}

fn organization_id(number: usize) -> String {
    format!("1-org-{}", 3_000_000 + number)
}

/// Every value of a list in turn; the lists are not empty.
fn pick<const N: usize>(list: &[&'static str; N], number: usize) -> &'static str {
    list.get(number % N).copied().unwrap_or_default()
}

fn organization_of(person: usize) -> usize {
    (person / 3) % ORGANIZATIONS.len()
}

impl People {
    pub(super) fn new(count: usize) -> Self {
        Self { count }
    }

    fn first_name(number: usize) -> &'static str {
        pick(&FIRST_NAMES, number)
    }

    fn last_name(number: usize) -> &'static str {
        pick(&LAST_NAMES, number / FIRST_NAMES.len() + number)
    }

    /// A person as the Profile API shows one.
    pub(super) fn person(number: usize) -> Value {
        let (first, last) = (Self::first_name(number), Self::last_name(number));
        json!({
            "__typename": "Person",
            "id": person_id(number),
            "name": format!("{first} {last}"),
            "firstName": first,
            "lastName": last,
            "age": 35 + number % 40,
            "gender": Value::Null,
            "nationality": ["Portuguese"],
            "relationshipStatus": "Single",
            "earningIndicator": "High",
            "rolesBoard": {"__typename": "RolePagedResult", "items": []},
            "rolesEmployment": {"__typename": "RolePagedResult", "items": [Self::role(number)]},
        })
    }

    fn role(number: usize) -> Value {
        let ended = number % 4 == 3;
        json!({
            "__typename": "Role",
            "title": pick(&TITLES, number),
            "type": if number % 6 == 5 { json!(["Board", "Employment"]) } else { json!(["Employment"]) },
            "organization": Self::organization_alone(organization_of(number)),
            "startDate": {"__typename": "DateInformation", "displayDate": format!("Mar {}", 2008 + number % 12)},
            "endDate": ended.then(|| json!({"__typename": "DateInformation", "displayDate": "2023"})),
            "roleCurrentPriorStatus": if ended { "Prior" } else { "Current" },
        })
    }

    /// The person of an id, if there is one.
    pub(super) fn number(&self, id: &str) -> Option<usize> {
        let number: usize = id.strip_prefix("1-per-")?.parse().ok()?;
        number
            .checked_sub(4_000_000)
            .filter(|number| *number < self.count)
    }

    /// The people whose names or organization have all these words.
    pub(super) fn search(&self, words: &str) -> Vec<usize> {
        let words = words.to_lowercase();
        let has_all = |number: &usize| {
            let (first, last) = (Self::first_name(*number), Self::last_name(*number));
            let organization = pick(&ORGANIZATIONS, organization_of(*number));
            let text = format!("{first} {last} {organization}").to_lowercase();
            words.split_whitespace().all(|word| text.contains(word))
        };
        (0..self.count).filter(has_all).collect()
    }

    /// The people whom a record of the Matching API may mean; ids are looked at before names.
    pub(super) fn matches(&self, record: &Value) -> Vec<usize> {
        let text = |name: &str| record.get(name).and_then(Value::as_str);
        let mut found: Vec<usize> = Vec::new();
        found.extend(text("altrataId").and_then(|id| self.number(id)));
        if let Some(email) = text("workEmail") {
            found.extend((0..self.count).filter(|number| Self::email(*number) == email));
        }
        let names = (
            text("firstName"),
            text("lastName"),
            text("organizationName"),
        );
        if let (Some(first), Some(last), Some(organization)) = names {
            let is = |number: &usize| {
                first.eq_ignore_ascii_case(Self::first_name(*number))
                    && last.eq_ignore_ascii_case(Self::last_name(*number))
                    && organization
                        .eq_ignore_ascii_case(pick(&ORGANIZATIONS, organization_of(*number)))
            };
            found.extend((0..self.count).filter(is));
        }
        found.sort_unstable();
        found.dedup();
        found
    }

    fn email(number: usize) -> String {
        let (first, last) = (Self::first_name(number), Self::last_name(number));
        format!("{first}.{last}.{number}@example.com").to_lowercase()
    }

    /// A person as the Matching API shows a match.
    pub(super) fn matched(number: usize) -> Value {
        json!({
            "__typename": "PersonMatch",
            "altrataId": person_id(number),
            "firstName": Self::first_name(number),
            "lastName": Self::last_name(number),
            "roleTitle": pick(&TITLES, number),
            "organizationName": pick(&ORGANIZATIONS, organization_of(number)),
        })
    }

    /// The organizations whose name has all these words.
    pub(super) fn search_organizations(&self, words: &str) -> Vec<Value> {
        let words = words.to_lowercase();
        let named = ORGANIZATIONS.iter().enumerate().filter(|(_, name)| {
            let name = name.to_lowercase();
            words.split_whitespace().all(|word| name.contains(word))
        });
        named.map(|(number, _)| self.organization(number)).collect()
    }

    /// True for the id of an organization.
    pub(super) fn has_organization(&self, id: &str) -> bool {
        (0..ORGANIZATIONS.len()).any(|number| organization_id(number) == id)
    }

    fn organization_alone(number: usize) -> Value {
        json!({
            "__typename": "Organization",
            "id": organization_id(number),
            "organizationName": pick(&ORGANIZATIONS, number),
            "organizationType": if number.is_multiple_of(2) { "Quoted" } else { "Private" },
            "website": format!("https://organization-{number}.example"),
            "latestDailyMarketCapital": 1_250_000.5 * (number + 1) as f64,
            "latestAnnualMarketRevenue": 430_000.0 * (number + 1) as f64,
            "headOfficeAddress": {
                "__typename": "Address",
                "address": format!("{} Main Street", number + 1),
                "city": "Lisbon",
                "country": "Portugal",
            },
            "tickerPrimary": format!("ORG{number}"),
            "industryPrimary": "Diversified",
            "sectorPrimary": "Services",
        })
    }

    fn organization(&self, number: usize) -> Value {
        let roles = |wanted: usize| -> Value {
            let people = (0..self.count).filter(|person| organization_of(*person) == number);
            let people = people.filter(|person| person % 3 == wanted).take(5);
            let roles = people.map(|person| {
                let mut role = Self::role(person);
                role["person"] = Self::person(person);
                role
            });
            json!({"__typename": "RolePagedResult", "items": roles.collect::<Vec<_>>()})
        };
        let mut organization = Self::organization_alone(number);
        organization["rolesBoard"] = roles(0);
        organization["rolesEmployment"] = roles(1);
        organization
    }

    /// The announcements about a person or an organization, the newest first; `None` for an unknown id.
    pub(super) fn announcements(&self, id: &str) -> Option<Vec<Value>> {
        let person = self.number(id);
        if person.is_none() && !self.has_organization(id) {
            return None;
        }
        let about = person.unwrap_or(0);
        Some(
            (0..12)
                .map(|number| Self::announcement(about, number))
                .collect(),
        )
    }

    fn announcement(person: usize, number: usize) -> Value {
        let year = 2025 - number;
        let date = |precision: &str, shown: String| {
            json!({
                "__typename": "DateInformation",
                "date": format!("{year}-03-01"),
                "datePrecision": precision,
                "displayDate": shown,
            })
        };
        let starts = number.is_multiple_of(2);
        json!({
            "__typename": "Event",
            "eventId": format!("{}-{number}", person_id(person)),
            "eventDate": format!("{year}-03-01"),
            "eventDateInfo": date("MONTH", format!("Mar {year}")),
            "eventType": if starts { "Role Start Announcement" } else { "Role End Announcement" },
            "eventText": format!("{} {} {} a role", Self::first_name(person), Self::last_name(person),
                if starts { "takes up" } else { "gives up" }),
            "personMentions": [{
                "__typename": "PersonMentions",
                "personId": person_id(person),
                "personName": format!("{} {}", Self::first_name(person), Self::last_name(person)),
            }],
            "organizationMentions": [{
                "__typename": "OrganizationMentions",
                "organizationId": organization_id(organization_of(person)),
                "organizationName": pick(&ORGANIZATIONS, organization_of(person)),
                "organizationType": "Quoted",
            }],
            "eventPublishedDate": format!("{year}-02-14"),
            "announcementDate": format!("{year}-02-13"),
            "announcementDateInfo": date("YEAR", year.to_string()),
            "startRoleTitle": starts.then(|| pick(&TITLES, number)),
            "endRoleTitle": (!starts).then(|| pick(&TITLES, number)),
        })
    }
}
