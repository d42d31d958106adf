//! What whoever reads the store, and has no client secret, gets to see.

use super::{Fleet, Home, Kind, none_failed};

/// Runs a program and gives what it prints.
#[cfg(feature = "redis")]
fn print(program: &str, arguments: &[&str]) -> String {
    let mut command = std::process::Command::new(program);
    let output = command.args(arguments).output().unwrap();
    assert!(output.status.success(), "{program} {arguments:?}");
    String::from_utf8(output.stdout).unwrap()
}

/// The runs of four printable characters or more, as `strings` prints them.
fn strings(bytes: &[u8]) -> String {
    let runs = bytes.split(|byte| !(b' '..=b'~').contains(byte));
    let runs = runs.filter(|run| run.len() >= 4);
    let lines = runs.map(|run| String::from_utf8(run.to_vec()).unwrap() + "\n");
    lines.collect()
}

/// All that is stored, as text.
fn stored(home: &Home) -> String {
    match home {
        Home::Folder(folder) => {
            let files = std::fs::read_dir(folder).unwrap();
            let texts = files.map(|file| strings(&std::fs::read(file.unwrap().path()).unwrap()));
            texts.collect()
        }
        #[cfg(feature = "redis")]
        Home::Server(server) => {
            let url = server.url();
            let keys = print("redis-cli", &["-u", &url, "--raw", "KEYS", "*"]);
            let texts = keys
                .lines()
                .map(|key| print("redis-cli", &["-u", &url, "--raw", "GET", key]));
            keys.clone() + &texts.collect::<String>()
        }
    }
}

#[test]
fn the_store_shows_neither_token_nor_secret() {
    for &kind in Kind::ALL {
        let mut fleet = Fleet::new(kind).start(2);
        none_failed(&fleet.calls(2), 4);
        let token = fleet.processes[0].token();
        assert_eq!(fleet.processes[1].token(), token);
        let stored = stored(&fleet.home);
        assert!(stored.contains("\"sealed\""), "{stored}");
        // A token of the sandbox has three parts, and any of them would be too much.
        for part in token.split('.') {
            assert!(part.len() > 8);
            assert!(!stored.contains(part), "{kind:?}: {stored}");
        }
        for secret in [&fleet.orders.password, &fleet.orders.api_key] {
            assert!(!stored.contains(secret.as_str()), "{kind:?}: {stored}");
        }
        assert!(
            !stored.contains(&fleet.orders.username),
            "{kind:?}: {stored}"
        );
    }
}
