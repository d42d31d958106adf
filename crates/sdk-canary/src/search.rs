//! The search: all forms of all canaries in one pass.

use std::fmt;

use sdk_sandbox::Marks;

use crate::encodings::forms;

/// Bytes shown on either side of a canary.
const SHOWN: usize = 120;

/// A canary that is out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    canary: String,
    form: &'static str,
    excerpt: String,
}

/// What is out, how it is written, and where it stands.
impl fmt::Display for Found {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            canary,
            form,
            excerpt,
        } = self;
        write!(f, "{canary} as {form}, in: {excerpt}")
    }
}

/// One way in which one canary may be written.
#[derive(Debug)]
struct Form {
    canary: String,
    name: &'static str,
    bytes: Vec<u8>,
}

/// Looks for the canaries of [`marks`](crate::marks), or others.
#[derive(Debug)]
pub struct Search {
    forms: Vec<Form>,
    /// For every two bytes, whether a form begins with them: there is much to read, and little to find.
    begins: Vec<bool>,
}

impl Search {
    /// A search for all of these, in every form; an empty mark is not looked for.
    #[must_use]
    pub fn new(marks: &Marks) -> Self {
        let mut found = Vec::new();
        let mut begins = vec![false; 1 << 16];
        for canary in [&marks.secret, &marks.key, &marks.token, &marks.link] {
            for (name, bytes) in forms(canary) {
                if let Some(start) = start(&bytes) {
                    begins[start] = true;
                    found.push(Form {
                        canary: canary.clone(),
                        name,
                        bytes,
                    });
                }
            }
        }
        Self {
            forms: found,
            begins,
        }
    }

    /// The first canary in these bytes.
    #[must_use]
    pub fn find(&self, text: impl AsRef<[u8]>) -> Option<Found> {
        let text = text.as_ref();
        for place in 0..text.len() {
            let rest = &text[place..];
            if start(rest).is_none_or(|start| !self.begins[start]) {
                continue;
            }
            let is_here = |form: &&Form| rest.starts_with(&form.bytes);
            if let Some(form) = self.forms.iter().find(is_here) {
                let end = place + form.bytes.len();
                let around = place.saturating_sub(SHOWN)..(end + SHOWN).min(text.len());
                return Some(Found {
                    canary: form.canary.clone(),
                    form: form.name,
                    excerpt: String::from_utf8_lossy(&text[around]).into_owned(),
                });
            }
        }
        None
    }
}

/// The first two bytes, as a number.
fn start(bytes: &[u8]) -> Option<usize> {
    match bytes {
        [first, second, ..] => Some(usize::from(*first) << 8 | usize::from(*second)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::{STANDARD, URL_SAFE};

    use super::*;
    use crate::marks;

    /// Ways in which programs write a secret down, none of them by the code under test.
    fn leaks(canary: &str) -> Vec<String> {
        let in_url = |text: &str| {
            let mut url = url::Url::parse("https://storage.example/file").unwrap();
            url.query_pairs_mut().append_pair("signature", text);
            url
        };
        let mut with_password = in_url("");
        with_password.set_password(Some(canary)).unwrap();
        let json = serde_json::json!({ "token": canary }).to_string();
        let mut query = in_url("");
        query.set_query(Some(canary));
        let mut lower = in_url(canary).to_string();
        for code in ["%2F", "%2B", "%5C", "%C3%A9", "%3D", "%7E"] {
            lower = lower.replace(code, &code.to_lowercase());
        }
        let mut leaks = vec![
            format!("Bearer eyJ.eyJ.x{canary}"),
            format!("{:?}", Some(canary)),
            format!("{:?}", format!("{:?}", Some(canary))),
            json.clone(),
            serde_json::to_string(&json).unwrap(),
            in_url(canary).to_string(),
            lower,
            query.to_string(),
            with_password.to_string(),
            in_url(in_url(canary).as_str()).to_string(),
            format!("{:?}", canary.as_bytes()),
            canary.as_bytes().escape_ascii().to_string(),
            canary.bytes().map(|it| format!("{it:02x}")).collect(),
            canary.bytes().map(|it| format!("{it:02X}")).collect(),
            canary.bytes().map(|it| format!("%{it:02x}")).collect(),
        ];
        for prefix in ["", "a", "ab", "abc"] {
            for alphabet in [&STANDARD, &URL_SAFE] {
                leaks.push(alphabet.encode(format!("{prefix}{canary}:and more")));
            }
        }
        leaks
    }

    #[test]
    fn a_canary_is_found_in_every_form_and_at_every_place() {
        let marks = marks();
        let search = Search::new(&marks);
        for canary in [&marks.secret, &marks.key, &marks.token, &marks.link] {
            for leak in leaks(canary) {
                for text in [
                    leak.clone(),
                    format!("before {leak} after"),
                    format!("\u{1}{leak}"),
                ] {
                    let found = search.find(&text);
                    assert_eq!(found.as_ref().map(|it| &it.canary), Some(canary), "{text}");
                }
            }
        }
    }

    #[test]
    fn what_is_no_canary_is_not_found() {
        let search = Search::new(&marks());
        for text in [
            "",
            "-",
            "-canary-",
            "canary-secret",
            "%2Dcanary-",
            "2d63616e617279",
            "LWNhbmFyeS",
        ] {
            assert_eq!(search.find(text), None, "{text}");
        }
        assert_eq!(Search::new(&Marks::default()).find("-canary-"), None);
    }

    #[test]
    fn what_is_found_is_shown_with_its_surroundings() {
        let marks = marks();
        let text = format!("{}a token: {}", "x".repeat(1000), marks.token);
        let found = Search::new(&marks).find(text).unwrap().to_string();
        assert!(
            found.starts_with("-canary-token/+~._ as it is, in: xxx"),
            "{found}"
        );
        assert!(found.contains("a token: -canary"), "{found}");
        assert!(found.len() < 400, "{found}");
    }
}
