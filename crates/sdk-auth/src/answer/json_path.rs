//! Where in a JSON text a decode error happened, as a path a person can follow.
//!
//! The typed decoders report a line and a column. Only when one fails is the text walked once more,
//! up to that place, to name the keys and indices that lead there. The fast path pays nothing.

/// The path of the value at `line` and `column` (both from 1), such as `data.things[3].title`.
///
/// Works on text that is broken or cut off after that place; says as much as the text shows.
pub(super) fn path_at(json: &[u8], line: usize, column: usize) -> String {
    let end = offset(json, line, column);
    let mut walk = Walk::default();
    let mut rest = json.get(..end).unwrap_or(json);
    while let Some((&byte, tail)) = rest.split_first() {
        rest = match byte {
            b'"' => {
                let (text, tail) = split_string(tail);
                walk.string(text);
                tail
            }
            _ => {
                walk.punctuation(byte);
                tail
            }
        };
    }
    walk.path()
}

fn offset(json: &[u8], line: usize, column: usize) -> usize {
    let before: usize = json
        .split_inclusive(|&byte| byte == b'\n')
        .take(line.saturating_sub(1))
        .map(<[u8]>::len)
        .sum();
    before.saturating_add(column).min(json.len())
}

/// Splits after the closing quote; a string that never closes takes the rest.
fn split_string(text: &[u8]) -> (&[u8], &[u8]) {
    let mut escaped = false;
    for (index, &byte) in text.iter().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return (&text[..index], &text[index + 1..]),
            _ => {}
        }
    }
    (text, &[])
}

enum Container {
    Object {
        key: Option<String>,
        expects_key: bool,
    },
    Array {
        index: usize,
    },
}

#[derive(Default)]
struct Walk {
    stack: Vec<Container>,
}

impl Walk {
    fn string(&mut self, text: &[u8]) {
        if let Some(Container::Object {
            key,
            expects_key: true,
        }) = self.stack.last_mut()
        {
            *key = Some(String::from_utf8_lossy(text).into_owned());
        }
    }

    fn punctuation(&mut self, byte: u8) {
        match (byte, self.stack.last_mut()) {
            (b'{', _) => self.stack.push(Container::Object {
                key: None,
                expects_key: true,
            }),
            (b'[', _) => self.stack.push(Container::Array { index: 0 }),
            (b'}' | b']', _) => {
                self.stack.pop();
            }
            (b':', Some(Container::Object { expects_key, .. })) => *expects_key = false,
            (b',', Some(Container::Object { key, expects_key })) => {
                *key = None;
                *expects_key = true;
            }
            (b',', Some(Container::Array { index })) => *index += 1,
            _ => {}
        }
    }

    fn path(self) -> String {
        let mut path = String::new();
        for container in self.stack {
            match container {
                Container::Object {
                    key: Some(key),
                    expects_key: false,
                } => {
                    if !path.is_empty() {
                        path.push('.');
                    }
                    path.push_str(&key);
                }
                Container::Object { .. } => {}
                Container::Array { index } => path.push_str(&format!("[{index}]")),
            }
        }
        path
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize)]
    struct Finding {
        #[allow(dead_code)]
        id: u32,
    }

    /// Decodes as findings by name and gives the path of the failure.
    fn failing_path(json: &str) -> String {
        let error = serde_json::from_str::<BTreeMap<String, Vec<Finding>>>(json).unwrap_err();
        path_at(json.as_bytes(), error.line(), error.column())
    }

    #[test]
    fn a_value_of_the_wrong_type_is_named_by_its_path() {
        assert_eq!(failing_path(r#"{"a":[{"id":1},{"id":"x"}]}"#), "a[1].id");
        assert_eq!(
            failing_path("{\n \"a\" : [\n {\"id\":1},\n {\"id\": true}]}"),
            "a[1].id"
        );
    }

    #[test]
    fn a_missing_field_is_named_by_its_object() {
        assert_eq!(
            failing_path(r#"{"a":[{"id":1}],"b":[{"id":2},{"name":"n"}]}"#),
            "b[1]"
        );
    }

    #[test]
    fn punctuation_and_escapes_inside_strings_do_not_count() {
        assert_eq!(
            failing_path(r#"{"a":[{"name":"}],\"{[","id":null}]}"#),
            "a[0].id"
        );
    }

    #[test]
    fn text_that_is_cut_off_gives_the_path_so_far() {
        assert_eq!(failing_path(r#"{"a":[{"id":1},{"id":2},{"i"#), "a[2]");
        assert_eq!(failing_path(""), "");
        assert_eq!(path_at(b"]]}}\"", 9, 9), "");
    }
}
