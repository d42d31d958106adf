//! A process of a fleet as the test sees it: what it is told, what it tells, and what is done to it.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use super::orders::{ORDERS, Order, Orders, PREFIX, Tally, Told};
use super::steps::Step;
use super::worker::WORKER;

/// Longer than anything a process does: a call takes 30 s at most.
const PATIENCE: Duration = Duration::from_secs(60);

/// Killed when dropped.
pub(crate) struct Process {
    child: Child,
    input: ChildStdin,
    heard: Receiver<Told>,
}

impl Process {
    pub(crate) fn start(orders: &Orders) -> Self {
        Self::launch(Command::new(std::env::current_exe().unwrap()), orders)
    }

    /// A process whose files end after 512 bytes, so that the disk is full for it before a token fits.
    pub(crate) fn start_with_full_disk(orders: &Orders) -> Self {
        let mut shell = Command::new("sh");
        // Without its signal, a write beyond the limit is an error like that of a full disk.
        let limited = r#"trap "" XFSZ; ulimit -f 1; exec "$0" "$@""#;
        shell.args(["-c", limited]);
        shell.arg(std::env::current_exe().unwrap());
        Self::launch(shell, orders)
    }

    fn launch(mut command: Command, orders: &Orders) -> Self {
        if let Some(roots) = &orders.roots {
            command.env("SSL_CERT_FILE", roots);
        }
        let mut child = command
            .args([WORKER, "--exact", "--nocapture", "--test-threads=1"])
            .env(ORDERS, serde_json::to_string(orders).unwrap())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let input = child.stdin.take().unwrap();
        let output = BufReader::new(child.stdout.take().unwrap());
        let (sender, heard) = channel();
        std::thread::spawn(move || {
            for line in output.lines().map_while(Result::ok) {
                // The harness may have left a line of its own open.
                if let Some((_, told)) = line.split_once(PREFIX) {
                    // Nobody listens any more once the test is over.
                    let _ = sender.send(serde_json::from_str(told).unwrap());
                }
            }
        });
        let mut process = Self {
            child,
            input,
            heard,
        };
        assert_eq!(process.hear(), Some(Told::Ready));
        process
    }

    /// Tells it to do something; a process that is gone does nothing.
    pub(crate) fn order(&mut self, order: &Order) {
        let line = serde_json::to_string(order).unwrap();
        let _ = writeln!(self.input, "{line}");
    }

    /// The next line, or `None` once the process is gone.
    pub(crate) fn hear(&mut self) -> Option<Told> {
        match self.heard.recv_timeout(PATIENCE) {
            Ok(told) => Some(told),
            Err(RecvTimeoutError::Disconnected) => None,
            Err(RecvTimeoutError::Timeout) => panic!("a process says nothing"),
        }
    }

    /// What it has told meanwhile, if anything; an error once it is gone.
    pub(crate) fn overhear(&mut self, patience: Duration) -> Result<Option<Told>, Gone> {
        match self.heard.recv_timeout(patience) {
            Ok(told) => Ok(Some(told)),
            Err(RecvTimeoutError::Timeout) => Ok(None),
            Err(RecvTimeoutError::Disconnected) => Err(Gone),
        }
    }

    /// Waits until it has done all calls it was told to make.
    pub(crate) fn tally(&mut self) -> Tally {
        loop {
            match self.hear() {
                Some(Told::Calls(tally)) => return tally,
                Some(_) => {}
                None => panic!("a process ended in the middle of its calls"),
            }
        }
    }

    /// The token that it has in use.
    pub(crate) fn token(&mut self) -> String {
        self.order(&Order::Token);
        loop {
            match self.hear() {
                Some(Told::Token(token)) => return token,
                Some(_) => {}
                None => panic!("a process ended instead of telling its token"),
            }
        }
    }

    /// Waits until it is at that step.
    pub(crate) fn reach(&mut self, step: Step) {
        let told = Told::Step(step);
        loop {
            match self.hear() {
                Some(it) if it == told => return,
                Some(_) => {}
                None => panic!("a process ended before its step"),
            }
        }
    }

    /// Waits until it has been killed.
    pub(crate) fn wait_for_end(&mut self) {
        self.child.wait().unwrap();
    }

    /// Waits until it is suspended.
    pub(crate) fn wait_for_suspension(&self) {
        let status = format!("/proc/{}/stat", self.child.id());
        let patience = Instant::now();
        // The state is the letter behind the name in brackets; where there is no such file, a while will do.
        while let Ok(text) = std::fs::read_to_string(&status) {
            if text
                .rsplit(')')
                .next()
                .is_some_and(|it| it.starts_with(" T"))
            {
                return;
            }
            assert!(patience.elapsed() < PATIENCE, "{text}");
            std::thread::sleep(Duration::from_millis(1));
        }
        std::thread::sleep(Duration::from_millis(100));
    }

    /// `kill -9`.
    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// `SIGCONT`.
    pub(crate) fn resume(&self) {
        kill_process(Pid::from_child(&self.child), Signal::CONT).unwrap();
    }
}

/// The process has ended.
#[derive(Debug)]
pub(crate) struct Gone;

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill(); // it may have ended by itself
        let _ = self.child.wait();
    }
}
