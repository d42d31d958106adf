//! Hosts whose clocks disagree.

use std::time::Duration;

use super::{Fleet, Kind, none_failed};

const TEN_MINUTES: i64 = 600;

#[test]
fn clocks_that_disagree_by_ten_minutes_cost_no_token() {
    for &kind in Kind::ALL {
        let mut fleet = Fleet::new(kind);
        for ahead in [0, TEN_MINUTES, -TEN_MINUTES] {
            fleet.orders.ahead = ahead;
            fleet.add(2);
        }
        none_failed(&fleet.calls(10), 60);
        assert_eq!(fleet.figures("clocks ten minutes apart"), [1, 0, 0]);
    }
}

#[test]
fn a_token_shorter_than_the_disagreement_is_shared_all_the_same() {
    for &kind in Kind::ALL {
        for ahead in [TEN_MINUTES, -TEN_MINUTES] {
            let mut fleet = Fleet::new(kind);
            fleet.vendor().set_token_ttl(Duration::from_secs(120));
            fleet.add(1);
            none_failed(&fleet.calls(2), 2);
            // By its own clock this one finds a token that has ended, or one from the future.
            fleet.orders.ahead = ahead;
            fleet.add(1);
            none_failed(&fleet.calls(5), 10);
            let what = format!("a token of 120 s, a clock off by {ahead} s");
            assert_eq!(fleet.figures(&what), [1, 0, 0]);
        }
    }
}
