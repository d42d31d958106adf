//! Pages with opaque cursors, forwards and backwards.

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// The size of a page that was not asked for: the vendor's sample has ten.
const DEFAULT_SIZE: usize = 10;

/// The largest page.
const MAX_SIZE: usize = 100;

/// Cuts the page that `pageInfo` asks for out of a list; gives the items and their `pageInfoResponse`.
///
/// `list` names the list: a cursor of another one is refused.
pub(super) fn page(
    items: Vec<Value>,
    asked: &Value,
    list: &str,
) -> Result<(Vec<Value>, Value), String> {
    let total = items.len();
    let place = |name: &str| match asked.get(name).and_then(Value::as_str) {
        None => Ok(None),
        Some(cursor) => read_cursor(cursor, list)
            .map(|place| Some(place.min(total)))
            .ok_or_else(|| format!("'{name}' is no cursor of this list")),
    };
    let size = |name: &str| match asked.get(name).and_then(Value::as_i64) {
        None => Ok(None),
        Some(size) => usize::try_from(size)
            .ok()
            .filter(|size| (1..=MAX_SIZE).contains(size))
            .map(Some)
            .ok_or_else(|| format!("'{name}' must be 1 to {MAX_SIZE}")),
    };
    let (after, before) = (place("after")?, place("before")?);
    let (first, last) = (size("first")?, size("last")?);
    if last.is_some() && before.is_none() {
        return Err("missing mandatory field 'before' @ persons".to_owned());
    }
    let (start, end) = match before {
        Some(before) => (before.saturating_sub(last.unwrap_or(DEFAULT_SIZE)), before),
        None => {
            let start = after.unwrap_or(0);
            (start, (start + first.unwrap_or(DEFAULT_SIZE)).min(total))
        }
    };
    let info = json!({
        "__typename": "PageInfoResponse",
        "totalCount": total,
        "pageInfo": {
            "__typename": "PageInfo",
            "hasNextPage": end < total,
            "hasPreviousPage": start > 0,
            "startCursor": (start > 0).then(|| cursor(start, list)),
            "endCursor": cursor(end, list),
        },
    });
    let page = items.into_iter().skip(start).take(end - start).collect();
    Ok((page, info))
}

/// A place in a list, bound to that list.
fn cursor(place: usize, list: &str) -> String {
    let hash = Sha256::digest(list);
    let tag: String = hash
        .iter()
        .take(4)
        .map(|byte| format!("{byte:02x}"))
        .collect();
    format!("altPtr{place}-{tag}")
}

fn read_cursor(text: &str, list: &str) -> Option<usize> {
    let place = text
        .strip_prefix("altPtr")?
        .split_once('-')?
        .0
        .parse()
        .ok()?;
    (cursor(place, list) == text).then_some(place)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers() -> Vec<Value> {
        (0..25).map(Value::from).collect()
    }

    #[test]
    fn forwards_and_backwards_meet() {
        let (items, info) = page(numbers(), &json!({}), "a").unwrap();
        assert_eq!(items.len(), 10);
        assert_eq!(info["pageInfo"]["startCursor"], Value::Null);
        let after = &info["pageInfo"]["endCursor"];
        let (items, info) = page(numbers(), &json!({"after": after, "first": 5}), "a").unwrap();
        assert_eq!(items, numbers()[10..15]);
        let before = &info["pageInfo"]["startCursor"];
        let (items, info) = page(numbers(), &json!({"before": before, "last": 7}), "a").unwrap();
        assert_eq!(items, numbers()[3..10]);
        assert_eq!(info["pageInfo"]["hasPreviousPage"], true);
    }

    #[test]
    fn what_cannot_be_is_refused() {
        for asked in [
            json!({"after": "altPtr10-00000000"}),
            json!({"after": cursor(10, "another list")}),
            json!({"last": 5}),
            json!({"first": 0}),
            json!({"first": -1}),
        ] {
            assert!(page(numbers(), &asked, "a").is_err(), "{asked}");
        }
    }
}
