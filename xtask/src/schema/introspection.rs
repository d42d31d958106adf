//! The answer to an introspection query, turned into SDL.

mod answer;
mod sdl;

pub(crate) use answer::Fault;
pub(crate) use sdl::sdl;

/// What is asked for. Nothing in it is a fragment with a name, because some servers refuse those.
pub(crate) fn query(edition: Edition) -> String {
    let (of_schema, of_directive, of_type, deprecated) = match edition {
        Edition::Current => (
            "description ",
            "isRepeatable ",
            "specifiedByURL isOneOf ",
            true,
        ),
        Edition::June2018 => ("", "", "", false),
    };
    let with_deprecated = if deprecated {
        "(includeDeprecated: true)"
    } else {
        ""
    };
    let marks = if deprecated {
        " isDeprecated deprecationReason"
    } else {
        ""
    };
    // Nine levels hold a list of lists of lists, each of which may not be null.
    let ty = (0..9).fold("kind name".to_owned(), |inner, _| {
        format!("kind name ofType {{ {inner} }}")
    });
    let input = format!("name description type {{ {ty} }} defaultValue{marks}");
    let root = "queryType { name } mutationType { name } subscriptionType { name }";
    let field = format!(
        "name description args{with_deprecated} {{ {input} }} type {{ {ty} }} isDeprecated deprecationReason"
    );
    format!(
        "query Introspection {{ __schema {{ {of_schema}{root} types {{ kind name description {of_type}\
         fields(includeDeprecated: true) {{ {field} }} \
         inputFields{with_deprecated} {{ {input} }} interfaces {{ kind name }} \
         enumValues(includeDeprecated: true) {{ name description isDeprecated deprecationReason }} \
         possibleTypes {{ kind name }} }} \
         directives {{ name description {of_directive}locations args{with_deprecated} {{ {input} }} }} }} }}"
    )
}

/// How much a server is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Edition {
    /// Everything that the current specification has.
    Current,
    /// What servers of the specification of June 2018 know.
    June2018,
}
