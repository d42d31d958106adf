use super::*;
use crate::error::CertificateProblem;

const SECOND: Duration = Duration::from_secs(1);

fn answered(status: u16, retry_after: Option<Duration>) -> Outcome {
    Outcome::Answered {
        status: StatusCode::from_u16(status).unwrap(),
        retry_after,
    }
}

/// Whether a first attempt that ended so is repeated: for reads, for writes.
#[track_caller]
fn check(outcome: Outcome, expected: [bool; 2]) {
    let policy = RetryPolicy::default();
    let again = |delivery| policy.next(1, outcome, delivery, 0.5) != Decision::Stop;
    assert_eq!(
        [again(Delivery::Repeatable), again(Delivery::AtMostOnce)],
        expected,
        "{outcome:?}"
    );
}

#[test]
fn reads_are_repeated_after_trouble_and_writes_only_if_they_never_arrived() {
    for status in [408, 429, 502, 503, 504] {
        check(answered(status, None), [true, false]);
    }
    for status in [
        200, 201, 204, 301, 307, 400, 401, 403, 404, 409, 418, 422, 500, 501, 505,
    ] {
        check(answered(status, None), [false, false]);
    }
    check(
        Outcome::Failed(TransportFailure::NotConnected),
        [true, true],
    );
    check(
        Outcome::Failed(TransportFailure::ConnectTimedOut),
        [true, true],
    );
    check(
        Outcome::Failed(TransportFailure::CertificateRefused(
            CertificateProblem::Expired,
        )),
        [false, false],
    );
    check(
        Outcome::Failed(TransportFailure::NotProcessed),
        [true, true],
    );
    check(Outcome::Failed(TransportFailure::Broken), [true, false]);
    check(Outcome::Failed(TransportFailure::TimedOut), [true, false]);
    check(
        Outcome::Failed(TransportFailure::TooLarge { limit_bytes: 1 }),
        [false, false],
    );
    check(
        Outcome::Failed(TransportFailure::NotSendable),
        [false, false],
    );
}

#[test]
fn a_request_is_sent_three_times_at_most() {
    let policy = RetryPolicy::default();
    let next = |attempt| policy.next(attempt, answered(503, None), Delivery::Repeatable, 1.0);
    assert_ne!(next(1), Decision::Stop);
    assert_ne!(next(2), Decision::Stop);
    assert_eq!(next(3), Decision::Stop);
    let never = RetryPolicy::never();
    assert_eq!(
        never.next(1, answered(503, None), Delivery::Repeatable, 1.0),
        Decision::Stop
    );
}

#[test]
fn waits_double_up_to_the_longest_and_are_drawn_from_zero_up() {
    let policy = RetryPolicy::default().attempts(u32::MAX);
    let wait = |attempt, random| match policy.next(
        attempt,
        Outcome::Failed(TransportFailure::Broken),
        Delivery::Repeatable,
        random,
    ) {
        Decision::RetryAfter(wait) => wait.as_millis(),
        Decision::Stop => panic!("attempt {attempt} was the last"),
    };
    let longest: Vec<u128> = (1..=7).map(|attempt| wait(attempt, 1.0)).collect();
    assert_eq!(longest, [200, 400, 800, 1600, 3200, 5000, 5000]);
    assert_eq!(wait(1, 0.0), 0);
    assert_eq!(wait(1, 0.5), 100);
    assert_eq!(wait(1_000_000, 1.0), 5000);
}

#[test]
fn retry_after_is_obeyed_up_to_a_minute_and_surfaced_beyond() {
    let policy = RetryPolicy::default();
    let next = |wait| policy.next(1, answered(429, Some(wait)), Delivery::Repeatable, 0.0);
    assert_eq!(next(Duration::ZERO), Decision::RetryAfter(Duration::ZERO));
    assert_eq!(next(60 * SECOND), Decision::RetryAfter(60 * SECOND));
    assert_eq!(next(61 * SECOND), Decision::Stop);
}
