//! Reads a reply: a GraphQL response wherever there is one, a status where there is none.

use std::{sync::Arc, time::Duration};

use http::{HeaderMap, StatusCode, header};
use sdk_auth::Reply;
use serde::de::IgnoredAny;
use serde_json::{Map, Value};

use crate::{
    DecodeError, Error, ErrorClass, GraphqlError, GraphqlErrors, Operation, Refusal, RefusedError,
    Response, Service, StatusError, error::GraphqlErrorsDetails,
};

/// Data, and the errors that came beside it and leave it usable.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Partial<T> {
    /// The typed data.
    pub data: T,
    /// What is missing from the data or wrong with it; empty when all is well.
    pub errors: Vec<GraphqlError>,
    /// The response's own `extensions`.
    pub extensions: Map<String, Value>,
}

/// A body that is a GraphQL response.
pub(crate) struct Decoded<T> {
    response: Response<T>,
    /// Whether there was data of any shape, so that something may have been executed.
    had_data: bool,
}

impl<T: Send + 'static> Decoded<T> {
    /// Decodes straight from the bytes. Only a body that does not fit is looked at again: if it
    /// reports errors, they say more than its shape does.
    pub(crate) fn from_body<O>(body: &[u8]) -> Result<Self, serde_json::Error>
    where
        O: Operation<Data = T>,
    {
        let misfit = match O::decode(body) {
            Ok(response) => {
                return Ok(Self {
                    had_data: response.data.is_some(),
                    response,
                });
            }
            Err(error) => error,
        };
        match serde_json::from_slice::<Response<IgnoredAny>>(body) {
            Ok(Response {
                data,
                errors,
                extensions,
            }) if !errors.is_empty() => Ok(Self {
                had_data: data.is_some(),
                response: Response {
                    data: None,
                    errors,
                    extensions,
                },
            }),
            _ => Err(misfit),
        }
    }

    /// The errors of a request that was refused before it was executed.
    pub(crate) fn request_errors(&self) -> &[GraphqlError] {
        if self.had_data {
            &[]
        } else {
            &self.response.errors
        }
    }
}

/// Finds the typed error that stands in the data.
type FindRefusal<T> = fn(&T) -> Option<Refusal>;

/// A GraphQL response, with all that is needed to tell what it means.
pub(crate) struct Answer<T> {
    operation: &'static str,
    service: Arc<Service>,
    status: StatusCode,
    retry_after: Option<Duration>,
    had_data: bool,
    response: Response<T>,
}

impl<T> Answer<T> {
    /// Tells a GraphQL response from a bare status and from what cannot be read.
    pub(crate) fn read(
        operation: &'static str,
        service: Arc<Service>,
        reply: &Reply,
        decoded: Result<Decoded<T>, serde_json::Error>,
    ) -> Result<Self, Error> {
        let answered = reply.status().is_success() || names_graphql(reply.headers());
        match decoded {
            Ok(Decoded { response, had_data }) if answered || !response.errors.is_empty() => {
                Ok(Self {
                    operation,
                    service,
                    status: reply.status(),
                    retry_after: reply.retry_after(),
                    had_data,
                    response,
                })
            }
            Err(error) if reply.status().is_success() => {
                Err(DecodeError::of_body(operation, service.host(), reply.body(), &error).into())
            }
            _ => {
                let error = StatusError::new(operation, service.host(), reply);
                let error = match service.advice_on(reply.status()) {
                    Some(advice) => error.with_advice(advice),
                    None => error,
                };
                Err(match service.is_quota_exceeded(reply) {
                    true => error.with_class(ErrorClass::QuotaExceeded).into(),
                    false => error.into(),
                })
            }
        }
    }

    /// The data, if there are no errors at all.
    pub(crate) fn strict(self, refusal: FindRefusal<T>) -> Result<T, Error> {
        if self.response.errors.is_empty() {
            self.partial(refusal).map(|partial| partial.data)
        } else {
            Err(self.into_errors())
        }
    }

    /// The data, if no error spoils it.
    pub(crate) fn partial(self, refusal: FindRefusal<T>) -> Result<Partial<T>, Error> {
        let spoils = |error| !self.service.classify(error).data_usable;
        if self.response.errors.iter().any(spoils) {
            return Err(self.into_errors());
        }
        match self.response {
            Response {
                data: Some(data),
                errors,
                extensions,
            } => match refusal(&data) {
                Some(refusal) => Err(RefusedError::new(self.operation, refusal, errors).into()),
                None => Ok(Partial {
                    data,
                    errors,
                    extensions,
                }),
            },
            Response {
                data: None,
                ref errors,
                ..
            } if errors.is_empty() => {
                let reason = "the response has neither data nor errors";
                let host = self.service.host();
                Err(DecodeError::without_place(self.operation, host, reason).into())
            }
            Response { data: None, .. } => Err(self.into_errors()),
        }
    }

    fn into_errors(self) -> Error {
        let Response {
            data,
            errors,
            extensions,
        } = self.response;
        let class = match self.service.class_of(&errors) {
            _ if data.is_none() && self.service.rejects_token(&errors) => ErrorClass::Unauthorized,
            ErrorClass::Unknown if !self.status.is_success() => ErrorClass::of_status(self.status),
            class => class,
        };
        GraphqlErrors(Box::new(GraphqlErrorsDetails {
            operation: self.operation,
            status: self.status,
            class,
            had_data: self.had_data,
            errors,
            extensions,
            retry_after: self.retry_after,
        }))
        .into()
    }
}

/// GraphQL over HTTP: with this media type a response is meant as one whatever its status.
fn names_graphql(headers: &HeaderMap) -> bool {
    headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|value| {
            value
                .trim_start()
                .starts_with("application/graphql-response+json")
        })
}
