//! What is reported.

use sdk_codegen::Project;

use crate::{check, documents, project, schema};

#[test]
fn every_bad_document_reports_its_snapshot() {
    for (name, text) in documents("errors") {
        let errors = project(&name, &text).generate().expect_err(&name);
        check(&format!("error_{name}"), &errors.to_string());
    }
}

#[test]
fn a_broken_file_hides_no_other_files_errors() {
    let bad = documents("errors")
        .into_iter()
        .map(|(name, text)| (format!("{name}.graphql"), text));
    let together = Project::from_schema_text(schema(), "")
        .documents(bad)
        .generate()
        .unwrap_err();
    let alone: usize = documents("errors")
        .iter()
        .map(|(name, text)| project(name, text).generate().unwrap_err().iter().count())
        .sum();
    assert_eq!(together.iter().count(), alone);
}

#[test]
fn an_error_says_its_place() {
    let errors = project("a", "query A {\n  ships { id }\n  wrong\n}")
        .generate()
        .unwrap_err();
    let error = errors.iter().next().unwrap();
    assert_eq!(error.file(), "a.graphql");
    assert_eq!(error.position(), Some((3, 3)));
    assert_eq!(error.message(), "`Query` has no field `wrong`");
}

#[test]
fn a_broken_schema_is_reported_with_the_documents_errors() {
    let project = Project::from_schema_text("type Query { a: Missing }", "")
        .documents([("b.graphql", "query {")]);
    check(
        "broken_schema",
        &project.generate().unwrap_err().to_string(),
    );
}

/// Anything can be in a file: no input makes the generator panic.
#[test]
fn cut_and_spliced_documents_never_panic() {
    let mut texts: Vec<String> = documents("queries")
        .into_iter()
        .map(|(_, text)| text)
        .collect();
    texts.extend(documents("errors").into_iter().map(|(_, text)| text));
    for (index, text) in texts.iter().enumerate() {
        let other = &texts[(index * 7 + 3) % texts.len()];
        for cut in (0..text.len())
            .step_by(11)
            .filter(|cut| text.is_char_boundary(*cut))
        {
            let tail = other.get(cut.min(other.len())..).unwrap_or_default();
            for spliced in [text[..cut].to_owned(), format!("{}{tail}", &text[..cut])] {
                // Either outcome is fine; the test is that there is one.
                let _outcome = project("spliced", &spliced).generate();
            }
        }
    }
}

#[test]
fn deep_nesting_is_refused_and_not_followed() {
    let text = format!("query Deep {{ {} }}", "a {".repeat(10_000));
    let errors = project("deep", &text).generate().unwrap_err();
    assert!(errors.to_string().contains("limit"), "{errors}");
}
