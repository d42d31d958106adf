//! Values of scalars and enums.

use apollo_compiler::schema::ExtendedType;
use fastrand::Rng;
use serde_json::{Value, json};

/// A leaf as it is sent, and as it should be after decoding and encoding.
#[derive(Debug, Clone, PartialEq)]
pub struct Leaf {
    /// The value in the response.
    pub sent: Value,
    /// The value that is encoded.
    pub kept: Value,
}

impl Leaf {
    /// A leaf that does not change.
    pub fn same(value: Value) -> Self {
        Self {
            kept: value.clone(),
            sent: value,
        }
    }

    /// A leaf that is kept in another form.
    pub fn kept_as(sent: impl Into<Value>, kept: impl Into<Value>) -> Self {
        Self {
            sent: sent.into(),
            kept: kept.into(),
        }
    }
}

/// How a scalar of the schema is mapped, so that values can be made for it.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub enum Scalar {
    /// A string that is kept as it is.
    Text,
    /// Whatever this makes.
    Custom(fn(&mut Rng) -> Leaf),
}

/// What a leaf is made for.
#[derive(Clone, Copy)]
pub(crate) struct Place<'a> {
    pub(crate) name: &'a str,
    pub(crate) ty: &'a ExtendedType,
    /// A mapping that the test names.
    pub(crate) mapped: Option<Scalar>,
}

/// How a decoder reads a leaf.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Strings, IDs and enums: a guessed one keeps the text of any scalar.
    Text,
    /// Everything else: a guessed one keeps what comes.
    Typed,
    /// Any JSON, null included.
    Json,
}

impl Place<'_> {
    fn kind(self) -> Kind {
        match (self.mapped, self.ty, self.name) {
            (Some(_), ..) => Kind::Typed,
            (None, ExtendedType::Enum(_), _) | (None, _, "String" | "ID") => Kind::Text,
            (None, _, "Int" | "Float" | "Boolean" | "DateTime" | "Date") => Kind::Typed,
            _ => Kind::Json,
        }
    }

    /// True where null is a value like any other.
    pub(crate) fn takes_null(self) -> bool {
        self.kind() == Kind::Json
    }

    /// True where a guess of this type has no null.
    pub(crate) fn refuses_null_when_guessed(self) -> bool {
        self.kind() == Kind::Text
    }

    /// A value that the schema allows.
    pub(crate) fn valid(self, random: &mut Rng) -> Leaf {
        if let Some(scalar) = self.mapped {
            return match scalar {
                Scalar::Text => Leaf::same(text(random).into()),
                Scalar::Custom(make) => make(random),
            };
        }
        if let ExtendedType::Enum(def) = self.ty {
            let values: Vec<_> = def.values.keys().collect();
            return Leaf::same(pick(random, &values).map_or("", |it| it.as_str()).into());
        }
        match self.name {
            "Int" => Leaf::same(
                pick(random, &[0, 1, -1, 7, i32::MAX, i32::MIN])
                    .copied()
                    .into(),
            ),
            "Float" => Leaf::same(float(random)),
            "Boolean" => Leaf::same(random.bool().into()),
            "DateTime" => instant(random),
            "Date" => Leaf::same(day(random).into()),
            "String" | "ID" => Leaf::same(text(random).into()),
            _ => Leaf::same(any(random, 2)),
        }
    }

    /// A value that a server may send all the same: a number for an ID, an integer of 64 bits, an enum
    /// value of tomorrow.
    pub(crate) fn newer(self, random: &mut Rng) -> Leaf {
        if self.mapped.is_none() {
            match (self.ty, self.name) {
                (ExtendedType::Enum(def), _) => {
                    let known = def.values.keys().next();
                    let lower = known.map_or(String::new(), |it| it.to_lowercase());
                    let new = ["ADDED_LATER".to_owned(), String::new(), lower, text(random)];
                    return Leaf::same(pick(random, &new).cloned().into());
                }
                (_, "ID") => {
                    let number = random.u64(..);
                    return Leaf::kept_as(number, number.to_string());
                }
                (_, "Int") => return Leaf::same(random.i64(..).into()),
                _ => {}
            }
        }
        self.valid(random)
    }

    /// A value that shows that the schema guessed wrong; `bare` where no list of it is expected.
    pub(crate) fn unguessed(self, bare: bool, random: &mut Rng) -> Leaf {
        let odd = match (self.name, bare) {
            _ if self.kind() == Kind::Text => {
                let odd = [json!(true), json!(-7), json!(2.5), json!(u64::MAX)];
                let odd = Value::from(pick(random, &odd).cloned());
                return Leaf::kept_as(odd.clone(), odd.to_string());
            }
            ("Boolean", _) => json!(1),
            (_, true) if random.bool() => json!([1, "a", null, {"b": 2.5}]),
            _ if random.bool() => json!({"c": {"d": [true]}}),
            _ => json!(true),
        };
        Leaf::same(odd)
    }
}

