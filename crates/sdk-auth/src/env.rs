//! Configuration from environment variables, with everything that is wrong reported at once.

use std::borrow::Cow;
use std::collections::HashMap;
use std::ffi::OsString;
use std::fmt;
use std::sync::Arc;

use url::Url;

use crate::error::{ConfigError, Problem};
use crate::secret::SecretString;
use crate::store::TokenSharing;

/// The environment variables: of the process, or given by a test.
///
/// ```
/// use sdk_auth::Env;
///
/// let env = Env::from_pairs([("ACME_CLIENT_ID", "ada")]);
/// let mut vars = env.reader();
/// let id = vars.required("ACME_CLIENT_ID", "the client id");
/// let secret = vars.secret("ACME_CLIENT_SECRET", "the client secret");
/// let url = vars.url("ACME_URL");
/// let problem = vars.finish((id, secret, url)).unwrap_err();
/// assert_eq!(
///     problem.to_string(),
///     "ACME_CLIENT_SECRET is not set (expected the client secret)"
/// );
/// ```
#[derive(Clone)]
pub struct Env(Source);

#[derive(Clone)]
enum Source {
    Process,
    Pairs(Arc<HashMap<String, String>>),
}

impl Env {
    /// The variables of this process.
    #[must_use]
    pub fn process() -> Self {
        Self(Source::Process)
    }

    /// These variables and no others.
    pub fn from_pairs<K: Into<String>, V: Into<String>>(
        pairs: impl IntoIterator<Item = (K, V)>,
    ) -> Self {
        let pairs = pairs
            .into_iter()
            .map(|(name, value)| (name.into(), value.into()));
        Self(Source::Pairs(Arc::new(pairs.collect())))
    }

    /// Starts to read: ask it for each variable, then [`finish`](EnvReader::finish).
    pub fn reader(&self) -> EnvReader {
        EnvReader {
            env: self.clone(),
            problems: Vec::new(),
        }
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "this is the one place that reads the process's variables"
    )]
    fn get(&self, name: &str) -> Option<OsString> {
        match &self.0 {
            Source::Process => std::env::var_os(name),
            Source::Pairs(pairs) => pairs.get(name).map(OsString::from),
        }
    }
}

impl fmt::Debug for Env {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Source::Process => f.write_str("Env::process()"),
            // Names only: values may be secret.
            Source::Pairs(pairs) => {
                let mut names: Vec<&String> = pairs.keys().collect();
                names.sort();
                f.debug_tuple("Env").field(&names).finish()
            }
        }
    }
}

/// Reads variables and collects what is wrong with them, so that all of it is reported at once.
///
/// An empty variable counts as not set. White space around a value is an error and is not trimmed away
/// silently: it is nearly always a line break that came along when a secret was pasted.
///
/// What a method returns for a variable that is wrong is a stand-in that never gets out:
/// [`finish`](Self::finish) returns the error instead.
#[derive(Debug)]
#[must_use = "problems are reported by `finish`"]
pub struct EnvReader {
    env: Env,
    problems: Vec<Problem>,
}

impl EnvReader {
    /// A variable that must be set. `expected` says what it is for ("the client id").
    pub fn required(&mut self, name: &'static str, expected: &'static str) -> String {
        self.optional(name, expected).unwrap_or_else(|| {
            self.missing(name, expected);
            String::new()
        })
    }

    /// A secret that must be set. `expected` says what it is for ("the client secret").
    pub fn secret(&mut self, name: &'static str, expected: &'static str) -> SecretString {
        self.required(name, expected).into()
    }

    /// A variable that may be set.
    pub fn optional(&mut self, name: &'static str, expected: &'static str) -> Option<String> {
        let value = self.env.get(name).filter(|value| !value.is_empty())?;
        match value.into_string() {
            Ok(text) if text.trim() == text => Some(text),
            Ok(_) => self.malformed(name, "has white space around it", expected),
            Err(_) => self.malformed(name, "is not UTF-8", expected),
        }
    }

