//! Whether a value of the new type fits where one of the old type was expected.

use apollo_compiler::ast::Type;

/// True if every answer of the new type is one of the old type too: only `!` was added.
pub(super) fn output_is_safe(old: &Type, new: &Type) -> bool {
    match (old, new) {
        (Type::Named(old), Type::Named(new) | Type::NonNullNamed(new))
        | (Type::NonNullNamed(old), Type::NonNullNamed(new)) => old == new,
        (Type::List(old), Type::List(new) | Type::NonNullList(new))
        | (Type::NonNullList(old), Type::NonNullList(new)) => output_is_safe(old, new),
        _ => false,
    }
}

/// True if everything that could be given before can still be given: only `!` was taken away.
pub(super) fn input_is_safe(old: &Type, new: &Type) -> bool {
    output_is_safe(new, old)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ty(text: &str) -> Type {
        Type::parse(text, "type").unwrap()
    }

    #[test]
    fn an_answer_may_become_stricter_and_an_input_laxer() {
        for (lax, strict) in [
            ("Int", "Int!"),
            ("[Int]", "[Int]!"),
            ("[Int]", "[Int!]"),
            ("[[Int]]", "[[Int!]!]!"),
        ] {
            assert!(output_is_safe(&ty(lax), &ty(strict)), "{lax} to {strict}");
            assert!(!output_is_safe(&ty(strict), &ty(lax)), "{strict} to {lax}");
            assert!(input_is_safe(&ty(strict), &ty(lax)), "{strict} to {lax}");
            assert!(!input_is_safe(&ty(lax), &ty(strict)), "{lax} to {strict}");
        }
    }

    #[test]
    fn another_name_or_another_depth_of_lists_is_never_safe() {
        for (old, new) in [("Int", "Float"), ("Int", "[Int]"), ("[Int]", "Int!")] {
            assert!(!output_is_safe(&ty(old), &ty(new)), "{old} to {new}");
            assert!(!input_is_safe(&ty(old), &ty(new)), "{old} to {new}");
        }
    }
}
