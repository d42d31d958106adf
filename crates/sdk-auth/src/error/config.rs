//! Configuration that is missing or malformed.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

/// Everything that is wrong with a configuration, all of it at once.
///
/// Names what is wrong and what was expected, never the value that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigError {
    problems: Arc<[Problem]>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Problem {
    pub(crate) name: Cow<'static, str>,
    pub(crate) state: Cow<'static, str>,
    pub(crate) expected: Cow<'static, str>,
}

impl ConfigError {
    /// A setting with that `name` does not hold what was `expected`.
    ///
    /// `expected` completes the sentence "`name` is not …"; it must not repeat a secret value.
    pub fn new(name: impl Into<Cow<'static, str>>, expected: impl Into<Cow<'static, str>>) -> Self {
        Self::from_problems(vec![Problem {
            name: name.into(),
            state: "is not usable".into(),
            expected: expected.into(),
        }])
    }

    /// A required setting with that `name` was not given; `expected` says what it is for.
    pub fn missing(
        name: impl Into<Cow<'static, str>>,
        expected: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self::from_problems(vec![Problem {
            name: name.into(),
            state: "is not set".into(),
            expected: expected.into(),
        }])
    }

    pub(crate) fn from_problems(problems: Vec<Problem>) -> Self {
        Self {
            problems: problems.into(),
        }
    }

    /// The names of the settings that are missing or malformed: variables, or builder fields.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.problems.iter().map(|problem| problem.name.as_ref())
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (
            index,
            Problem {
                name,
                state,
                expected,
            },
        ) in self.problems.iter().enumerate()
        {
            let separator = if index == 0 { "" } else { "; " };
            write!(f, "{separator}{name} {state} (expected {expected})")?;
        }
        Ok(())
    }
}

impl std::error::Error for ConfigError {}
