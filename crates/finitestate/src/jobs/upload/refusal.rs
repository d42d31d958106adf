//! What a refusal says about the step that was refused.

use http::StatusCode;
use sdk_transfer::TransferError;

use crate::jobs::error::JobError;
use crate::{Error, ErrorClass};

/// True if the server has certainly not done what it was asked to do: it has refused, or was never asked.
pub(super) fn is_without_effect(error: &JobError) -> bool {
    let JobError::Call(error) = error else {
        return false;
    };
    match error {
        Error::Auth(error) => error.cause().is_unprocessed(),
        Error::Request(_) => true,
        Error::Status(answer) => answer.status().is_client_error() && !error.is_retryable(),
        // What goes wrong below the field of the mutation goes wrong after its effect.
        Error::Graphql(errors) => {
            let on_top = errors.errors().iter().all(|error| error.path.len() <= 1);
            on_top && !error.is_retryable()
        }
        Error::Refused(_) => !error.is_retryable(),
        _ => false,
    }
}

/// True if a refused completion may mean that the parts have been joined already, so that no upload is
/// open any more. No code is documented for that. What says something about the account or the request
/// says nothing about the upload.
pub(super) fn may_mean_joined(error: &Error) -> bool {
    use ErrorClass::{Conflict, NotFound, Unknown};
    matches!(error, Error::Graphql(_))
        && matches!(error.class(), Some(NotFound | Conflict | Unknown))
}

/// True if the store has given a multipart upload up, and its parts with it: the vendor does not find it,
/// or the store does not (S3 answers 404 with `NoSuchUpload`).
pub(super) fn is_given_up(error: &JobError) -> bool {
    match error {
        JobError::Call(error) => error.is_not_found(),
        JobError::Transfer(TransferError::Refused(answer)) => {
            answer.status() == StatusCode::NOT_FOUND || answer.code() == Some("NoSuchUpload")
        }
        _ => false,
    }
}

/// True if a refused launch may mean that the store does not have the file.
pub(super) fn may_mean_lost(error: &JobError) -> bool {
    use ErrorClass::{Conflict, InvalidInput, NotFound, Unknown};
    let JobError::Call(error @ Error::Graphql(_)) = error else {
        return false;
    };
    matches!(
        error.class(),
        Some(NotFound | Conflict | InvalidInput | Unknown)
    )
}
