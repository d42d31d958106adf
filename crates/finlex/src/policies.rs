//! Policies: the document that Finlex makes for a tender ("Insurer Policy API" on developer.finlex.io).
//!
//! It needs a template that is set up with Finlex for the product. What wraps the document or the link in
//! the answer is not documented, so both are looked for in all of it, and checked for being one.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use url::Url;

use crate::{Get, Misfit, Operation, Prefix};

/// Makes the policy of a tender, and gives the PDF itself.
///
/// Whether asking twice makes two policies is not documented, so it is sent again only if the server
/// provably has not acted on it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use = "an operation does nothing unless executed"]
pub struct IssuePolicy {
    prefix: Prefix,
    tender_id: String,
}

impl IssuePolicy {
    /// The policy of the tender with this id.
    pub fn new(tender_id: impl Into<String>) -> Self {
        Self {
            prefix: Prefix::Api,
            tender_id: tender_id.into(),
        }
    }

    /// Asks for a temporary link to the PDF instead of the PDF; good for as many hours as are given.
    pub fn as_link(self, hours: LinkHours) -> IssuePolicyLink {
        IssuePolicyLink {
            policy: self,
            hours,
        }
    }

    /// Another prefix of the path than the one that the vendor's page prints.
    pub fn prefix(mut self, prefix: Prefix) -> Self {
        self.prefix = prefix;
        self
    }

    fn get(&self) -> Get {
        Get::new(&self.prefix)
            .segment("tenders")
            .id(&self.tender_id)
            .segment("issue-policy")
            .at_most_once()
    }
}

impl Operation for IssuePolicy {
    type Data = PolicyDocument;

    fn name(&self) -> &'static str {
        "IssuePolicy"
    }

    fn request(&self) -> Get {
        self.get().query("format", "base64")
    }

    fn decode(body: &[u8]) -> Result<PolicyDocument, Misfit> {
        find(body, &|text| pdf(text).map(PolicyDocument))
            .ok_or(Misfit::Whole("it holds no PDF in Base64"))
    }
}

/// Makes the policy of a tender, and gives a temporary link to the PDF; made by [`IssuePolicy::as_link`].
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use = "an operation does nothing unless executed"]
pub struct IssuePolicyLink {
    policy: IssuePolicy,
    hours: LinkHours,
}

impl Operation for IssuePolicyLink {
    type Data = PolicyLink;

    fn name(&self) -> &'static str {
        "IssuePolicy"
    }

    fn request(&self) -> Get {
        self.policy
            .get()
            .query("format", "url")
            .query("expiry", format_args!("{}h", self.hours.0))
    }

    fn decode(body: &[u8]) -> Result<PolicyLink, Misfit> {
        find(body, &|text| link(text).map(PolicyLink)).ok_or(Misfit::Whole("it holds no link"))
    }
}

/// How long a link to a policy is good, in hours, 1 to 36.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct LinkHours(u8);

impl LinkHours {
    /// The longest time, 36 hours.
    pub const MAX: Self = Self(36);

    /// This many hours; `None` unless they are 1 to 36.
    pub const fn new(hours: u8) -> Option<Self> {
        match hours {
            1..=36 => Some(Self(hours)),
            _ => None,
        }
    }
}

/// The PDF of a policy.
#[derive(Clone, PartialEq, Eq)]
pub struct PolicyDocument(Vec<u8>);

impl PolicyDocument {
    /// The PDF.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The PDF, without a copy.
    pub fn into_bytes(self) -> Vec<u8> {
        self.0
    }
}

impl fmt::Debug for PolicyDocument {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PolicyDocument")
            .field("bytes", &self.0.len())
            .finish()
    }
}

/// A temporary link to the PDF of a policy; whoever has it can read the policy, so `Debug` hides it.
#[derive(Clone, PartialEq, Eq)]
pub struct PolicyLink(Url);

impl PolicyLink {
    /// The link. Fetch it without the API's token: it needs none.
    pub fn url(&self) -> &Url {
        &self.0
    }
}

