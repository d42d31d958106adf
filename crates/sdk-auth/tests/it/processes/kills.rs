//! `kill -9` of whoever holds the lease, at every step and at any time.

use std::sync::Mutex;
use std::time::{Duration, Instant};

use super::orders::{Order, Tally, Told};
use super::steps::{Fate, Step};
use super::{Fleet, Kind, none_failed, say};

/// Kills the first holder at a step, and gives what that has cost in token requests.
fn kill_at(kind: Kind, step: Step) -> u64 {
    let mut fleet = Fleet::new(kind);
    fleet.orders.fate = Some((step, Fate::Killed));
    fleet.add(1);
    fleet.orders.fate = None;
    fleet.add(3);
    let mut holder = fleet.processes.remove(0);
    holder.order(&Order::Calls(5, Duration::ZERO));
    holder.reach(step);
    holder.wait_for_end();
    none_failed(&fleet.calls(5), 15);
    let [requests, _, failed] = fleet.figures(&format!("holder killed once {step:?}"));
    assert_eq!(failed, 0);
    requests
}

#[test]
fn a_holder_killed_at_any_step_costs_one_token_at_most_and_no_call_of_the_others() {
    for &kind in Kind::ALL {
        std::thread::scope(|scope| {
            for step in Step::ALL {
                scope.spawn(move || {
                    let requests = kill_at(kind, step);
                    let expected = match step {
                        // Nothing was sent yet, or all was stored.
                        Step::Leased | Step::Reread | Step::Announced => 1..=1,
                        Step::Stored | Step::Released => 1..=1,
                        // The vendor may have been told in time that nobody waits any more.
                        Step::Asked => 1..=2,
                        Step::Answered => 2..=2,
                    };
                    assert!(
                        expected.contains(&requests),
                        "{kind:?} {step:?}: {requests}"
                    );
                });
            }
        });
    }
}

/// What random kills have cost.
#[derive(Debug, Default)]
struct Losses {
    fleets: u64,
    kills: u64,
    /// Of them, of processes that held the lease.
    of_holders: u64,
    requests: u64,
    refused: u64,
    calls: usize,
}

/// From when a process has the lease until its token is stored, and a while longer.
const ANY_TIME: std::ops::Range<u64> = 0..160;

/// A fleet may lose two processes: the budget of a vendor like this is three tokens in a row.
const KILLS: u64 = 2;

/// Lets four processes make calls from a cold start, and kills whoever takes the lease first and second, each
/// some time later.
fn kill_at_random(kind: Kind) -> Losses {
    let mut fleet = Fleet::new(kind).start(4);
    let mut losses = Losses {
        fleets: 1,
        ..Losses::default()
    };
    for process in &mut fleet.processes {
        process.order(&Order::Calls(5, Duration::ZERO));
    }
    let mut done = Tally::default();
    let mut working: Vec<_> = fleet.processes.drain(..).collect();
    let mut doomed: Option<(usize, Instant)> = None;
    let mut holds = vec![false; working.len()];
    let mut finished = vec![false; working.len()];
    while finished.contains(&false) {
        for (index, process) in working.iter_mut().enumerate() {
            // One that was killed has nothing more to tell.
            while let Ok(Some(told)) = process.overhear(Duration::from_micros(200)) {
                match told {
                    Told::Step(Step::Leased) => {
                        holds[index] = true;
                        if doomed.is_none() && losses.kills < KILLS {
                            let wait = Duration::from_millis(fastrand::u64(ANY_TIME));
                            doomed = Some((index, Instant::now() + wait));
                        }
                    }
                    Told::Step(Step::Released) => holds[index] = false,
                    Told::Calls(tally) => {
                        done.add(tally);
                        finished[index] = true;
                    }
                    _ => {}
                }
            }
        }
        if let Some((index, when)) = doomed
            && Instant::now() >= when
        {
            working[index].kill();
            losses.kills += 1;
            losses.of_holders += u64::from(holds[index]);
            finished[index] = true;
            holds[index] = false;
            doomed = None;
        }
    }
    assert_eq!(done.failed, 0, "{kind:?}: {:?}", done.why);
    let counts = fleet.counts();
    let most = 1 + losses.kills;
    assert!(
        (1..=most).contains(&counts.token_requests),
        "{kind:?}: {losses:?} {counts:?}"
    );
    Losses {
        requests: counts.token_requests,
        refused: counts.unauthorized,
        calls: done.calls,
        ..losses
    }
}

/// How many fleets are at it at the same time.
const AT_ONCE: usize = 16;

/// Kills so many holders in one fleet after the other.
fn kill_holders(kind: Kind, wanted: u64) -> Losses {
    let all = Mutex::new(Losses::default());
    std::thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                while all.lock().unwrap().of_holders < wanted {
                    let one = kill_at_random(kind);
                    let mut all = all.lock().unwrap();
                    all.fleets += one.fleets;
                    all.kills += one.kills;
                    all.of_holders += one.of_holders;
                    all.requests += one.requests;
                    all.refused += one.refused;
                    all.calls += one.calls;
                }
            });
        }
    });
    let all = all.into_inner().unwrap();
    say(&format!(
        "{kind:?}: {} kills at random times in {} fleets, {} of them of holders of the lease; {} token requests, \
         {} more than fleets; {} 401s; {} calls, 0 failed",
        all.kills,
        all.fleets,
        all.of_holders,
        all.requests,
        all.requests - all.fleets,
        all.refused,
        all.calls,
    ));
    all
}

#[test]
fn a_hundred_holders_killed_at_any_time_cost_one_token_each_at_most_and_no_call_of_the_others() {
    std::thread::scope(|scope| {
        for &kind in Kind::ALL {
            scope.spawn(move || {
                let losses = kill_holders(kind, 100);
                assert!(losses.of_holders >= 100);
                assert!(losses.requests - losses.fleets <= losses.kills);
            });
        }
    });
}
