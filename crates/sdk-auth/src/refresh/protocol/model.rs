//! Everything that can happen between three processes, their store and the vendor, tried out.
//!
//! The vendor ends its last token with each new one. All processes start without a token and make one call each;
//! a call that is refused is sent again twice at most, as in a fleet, and may get another token each time. Every
//! step can be interleaved with every other, and so can a number of faults: processes that crash (which ends
//! their lease, not their request), leases that run out under a living process, tokens that somebody else asks
//! for, and records that the store loses. What the processes decide, the code decides: the functions of this module and `PublishDecision`.
//!
//! Two things are assumed. A request that the vendor is at work on is done before it counts as settled; one that
//! its process has announced and not sent, because it was held up, may come at any time. And the vendor's
//! clock tells the order of its tokens; half of the cases have what happens if it never does.

use std::collections::HashSet;

use super::*;
use crate::store::{Ownership, PublishDecision, StoredToken, TokenRecord};

const PROCESSES: usize = 3;
/// How often a refused call is sent again in a fleet.
const REPLAYS: u8 = 2;

/// A token, as the vendor numbers them from 1; 0 is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
struct Token {
    id: u8,
    at: u8,
    fence: u8,
}

impl Token {
    fn order(self) -> Option<IssueOrder> {
        (self.id > 0).then(|| order(self.at, self.fence))
    }
}

fn order(at: u8, fence: u8) -> IssueOrder {
    let (at, fence) = (u64::from(at), u64::from(fence));
    IssueOrder { at, fence }
}

/// What a process does next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
enum Next {
    #[default]
    Read,
    TakeLease,
    ReadAgain,
    Announce,
    Send,
    AwaitAnswer,
    Publish(Token),
    Release,
    Call,
    Succeeded,
    Failed,
    Crashed,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
struct Process {
    next: Next,
    token: Token,
    known: Token,
    /// What was stored when it read the record under the lease.
    read: Token,
    fence: u8,
    /// The vendor has its request and has not carried it out.
    is_asking: bool,
    refusals: u8,
}

impl Process {
    /// Every fence that it knows of.
    fn fences(&mut self) -> impl Iterator<Item = &mut u8> {
        let answered = match &mut self.next {
            Next::Publish(token) => Some(&mut token.fence),
            _ => None,
        };
        [
            &mut self.fence,
            &mut self.token.fence,
            &mut self.known.fence,
            &mut self.read.fence,
        ]
        .into_iter()
        .chain(answered)
    }
}

/// What may still go wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
struct Faults {
    crashes: u8,
    expiries: u8,
    outsiders: u8,
    losses: u8,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
struct World {
    processes: [Process; PROCESSES],
    issued: u8,
    stored: Token,
    /// The fence of the announced request.
    intent: u8,
    /// The fence of the lease that is held.
    lease: u8,
    fences: u8,
    faults: Faults,
}

/// What was found in all worlds together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Found {
    worlds: usize,
    /// Worlds in which all calls are over and nothing is under way.
    ends: usize,
    /// Ends with a failed call.
    failed: usize,
    /// Ends in which the stored token is not the one that lives.
    stale: usize,
    /// The most tokens that were issued.
    most_issued: u8,
    /// Worlds in which the vendor works on two requests at once.
    overlaps: usize,
    /// Worlds in which nothing can happen though something is left to do.
    stuck: usize,
}

struct Model {
    clock_tells: bool,
    /// How often a refused call is sent again.
    replays: u8,
}

fn record(token: Token) -> TokenRecord {
    match token.order() {
        None => TokenRecord::default(),
        Some(order) => {
            let token = StoredToken {
                order,
                ..StoredToken::default()
            };
            TokenRecord::default().with_token(1, token)
        }
    }
}

impl World {
    fn decide(&self, process: &Process, token: Token) -> PublishDecision {
        let ownership = match self.lease {
            0 => Ownership::Free,
            fence if fence == process.fence => Ownership::Mine,
            _ => Ownership::Other,
        };
        PublishDecision::new(ownership, Some(&record(self.stored)), &record(token))
    }