impl fmt::Debug for PolicyLink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PolicyLink")
            .field("host", &self.0.host_str())
            .finish_non_exhaustive()
    }
}

/// The first text of an answer that `read` takes: of JSON of any shape, or the answer itself.
fn find<T>(body: &[u8], read: &impl Fn(&str) -> Option<T>) -> Option<T> {
    match serde_json::from_slice::<Value>(body) {
        Ok(json) => find_in(&json, read),
        Err(_) => read(std::str::from_utf8(body).ok()?),
    }
}

/// serde_json refuses JSON of more than 128 levels, so this ends.
fn find_in<T>(json: &Value, read: &impl Fn(&str) -> Option<T>) -> Option<T> {
    match json {
        Value::String(text) => read(text),
        Value::Array(items) => items.iter().find_map(|item| find_in(item, read)),
        Value::Object(members) => members.values().find_map(|member| find_in(member, read)),
        Value::Null | Value::Bool(_) | Value::Number(_) => None,
    }
}

/// The PDF behind a Base64 text, which may be a `data:` URL.
fn pdf(text: &str) -> Option<Vec<u8>> {
    let text = text.trim();
    let text = match text.strip_prefix("data:") {
        Some(data) => data.split_once(";base64,")?.1,
        None => text,
    };
    let bytes = STANDARD.decode(text).ok()?;
    bytes.starts_with(b"%PDF-").then_some(bytes)
}

/// An address that a policy may travel over: HTTPS, or HTTP on loopback.
fn link(text: &str) -> Option<Url> {
    let url = text.trim().parse().ok()?;
    sdk_auth::check_url("", &url).ok().map(|()| url)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `%PDF-1.7`, as Base64.
    const PDF: &str = "JVBERi0xLjc=";

    #[test]
    fn a_document_is_found_whatever_wraps_it() {
        for body in [
            PDF.to_owned(),
            format!("\"{PDF}\""),
            format!("\"data:application/pdf;base64,{PDF}\""),
            format!(r#"{{"payload":"{PDF}"}}"#),
            format!(r#"{{"metadata":{{"format":"base64"}},"payload":[{{"x":null,"f":"{PDF}"}}]}}"#),
        ] {
            let document = IssuePolicy::decode(body.as_bytes()).unwrap();
            assert_eq!(document.as_bytes(), b"%PDF-1.7", "{body}");
        }
    }

    #[test]
    fn what_is_no_document_is_not_taken_for_one() {
        for body in [
            "",
            "{}",
            "\"YWJj\"",
            "\"not base64\"",
            "<html>",
            "[1, true]",
            "\u{e9}",
        ] {
            assert!(IssuePolicy::decode(body.as_bytes()).is_err(), "{body}");
        }
        assert!(IssuePolicy::decode(b"\xff\xfe").is_err());
    }

    #[test]
    fn a_link_is_found_whatever_wraps_it_and_is_hidden() {
        for body in [
            "https://files.example/p?signature=canary",
            "\"https://files.example/p?signature=canary\"",
            r#"{"format":"url","payload":{"url":"https://files.example/p?signature=canary"}}"#,
        ] {
            let link = IssuePolicyLink::decode(body.as_bytes()).unwrap();
            assert_eq!(link.url().query(), Some("signature=canary"), "{body}");
            assert_eq!(
                format!("{link:?}"),
                r#"PolicyLink { host: Some("files.example"), .. }"#
            );
        }
        for body in [
            "\"http://files.example/p\"",
            "\"file:///p\"",
            "{}",
            "\"later\"",
        ] {
            assert!(IssuePolicyLink::decode(body.as_bytes()).is_err(), "{body}");
        }
    }

    #[test]
    fn hours_of_a_link_have_bounds() {
        assert_eq!(LinkHours::new(0), None);
        assert_eq!(LinkHours::new(18), Some(LinkHours(18)));
        assert_eq!(LinkHours::new(36), Some(LinkHours::MAX));
        assert_eq!(LinkHours::new(37), None);
    }
}