    /// A variable that must be set to something `parse` takes; `stand_in` is any value of the type.
    pub fn required_as<T>(
        &mut self,
        name: &'static str,
        expected: &'static str,
        stand_in: T,
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> T {
        let problems = self.problems.len();
        let value = self.optional_as(name, expected, parse);
        if value.is_none() && self.problems.len() == problems {
            self.missing(name, expected);
        }
        value.unwrap_or(stand_in)
    }

    /// A variable that may be set to something `parse` takes.
    pub fn optional_as<T>(
        &mut self,
        name: &'static str,
        expected: &'static str,
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> Option<T> {
        let text = self.optional(name, expected)?;
        parse(&text).or_else(|| self.malformed(name, "is malformed", expected))
    }

    /// A URL that secrets may travel to, if the variable is set.
    pub fn url(&mut self, name: &'static str) -> Option<Url> {
        let expected = "an https URL, or an http URL on loopback";
        self.optional_as(name, expected, |text| {
            text.parse()
                .ok()
                .filter(|url| crate::http::check_url("", url).is_ok())
        })
    }

    /// Where tokens are kept, if the variable is set: see [`TokenSharing::parse`].
    pub fn token_store(&mut self, name: &'static str) -> Option<TokenSharing> {
        let expected = TokenSharing::EXPECTED;
        match self.optional_as(name, expected, TokenSharing::parse)? {
            Ok(sharing) => Some(sharing),
            Err(error) => {
                self.problem(name, format!("cannot be used, {error}"), expected);
                None
            }
        }
    }

    /// As [`token_store`](Self::token_store), for a vendor whose new token ends the old one.
    pub fn required_token_store(&mut self, name: &'static str) -> TokenSharing {
        let problems = self.problems.len();
        let sharing = self.token_store(name);
        if sharing.is_none() && self.problems.len() == problems {
            self.missing(name, TokenSharing::EXPECTED);
        }
        sharing.unwrap_or_default()
    }

    /// Gives `value` back if every variable was right.
    ///
    /// # Errors
    ///
    /// If a required variable is not set, or any is malformed: names all of them, and what was expected.
    pub fn finish<T>(self, value: T) -> Result<T, ConfigError> {
        if self.problems.is_empty() {
            Ok(value)
        } else {
            Err(ConfigError::from_problems(self.problems))
        }
    }

    fn missing(&mut self, name: &'static str, expected: &'static str) {
        // A variable that is malformed is not missing as well.
        if !self.problems.iter().any(|problem| problem.name == name) {
            self.problem(name, "is not set", expected);
        }
    }

    fn malformed<T>(
        &mut self,
        name: &'static str,
        state: &'static str,
        expected: &'static str,
    ) -> Option<T> {
        self.problem(name, state, expected);
        None
    }

    fn problem(
        &mut self,
        name: &'static str,
        state: impl Into<Cow<'static, str>>,
        expected: &'static str,
    ) {
        self.problems.push(Problem {
            name: name.into(),
            state: state.into(),
            expected: expected.into(),
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_that_is_wrong_is_reported_at_once_and_no_value_is_shown() {
        let env = Env::from_pairs([
            ("A_ID", ""),
            ("A_SECRET", "canary\n"),
            ("A_URL", "http://canary.example.com/"),
            ("A_PAGES", "canary"),
            ("A_NAME", "fine"),
        ]);
        let mut vars = env.reader();
        vars.required("A_ID", "the client id");
        vars.secret("A_SECRET", "the client secret");
        vars.url("A_URL");
        vars.required_as("A_PAGES", "a number", 0_u32, |text| text.parse().ok());
        vars.required_as("A_PORT", "a port", 0_u16, |text| text.parse().ok());
        assert_eq!(vars.optional("A_NAME", "a name").as_deref(), Some("fine"));
        let error = vars.finish(()).unwrap_err();
        assert_eq!(
            error.to_string(),
            "A_ID is not set (expected the client id); \
             A_SECRET has white space around it (expected the client secret); \
             A_URL is malformed (expected an https URL, or an http URL on loopback); \
             A_PAGES is malformed (expected a number); \
             A_PORT is not set (expected a port)"
        );
        assert_eq!(
            error.names().collect::<Vec<_>>(),
            ["A_ID", "A_SECRET", "A_URL", "A_PAGES", "A_PORT"]
        );
    }

    #[test]
    fn right_variables_are_read() {
        let env = Env::from_pairs([
            ("A_ID", "ada"),
            ("A_URL", "http://127.0.0.1:8080/graphql"),
            ("A_PAGES", "7"),
        ]);
        let mut vars = env.reader();
        let id = vars.required("A_ID", "the client id");
        let url = vars.url("A_URL");
        let other = vars.url("A_OTHER_URL");
        let pages = vars.required_as("A_PAGES", "a number", 0_u32, |text| text.parse().ok());
        let nothing = vars.optional("A_NOTHING", "nothing");
        let (id, url, other, pages, nothing) =
            vars.finish((id, url, other, pages, nothing)).unwrap();
        assert_eq!(
            (
                id.as_str(),
                url.as_ref().map(Url::as_str),
                other,
                pages,
                nothing
            ),
            ("ada", Some("http://127.0.0.1:8080/graphql"), None, 7, None)
        );
    }

    #[test]
    fn a_token_store_that_cannot_be_opened_says_why() {
        let env = Env::from_pairs([
            ("A_STORE", "file:/proc/no-such-directory/tokens"),
            ("B_STORE", "etcd:canary"),
            ("C_STORE", "memory"),
        ]);
        let mut vars = env.reader();
        vars.required_token_store("A_STORE");
        vars.required_token_store("B_STORE");
        let memory = vars.required_token_store("C_STORE");
        assert!(matches!(memory, TokenSharing::SingleProcess));
        assert!(vars.token_store("D_STORE").is_none());
        vars.required_token_store("E_STORE");
        let error = vars.finish(()).unwrap_err();
        let names: Vec<_> = error.names().collect();
        assert_eq!(names, ["A_STORE", "B_STORE", "E_STORE"]);
        let text = error.to_string();
        assert!(
            text.starts_with("A_STORE cannot be used, token store file:/proc/no-such-directory/"),
            "{text}"
        );
        assert!(!text.contains("canary"), "{text}");
    }

    #[test]
    fn the_process_has_variables() {
        let mut vars = Env::process().reader();
        assert!(vars.optional("PATH", "directories").is_some());
        assert!(vars.finish(()).is_ok());
    }

    #[test]
    fn debug_shows_names_and_no_values() {
        let env = Env::from_pairs([("B", "canary"), ("A", "canary")]);
        assert_eq!(format!("{env:?}"), r#"Env(["A", "B"])"#);
    }
}
