//! Records that are cut off, foreign, newer or gone, and a disk that is full.

use super::orders::Order;
use super::process::Process;
use super::{Fleet, Home, Kind, none_failed};
use std::time::Duration;

/// The record, as it is stored.
fn record(home: &Home) -> Option<String> {
    match home {
        Home::Folder(folder) => std::fs::read_to_string(folder.file("json")).ok(),
        #[cfg(feature = "redis")]
        Home::Server(server) => Some(redis(server, &["GET", &redis_key(server)])),
    }
}

/// Puts something else where the record is.
fn replace(home: &Home, text: &str) {
    match home {
        Home::Folder(folder) => std::fs::write(folder.file("json"), text).unwrap(),
        #[cfg(feature = "redis")]
        Home::Server(server) => {
            redis(server, &["SET", &redis_key(server), text]);
        }
    }
}

#[cfg(feature = "redis")]
fn redis(server: &sdk_sandbox::RedisServer, arguments: &[&str]) -> String {
    let mut command = std::process::Command::new("redis-cli");
    command.args(["-u", &server.url(), "--raw"]).args(arguments);
    let output = command.output().unwrap();
    String::from_utf8(output.stdout)
        .unwrap()
        .trim_end()
        .to_owned()
}

#[cfg(feature = "redis")]
fn redis_key(server: &sdk_sandbox::RedisServer) -> String {
    redis(server, &["KEYS", "sdk-auth:*:record"])
}

/// Longer than processes take to look at the store again.
const LOOKED_AGAIN: Duration = Duration::from_millis(400);

#[test]
fn a_torn_or_foreign_record_costs_no_token_and_is_healed() {
    for &kind in Kind::ALL {
        let mut fleet = Fleet::new(kind).start(3);
        none_failed(&fleet.calls(2), 6);
        let whole = record(&fleet.home).unwrap();
        for damaged in [&whole[..whole.len() / 2], "", "somebody else's file"] {
            replace(&fleet.home, damaged);
            none_failed(&fleet.calls_with_pauses(4, LOOKED_AGAIN), 12);
            assert_ne!(record(&fleet.home).as_deref(), Some(damaged));
        }
        // A process that starts now finds the same token.
        fleet.add(1);
        none_failed(&fleet.calls(1), 4);
        assert_eq!(fleet.figures("torn and foreign records"), [1, 0, 0]);
    }
}

#[test]
fn a_record_of_a_newer_version_is_left_alone_and_the_token_in_use_goes_on() {
    for &kind in Kind::ALL {
        let mut fleet = Fleet::new(kind).start(2);
        none_failed(&fleet.calls(2), 4);
        let newer = r#"{"version":2,"token":{"of":"another kind"}}"#;
        replace(&fleet.home, newer);
        none_failed(&fleet.calls_with_pauses(4, LOOKED_AGAIN), 8);
        assert_eq!(record(&fleet.home).as_deref(), Some(newer));
        // One without a token can neither read the record nor replace it, and asks for none.
        fleet.processes.clear();
        fleet.add(1);
        let tally = fleet.calls(2);
        assert_eq!(tally.failed, 2);
        let why = tally.why.unwrap();
        assert!(why.contains("newer version"), "{why}");
        assert_eq!(record(&fleet.home).as_deref(), Some(newer));
        assert_eq!(fleet.figures("a record of a newer version"), [1, 0, 2]);
    }
}

#[test]
fn a_disk_that_is_full_when_a_token_is_stored_costs_one_token_and_no_call() {
    let mut fleet = Fleet::new(Kind::Files);
    let full = Process::start_with_full_disk(&fleet.orders);
    fleet.join(full);
    none_failed(&fleet.calls(5), 5);
    assert_eq!(fleet.counts().token_requests, 1);
    // What is stored is the announcement, whole, and no token.
    let stored = record(&fleet.home).unwrap();
    assert!(
        stored.contains("\"holder\"") && !stored.contains("sealed"),
        "{stored}"
    );

    // The others cannot know of that token, and the first one takes theirs.
    fleet.add(2);
    none_failed(&fleet.calls(5), 15);
    assert!(record(&fleet.home).unwrap().contains("sealed"));
    fleet.processes[0].order(&Order::Calls(1, Duration::ZERO));
    none_failed(&fleet.processes[0].tally(), 1);
    let [requests, _, failed] = fleet.figures("a full disk");
    assert_eq!((requests, failed), (2, 0));
}

#[test]
fn a_file_that_others_can_read_is_refused_and_no_token_is_asked_for() {
    use std::os::unix::fs::PermissionsExt;
    let mut fleet = Fleet::new(Kind::Files).start(1);
    none_failed(&fleet.calls(1), 1);
    let file = match &fleet.home {
        Home::Folder(folder) => folder.file("json"),
        #[cfg(feature = "redis")]
        Home::Server(_) => panic!("it was made for files"),
    };
    let open = |mode| std::fs::set_permissions(&file, PermissionsExt::from_mode(mode)).unwrap();
    open(0o644);
    none_failed(&fleet.calls_with_pauses(2, LOOKED_AGAIN), 2);
    fleet.processes.clear();
    fleet.add(1);
    let tally = fleet.calls(1);
    assert!(tally.why.unwrap().contains("open to other users"));
    open(0o600);
    // The failure is remembered for a while, by this process alone.
    fleet.processes.clear();
    fleet.add(1);
    none_failed(&fleet.calls(1), 1);
    let [requests, refused, _] = fleet.figures("a file that others can read");
    assert_eq!((requests, refused), (1, 0));
}
