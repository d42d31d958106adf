//! A schema of some 400 entities and 25 operations on it, as a large vendor would have them: the same
//! text every time.

use super::Operations;

const NOUNS: [&str; 20] = [
    "Order",
    "Invoice",
    "Customer",
    "Shipment",
    "Product",
    "Payment",
    "Contract",
    "Supplier",
    "Warehouse",
    "Ticket",
    "Project",
    "Employee",
    "Device",
    "Campaign",
    "Budget",
    "Audit",
    "Policy",
    "Vehicle",
    "Claim",
    "Lease",
];
const KINDS: [&str; 20] = [
    "Draft", "Planned", "Active", "Closed", "Shared", "Internal", "External", "Partner",
    "Regional", "Global", "Annual", "Monthly", "Primary", "Backup", "Managed", "Imported",
    "Archived", "Pending", "Signed", "Linked",
];
const ENTITIES: usize = NOUNS.len() * KINDS.len();

/// The field every operation selects first, which the benchmark of an edit relies on.
const SCALARS: [(&str, &str); 10] = [
    ("id", "ID!"),
    ("name", "String!"),
    ("summary", "String"),
    ("createdAt", "DateTime!"),
    ("updatedAt", "DateTime"),
    ("amount", "Float"),
    ("position", "Int!"),
    ("locked", "Boolean!"),
    ("tags", "[String!]!"),
    ("reference", "String"),
];

/// The schema and its operations.
pub(super) fn operations() -> Operations {
    let documents = (0..25).map(|number| {
        let entity = number * 37 % ENTITIES;
        match number % 5 {
            0 | 1 => list(entity),
            2 => get(entity),
            3 => search(entity),
            _ => create(entity),
        }
    });
    Operations {
        name: "25 on a large schema",
        folder: "large",
        schema: schema(),
        documents: documents.collect(),
    }
}

fn name(entity: usize) -> String {
    let entity = entity % ENTITIES;
    format!(
        "{}{}",
        KINDS[entity / NOUNS.len()],
        NOUNS[entity % NOUNS.len()]
    )
}

/// The name of the field of the root type that holds it.
fn field(entity: usize) -> String {
    let name = name(entity);
    let (first, rest) = name.split_at(1);
    format!("{}{rest}", first.to_ascii_lowercase())
}

fn snake(name: &str) -> String {
    let mut out = String::new();
    for letter in name.chars() {
        if letter.is_ascii_uppercase() && !out.is_empty() {
            out.push('_');
        }
        out.push(letter.to_ascii_lowercase());
    }
    out
}

