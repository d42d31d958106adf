//! A schema from outside: SDL, or the answer to an introspection, from a file, a revision or a server.

use super::introspection::{self, Fault};
use super::normalise;
use crate::problem::Problem;
use crate::validate;
use apollo_compiler::Schema;
use apollo_compiler::ast::{Definition, Document};
use apollo_compiler::validation::Valid;

/// The specification's own, which the parser does not know yet.
const ONE_OF: &str = "\n\ndirective @oneOf on INPUT_OBJECT\n";

/// Faults of one schema that are shown: a file that is no SDL at all has one on every line.
const SHOWN: usize = 5;

/// A valid schema and the form it came in.
#[derive(Debug)]
pub(crate) struct Incoming {
    pub(crate) schema: Valid<Schema>,
    pub(crate) form: Form,
}

impl Incoming {
    /// The normal form, with the vendor's own descriptions.
    pub(crate) fn normalised(&self) -> String {
        normalise::normalised(&self.schema, &normalise::descriptions(&self.schema))
    }
}

/// What a schema was written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    Sdl,
    Introspection,
}

/// Reads a schema; `name` is how messages call where it came from.
pub(crate) fn read(name: &str, bytes: &[u8]) -> Result<Incoming, Vec<Problem>> {
    let text = decoded(name, bytes).map_err(|problem| vec![problem])?;
    if text.trim_start().starts_with('{') {
        let sdl = introspection::sdl(text).map_err(|fault| vec![unusable(name, text, &fault)])?;
        // Places are those in the SDL that was made of the answer, which the excerpt shows.
        let schema = valid(&format!("{name}, as SDL"), &sdl)?;
        return Ok(Incoming {
            schema,
            form: Form::Introspection,
        });
    }
    Ok(Incoming {
        schema: valid(name, text)?,
        form: Form::Sdl,
    })
}

fn decoded<'a>(name: &str, bytes: &'a [u8]) -> Result<&'a str, Problem> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let good = bytes.get(..error.valid_up_to()).unwrap_or_default();
        let line = good.iter().filter(|it| **it == b'\n').count() + 1;
        Problem::of_file(name, format!("line {line} is not UTF-8"))
            .help("save the file as UTF-8; a byte order mark does no harm")
    })?;
    if text.trim().is_empty() {
        return Err(Problem::of_file(name, "nothing is in it")
            .help("give SDL, or the JSON that a server answered to an introspection query"));
    }
    Ok(text)
}

fn unusable(name: &str, text: &str, fault: &Fault) -> Problem {
    let problem = match fault {
        Fault::Unreadable { line, column, .. } => {
            let before: usize = text
                .split_inclusive('\n')
                .take(line - 1)
                .map(str::len)
                .sum();
            let at = before + column.saturating_sub(1);
            Problem::at(name, text, at..at + 1, fault.to_string())
        }
        Fault::Refused(_) | Fault::Impossible { .. } => Problem::of_file(name, fault.to_string()),
    };
    problem.help(match fault {
        Fault::Unreadable { .. } => {
            "give the whole answer of the server, `{\"data\": {\"__schema\": …}}`, or SDL"
        }
        Fault::Refused(_) => "ask the server again with an account that may introspect, or ask the vendor for the file",
        Fault::Impossible { .. } => "the answer is damaged or the server is wrong; correct it by hand, or ask the vendor for SDL",
    })
}

fn valid(name: &str, text: &str) -> Result<Valid<Schema>, Vec<Problem>> {
    let text = match needs_one_of(name, text) {
        true => format!("{text}{ONE_OF}"),
        false => text.to_owned(),
    };
    Schema::parse_and_validate(text, name).map_err(|broken| {
        let help = "correct a copy of it by hand, or ask the vendor for a valid one";
        let mut problems = validate::problems(&broken.errors, name);
        problems.sort_by(|a, b| a.place().cmp(&b.place()));
        let count = problems.len();
        problems.truncate(SHOWN);
        let mut problems: Vec<Problem> = problems.into_iter().map(|it| it.help(help)).collect();
        if count > SHOWN {
            let more = format!("{} more faults, which may follow from these", count - SHOWN);
            problems.push(Problem::of_file(name, more));
        }
        problems
    })
}