pub(crate) fn pick<'a, T>(random: &mut Rng, choices: &'a [T]) -> Option<&'a T> {
    random.choice(choices)
}

/// Empty, plain, with everything that JSON escapes, beyond ASCII, or long.
pub(crate) fn text(random: &mut Rng) -> String {
    match random.u8(..8) {
        0 => String::new(),
        1 => "\"\\\u{8}\u{c}\n\r\t\u{0}\u{1f}/".to_owned(),
        2 => "žluťoučký 🦀 \u{2028}\u{feff}\u{fffd}".to_owned(),
        3 => "__typename".to_owned(),
        4 => "x".repeat(random.usize(..300)),
        5 => random.u32(..).to_string(),
        _ => (0..random.usize(1..12))
            .map(|_| random.alphanumeric())
            .collect(),
    }
}

fn float(random: &mut Rng) -> Value {
    match random.u8(..5) {
        0 => json!(0),
        1 => json!(random.i32(..)),
        2 => json!(f64::MAX),
        3 => json!(-f64::MIN_POSITIVE),
        _ => json!((random.f64() - 0.5) * 1e6),
    }
}

/// RFC 3339 with any offset; kept in UTC. Hours and offsets stay small enough not to change the day.
fn instant(random: &mut Rng) -> Leaf {
    let day = day(random);
    let hour = random.u8(6..18);
    let rest = format!(":{:02}:{:02}", random.u8(..60), random.u8(..60));
    let fraction = match random.u8(..4) {
        0 => format!(".{:03}", random.u16(1..1000)),
        1 => format!(".{:03}{:03}", random.u16(..1000), random.u16(1..1000)),
        _ => String::new(),
    };
    let kept = format!("{day}T{hour:02}{rest}{fraction}Z");
    match random.u8(..3) {
        0 => {
            let ahead = random.u8(1..6);
            let local = hour + ahead;
            Leaf::kept_as(
                format!("{day}T{local:02}{rest}{fraction}+{ahead:02}:00"),
                kept,
            )
        }
        1 => Leaf::kept_as(format!("{day}T{hour:02}{rest}{fraction}+00:00"), kept),
        _ => Leaf::same(kept.into()),
    }
}

fn day(random: &mut Rng) -> String {
    let year = random.u16(1970..2100);
    format!("{year}-{:02}-{:02}", random.u8(1..13), random.u8(1..29))
}

/// Any JSON but null, so many levels deep at most.
pub(crate) fn any(random: &mut Rng, levels: usize) -> Value {
    let below = |random: &mut Rng| {
        let level = levels.saturating_sub(1);
        (0..random.usize(..3))
            .map(|_| any(random, level))
            .collect::<Vec<_>>()
    };
    match random.u8(..if levels == 0 { 4 } else { 6 }) {
        0 => random.bool().into(),
        1 => random.i64(..).into(),
        2 => float(random),
        3 => text(random).into(),
        4 => below(random).into(),
        _ => {
            let named = below(random).into_iter().enumerate();
            named
                .map(|(index, value)| (format!("key{index}"), value))
                .collect()
        }
    }
}
