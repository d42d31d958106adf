//! A Redis that is reached over TLS.

use std::path::Path;

use sdk_sandbox::RedisServer;

use super::{Fleet, Home, none_failed};

#[test]
fn a_fleet_over_tls_trusts_its_server_by_the_root_certificate() {
    // Made for this test: a root, and a certificate of localhost and 127.0.0.1 that it has signed.
    let files = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/processes/tls");
    let (certificate, key) = (files.join("server.pem"), files.join("server.key"));
    let server = RedisServer::start_with_tls(&certificate, &key).unwrap();
    let mut fleet = Fleet::at(Home::Server(server));
    assert!(format!("{:?}", fleet.orders.place).contains("rediss://"));
    fleet.orders.roots = Some(files.join("root.pem"));
    fleet.add(3);
    none_failed(&fleet.calls(5), 15);
    assert_eq!(fleet.figures("Redis over TLS"), [1, 0, 0]);

    // The server's own certificate is no root.
    fleet.processes.clear();
    fleet.orders.roots = Some(certificate);
    fleet.add(1);
    let tally = fleet.calls(1);
    assert_eq!(tally.failed, 1);
    let why = tally.why.unwrap();
    assert!(why.contains("certificate"), "{why}");
    assert_eq!(fleet.figures("Redis over TLS, not trusted"), [1, 0, 1]);
}
