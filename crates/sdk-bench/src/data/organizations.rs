//! Organizations with the people on their boards and in their staff.

use super::Words;
use crate::by_hand::organizations::{
    Address, Data, Date, Organization, PageInfo, PageInfoResponse, Person, Role, Roles, Search,
};

pub(super) fn page(items: Vec<Option<Organization>>) -> Data {
    Data {
        organization_keyword_search: Some(Search {
            type_name: "OrganizationPagedResult".to_owned(),
            page_info_response: Some(PageInfoResponse {
                total_count: Some(items.len() as i64),
                page_info: Some(PageInfo {
                    has_next_page: Some(false),
                    has_previous_page: Some(false),
                    start_cursor: None,
                    end_cursor: Some("altptr10".to_owned()),
                }),
            }),
            items: Some(items),
            error_code: None,
            error_message: None,
        }),
    }
}

pub(super) fn organization(words: &mut Words, _number: usize) -> Option<Organization> {
    Some(Organization {
        organization_name: Some(words.sentence(3)),
        organization_type: Some("Quoted".to_owned()),
        website: words.flag().then(|| "https://example.com".to_owned()),
        latest_daily_market_capital: Some(words.share() * 1e9),
        latest_annual_market_revenue: words.flag().then(|| words.share() * 1e8),
        head_office_address: Some(Address {
            address: Some(words.sentence(5)),
            city: Some(words.sentence(1)),
            country: Some(words.sentence(1)),
        }),
        roles_board: Some(roles(words)),
        roles_employment: Some(roles(words)),
    })
}

fn roles(words: &mut Words) -> Roles {
    Roles {
        items: Some(words.some(8, |words| {
            Some(Role {
                person: Some(Person {
                    id: Some(format!("1-per-{}", words.id())),
                    first_name: Some(words.sentence(1)),
                    last_name: Some(words.sentence(1)),
                    age: words.flag().then(|| words.below(90) as i64),
                }),
                title: Some(words.sentence(3)),
                r#type: Some(words.some(2, |words| Some(words.sentence(1)))),
                start_date: Some(date(words)),
                end_date: words.flag().then(|| date(words)),
            })
        })),
    }
}

fn date(words: &mut Words) -> Date {
    Date {
        display_date: Some(words.instant().format("%b %Y").to_string()),
    }
}
