//! A page on its way.

use std::{
    pin::Pin,
    task::{Context, Poll, ready},
};

use futures_util::future::BoxFuture;
use tokio::{runtime::Handle, task::JoinHandle};
use tracing::{Instrument, instrument::WithSubscriber};

use crate::Error;

/// A request that goes on while nobody polls it, and ends when nobody waits for it any more.
pub(super) enum Fetch<T> {
    Task(JoinHandle<Result<T, Error>>),
    /// Outside a runtime there are no tasks; the request itself says what it needs.
    Inline(BoxFuture<'static, Result<T, Error>>),
}

impl<T: Send + 'static> Fetch<T> {
    pub(super) fn start(request: BoxFuture<'static, Result<T, Error>>) -> Self {
        match Handle::try_current() {
            Ok(runtime) => Self::Task(runtime.spawn(
                // The caller's span and subscriber, which a task does not inherit.
                request.in_current_span().with_current_subscriber(),
            )),
            Err(_) => Self::Inline(request),
        }
    }

    /// The outcome; `None` when the task went down with its runtime.
    pub(super) fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<T, Error>>> {
        match self {
            Self::Inline(request) => request.as_mut().poll(cx).map(Some),
            Self::Task(task) => Poll::Ready(match ready!(Pin::new(task).poll(cx)) {
                Ok(outcome) => Some(outcome),
                Err(ended) if ended.is_panic() => std::panic::resume_unwind(ended.into_panic()),
                Err(_) => None,
            }),
        }
    }
}

impl<T> Drop for Fetch<T> {
    fn drop(&mut self) {
        if let Self::Task(task) = self {
            task.abort();
        }
    }
}
