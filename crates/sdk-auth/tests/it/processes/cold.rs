//! A fleet that starts without a token, and one whose token is ended from outside.

use super::{Fleet, Kind, none_failed};

#[test]
fn eight_processes_that_start_at_once_make_one_token_request() {
    for &kind in Kind::ALL {
        let mut fleet = Fleet::new(kind).start(8);
        none_failed(&fleet.calls(40), 320);
        assert_eq!(fleet.figures("cold start"), [1, 0, 0]);
        // One more finds the token in the store.
        fleet.add(1);
        none_failed(&fleet.calls(1), 9);
        assert_eq!(fleet.figures("one process more"), [1, 0, 0]);
    }
}

#[test]
fn a_token_that_somebody_else_requests_costs_one_new_one_and_no_storm() {
    for &kind in Kind::ALL {
        let mut fleet = Fleet::new(kind).start(4);
        none_failed(&fleet.calls(5), 20);
        fleet.vendor().mint_token();
        none_failed(&fleet.calls(10), 40);
        let [requests, refused, failed] = fleet.figures("a token requested outside");
        assert_eq!((requests, failed), (2, 0));
        // Each process meets it at most twice: a token that is only seconds old is tried once more.
        assert!((1..=8).contains(&refused), "{refused} calls were refused");
    }
}
