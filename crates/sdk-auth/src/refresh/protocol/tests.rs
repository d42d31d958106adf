use super::*;
use crate::lifetime_rule::LifetimeRule;

fn order(at: u64, fence: u64) -> IssueOrder {
    IssueOrder { at, fence }
}

#[test]
fn what_is_newer_than_all_that_was_had_is_adopted() {
    let cases = [
        (None, None, false),
        (None, Some(order(1, 1)), false),
        (Some(order(1, 1)), None, true),
        (Some(order(1, 1)), Some(order(1, 1)), false),
        (Some(order(1, 2)), Some(order(1, 1)), true),
        (Some(order(2, 1)), Some(order(1, 9)), true),
        (Some(order(1, 9)), Some(order(2, 1)), false),
    ];
    for (stored, known, expected) in cases {
        assert_eq!(adopts(stored, known), expected, "{stored:?} {known:?}");
    }
}

#[test]
fn who_holds_the_lease_adopts_before_it_settles_and_settles_before_it_asks() {
    use Announced::{LongAgo, Nothing, Recently};
    for announced in [Nothing, Recently, LongAgo] {
        assert_eq!(with_lease(true, announced), LeaseStep::Adopt);
    }
    assert_eq!(with_lease(false, Recently), LeaseStep::Settle);
    assert_eq!(with_lease(false, Nothing), LeaseStep::Ask);
    assert_eq!(with_lease(false, LongAgo), LeaseStep::Ask);
}

#[test]
fn a_token_is_newer_than_the_stored_one_though_the_vendors_clock_went_back() {
    let stored = order(100, 4);
    for at in [0, 99, 100, 101] {
        assert!(order_of_issue(Some(stored), at, 5) > stored);
    }
    assert_eq!(order_of_issue(None, 99, 1), order(99, 1));
}

#[test]
fn only_an_accepted_token_that_is_newer_is_stored_again() {
    let own = Some(order(2, 2));
    assert!(heals(None, own, true));
    assert!(heals(Some(order(1, 1)), own, true));
    assert!(!heals(None, own, false));
    assert!(!heals(own, own, true));
    assert!(!heals(Some(order(3, 1)), own, true));
    assert!(!heals(None, None, true));
}

const MINUTE: u64 = 60_000;

/// How many requests are affordable one after the other at `now`, and the number after them.
fn spend_all(budget: SharedBudget, mut spent_until: u64, now: u64) -> (u64, u64) {
    let mut count = 0;
    while budget.wait(spent_until, now).is_none() {
        assert!(budget.left(spent_until, now) > 0);
        spent_until = budget.spend(spent_until, now);
        count += 1;
    }
    assert_eq!(budget.left(spent_until, now), 0);
    (count, spent_until)
}

#[test]
fn the_fleet_has_the_budget_of_one_process() {
    let budget = SharedBudget::new(LifetimeRule::NewestOnly.allowance(), None);
    let start = 1_000 * MINUTE;
    let (count, spent) = spend_all(budget, 0, start);
    assert_eq!(count, 3);
    assert_eq!(budget.wait(spent, start), Some(Duration::from_secs(300)));
    let (count, spent) = spend_all(budget, spent, start + 5 * MINUTE);
    assert_eq!(count, 1);
    let (count, _) = spend_all(budget, spent, start + 60 * MINUTE);
    assert_eq!(count, 3);
}

#[test]
fn a_clock_that_is_far_ahead_keeps_nobody_from_asking() {
    let budget = SharedBudget::new(LifetimeRule::NewestOnly.allowance(), None);
    let now = 1_000 * MINUTE;
    let ahead = budget.spend(0, now + 600 * MINUTE);
    assert_eq!(budget.wait(ahead, now), None);
    assert_eq!(spend_all(budget, ahead, now).0, 3);
    // Ten minutes are within what can be told apart from requests that were made: they cost two of them.
    let ahead = budget.spend(0, now + 10 * MINUTE);
    assert_eq!(budget.left(ahead, now), 0);
    assert_eq!(budget.wait(ahead, now), Some(Duration::from_secs(300)));
}

#[test]
fn short_lived_tokens_can_always_be_renewed_by_the_fleet() {
    for seconds in [1_u64, 2, 30, 60, 600] {
        let lifetime = Duration::from_secs(seconds);
        let budget = SharedBudget::new(LifetimeRule::NewestOnly.allowance(), Some(lifetime));
        let (mut spent, mut now) = (0, 1_000 * MINUTE);
        for renewal in 0..200 {
            assert_eq!(budget.wait(spent, now), None, "renewal {renewal}");
            spent = budget.spend(spent, now);
            now += seconds * 750;
        }
    }
}
