//! Every fault at every place: a token request, a query, a mutation, the second page of a stream.

mod cell;
mod shutdown;
mod table;

use sdk_fault_server::{Counts, Fault, each};

use cell::{Place, Seen, Setting, run};
use table::{Cell, LIFETIMES, Row};

/// How many times as long a cell may take that only its limits end, if it does not end as it should at first:
/// on a busy machine a short one passes before the fault is met.
const PATIENCE: [u32; 3] = [1, 3, 9];

/// What is wrong with a cell, if anything.
fn wrong(row: &Row, place: Place, times: Option<usize>) -> Option<String> {
    let Cell { always, once } = match place {
        Place::Token => row.token,
        Place::Query | Place::PageTwo => row.query,
        Place::Mutation => row.mutation,
    };
    let expected = if times.is_none() { always } else { once };
    if expected.is_empty() {
        return None;
    }
    let mut setting = Setting::new(place, row.fault.clone());
    setting.times = times;
    if once.is_empty() {
        let runs = PATIENCE.map(|patience| setting.clone().hopeless(patience));
        first_right(row, expected, runs)
    } else if matches!(row.fault, Fault::Unreachable | Fault::NoHandshake) {
        let runs = PATIENCE.map(|patience| setting.clone().unconnected(patience));
        first_right(row, expected, runs)
    } else {
        first_right(row, expected, [setting])
    }
}

/// Runs a cell until it ends as it should; what was wrong with the last run, if none did.
fn first_right<const N: usize>(row: &Row, expected: &[&str], runs: [Setting; N]) -> Option<String> {
    let mut found = None;
    for setting in runs {
        let (place, times) = (setting.place, setting.times);
        let seen = run(setting);
        // The page before the fault arrives and is acted upon, over a connection of its own.
        let before = usize::from(place == Place::PageTwo);
        let counted = Seen {
            counts: Counts {
                arrived: seen.counts.arrived.saturating_sub(before),
                taken: seen.counts.taken.saturating_sub(before),
                connections: seen.counts.connections.saturating_sub(before),
            },
            ..seen
        };
        let is_repeated = place == Place::Mutation && counted.counts.taken > 1;
        let is_tried_again =
            matches!(row.fault, Fault::Certificate(_)) && counted.counts.connections != 1;
        if expected.contains(&counted.to_string().as_str()) && !is_repeated && !is_tried_again {
            return None;
        }
        let when = if times.is_none() { "always" } else { "once" };
        found = Some(format!(
            "{} at {place:?}, {when}: expected {expected:?}, seen {counted} over {} connections",
            row.what, counted.counts.connections
        ));
        if is_repeated {
            break;
        }
    }
    found
}

fn check(rows: &[Row]) {
    let places = [Place::Token, Place::Query, Place::Mutation, Place::PageTwo];
    let cells = rows.iter().flat_map(|row| {
        places
            .into_iter()
            .flat_map(move |place| [None, Some(1)].map(|times| (row, place, times)))
    });
    let wrong = each(cells.collect(), |(row, place, times)| {
        wrong(row, place, times)
    });
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_fault_of_the_wire_ends_as_the_table_says() {
    let rows = table::wire();
    let faults: Vec<Fault> = rows.iter().map(|row| row.fault.clone()).collect();
    assert_eq!(faults, Fault::all_of_the_wire());
    check(&rows);
}

#[test]
fn every_answer_that_is_none_ends_as_the_table_says() {
    check(&table::answers());
}

#[test]
fn a_redirect_to_another_origin_is_an_answer_and_reaches_nobody() {
    let elsewhere = cell::well();
    let fault = Fault::json(307, "{}").header("location", elsewhere.url("/stolen"));
    for (place, expected) in [
        (Place::Token, "1/1 token Refused"),
        (Place::Query, "1/1 status Unknown"),
        (Place::Mutation, "1/1 status Unknown"),
        (Place::PageTwo, "2/2 status Unknown"),
    ] {
        assert_eq!(
            run(Setting::new(place, fault.clone())).to_string(),
            expected
        );
    }
    assert_eq!(elsewhere.counts(), Counts::default());
}

#[test]
fn a_token_of_any_lifetime_serves_its_call_or_is_refused() {
    let wrong = each(LIFETIMES.to_vec(), |(field, expected)| {
        let body = format!(r#"{{"access_token": "token", {field}}}"#);
        let seen = run(Setting::new(Place::Token, Fault::json(200, body)));
        (!seen.outcome.starts_with(expected))
            .then(|| format!("{field}: expected {expected}, seen {seen}"))
    });
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
