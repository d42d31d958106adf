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

/// Levels and key bytes that a path shows; what is deeper or longer is told by an ellipsis.
const MAX_LEVELS: usize = 64;
const MAX_KEY_BYTES: usize = 100;

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
    /// Containers open beyond those that the stack holds.
    deeper: usize,
}

impl Walk {
    fn string(&mut self, text: &[u8]) {
        if self.deeper > 0 {
            return;
        }
        if let Some(Container::Object {
            key,
            expects_key: true,
        }) = self.stack.last_mut()
        {
            *key = Some(shown(text));
        }
    }

    fn punctuation(&mut self, byte: u8) {
        match byte {
            b'{' => self.open(Container::Object {
                key: None,
                expects_key: true,
            }),
            b'[' => self.open(Container::Array { index: 0 }),
            b'}' | b']' if self.deeper > 0 => self.deeper -= 1,
            b'}' | b']' => {
                self.stack.pop();
            }
            _ if self.deeper > 0 => {}
            _ => match (byte, self.stack.last_mut()) {
                (b':', Some(Container::Object { expects_key, .. })) => *expects_key = false,
                (b',', Some(Container::Object { key, expects_key })) => {
                    *key = None;
                    *expects_key = true;
                }
                (b',', Some(Container::Array { index })) => *index += 1,
                _ => {}
            },
        }
    }

    fn open(&mut self, container: Container) {
        if self.stack.len() < MAX_LEVELS {
            self.stack.push(container);
        } else {
            self.deeper += 1;
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
        if self.deeper > 0 {
            path.push('…');
        }
        path
    }
}

/// A key as text on one line, shortened where it is long.
fn shown(key: &[u8]) -> String {
    match key.get(..MAX_KEY_BYTES) {
        Some(start) => format!("{}…", start.escape_ascii()),
        None => String::from_utf8_lossy(key).escape_debug().to_string(),
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
    fn what_a_hostile_text_can_fill_is_bounded() {
        let deep = "[".repeat(1_000_000);
        assert!(path_at(deep.as_bytes(), 1, deep.len()).len() < 1_000);
        let long = format!("{{\"{}\":", "k".repeat(1_000_000));
        assert!(path_at(long.as_bytes(), 1, long.len()).len() < 200);
        let closed = format!("{}{}", "[".repeat(100), "]".repeat(99));
        assert_eq!(path_at(closed.as_bytes(), 1, closed.len()), "[0]");
    }

    #[test]
    fn text_that_is_cut_off_gives_the_path_so_far() {
        assert_eq!(failing_path(r#"{"a":[{"id":1},{"id":2},{"i"#), "a[2]");
        assert_eq!(failing_path(""), "");
        assert_eq!(path_at(b"]]}}\"", 9, 9), "");
    }
}