    /// What a process can take the announced request for.
    fn announcements(&self) -> &'static [Announced] {
        let asking = |it: &Process| it.fence == self.intent && it.is_asking;
        if self.intent == 0 {
            &[Announced::Nothing]
        } else if self.processes.iter().any(asking) {
            &[Announced::Recently]
        } else {
            &[Announced::Recently, Announced::LongAgo]
        }
    }

    /// The one world that stands for all that differ in nothing that matters: which process is which, and how
    /// great fences are beyond their order.
    fn normal(mut self) -> Self {
        let mut used = vec![self.lease, self.intent, self.stored.fence];
        for process in &mut self.processes {
            let holds = matches!(
                process.next,
                Next::ReadAgain
                    | Next::Announce
                    | Next::Send
                    | Next::AwaitAnswer
                    | Next::Publish(_)
                    | Next::Release
            );
            if !holds && !process.is_asking {
                process.fence = 0;
            }
            if !holds {
                process.read = Token::default();
            }
            used.extend(process.fences().map(|fence| *fence));
        }
        used.push(0);
        used.sort_unstable();
        used.dedup();
        let rank = |fence: &mut u8| {
            let rank = used.binary_search(fence).unwrap();
            *fence = u8::try_from(rank).unwrap();
        };
        rank(&mut self.lease);
        rank(&mut self.intent);
        rank(&mut self.stored.fence);
        for process in &mut self.processes {
            process.fences().for_each(rank);
        }
        self.fences = u8::try_from(used.len() - 1).unwrap();
        self.processes.sort_unstable();
        self
    }

    fn release(&mut self, process: &Process) {
        if self.lease == process.fence {
            self.lease = 0;
        }
    }

    fn issue(&mut self) -> u8 {
        self.issued += 1;
        self.issued
    }
}

impl Model {
    /// All that one process can do next, as worlds in which it has done it.
    fn steps(&self, world: &World, index: usize, worlds: &mut Vec<World>) {
        let process = world.processes[index];
        let mut add = |change: &dyn Fn(&mut World, &mut Process)| {
            let (mut after, mut changed) = (*world, process);
            change(&mut after, &mut changed);
            after.processes[index] = changed;
            worlds.push(after);
        };
        let news = adopts(world.stored.order(), process.known.order());
        match process.next {
            Next::Read if news => add(&|world, it| {
                it.token = world.stored;
                it.next = Next::Call;
            }),
            Next::Read => add(&|_, it| it.next = Next::TakeLease),
            Next::TakeLease if world.lease == 0 => add(&|world, it| {
                world.fences += 1;
                world.lease = world.fences;
                it.fence = world.fences;
                it.next = Next::ReadAgain;
            }),
            Next::TakeLease => add(&|_, it| it.next = Next::Read),
            Next::ReadAgain => {
                for announced in world.announcements() {
                    add(&|world, it| match with_lease(news, *announced) {
                        LeaseStep::Adopt => {
                            it.token = world.stored;
                            it.next = Next::Release;
                        }
                        LeaseStep::Settle => {
                            world.release(it);
                            it.next = Next::Read;
                        }
                        LeaseStep::Ask => {
                            it.read = world.stored;
                            it.next = Next::Announce;
                        }
                    });
                }
            }
            Next::Announce => add(&|world, it| match world.decide(it, it.read) {
                PublishDecision::Write => {
                    (world.stored, world.intent) = (it.read, it.fence);
                    it.next = Next::Send;
                }
                PublishDecision::Wait | PublishDecision::Discard => it.next = Next::Read,
            }),
            Next::Send => add(&|_, it| {
                it.is_asking = true;
                it.next = Next::AwaitAnswer;
            }),
            Next::Publish(token) => add(&|world, it| match world.decide(it, token) {
                PublishDecision::Write => {
                    assert!(token.order() > world.stored.order(), "{world:?}");
                    (world.stored, world.intent) = (token, 0);
                    it.token = token;
                    it.next = Next::Release;
                }
                PublishDecision::Wait => {}
                PublishDecision::Discard => {
                    it.token = if news { world.stored } else { token };
                    it.next = Next::Call;
                }
            }),
            Next::Release => add(&|world, it| {
                world.release(it);
                it.next = Next::Call;
            }),
            Next::Call if process.token.id == world.issued => {
                add(&|_, it| it.next = Next::Succeeded);
            }
            Next::Call => add(&|_, it| {
                if it.token.order() > it.known.order() {
                    it.known = it.token;
                }
                it.refusals += 1;
                it.next = if it.refusals > self.replays {
                    Next::Failed
                } else {
                    Next::Read
                };
            }),
            Next::Succeeded => {
                let heals = heals(world.stored.order(), process.token.order(), true);
                if heals && world.lease == 0 {
                    add(&|world, it| world.stored = it.token);
                }
            }
            Next::AwaitAnswer | Next::Failed | Next::Crashed => {}
        }
        if process.is_asking {
            self.carry_out(world, index, worlds);
        }
    }

