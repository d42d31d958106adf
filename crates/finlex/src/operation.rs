//! What an operation is: a GET of the API, and how its answer reads.

use std::fmt;

use url::Url;

/// A call of the API, with its values and the type of its answer.
///
/// The crate's own operations implement it; so may yours, for calls that the vendor has told you about:
///
/// ```
/// use finlex::{Get, Misfit, Operation, Prefix};
///
/// struct CountTenders;
///
/// impl Operation for CountTenders {
///     type Data = u64;
///
///     fn name(&self) -> &'static str {
///         "CountTenders"
///     }
///
///     fn request(&self) -> Get {
///         Get::new(&Prefix::Api).segment("tenders").segment("count")
///     }
///
///     fn decode(body: &[u8]) -> Result<u64, Misfit> {
///         Ok(serde_json::from_slice(body)?)
///     }
/// }
/// ```
pub trait Operation: Send + Sync + 'static {
    /// The typed answer.
    type Data: Send + 'static;

    /// The name in errors and traces.
    fn name(&self) -> &'static str;

    /// What is asked for.
    fn request(&self) -> Get;

    /// Reads the body of a successful answer.
    ///
    /// # Errors
    ///
    /// When the body does not have the operation's shape.
    fn decode(body: &[u8]) -> Result<Self::Data, Misfit>;
}

/// Why a body does not have an operation's shape.
#[derive(Debug)]
pub enum Misfit {
    /// It is not the JSON that was expected; the place is found from the error.
    Json(serde_json::Error),
    /// It is wrong as a whole: one clause, which completes "cannot read the answer", without a value.
    Whole(&'static str),
}

impl From<serde_json::Error> for Misfit {
    fn from(error: serde_json::Error) -> Self {
        Self::Json(error)
    }
}

/// What stands before the path of a call.
///
/// The vendor's pages use two, and do not say which role uses which where they disagree. Every operation
/// takes the one its page prints, and another with its `prefix`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Prefix {
    /// `/api/v1`.
    Api,
    /// `/public/v1`.
    Public,
    /// Another one, such as `/api/v2`.
    Other(String),
}

impl Prefix {
    fn as_str(&self) -> &str {
        match self {
            Self::Api => "api/v1",
            Self::Public => "public/v1",
            Self::Other(path) => path,
        }
    }
}

/// A GET of the API: path, query, and whether it may be sent twice.
///
/// Every call that the vendor documents is a GET, those that change something, too.
#[derive(Clone, PartialEq, Eq)]
#[must_use]
pub struct Get {
    segments: Vec<String>,
    query: Vec<(&'static str, String)>,
    at_most_once: bool,
    fault: Option<&'static str>,
}

impl Get {
    /// The path that consists of the prefix alone; repeatable unless told otherwise.
    pub fn new(prefix: &Prefix) -> Self {
        let segments = prefix.as_str().split('/').filter(|part| !part.is_empty());
        Self {
            segments: segments.map(str::to_owned).collect(),
            query: Vec::new(),
            at_most_once: false,
            fault: None,
        }
    }

    /// Adds a part to the path.
    pub fn segment(mut self, part: &'static str) -> Self {
        self.segments.push(part.to_owned());
        self
    }

    /// Adds an id to the path, escaped.
    ///
    /// An empty id, `.` and `..` would lead to another call, so the operation is not sent then.
    pub fn id(mut self, id: &str) -> Self {
        if matches!(id, "" | "." | "..") {
            self.fault = Some("the id is empty or a step in a path");
        }
        self.segments.push(id.to_owned());
        self
    }

    /// Adds a parameter to the query.
    pub fn query(mut self, name: &'static str, value: impl fmt::Display) -> Self {
        self.query.push((name, value.to_string()));
        self
    }

    /// Says that the call must not be carried out twice: it is never followed to another address, and sent
    /// again only if the server provably has not acted on it (no connection, or the token refused).
    pub fn at_most_once(mut self) -> Self {
        self.at_most_once = true;
        self
    }

    pub(crate) fn is_at_most_once(&self) -> bool {
        self.at_most_once
    }

    /// The address under `base`, or why there is none.
    pub(crate) fn url(&self, base: &Url) -> Result<Url, &'static str> {
        if let Some(fault) = self.fault {
            return Err(fault);
        }
        let mut url = base.clone();
        url.path_segments_mut()
            .map_err(|()| "the API's URL cannot be followed by a path")?
            .pop_if_empty()
            .extend(&self.segments);
        if !self.query.is_empty() {
            url.query_pairs_mut().extend_pairs(&self.query);
        }
        Ok(url)
    }
}

/// Names the parts that are fixed by the operation; an id may be private.
impl fmt::Debug for Get {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Get")
            .field("segments", &self.segments.len())
            .field("at_most_once", &self.at_most_once)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(base: &str, get: &Get, expected: Result<&str, &'static str>) {
        let url = get.url(&base.parse().unwrap());
        assert_eq!(
            url.as_ref().map(Url::as_str).map_err(|reason| *reason),
            expected
        );
    }

    #[test]
    fn paths_follow_the_base_whatever_it_ends_with() {
        for base in ["https://api.example.com", "https://api.example.com/"] {
            let get = Get::new(&Prefix::Api).segment("tenders").query("skip", 50);
            check(
                base,
                &get,
                Ok("https://api.example.com/api/v1/tenders?skip=50"),
            );
        }
        let behind = Get::new(&Prefix::Other("/v2/".to_owned())).segment("tenders");
        check(
            "https://gateway.example.com/finlex/",
            &behind,
            Ok("https://gateway.example.com/finlex/v2/tenders"),
        );
    }

    #[test]
    fn an_id_stays_one_part_of_the_path() {
        let accept = |id| {
            Get::new(&Prefix::Public)
                .segment("covernotes")
                .id(id)
                .segment("accept")
        };
        check(
            "https://a.example",
            &accept("../x?y#z"),
            Ok("https://a.example/public/v1/covernotes/..%2Fx%3Fy%23z/accept"),
        );
        for id in ["", ".", ".."] {
            check(
                "https://a.example",
                &accept(id),
                Err("the id is empty or a step in a path"),
            );
        }
    }
}
