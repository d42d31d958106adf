//! What an answer that refuses says about why, and how it is told.

use std::fmt;

use http::StatusCode;

/// Error codes of RFC 6749, section 4.1.2.1 and RFC 8628, section 3.5, that speak of the server and not of
/// the request.
pub(crate) fn is_passing_code(code: &str) -> bool {
    matches!(
        code,
        "server_error" | "temporarily_unavailable" | "slow_down"
    )
}

/// True if the credentials themselves were refused: 401, 403, or a code that says so.
pub(super) fn refuses_client(status: Option<StatusCode>, code: Option<&str>) -> bool {
    matches!(
        status,
        Some(StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN)
    ) || matches!(code, Some("invalid_client" | "unauthorized_client"))
}

/// Ends a message with what is known of the answer, in parentheses.
pub(super) fn write_facts(
    f: &mut fmt::Formatter<'_>,
    status: Option<StatusCode>,
    code: Option<&str>,
    request_id: Option<&str>,
) -> fmt::Result {
    let facts = [
        status.map(|status| format!("status {}", status.as_u16())),
        code.map(|code| format!("code {code}")),
        request_id.map(|id| format!("request id {id}")),
    ];
    let facts: Vec<String> = facts.into_iter().flatten().collect();
    if facts.is_empty() {
        Ok(())
    } else {
        write!(f, " ({})", facts.join(", "))
    }
}
