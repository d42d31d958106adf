//! The Redis that is started for tests.

use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use sdk_sandbox::RedisServer;

/// The server's answer to these lines, as far as it comes within 200 ms.
fn say(server: &RedisServer, lines: &str) -> Result<String, ErrorKind> {
    let url = server.url();
    let address = url.trim_start_matches("redis://").rsplit('@').next();
    let ask = || {
        let mut stream = TcpStream::connect(address.unwrap())?;
        stream.set_read_timeout(Some(Duration::from_millis(200)))?;
        stream.write_all(lines.as_bytes())?;
        stream.write_all(b"QUIT\r\n")?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        Ok(answer)
    };
    ask().map_err(|error: std::io::Error| error.kind())
}

#[test]
fn a_server_that_is_restarted_is_empty_and_has_the_same_url() {
    let mut server = RedisServer::start().unwrap();
    let url = server.url();
    assert_eq!(
        say(&server, "SET a 1\r\nGET a\r\n").unwrap(),
        "+OK\r\n$1\r\n1\r\n+OK\r\n"
    );
    server.stop();
    assert_eq!(say(&server, ""), Err(ErrorKind::ConnectionRefused));
    server.restart().unwrap();
    assert_eq!(server.url(), url);
    assert_eq!(say(&server, "GET a\r\n").unwrap(), "$-1\r\n+OK\r\n");
}

#[test]
fn a_server_with_a_user_lets_in_nobody_else_and_to_no_other_keys() {
    let server = RedisServer::start_with_user("fleet", "a-password", "mine:*").unwrap();
    assert!(
        server
            .url()
            .starts_with("redis://fleet:a-password@127.0.0.1:")
    );
    assert!(!format!("{server:?}").contains("a-password"));
    let answer = say(&server, "GET mine:a\r\n").unwrap();
    assert!(answer.starts_with("-NOAUTH"), "{answer}");
    let orders = "AUTH fleet a-password\r\nGET mine:a\r\nGET other\r\nFLUSHALL\r\n";
    let answer = say(&server, orders).unwrap();
    let lines: Vec<_> = answer
        .split("\r\n")
        .map(|line| &line[..3.min(line.len())])
        .collect();
    assert_eq!(lines, ["+OK", "$-1", "-NO", "-NO", "+OK", ""]);
}

#[test]
fn a_suspended_server_answers_once_it_goes_on() {
    let server = RedisServer::start().unwrap();
    server.pause().unwrap();
    assert_eq!(say(&server, "PING\r\n"), Err(ErrorKind::WouldBlock));
    server.resume().unwrap();
    assert_eq!(say(&server, "PING\r\n").unwrap(), "+PONG\r\n+OK\r\n");
}
