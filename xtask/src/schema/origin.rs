//! The table of `schemas/README.md`: where each schema came from, and when.

use anyhow::{Context as _, Result, ensure};

/// The file with the table.
pub(crate) const FILE: &str = "schemas/README.md";

/// The text with a new origin and date in the row of a schema, given by its path in the tree.
pub(crate) fn recorded(text: &str, schema: &str, origin: &str, date: &str) -> Result<String> {
    let name = schema.strip_prefix("schemas/").unwrap_or(schema);
    let first = format!("| `{name}` |");
    let row = text
        .lines()
        .find(|line| line.starts_with(&first))
        .with_context(|| {
            format!("{FILE} has no row that starts with {first} to record the origin in")
        })?;
    let cells: Vec<&str> = row.split('|').map(str::trim).collect();
    let ["", name, service, _, _, ""] = cells.as_slice() else {
        anyhow::bail!(
            "the row of {name} in {FILE} does not have four cells: file, service, origin, read"
        );
    };
    ensure!(
        !origin.contains(['|', '\n']),
        "the origin cannot stand in a table: {origin}"
    );
    Ok(text.replacen(
        row,
        &format!("| {name} | {service} | {origin} | {date} |"),
        1,
    ))
}

/// The text with one more row at the end of the table.
pub(crate) fn with_row(text: &str, row: &str) -> Result<String> {
    let mut lines: Vec<&str> = text.lines().collect();
    let head = lines.iter().position(|line| line.starts_with("|---"));
    let head = head.with_context(|| format!("{FILE} has no table"))?;
    let length = lines
        .iter()
        .skip(head)
        .take_while(|line| line.starts_with('|'))
        .count();
    lines.insert(head + length, row);
    Ok(lines.join("\n") + "\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &str = "| file | service | origin | read |\n|---|---|---|---|\n\
                         | `a/b.graphql` | B | by hand | 2026 |\n| `b.graphql` | C | by hand | 2026 |\n";

    #[test]
    fn only_the_row_of_the_schema_changes() {
        let text = recorded(TABLE, "schemas/b.graphql", "introspection", "2026-02-03").unwrap();
        assert_eq!(
            text,
            TABLE.replace("C | by hand | 2026", "C | introspection | 2026-02-03")
        );
    }

    #[test]
    fn a_schema_without_a_row_is_an_error_that_names_it() {
        let error = recorded(TABLE, "schemas/z.graphql", "x", "y").unwrap_err();
        assert!(error.to_string().contains("`z.graphql`"), "{error}");
    }
}