/// Whether some input takes exactly one of its members and the document does not say what that is.
fn needs_one_of(name: &str, text: &str) -> bool {
    let parsed = Document::parse(text, name);
    let document = parsed.unwrap_or_else(|broken| broken.partial);
    let mut used = false;
    for definition in &document.definitions {
        match definition {
            Definition::DirectiveDefinition(it) if it.name == "oneOf" => return false,
            Definition::InputObjectTypeDefinition(it) => used |= it.directives.has("oneOf"),
            Definition::InputObjectTypeExtension(it) => used |= it.directives.has("oneOf"),
            _ => {}
        }
    }
    used
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(bytes: &[u8]) -> String {
        let problems = read("vendor.file", bytes).unwrap_err();
        let problems: Vec<String> = problems.iter().map(ToString::to_string).collect();
        problems.join("\n")
    }

    #[test]
    fn invalid_sdl_is_refused_at_its_place() {
        insta::assert_snapshot!(refused(b"type Query {\n  a: Missing\n}\n"), @r"
        error: cannot find type `Missing` in this document
         --> vendor.file:2:6
          |
        2 |   a: Missing
          |      ^^^^^^^
          = help: correct a copy of it by hand, or ask the vendor for a valid one
        ");
        assert!(refused(b"type Query {\n  a: Int\n").contains("vendor.file:"));
        let other = refused("[package]\nname = \"x\"\n".repeat(9).as_bytes());
        assert_eq!(other.matches(" --> ").count(), SHOWN + 1, "{other}");
        assert!(other.contains("more faults"), "{other}");
    }

    #[test]
    fn an_answer_with_errors_is_refused_with_the_words_of_the_server() {
        let answer = br#"{"errors": [{"message": "introspection is off"}], "data": null}"#;
        insta::assert_snapshot!(refused(answer), @r"
        error: the answer has errors: introspection is off
         --> vendor.file:1:1
          = help: ask the server again with an account that may introspect, or ask the vendor for the file
        ");
        let partial = br#"{"errors": [{"message": "half"}], "data": {"__schema": {"types": []}}}"#;
        assert!(refused(partial).contains("the answer has errors: half"));
    }

    #[test]
    fn damaged_answers_are_refused_at_their_place() {
        insta::assert_snapshot!(refused(b"{\n  \"data\": {\"__schema\": {\"types\": 3}}\n}"), @r#"
        error: not the answer to an introspection: invalid type: integer `3`, expected a sequence
         --> vendor.file:2:34
          |
        2 |   "data": {"__schema": {"types": 3}}
          |                                  ^
          = help: give the whole answer of the server, `{"data": {"__schema": …}}`, or SDL
        "#);
        assert!(refused(br#"{"data": {}}"#).contains("holds no `__schema`"));
        assert!(refused(b"{\"data\": ").contains("EOF"));
    }

    /// An answer whose only type is an object with one field, with this for its argument.
    fn with_argument(argument: &str) -> String {
        format!(
            r#"{{"__schema": {{"queryType": {{"name": "Query"}}, "directives": [], "types": [
                {{"kind": "OBJECT", "name": "Query", "fields": [
                    {{"name": "a", "type": {{"kind": "SCALAR", "name": "Int"}}, "args": [{argument}]}}]}}]}}}}"#
        )
    }

    #[test]
    fn nothing_from_the_wire_becomes_other_sdl_than_it_says() {
        let int = r#"{"kind": "SCALAR", "name": "Int"}"#;
        let good = format!(r#"{{"name": "b", "type": {int}, "defaultValue": "7"}}"#);
        assert!(read("it", with_argument(&good).as_bytes()).is_ok());
        for (argument, what) in [
            (
                format!(r#"{{"name": "b: Int) c(d", "type": {int}}}"#),
                "for a name",
            ),
            (
                format!(r#"{{"name": "b", "type": {int}, "defaultValue": "1, c: 2"}}"#),
                "no value",
            ),
            (
                format!(r#"{{"name": "b", "type": {int}, "defaultValue": "1) x(y: 2"}}"#),
                "no value",
            ),
            (
                format!(r#"{{"name": "b", "type": {int}, "defaultValue": "1) {{ x }} f(a: 1"}}"#),
                "no value",
            ),
            (
                r#"{"name": "b", "type": {"kind": "LIST"}}"#.to_owned(),
                "cut off",
            ),
        ] {
            let message = refused(with_argument(&argument).as_bytes());
            assert!(
                message.contains(what) && message.contains("Query.a"),
                "{message}"
            );
        }
    }

    #[test]
    fn other_encodings_and_empty_files_are_refused() {
        assert!(refused(b"type Query {\n  a: Int\n\xff\xfe}").contains("line 3 is not UTF-8"));
        assert!(refused(b" \n").contains("nothing is in it"));
        assert!(read("it", b"\xef\xbb\xbftype Query { a: Int }").is_ok());
    }

    #[test]
    fn an_input_that_takes_one_member_needs_no_definition_of_that() {
        let incoming = read(
            "it",
            b"type Query { a(b: B): Int } input B @oneOf { c: Int }",
        )
        .unwrap();
        let input = incoming.schema.get_input_object("B").unwrap();
        assert!(input.directives.has("oneOf"));
    }
}