/// Which entities an entity refers to.
fn related(entity: usize) -> [(&'static str, usize); 3] {
    [
        ("owner", entity * 7 + 3),
        ("parent", entity * 11 + 5),
        ("origin", entity * 13 + 1),
    ]
}

fn schema() -> String {
    let mut out = String::from(
        "scalar DateTime\n\ninterface Entity { id: ID! name: String! createdAt: DateTime! }\n\n\
         type PageInfo { hasNextPage: Boolean! endCursor: String }\n\n",
    );
    for entity in 0..ENTITIES {
        entity_types(&mut out, entity);
    }
    let (mut query, mut mutation) = (String::new(), String::new());
    for entity in 0..ENTITIES {
        let (name, field) = (name(entity), field(entity));
        line(&mut query, &format!("  {field}(id: ID!): {name}"));
        line(
            &mut query,
            &format!(
                "  {field}List(filter: {name}Filter, first: Int, after: String): {name}Connection!"
            ),
        );
        line(
            &mut query,
            &format!("  search{name}(text: String!): [{name}Result!]!"),
        );
        line(
            &mut mutation,
            &format!("  create{name}(input: Create{name}Input!): {name}!"),
        );
    }
    line(
        &mut out,
        &format!("type Query {{\n{query}}}\n\ntype Mutation {{\n{mutation}}}"),
    );
    out
}

fn entity_types(out: &mut String, entity: usize) {
    let name = name(entity);
    line(
        out,
        &format!(
            "\"\"\"What the {name} is in.\"\"\"\nenum {name}State {{ NEW READY RUNNING DONE FAILED }}\n"
        ),
    );
    line(
        out,
        &format!(
            "\"\"\"A {name} with all that belongs to it.\"\"\"\ntype {name} implements Entity {{"
        ),
    );
    for (field, ty) in SCALARS {
        line(
            out,
            &format!("  \"\"\"The {field} of this {name}.\"\"\"\n  {field}: {ty}"),
        );
    }
    line(out, &format!("  state: {name}State!"));
    for (field, other) in related(entity) {
        line(out, &format!("  {field}: {}", self::name(other)));
    }
    line(
        out,
        &format!(
            "  items: [{}!]!\n  subject: Entity\n}}\n",
            self::name(entity * 17 + 9)
        ),
    );
    line(
        out,
        &format!("type {name}Edge {{ cursor: String! node: {name}! }}\n"),
    );
    line(
        out,
        &format!(
            "type {name}Connection {{ edges: [{name}Edge!]! pageInfo: PageInfo! total: Int! }}\n"
        ),
    );
    let [(_, first), (_, second), _] = related(entity);
    let mut members = vec![name.clone(), self::name(first), self::name(second)];
    members.dedup();
    line(
        out,
        &format!("union {name}Result = {}\n", members.join(" | ")),
    );
    line(
        out,
        &format!(
            "input {name}Filter {{\n  name: String\n  state: {name}State\n  state_in: [{name}State!]\n  createdAt_gte: DateTime\n  owner: {}Filter\n  AND: [{name}Filter!]\n}}\n",
            self::name(first)
        ),
    );
    line(
        out,
        &format!(
            "input Create{name}Input {{\n  name: String!\n  summary: String\n  amount: Float\n  state: {name}State\n  tags: [String!]\n  ownerId: ID\n}}\n"
        ),
    );
}

fn list(entity: usize) -> (String, String) {
    let (name, field) = (name(entity), field(entity));
    let selection = select(entity, 5, 2);
    document(
        &format!("List{name}"),
        &format!(
            "query List{name}($filter: {name}Filter, $first: Int, $after: String) {{\n  {field}List(filter: $filter, first: $first, after: $after) {{\n    edges {{\n      cursor\n      node {{\n{selection}      }}\n    }}\n    pageInfo {{\n      hasNextPage\n      endCursor\n    }}\n    total\n  }}\n}}\n"
        ),
    )
}

fn get(entity: usize) -> (String, String) {
    let (name, field) = (name(entity), field(entity));
    let [(_, owner), (_, parent), _] = related(entity);
    let (owner_name, parent_name) = (self::name(owner), self::name(parent));
    let (own, owners, parents) = (
        select(entity, 1, 0),
        select(owner, 1, 1),
        select(parent, 1, 0),
    );
    document(
        &format!("Get{name}"),
        &format!(
            "query Get{name}($id: ID!) {{\n  {field}(id: $id) {{\n    id\n    ...{name}Head\n    owner {{\n      id\n      ...{owner_name}Parts\n    }}\n    parent {{\n      id\n      ...{parent_name}Parts\n    }}\n  }}\n}}\n\nfragment {name}Head on {name} {{\n{own}}}\n\nfragment {owner_name}Parts on {owner_name} {{\n{owners}}}\n\nfragment {parent_name}Parts on {parent_name} {{\n{parents}}}\n"
        ),
    )
}

fn search(entity: usize) -> (String, String) {
    let name = name(entity);
    let [(_, first), (_, second), _] = related(entity);
    let mut members = vec![entity, first % ENTITIES, second % ENTITIES];
    members.dedup();
    let mut selections = String::new();
    for member in members {
        // Members have enums of different types, which may not share a response name.
        let state = format!("{}State: state\n", field(member));
        let selection = select(member, 3, 0).replace("state\n", &state);
        line(
            &mut selections,
            &format!("    ... on {} {{\n{selection}    }}", self::name(member)),
        );
    }
    document(
        &format!("Search{name}"),
        &format!(
            "query Search{name}($text: String!) {{\n  search{name}(text: $text) {{\n    __typename\n{selections}  }}\n}}\n"
        ),
    )
}

fn create(entity: usize) -> (String, String) {
    let name = name(entity);
    let selection = select(entity, 2, 1);
    document(
        &format!("Create{name}"),
        &format!(
            "mutation Create{name}($input: Create{name}Input!) {{\n  create{name}(input: $input) {{\n{selection}    subject {{\n      __typename\n      id\n      name\n      ... on {name} {{\n        summary\n        amount\n      }}\n    }}\n  }}\n}}\n"
        ),
    )
}

/// All plain fields of an entity, and those of its relations down to `levels`.
fn select(entity: usize, indent: usize, levels: usize) -> String {
    let pad = "  ".repeat(indent + 1);
    let mut out = String::new();
    for (field, _) in SCALARS {
        line(&mut out, &format!("{pad}{field}"));
    }
    line(&mut out, &format!("{pad}state"));
    if levels > 0 {
        for (field, other) in related(entity) {
            let inner = select(other, indent + 1, levels - 1);
            line(&mut out, &format!("{pad}{field} {{\n{inner}{pad}}}"));
        }
        line(
            &mut out,
            &format!("{pad}items {{\n{pad}  id\n{pad}  name\n{pad}}}"),
        );
    }
    out
}

fn document(operation: &str, text: &str) -> (String, String) {
    (format!("{}.graphql", snake(operation)), text.to_owned())
}

fn line(out: &mut String, text: &str) {
    out.push_str(text);
    out.push('\n');
}
