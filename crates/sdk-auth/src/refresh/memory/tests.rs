use super::*;
use crate::cache::Schedule;
use crate::clock::Clock;
use crate::error::{ConfigError, TokenFailure, TokenRequestDetails, TokenRequestError};
use crate::token::TokenFacts;

fn failure(class: FailureClass, retry_after: Option<Duration>) -> Error {
    TokenRequestError::new(TokenRequestDetails {
        target: "auth.example.com/token".to_owned(),
        failure: TokenFailure::Refused,
        class,
        status: None,
        code: None,
        request_id: None,
        retry_after,
        advice: None,
        source: None,
    })
    .into()
}

#[track_caller]
fn check(class: FailureClass, told: Option<u64>, in_a_row: u32, expected: [Duration; 2]) {
    let told = told.map(Duration::from_secs);
    let found = [0.0, 1.0].map(|random| back_off(class, told, in_a_row, random));
    assert_eq!(
        found, expected,
        "{class:?}, told {told:?}, failure {in_a_row}"
    );
}

#[test]
fn transient_failures_double_the_wait_up_to_a_minute() {
    let millis = Duration::from_millis;
    check(FailureClass::Transient, None, 1, [millis(500), SECOND]);
    check(FailureClass::Transient, None, 2, [SECOND, 2 * SECOND]);
    check(FailureClass::Transient, None, 6, [16 * SECOND, 32 * SECOND]);
    check(FailureClass::Transient, None, 7, [30 * SECOND, 60 * SECOND]);
    check(
        FailureClass::Transient,
        None,
        u32::MAX,
        [30 * SECOND, 60 * SECOND],
    );
}

#[test]
fn throttling_is_obeyed_between_a_second_and_ten_minutes() {
    check(FailureClass::Throttled, None, 1, [60 * SECOND; 2]);
    check(FailureClass::Throttled, Some(0), 1, [SECOND; 2]);
    check(FailureClass::Throttled, Some(90), 5, [90 * SECOND; 2]);
    check(FailureClass::Throttled, Some(86_400), 1, [600 * SECOND; 2]);
}

#[test]
fn a_permanent_failure_is_probed_again_after_half_a_minute() {
    check(FailureClass::Permanent, None, 1, [30 * SECOND; 2]);
    check(FailureClass::Permanent, None, 9, [30 * SECOND; 2]);
}

#[test]
fn a_failure_is_remembered_until_its_time_is_up_and_says_what_is_left() {
    let now = Clock::system().now();
    let mut memory = FailureMemory::default();
    assert!(memory.remembered(now).is_none() && !memory.forbids(now));
    let error = memory.remember(&failure(FailureClass::Permanent, None), now, 0.5);
    assert_eq!(error.retry_after(), Some(30 * SECOND));
    let later = memory.remembered(now.after(10 * SECOND)).unwrap();
    assert_eq!(later.retry_after(), Some(20 * SECOND));
    assert!(memory.forbids(now.after(29 * SECOND)) && !memory.forbids(now.after(30 * SECOND)));
    assert!(memory.remembered(now.after(30 * SECOND)).is_none());
}

#[test]
fn success_starts_the_waits_over() {
    let now = Clock::system().now();
    let mut memory = FailureMemory::default();
    let fail = |memory: &mut FailureMemory| {
        memory
            .remember(&failure(FailureClass::Transient, None), now, 1.0)
            .retry_after()
    };
    assert_eq!(fail(&mut memory), Some(SECOND));
    assert_eq!(fail(&mut memory), Some(2 * SECOND));
    memory.forget();
    assert!(memory.remembered(now).is_none());
    assert_eq!(fail(&mut memory), Some(SECOND));
}

#[test]
fn an_error_of_configuration_counts_as_permanent() {
    let now = Clock::system().now();
    let mut memory = FailureMemory::default();
    memory.remember(&ConfigError::new("the secret", "a file").into(), now, 0.5);
    assert!(memory.remembered(now.after(29 * SECOND)).is_some());
    assert!(memory.remembered(now.after(30 * SECOND)).is_none());
}

/// The token of this generation, obtained at this time.
fn token(generation: u64, obtained: Now) -> AccessToken {
    let facts = TokenFacts {
        generation: Generation(generation),
        now: obtained,
        age: Duration::ZERO,
        schedule: Schedule::new(obtained, 3600 * SECOND, 0.0),
        issue: None,
    };
    AccessToken::new("token", Vec::new(), facts).unwrap()
}

#[test]
fn a_young_token_gets_a_second_chance_after_a_second_and_an_old_one_none() {
    let start = Clock::system().now();
    let mut log = RejectionLog::default();
    let first = token(1, start);
    assert_eq!(log.judge(&first, start), Rejection::TryAgain(SECOND));
    let soon = start.after(SECOND / 4);
    assert_eq!(log.judge(&first, soon), Rejection::TryAgain(SECOND * 3 / 4));
    assert_eq!(log.judge(&first, start.after(SECOND)), Rejection::Replace);
    let old = start.after(5 * SECOND);
    assert_eq!(log.judge(&token(2, start), old), Rejection::Replace);
}

#[test]
fn three_refused_tokens_within_a_minute_close_the_source_for_a_minute() {
    let start = Clock::system().now();
    let mut log = RejectionLog::default();
    for (generation, seconds) in [(1, 0), (2, 20), (3, 40)] {
        let now = start.after(seconds * SECOND);
        assert_eq!(log.closed_for(now), None);
        let long_ago = Now {
            monotonic: now.monotonic - 10 * SECOND,
            ..now
        };
        assert_eq!(
            log.judge(&token(generation, long_ago), now),
            Rejection::Replace
        );
    }
    assert_eq!(
        log.closed_for(start.after(40 * SECOND)),
        Some((3, 60 * SECOND))
    );
    assert_eq!(log.closed_for(start.after(99 * SECOND)), Some((3, SECOND)));
    assert_eq!(log.closed_for(start.after(100 * SECOND)), None);
}

#[test]
fn three_refused_tokens_over_a_longer_time_close_nothing() {
    let start = Clock::system().now();
    let mut log = RejectionLog::default();
    for (generation, seconds) in [(1, 10), (2, 40), (3, 70), (4, 100)] {
        let now = start.after(seconds * SECOND);
        assert_eq!(
            log.judge(&token(generation, start), now),
            Rejection::Replace
        );
        assert_eq!(log.closed_for(now), None, "after {generation} refusals");
    }
}

#[test]
fn tokens_that_worked_before_they_were_refused_close_nothing() {
    let start = Clock::system().now();
    let mut log = RejectionLog::default();
    for generation in 1..=10 {
        let ended = token(generation, start);
        ended.note_accepted();
        let now = start.after(10 * SECOND);
        assert_eq!(log.judge(&ended, now), Rejection::Replace);
        assert_eq!(log.closed_for(now), None, "after {generation} refusals");
    }
}

#[test]
fn a_token_that_is_taken_speaks_for_the_credentials_and_the_count_begins_anew() {
    let start = Clock::system().now();
    let mut log = RejectionLog::default();
    for generation in 1..=10 {
        let now = start.after(6 * SECOND);
        assert_eq!(
            log.judge(&token(generation, start), now),
            Rejection::Replace
        );
        assert_eq!(log.closed_for(now), None, "after {generation} refusals");
        if generation % 2 == 0 {
            log.forget();
        }
    }
}
