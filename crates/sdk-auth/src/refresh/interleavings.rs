//! Every order in which callers, token requests and the vendor can come after each other, on the code itself.
//!
//! What callers do to the shared state is a sequence of steps, each a load of the slot or a few instructions under the
//! lock. The steps here are the very functions that callers run; only what is between them is decided by the test: who
//! is next, when the vendor issues a token, ends all of them or answers, and whether a request is lost with its runtime.
//! Worlds that look the same are explored once.

use std::collections::HashSet;
use std::time::SystemTime;

use tokio::runtime::Runtime;

use super::*;
use crate::authorized::Replays;
use crate::clock::ManualClock;
use crate::credentials::Credentials;
use crate::endpoint::TokenEndpoint;
use crate::http::{Http, HttpConfig, Proxy};
use crate::observe::{Observer, TokenOrigin};

const LIFETIME: Duration = Duration::from_secs(3600);

/// Older than a token that the API may not know yet.
const AGE: Duration = Duration::from_secs(10);

/// How often each thing may happen beside the callers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Events {
    /// The vendor ends all tokens.
    revocations: u8,
    /// The runtime of a token request is gone.
    losses: u8,
    /// The token endpoint refuses.
    failures: u8,
    /// So much time passes that a token ends.
    expiries: u8,
}

/// Where a caller is.
enum Place {
    /// Has nothing yet.
    Begin,
    /// Found no token in the slot.
    Without,
    Waiting(Flight),
    Holding(Arc<AccessToken>),
    Done,
    /// Ended with an error instead of a token.
    NoToken,
    /// Its token was refused too often.
    Refused,
}

struct Caller {
    place: Place,
    replays: Replays,
    /// Flights that it has waited for in vain.
    lost: usize,
}

/// A token request under way.
struct Request {
    departure: Departure,
    /// What the vendor has issued for it.
    issued: Option<u64>,
}

/// What may happen next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    Caller(usize),
    Issue,
    Land,
    Fail,
    Lose,
    Revoke,
    Expire,
}

struct World {
    shared: Arc<Shared>,
    time: ManualClock,
    callers: Vec<Caller>,
    request: Option<Request>,
    left: Events,
    /// Tokens issued; they are named by their numbers.
    issued: u64,
    /// The oldest token that the vendor still takes.
    oldest_alive: u64,
    /// Out of use since somebody was told to replace them.
    replaced: HashSet<Generation>,
    newest: Generation,
    /// How many of those the API had never taken, which the code counts as well.
    never_taken: usize,
}

impl World {
    fn new(http: &Http, callers: usize, left: Events) -> Self {
        let time = ManualClock::starting_at(SystemTime::UNIX_EPOCH + LIFETIME);
        let endpoint = TokenEndpoint::new("https://auth.example.com/token".parse().unwrap());
        let history = RequestHistory::new(endpoint.lifetime_rule, time.clock().now());
        let source = TokenSource {
            http: http.clone(),
            endpoint,
            credentials: Arc::new(|| Ok(Credentials::client("ada", "secret"))),
            vendor_clock: Default::default(),
            history,
            observer: Observer::new(None),
        };
        let caller = || Caller {
            place: Place::Begin,
            replays: Replays::default(),
            lost: 0,
        };
        Self {
            shared: Shared::new(source, None, time.clock()),
            time,
            callers: (0..callers).map(|_| caller()).collect(),
            request: None,
            left,
            issued: 0,
            oldest_alive: 1,
            replaced: HashSet::new(),
            newest: Generation(0),
            never_taken: 0,
        }
    }

    /// All that can happen now.
    fn steps(&self) -> Vec<Step> {
        let can_move = |caller: &Caller| match &caller.place {
            Place::Begin | Place::Without | Place::Holding(_) => true,
            Place::Waiting(flight) => poll(flight).is_some(),
            Place::Done | Place::NoToken | Place::Refused => false,
        };
        let callers = (0..self.callers.len()).filter(|&index| can_move(&self.callers[index]));
        let mut steps: Vec<Step> = callers.map(Step::Caller).collect();
        if let Some(request) = &self.request {
            match request.issued {
                None => steps.push(Step::Issue),
                Some(_) => steps.push(Step::Land),
            }
            if self.left.failures > 0 && request.issued.is_none() {
                steps.push(Step::Fail);
            }
            if self.left.losses > 0 {
                steps.push(Step::Lose);
            }
        }
        let somebody_needs_it = !steps.is_empty();
        if self.left.revocations > 0 && self.issued >= self.oldest_alive && somebody_needs_it {
            steps.push(Step::Revoke);
        }
        if self.left.expiries > 0 && self.issued > 0 && somebody_needs_it {
            steps.push(Step::Expire);
        }
        steps
    }

