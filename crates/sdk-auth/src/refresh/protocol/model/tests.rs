//! What the exploration finds, counted.

use super::*;

fn explore(clock_tells: bool, replays: u8, faults: [u8; 4]) -> Found {
    let [crashes, expiries, outsiders, losses] = faults;
    let faults = Faults {
        crashes,
        expiries,
        outsiders,
        losses,
    };
    let model = Model {
        clock_tells,
        replays,
    };
    model.explore(faults)
}

/// What is found with so many crashes, expiries, outsiders and losses: worlds, ends, ends with a stale token in
/// the store, the most tokens issued, and overlapping requests. No call ever fails, and nothing ever gets stuck.
#[track_caller]
fn check(clock_tells: bool, faults: [u8; 4], expected: [usize; 5]) {
    let found = explore(clock_tells, REPLAYS, faults);
    let [worlds, ends, stale, most_issued, overlaps] = expected;
    let expected = Found {
        worlds,
        ends,
        failed: 0,
        stale,
        most_issued: u8::try_from(most_issued).unwrap(),
        overlaps,
        stuck: 0,
    };
    assert_eq!(found, expected, "{faults:?}");
}

#[test]
fn without_faults_one_token_is_issued_and_all_end_with_it() {
    check(true, [0, 0, 0, 0], [59, 1, 0, 1, 0]);
    check(false, [0, 0, 0, 0], [59, 1, 0, 1, 0]);
}

#[test]
fn every_crash_costs_one_token_at_most_and_no_call() {
    for clock_tells in [true, false] {
        check(clock_tells, [1, 0, 0, 0], [134, 3, 0, 2, 0]);
        check(clock_tells, [2, 0, 0, 0], [182, 6, 0, 3, 0]);
    }
}

#[test]
fn every_lease_that_runs_out_costs_two_tokens_at_most_and_no_call() {
    check(true, [0, 1, 0, 0], [731, 11, 0, 3, 2]);
    check(true, [0, 2, 0, 0], [7_227, 100, 0, 5, 25]);
    check(false, [0, 1, 0, 0], [811, 9, 0, 3, 2]);
    check(false, [0, 2, 0, 0], [8_603, 77, 0, 5, 35]);
}

/// A process that crashes between the vendor and the store takes a living token with it. Nobody needs a token at
/// such an end; whoever does next finds the stored one refused.
#[test]
fn a_crash_and_a_lease_that_runs_out_cost_three_tokens_at_most_and_no_call() {
    check(true, [1, 1, 0, 0], [1_819, 40, 4, 4, 9]);
    check(false, [1, 1, 0, 0], [1_714, 28, 3, 4, 9]);
}

/// An outsider that comes last leaves a stale token as well.
#[test]
fn an_outsider_costs_one_token_and_no_call() {
    for clock_tells in [true, false] {
        check(clock_tells, [0, 0, 1, 0], [566, 9, 1, 3, 0]);
        check(clock_tells, [1, 0, 1, 0], [1_166, 28, 5, 4, 0]);
    }
    check(true, [0, 1, 1, 0], [11_553, 140, 11, 5, 16]);
    check(false, [0, 1, 1, 0], [8_502, 79, 9, 5, 16]);
}

#[test]
fn a_lost_record_is_stored_again_or_costs_one_token() {
    for clock_tells in [true, false] {
        check(clock_tells, [0, 0, 0, 1], [347, 7, 0, 2, 0]);
    }
}

/// Shows that the model can tell: a call that is sent again only once fails where leases run out twice.
#[test]
fn calls_fail_that_are_sent_again_only_once() {
    let found = explore(true, 1, [0, 2, 0, 0]);
    assert_eq!((found.ends, found.failed), (94, 16));
}
