//! A Redis that stops, comes back empty, or does not answer.
#![cfg(feature = "redis")]

use std::time::Duration;

use sdk_sandbox::RedisServer;

use super::{Fleet, Home, Kind, none_failed};

/// A fleet whose leases are so short that an outage is longer, with a token that every process has used.
fn fleet(processes: usize) -> Fleet {
    let mut fleet = Fleet::new(Kind::Redis);
    fleet.orders.attempt = Duration::from_millis(500);
    fleet.orders.lease = Duration::from_millis(2600);
    fleet.add(processes);
    none_failed(&fleet.calls(1), processes);
    fleet
}

/// Calls for longer than a lease lasts: 16 of each process.
fn calls_for_a_while(fleet: &mut Fleet) {
    let calls = 16 * fleet.processes.len();
    none_failed(
        &fleet.calls_with_pauses(16, Duration::from_millis(200)),
        calls,
    );
}

fn server(fleet: &mut Fleet) -> &mut RedisServer {
    match &mut fleet.home {
        Home::Server(server) => server,
        Home::Folder(_) => panic!("it was made for a server"),
    }
}

#[test]
fn calls_go_on_while_redis_is_stopped_and_after_it_came_back_empty() {
    let mut fleet = fleet(3);
    server(&mut fleet).stop();
    calls_for_a_while(&mut fleet);
    server(&mut fleet).restart().unwrap();
    calls_for_a_while(&mut fleet);
    // The token was stored again by those who had it: one that starts now asks for none.
    fleet.add(1);
    none_failed(&fleet.calls(1), 4);
    assert_eq!(fleet.figures("Redis stopped and emptied"), [1, 0, 0]);
}

#[test]
fn calls_go_on_while_redis_does_not_answer() {
    let mut fleet = fleet(3);
    server(&mut fleet).pause().unwrap();
    calls_for_a_while(&mut fleet);
    server(&mut fleet).resume().unwrap();
    calls_for_a_while(&mut fleet);
    assert_eq!(fleet.figures("Redis silent"), [1, 0, 0]);
}

#[test]
fn without_redis_nobody_asks_for_a_token_and_with_it_one_does() {
    let mut fleet = fleet(3);
    server(&mut fleet).stop();
    // One that starts now has no token, and gets none.
    fleet.add(1);
    let tally = fleet.processes[3..].iter_mut().map(|process| {
        process.order(&super::Order::Calls(2, Duration::ZERO));
        process.tally()
    });
    for tally in tally.collect::<Vec<_>>() {
        assert_eq!(tally.failed, 2);
        let why = tally.why.unwrap();
        assert!(why.contains("token store redis://127.0.0.1"), "{why}");
    }
    // Nor do the others, once theirs has ended.
    fleet.vendor().revoke_tokens();
    let tally = fleet.calls(3);
    assert_eq!((tally.calls, tally.failed), (12, 12));
    assert_eq!(fleet.counts().token_requests, 1);

    server(&mut fleet).restart().unwrap();
    // A failure of the store is remembered for a while.
    std::thread::sleep(Duration::from_secs(3));
    none_failed(&fleet.calls(5), 20);
    let [requests, ..] = fleet.figures("Redis stopped, its token ended");
    assert_eq!(requests, 2);
}