    /// The vendor carries out a request; that of a process that has crashed may be lost on the way as well.
    fn carry_out(&self, world: &World, index: usize, worlds: &mut Vec<World>) {
        let mut after = *world;
        let id = after.issue();
        let at = if self.clock_tells { id } else { 1 };
        let process = &mut after.processes[index];
        process.is_asking = false;
        if process.next == Next::AwaitAnswer {
            let read = process.read.order();
            let order = order_of_issue(read, u64::from(at), u64::from(process.fence));
            let at = u8::try_from(order.at).unwrap();
            let fence = process.fence;
            process.next = Next::Publish(Token { id, at, fence });
        }
        worlds.push(after);
        if world.processes[index].next == Next::Crashed {
            let mut lost = *world;
            lost.processes[index].is_asking = false;
            worlds.push(lost);
        }
    }

    fn faults(&self, world: &World, worlds: &mut Vec<World>) {
        for (index, process) in world.processes.iter().enumerate() {
            let is_over = matches!(process.next, Next::Succeeded | Next::Failed | Next::Crashed);
            if world.faults.crashes > 0 && !is_over {
                let mut after = *world;
                after.faults.crashes -= 1;
                after.release(process);
                after.processes[index] = Process {
                    next: Next::Crashed,
                    fence: process.fence,
                    is_asking: process.is_asking,
                    ..Process::default()
                };
                worlds.push(after);
            }
        }
        let mut add = |left: fn(&mut Faults) -> &mut u8, change: fn(&mut World)| {
            let mut after = *world;
            let left = left(&mut after.faults);
            if *left > 0 {
                *left -= 1;
                change(&mut after);
                worlds.push(after);
            }
        };
        if world.lease > 0 {
            add(|faults| &mut faults.expiries, |world| world.lease = 0);
        }
        add(
            |faults| &mut faults.outsiders,
            |world| {
                world.issue();
            },
        );
        if world.stored.id > 0 {
            add(
                |faults| &mut faults.losses,
                |world| (world.stored, world.intent) = (Token::default(), 0),
            );
        }
    }

    fn explore(&self, faults: Faults) -> Found {
        let start = World {
            faults,
            ..World::default()
        };
        let mut found = Found::default();
        let mut seen = HashSet::from([start]);
        let mut open = vec![start];
        let mut next = Vec::new();
        while let Some(world) = open.pop() {
            found.worlds += 1;
            for index in 0..PROCESSES {
                self.steps(&world, index, &mut next);
            }
            next.retain(|after| *after != world);
            found.look_at(&world, next.is_empty());
            self.faults(&world, &mut next);
            for after in next.drain(..).map(World::normal) {
                if seen.insert(after) {
                    open.push(after);
                }
            }
        }
        found
    }
}

impl Found {
    fn look_at(&mut self, world: &World, is_at_rest: bool) {
        let count =
            |what: fn(&Process) -> bool| world.processes.iter().filter(|it| what(it)).count();
        let over = count(|it| matches!(it.next, Next::Succeeded | Next::Failed | Next::Crashed));
        self.most_issued = self.most_issued.max(world.issued);
        self.overlaps += usize::from(count(|it| it.is_asking) > 1);
        if !is_at_rest {
            return;
        }
        if over < PROCESSES {
            self.stuck += 1;
            return;
        }
        self.ends += 1;
        self.failed += usize::from(count(|it| it.next == Next::Failed) > 0);
        self.stale += usize::from(world.stored.id != world.issued);
    }
}

mod tests;