    fn take(&mut self, step: Step) {
        match step {
            Step::Caller(index) => self.go_on(index),
            Step::Issue => {
                self.issued += 1;
                if let Some(request) = &mut self.request {
                    request.issued = Some(self.issued);
                }
            }
            Step::Land => {
                let request = self.request.take().unwrap();
                let token = self.token(request.issued.unwrap());
                request.departure.on_board.land(Ok(token));
            }
            Step::Fail => {
                self.left.failures -= 1;
                let request = self.request.take().unwrap();
                let error = no_runtime(&self.shared.source);
                request.departure.on_board.land(Err(error.into()));
            }
            Step::Lose => {
                self.left.losses -= 1;
                self.request = None;
            }
            Step::Revoke => {
                self.left.revocations -= 1;
                self.oldest_alive = self.issued + 1;
            }
            Step::Expire => {
                self.left.expiries -= 1;
                self.time.advance(LIFETIME);
                self.oldest_alive = self.issued + 1;
            }
        }
        self.check();
    }

    fn token(&self, number: u64) -> NewToken {
        NewToken {
            text: format!("token-{number}").into(),
            secret_headers: Vec::new(),
            lifetime: LIFETIME,
            remaining: LIFETIME,
            since: self.time.clock().now(),
            age: AGE,
            issue: None,
            origin: TokenOrigin::Vendor,
        }
    }

    fn go_on(&mut self, index: usize) {
        let place = std::mem::replace(&mut self.callers[index].place, Place::Begin);
        let next = match place {
            Place::Begin => match self.shared.ready() {
                Some(token) => self.handed_out(token.to_shared()),
                None => Place::Without,
            },
            Place::Without => self.ask(),
            Place::Waiting(flight) => match poll(&flight).unwrap() {
                Some(Ok(token)) => Place::Holding(token),
                Some(Err(_)) => match self.shared.still_valid() {
                    Some(token) => self.handed_out(token),
                    None => Place::NoToken,
                },
                None => {
                    self.callers[index].lost += 1;
                    match self.callers[index].lost {
                        MAX_LOST_FLIGHTS => Place::NoToken,
                        _ => Place::Without,
                    }
                }
            },
            Place::Holding(token) => self.call(index, &token),
            ended => ended,
        };
        self.callers[index].place = next;
    }

    /// What comes out of the slot is not what somebody was told to replace.
    fn handed_out(&self, token: Arc<AccessToken>) -> Place {
        let generation = token.generation;
        assert!(!self.replaced.contains(&generation), "{generation:?} again");
        Place::Holding(token)
    }

    fn ask(&mut self) -> Place {
        let (step, joined) = self.shared.decide();
        if let Ok(Some(departure)) = joined {
            assert!(self.request.is_none(), "two token requests at a time");
            self.request = Some(Request {
                departure,
                issued: None,
            });
        }
        match step {
            super::Step::Use(token) => self.handed_out(token),
            super::Step::Wait(flight) => Place::Waiting(flight),
            super::Step::GiveUp(_) => Place::NoToken,
        }
    }

    /// Sends the call to the API.
    fn call(&mut self, index: usize, token: &AccessToken) -> Place {
        if number(token) >= self.oldest_alive {
            self.shared.accepted(token, &HeaderMap::new());
            return Place::Done;
        }
        let before = self.shared.slot.load().generation;
        let rejection = self.shared.reject(token.generation);
        match rejection {
            Rejection::Replace => {
                self.replaced.insert(token.generation);
                self.never_taken += usize::from(!token.was_accepted());
            }
            Rejection::Adopt => {
                let after = self.shared.slot.load().generation;
                assert_eq!(before, after, "a late refusal changed something");
            }
            Rejection::TryAgain(_) => panic!("the token is old enough"),
        }
        match self.callers[index].replays.after(rejection, false) {
            Some(_) => Place::Begin,
            None => Place::Refused,
        }
    }

    /// The slot holds nothing, or a token that is no older than the newest there was.
    fn check(&mut self) {
        let current = self.shared.slot.load().generation;
        if current != Generation(0) {
            assert!(current >= self.newest, "an older token came back");
            self.newest = current;
        }
    }

    /// What a world looks like from now on.
    fn appearance(&self) -> String {
        let caller = |caller: &Caller| {
            let place = match &caller.place {
                Place::Begin => "begin".to_owned(),
                Place::Without => "without".to_owned(),
                Place::Waiting(flight) => {
                    let seen = poll(flight).map(|seen| seen.map(|seen| seen.map(|it| number(&it))));
                    format!(
                        "waiting for {} {:?}",
                        flight.id,
                        seen.map(|it| it.map(Result::ok))
                    )
                }
                Place::Holding(token) => {
                    format!("holding {:?} {}", token.generation, number(token))
                }
                Place::Done => "done".to_owned(),
                Place::NoToken => "no token".to_owned(),
                Place::Refused => "refused".to_owned(),
            };
            format!("{place} {:?} {}", caller.replays, caller.lost)
        };
        // Callers are alike: who of them is where does not matter.
        let mut callers: Vec<String> = self.callers.iter().map(caller).collect();
        callers.sort();
        let state = self.shared.lock();
        let now = self.time.clock().now();
        let slot = self.shared.slot.load();
        format!(
            "{callers:?} {:?} {:?} {} {} {} {:?} {} {} {:?} {}",
            self.left,
            slot.generation,
            number(&slot),
            slot.was_accepted(),
            state.flight.as_ref().map_or(0, |flight| flight.id),
            self.request.as_ref().map(|request| request.issued),
            self.issued,
            self.oldest_alive,
            self.never_taken,
            state.failures.forbids(now),
        )
    }
}

