//! A process that is suspended while it holds the lease.

use std::time::Duration;

use super::orders::Order;
use super::steps::{Fate, Step};
use super::{Fleet, Kind, none_failed};

/// Suspends the first holder at a step for a time, and gives what that has cost in token requests.
fn suspend_at(kind: Kind, step: Step, time: Duration) -> u64 {
    let mut fleet = Fleet::new(kind);
    fleet.orders.fate = Some((step, Fate::Suspended));
    fleet.add(1);
    fleet.orders.fate = None;
    fleet.add(3);
    let (holder, others) = fleet.processes.split_first_mut().unwrap();
    holder.order(&Order::Calls(5, Duration::ZERO));
    holder.reach(step);
    holder.wait_for_suspension();
    for process in others {
        process.order(&Order::Calls(5, Duration::ZERO));
    }
    std::thread::sleep(time);
    fleet.processes[0].resume();
    none_failed(&fleet.tallies(), 20);
    none_failed(&fleet.calls(5), 20);
    let [requests, _, failed] = fleet.figures(&format!("holder suspended once {step:?}"));
    assert_eq!(failed, 0);
    requests
}

#[cfg(feature = "redis")]
#[test]
fn a_holder_that_sleeps_past_its_lease_costs_two_tokens_more_at_most() {
    std::thread::scope(|scope| {
        for step in [Step::Leased, Step::Announced, Step::Asked, Step::Answered] {
            scope.spawn(move || {
                // The lease lasts 4.5 s, and what it announced settles 2 s later.
                let requests = suspend_at(Kind::Redis, step, Duration::from_millis(7500));
                assert!((1..=3).contains(&requests), "{step:?}: {requests}");
            });
        }
    });
}

#[test]
fn a_lock_on_a_file_is_held_through_a_sleep_and_nobody_else_asks_meanwhile() {
    std::thread::scope(|scope| {
        for step in [Step::Leased, Step::Announced, Step::Answered] {
            scope.spawn(move || {
                let requests = suspend_at(Kind::Files, step, Duration::from_millis(1500));
                assert_eq!(requests, 1, "{step:?}");
            });
        }
    });
}
