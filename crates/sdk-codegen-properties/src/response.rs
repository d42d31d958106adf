//! A response as a tree that knows what should become of each of its parts.

use serde_json::{Map, Number, Value};

use crate::Leaf;

/// A value of a response.
#[derive(Debug, Clone)]
pub(crate) enum Node {
    Leaf(Leaf),
    List {
        items: Vec<Node>,
        /// True where an item that is null is an error.
        items_refuse_null: bool,
        /// True for a list of one that is sent without its brackets.
        bare: bool,
    },
    Object(Vec<Entry>),
}

/// A key of an object.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    pub(crate) key: String,
    /// `None` for a field that a directive leaves out.
    pub(crate) value: Option<Node>,
    /// False for a key that nobody asked for.
    pub(crate) kept: bool,
    /// True where it is an error if the key is missing.
    pub(crate) required: bool,
    /// True where it is an error if the value is null.
    pub(crate) refuses_null: bool,
}

/// A place that a valid response fills.
#[derive(Debug, Clone)]
pub(crate) struct Hole {
    /// Positions from the root down.
    steps: Vec<usize>,
    /// The path that an error names, such as `data.ships[3]`.
    pub(crate) path: String,
    pub(crate) kind: HoleKind,
}

/// What is done to a place that a valid response fills.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum HoleKind {
    /// The key is left out; the error names it, and its path is the object's.
    Missing(String),
    /// The value is null.
    Null,
}

impl Node {
    pub(crate) fn null() -> Self {
        Self::Leaf(Leaf::same(Value::Null))
    }

    /// The JSON text that is sent.
    pub(crate) fn text(&self) -> String {
        let mut text = String::new();
        self.write(&mut text);
        text
    }

    fn write(&self, text: &mut String) {
        match self {
            Self::Leaf(leaf) => text.push_str(&leaf.sent.to_string()),
            Self::List { items, bare, .. } => match (items.as_slice(), bare) {
                ([only], true) => only.write(text),
                _ => {
                    text.push('[');
                    for (index, item) in items.iter().enumerate() {
                        if index > 0 {
                            text.push(',');
                        }
                        item.write(text);
                    }
                    text.push(']');
                }
            },
            Self::Object(entries) => {
                text.push('{');
                let sent = entries
                    .iter()
                    .filter_map(|entry| entry.value.as_ref().map(|value| (&entry.key, value)));
                for (index, (key, value)) in sent.enumerate() {
                    if index > 0 {
                        text.push(',');
                    }
                    text.push_str(&Value::from(key.as_str()).to_string());
                    text.push(':');
                    value.write(text);
                }
                text.push('}');
            }
        }
    }

    /// What decoding and encoding should give.
    pub(crate) fn kept(&self) -> Value {
        match self {
            Self::Leaf(leaf) => leaf.kept.clone(),
            Self::List { items, .. } => items.iter().map(Self::kept).collect(),
            Self::Object(entries) => {
                let kept = entries.iter().filter(|entry| entry.kept).map(|entry| {
                    let value = entry.value.as_ref().map_or(Value::Null, Self::kept);
                    (entry.key.clone(), value)
                });
                Value::Object(kept.collect::<Map<_, _>>())
            }
        }
    }

    /// Every place where the decoder has to refuse a missing value or null; `path` leads here.
    pub(crate) fn holes(&self, path: &str) -> Vec<Hole> {
        let mut found = Vec::new();
        self.find_holes(path, &mut Vec::new(), &mut found);
        found
    }

    fn find_holes(&self, path: &str, steps: &mut Vec<usize>, found: &mut Vec<Hole>) {
        let mut inside = |index, refuses_null, path: &str, value: &Self| {
            steps.push(index);
            if refuses_null {
                found.push(Hole {
                    steps: steps.clone(),
                    path: path.to_owned(),
                    kind: HoleKind::Null,
                });
            }
            value.find_holes(path, steps, found);
            steps.pop();
        };
        match self {
            Self::Leaf(_) => {}
            Self::List {
                items,
                items_refuse_null,
                ..
            } => {
                for (index, item) in items.iter().enumerate() {
                    inside(index, *items_refuse_null, &format!("{path}[{index}]"), item);
                }
            }
            Self::Object(entries) => {
                for (index, entry) in entries.iter().enumerate() {
                    if let Some(value) = entry.value.as_ref().filter(|_| entry.kept) {
                        let path = format!("{path}.{}", entry.key);
                        inside(index, entry.refuses_null, &path, value);
                    }
                }
                for (index, entry) in entries.iter().enumerate().filter(|(_, it)| it.required) {
                    steps.push(index);
                    found.push(Hole {
                        steps: steps.clone(),
                        path: path.to_owned(),
                        kind: HoleKind::Missing(entry.key.clone()),
                    });
                    steps.pop();
                }
            }
        }
    }

    /// The same response with that place left empty.
    pub(crate) fn without(&self, hole: &Hole) -> Self {
        let mut changed = self.clone();
        changed.empty(&hole.steps, &hole.kind);
        changed
    }

    fn empty(&mut self, steps: &[usize], kind: &HoleKind) {
        let Some((&step, rest)) = steps.split_first() else {
            *self = Self::null();
            return;
        };
        match self {
            Self::Leaf(_) => {}
            Self::List { items, .. } => {
                if let Some(item) = items.get_mut(step) {
                    item.empty(rest, kind);
                }
            }
            Self::Object(entries) => match entries.get_mut(step) {
                Some(entry) if rest.is_empty() && *kind != HoleKind::Null => entry.value = None,
                Some(Entry {
                    value: Some(it), ..
                }) => it.empty(rest, kind),
                _ => {}
            },
        }
    }
}

/// Where two values differ, if they do.
///
/// Numbers are the same if their values are: `1` and `1.0`. Floats may be neighbours, which is how
/// serde_json reads some of them.
#[must_use]
pub fn difference(path: &str, expected: &Value, found: &Value) -> Option<String> {
    match (expected, found) {
        (Value::Object(left), Value::Object(right)) => {
            let unknown = right.keys().find(|key| !left.contains_key(*key));
            if let Some(key) = unknown {
                return Some(format!("{path}: `{key}` was not asked for"));
            }
            left.iter().find_map(|(key, value)| {
                let path = format!("{path}.{key}");
                match right.get(key) {
                    Some(found) => difference(&path, value, found),
                    None => Some(format!("{path} is lost")),
                }
            })
        }
        (Value::Array(left), Value::Array(right)) if left.len() == right.len() => {
            let mut pairs = left.iter().zip(right).enumerate();
            pairs.find_map(|(index, (left, right))| {
                difference(&format!("{path}[{index}]"), left, right)
            })
        }
        (Value::Number(left), Value::Number(right)) if left == right || are_near(left, right) => {
            None
        }
        _ if expected == found => None,
        _ => Some(format!("{path} was {expected} and is {found}")),
    }
}

fn are_near(left: &Number, right: &Number) -> bool {
    let is_whole = |number: &Number| number.is_i64() || number.is_u64();
    match (left.as_f64(), right.as_f64()) {
        _ if is_whole(left) && is_whole(right) => false,
        (Some(left), Some(right)) => (left - right).abs() <= left.abs() * f64::EPSILON,
        _ => false,
    }
}