/// What a flight has come to, if it has landed.
fn poll(flight: &Flight) -> Option<Option<Outcome>> {
    let landed = std::pin::pin!(flight.clone().landed());
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    match landed.poll(&mut context) {
        std::task::Poll::Ready(outcome) => Some(outcome),
        std::task::Poll::Pending => None,
    }
}

/// The number of a token; 0 for none.
fn number(token: &AccessToken) -> u64 {
    let digits = token.text().trim_start_matches("token-");
    digits.parse().unwrap_or(0)
}

/// What was found in all worlds.
#[derive(Debug, Default, PartialEq, Eq)]
struct Found {
    worlds: usize,
    ends: usize,
    /// Callers that ended without a token, at most.
    without_token: usize,
    /// Callers whose tokens were refused too often, at most.
    refused: usize,
    most_issued: u64,
}

/// Explores every world that so many callers can get into.
fn explore(callers: usize, events: Events) -> Found {
    let runtime = Runtime::new().unwrap();
    let _within = runtime.enter();
    let http = Http::new(HttpConfig::new().proxy(Proxy::None)).unwrap();
    let mut found = Found::default();
    let mut seen = HashSet::new();
    let mut paths: Vec<Vec<Step>> = vec![Vec::new()];
    while let Some(path) = paths.pop() {
        let mut world = World::new(&http, callers, events);
        for step in &path {
            world.take(*step);
        }
        if !seen.insert(world.appearance()) {
            continue;
        }
        found.worlds += 1;
        let steps = world.steps();
        if steps.is_empty() {
            found.end(&world, &path);
        }
        for step in steps {
            paths.push([path.as_slice(), &[step]].concat());
        }
    }
    found
}

impl Found {
    fn end(&mut self, world: &World, path: &[Step]) {
        self.ends += 1;
        let mut counts = [0; 2];
        for caller in &world.callers {
            match caller.place {
                Place::Done => {}
                Place::NoToken => counts[0] += 1,
                Place::Refused => counts[1] += 1,
                _ => panic!("a caller waits for ever after {path:?}"),
            }
        }
        self.without_token = self.without_token.max(counts[0]);
        self.refused = self.refused.max(counts[1]);
        self.most_issued = self.most_issued.max(world.issued);
    }
}

/// Explores with so many revocations, losses, failures and expiries, and compares: callers without a token, callers
/// refused too often, and the most tokens issued.
#[track_caller]
fn check(callers: usize, events: [u8; 4], expected: (usize, usize, u64)) -> Found {
    let [revocations, losses, failures, expiries] = events;
    let found = explore(
        callers,
        Events {
            revocations,
            losses,
            failures,
            expiries,
        },
    );
    let seen = (found.without_token, found.refused, found.most_issued);
    assert_eq!(seen, expected, "{events:?}: {found:?}");
    assert!(found.ends > 0 && found.worlds > found.ends, "{found:?}");
    found
}

#[test]
fn any_number_of_callers_share_one_token_and_one_request() {
    check(1, [0, 0, 0, 0], (0, 0, 1));
    check(4, [0, 0, 0, 0], (0, 0, 1));
}

#[test]
fn an_end_of_a_token_costs_one_token_and_no_call() {
    check(3, [1, 0, 0, 0], (0, 0, 2));
    check(3, [0, 0, 0, 1], (0, 0, 2));
}

/// A call asks for one new token only: if that one ends before it is used, the call hands its refusal on.
#[test]
fn two_ends_in_a_row_cost_two_tokens_and_one_call_at_most() {
    check(2, [1, 0, 0, 1], (0, 1, 3));
    let found = check(3, [2, 0, 0, 0], (0, 1, 3));
    assert!(found.worlds > 1000, "{found:?}");
}

#[test]
fn a_request_that_is_lost_with_its_runtime_costs_one_token_at_most_and_no_call() {
    check(3, [0, 1, 0, 0], (0, 0, 2));
    check(3, [0, 2, 0, 0], (0, 0, 3));
    check(2, [1, 1, 0, 0], (0, 0, 3));
}

#[test]
fn a_request_that_fails_fails_those_who_wait_and_nobody_waits_for_ever() {
    check(3, [0, 0, 1, 0], (3, 0, 1));
    check(2, [1, 0, 1, 0], (2, 0, 2));
}

/// Shows that the exploration can tell: with one end more than a call is sent again, calls fail, or find that three
/// tokens in a row were refused.
#[test]
fn calls_fail_whose_tokens_end_more_often_than_they_are_sent_again() {
    check(2, [3, 0, 0, 0], (1, 2, 3));
}
