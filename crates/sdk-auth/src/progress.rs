//! How far a call has come, readable from outside when it is cut off.

use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};

use crate::error::Phase;

/// The phase of a call and whether anything of it may have reached the server.
#[derive(Debug)]
pub(crate) struct Progress {
    phase: AtomicU8,
    sent: AtomicBool,
}

/// In the order of their discriminants.
const PHASES: [Phase; 6] = [
    Phase::WaitingForToken,
    Phase::Connecting,
    Phase::AwaitingAnswer,
    Phase::ReadingAnswer,
    Phase::BackingOff,
    Phase::WaitingForTurn,
];

impl Progress {
    pub(crate) fn new() -> Self {
        Self {
            phase: AtomicU8::new(Phase::WaitingForToken as u8),
            sent: AtomicBool::new(false),
        }
    }

    pub(crate) fn enter(&self, phase: Phase) {
        self.phase.store(phase as u8, Ordering::Relaxed);
    }

    pub(crate) fn phase(&self) -> Phase {
        let index = usize::from(self.phase.load(Ordering::Relaxed));
        PHASES.get(index).copied().unwrap_or(Phase::AwaitingAnswer)
    }

    /// Notes that something may (or, on second thoughts, has not) reached the server.
    pub(crate) fn set_sent(&self, sent: bool) {
        self.sent.store(sent, Ordering::Relaxed);
    }

    pub(crate) fn sent(&self) -> bool {
        self.sent.load(Ordering::Relaxed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_phase_comes_back_as_it_went_in() {
        let progress = Progress::new();
        assert_eq!(progress.phase(), Phase::WaitingForToken);
        for phase in PHASES {
            progress.enter(phase);
            assert_eq!(progress.phase(), phase);
        }
    }
}
