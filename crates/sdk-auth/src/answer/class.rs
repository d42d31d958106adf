//! What a refusal means: one class for each.

use http::StatusCode;

/// What kind of failure an error reports, whatever the vendor calls it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorClass {
    /// The token or the credentials were refused. Check the client id and secret.
    Unauthorized,
    /// The account may not do this. Ask the vendor for the permission; asking again changes nothing.
    Forbidden,
    /// The thing named by an id is not there, or not visible to this account.
    NotFound,
    /// Someone else changed the thing meanwhile. Read it again and reapply the change.
    Conflict,
    /// The operation or one of its values is wrong. The message says which.
    InvalidInput,
    /// Too many requests. Wait for `retry_after`.
    RateLimited,
    /// The account has used up what it may ask for. Trying again does not help before more is granted.
    QuotaExceeded,
    /// A deprecated member was used; the data beside the error is usable.
    Deprecated,
    /// The server failed. A query may be tried again.
    Internal,
    /// The server gave no code, or one that is not known here.
    Unknown,
}

impl ErrorClass {
    /// The class of a status that came without an explanation.
    #[must_use]
    pub fn of_status(status: StatusCode) -> Self {
        match status.as_u16() {
            401 => Self::Unauthorized,
            403 => Self::Forbidden,
            404 | 410 => Self::NotFound,
            409 | 412 => Self::Conflict,
            429 => Self::RateLimited,
            400..=499 => Self::InvalidInput,
            500..=599 => Self::Internal,
            _ => Self::Unknown,
        }
    }

    /// What to do next, as one clause.
    #[must_use]
    pub const fn advice(self) -> Option<&'static str> {
        match self {
            Self::Unauthorized => Some("check the credentials and what they are valid for"),
            Self::Forbidden => Some("ask the vendor to grant this account the permission"),
            Self::NotFound => Some("check the id, and that this account may see it"),
            Self::Conflict => Some("read it again and reapply the change"),
            Self::RateLimited => Some("slow down and try again later"),
            Self::QuotaExceeded => Some("ask the vendor for more, or wait for the next period"),
            Self::Internal => Some("try again later, or ask for less at once"),
            Self::InvalidInput | Self::Deprecated | Self::Unknown => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statuses_name_their_class() {
        for (status, class) in [
            (400, ErrorClass::InvalidInput),
            (401, ErrorClass::Unauthorized),
            (403, ErrorClass::Forbidden),
            (404, ErrorClass::NotFound),
            (409, ErrorClass::Conflict),
            (429, ErrorClass::RateLimited),
            (502, ErrorClass::Internal),
            (302, ErrorClass::Unknown),
        ] {
            let status = StatusCode::from_u16(status).unwrap();
            assert_eq!(ErrorClass::of_status(status), class, "{status}");
        }
    }
}
