//! The verbs as programs.

use std::io::{BufRead as _, BufReader};
use std::net::TcpStream;
use std::process::{Command, Stdio};

fn xtask(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
    command
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

#[test]
fn the_sandbox_serves_what_it_prints_until_standard_input_closes() {
    let mut sandbox = xtask(&["sandbox", "--json", "--items", "3"])
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(sandbox.stdout.take().unwrap())
        .read_line(&mut line)
        .unwrap();
    let variables: serde_json::Value = serde_json::from_str(&line).unwrap();
    let url = variables["finitestate"]["FINITESTATE_API_URL"]
        .as_str()
        .unwrap();
    let address = url
        .strip_prefix("http://")
        .unwrap()
        .split('/')
        .next()
        .unwrap()
        .to_owned();

    TcpStream::connect(&address).unwrap();
    drop(sandbox.stdin.take());

    assert!(sandbox.wait().unwrap().success());
    assert!(
        TcpStream::connect(&address).is_err(),
        "{address} still listens"
    );
}

#[test]
fn an_unknown_vendor_is_refused_with_those_there_are() {
    let output = xtask(&["sandbox", "--vendor", "acme"]).output().unwrap();
    assert!(!output.status.success());
    let message = String::from_utf8(output.stderr).unwrap();
    let known = message
        .trim()
        .strip_prefix("error: the sandbox has no vendor `acme`; it has ")
        .unwrap();
    let known: Vec<&str> = known.split(", ").collect();
    for vendor in ["finitestate", "finlex", "oauth2-basic"] {
        assert!(known.contains(&vendor), "{message}");
    }
}

#[test]
fn an_unknown_verb_is_refused() {
    let output = xtask(&["deploy"]).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn a_short_soak_loses_no_caller_and_mixes_up_no_answer() {
    let arguments = ["soak", "--json", "--seconds", "3", "--callers", "300"];
    let output = xtask(&arguments).output().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    for none in ["wrong answers", "lost callers", "late calls"] {
        assert_eq!(report[none], 0, "{report}");
    }
    assert!(report["right answers"].as_u64() > Some(300), "{report}");
    assert!(report["faults"].as_u64() > Some(5), "{report}");
}
