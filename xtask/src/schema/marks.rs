//! What became of the guesses: each `@inferred` of a transcribed schema, held against the server's.

use super::members::{self, Member};
use super::usage::Usage;
use apollo_compiler::Schema;
use apollo_compiler::ast::Type;
use std::collections::HashMap;

/// The directive that marks a guess. No vendor has it; the sandbox serves it, because it serves our file.
pub(crate) const MARK: &str = "inferred";

/// The enum of its argument.
pub(crate) const MARK_ENUM: &str = "InferredWhat";

/// The verdict on every mark.
#[derive(Debug)]
pub(crate) struct Verdicts {
    /// Definitions that are as they were guessed.
    pub(crate) confirmed: usize,
    pub(crate) refuted: Vec<Refuted>,
}

/// A definition that is not as it was guessed.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Refuted {
    pub(crate) coordinate: String,
    /// One clause: what is there instead.
    pub(crate) instead: String,
    /// The operations that use it.
    pub(crate) operations: Vec<String>,
}

/// Judges the marks of `guessed` by `true_one`.
pub(crate) fn judge(guessed: &Schema, true_one: &Schema, usages: &[Usage]) -> Verdicts {
    let known: HashMap<String, Option<Type>> = members::all(true_one)
        .into_iter()
        .map(|it| (it.coordinate, it.ty))
        .collect();
    let mut verdicts = Verdicts {
        confirmed: 0,
        refuted: Vec::new(),
    };
    for member in members::all(guessed) {
        if !member.directives.iter().any(|it| it.name == MARK) {
            continue;
        }
        let Some(instead) = instead(&member, known.get(&member.coordinate)) else {
            verdicts.confirmed += 1;
            continue;
        };
        let mut operations: Vec<String> = usages
            .iter()
            .filter(|it| it.uses(&member.coordinate))
            .map(|it| it.operation.clone())
            .collect();
        operations.sort();
        verdicts.refuted.push(Refuted {
            coordinate: member.coordinate,
            instead,
            operations,
        });
    }
    verdicts
}

/// What is there instead of a guess; nothing if the guess was right.
fn instead(guessed: &Member, found: Option<&Option<Type>>) -> Option<String> {
    match (found, &guessed.ty) {
        (None, _) => Some("the server has none".to_owned()),
        (Some(Some(found)), Some(ty)) if found != ty => Some(format!("is {found}, was {ty}")),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use apollo_compiler::ExecutableDocument;

    #[test]
    fn right_guesses_are_confirmed_and_wrong_ones_name_the_operations_that_use_them() {
        let guessed = Schema::parse_and_validate(
            "directive @inferred(what: [Int]) on FIELD_DEFINITION | OBJECT | ARGUMENT_DEFINITION\n\
             type Query { ship: Ship hull(deep: Int @inferred): Int port: Port }\n\
             type Ship { name: String @inferred mass: Int @inferred mast: Int @inferred }\n\
             type Port @inferred { a: Int }",
            "guessed",
        )
        .unwrap();
        let true_one = Schema::parse_and_validate(
            "type Query { ship: Ship hull(deep: Int): Int harbour: Harbour }\n\
             type Ship { name: String mass: Float }\ntype Harbour { a: Int }",
            "true",
        )
        .unwrap();
        let document = ExecutableDocument::parse_and_validate(
            &guessed,
            "query Weigh { ship { name mass } } query Look { port { a } }",
            "it",
        )
        .unwrap();
        let verdicts = judge(&guessed, &true_one, &Usage::of(&document, &guessed));
        assert_eq!(verdicts.confirmed, 2);
        let refuted: Vec<String> = verdicts
            .refuted
            .iter()
            .map(|it| {
                format!(
                    "{}: {} [{}]",
                    it.coordinate,
                    it.instead,
                    it.operations.join(" ")
                )
            })
            .collect();
        assert_eq!(
            refuted,
            [
                "Ship.mass: is Float, was Int [Weigh]",
                "Ship.mast: the server has none []",
                "Port: the server has none [Look]",
            ]
        );
    }
}
