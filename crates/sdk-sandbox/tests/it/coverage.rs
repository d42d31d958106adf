//! Every field of the schema is answered, and answered with something.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::client::Client;

const TYPES: &str = "{ __schema { types { kind name fields(includeDeprecated: true) {
    name args { name } type { kind name ofType { kind name ofType { kind name ofType { kind name } } } }
} } } }";

/// Fields that are null in every row, each for a reason.
const ALWAYS_NULL: &[&str] = &[
    // Selected through the entities that carry it, which have a cursor of their own.
    "SoftwareIdentifiers._cursor",
];

/// Types that no field of the schema gives.
const UNREACHABLE: &[&str] = &["ProductIdentifiers"];

struct Schema {
    /// Fields by type, each with the name of its type and whether that type has fields.
    fields: BTreeMap<String, Vec<(String, String)>>,
}

fn innermost(reference: &Value) -> &str {
    match &reference["ofType"] {
        Value::Null => reference["name"].as_str().unwrap(),
        inner => innermost(inner),
    }
}

async fn read_schema(client: &Client) -> Schema {
    let data = client.data(TYPES, json!({})).await;
    let types = data["__schema"]["types"].as_array().unwrap();
    let objects = types.iter().filter(|item| item["kind"] == "OBJECT");
    let objects = objects.filter(|item| !item["name"].as_str().unwrap().starts_with("__"));
    let fields = objects.map(|item| {
        let fields = item["fields"].as_array().unwrap().iter();
        let fields = fields.map(|field| {
            (
                field["name"].as_str().unwrap().to_owned(),
                innermost(&field["type"]).to_owned(),
            )
        });
        (item["name"].as_str().unwrap().to_owned(), fields.collect())
    });
    Schema {
        fields: fields.collect(),
    }
}

/// The shortest way from a root list to each object type: root field, then fields.
fn paths(schema: &Schema) -> BTreeMap<String, Vec<String>> {
    let mut found = BTreeMap::<String, Vec<String>>::new();
    let mut next = Vec::new();
    for (field, target) in &schema.fields["Query"] {
        if field.starts_with("all") {
            found.insert(target.clone(), vec![field.clone()]);
            next.push(target.clone());
        }
    }
    while !next.is_empty() {
        for parent in std::mem::take(&mut next) {
            for (field, target) in &schema.fields[&parent] {
                if schema.fields.contains_key(target) && !found.contains_key(target) {
                    let mut path = found[&parent].clone();
                    path.push(field.clone());
                    found.insert(target.clone(), path);
                    next.push(target.clone());
                }
            }
        }
    }
    found
}

fn has_value(value: &Value, path: &[&str]) -> bool {
    match (value, path) {
        (Value::Array(items), _) => items.iter().any(|item| has_value(item, path)),
        (_, [field, rest @ ..]) => has_value(&value[*field], rest),
        (value, []) => !value.is_null(),
    }
}

#[tokio::test]
async fn every_field_of_every_entity_has_a_value_somewhere() {
    let client = Client::start(60).await;
    let schema = read_schema(&client).await;
    let paths = paths(&schema);
    let mut nulls = BTreeSet::new();
    for (type_name, path) in &paths {
        let fields = &schema.fields[type_name];
        let select = |(field, target): &(String, String)| {
            let leaf = if schema.fields.contains_key(target) {
                "{ __typename }"
            } else {
                ""
            };
            format!("{field} {leaf} ")
        };
        let selection: String = fields.iter().map(select).collect();
        let way: String = path.iter().map(|name| format!("{{ {name} ")).collect();
        let document = format!("{way}{{ {selection} }}{}", " }".repeat(path.len()));
        let data = client.data(&document, json!({})).await;
        for (field, _) in fields {
            let full: Vec<&str> = path.iter().chain([field]).map(String::as_str).collect();
            if !has_value(&data, &full) {
                nulls.insert(format!("{type_name}.{field}"));
            }
        }
    }
    let expected: BTreeSet<String> = ALWAYS_NULL.iter().map(|name| (*name).to_owned()).collect();
    assert_eq!(nulls, expected);
    // What is left over are the answers of mutations and of one query, tested where they are used.
    let answers = |name: &str| name.ends_with("Response") || name.starts_with("Export");
    let missed = schema
        .fields
        .keys()
        .filter(|name| !paths.contains_key(*name) && !answers(name));
    let missed: Vec<&str> = missed
        .map(String::as_str)
        .filter(|name| !["Query", "Mutation"].contains(name))
        .collect();
    assert_eq!(missed, UNREACHABLE);
}

#[tokio::test]
async fn every_root_list_counts_itself_and_finds_its_rows_by_id() {
    let client = Client::start(30).await;
    let schema = read_schema(&client).await;
    let lists = schema.fields["Query"]
        .iter()
        .filter(|(field, _)| field.starts_with("all"));
    for (field, target) in lists {
        let document = format!("{{ {field} {{ id }} _{field}Meta {{ count }} }}");
        let data = client.data(&document, json!({})).await;
        let rows = data[field].as_array().unwrap();
        assert_eq!(
            data[format!("_{field}Meta")]["count"],
            rows.len(),
            "{field}"
        );
        let document = format!("query One($id: ID) {{ {target}(id: $id) {{ id }} }}");
        let one = client.data(&document, json!({"id": rows[0]["id"]})).await;
        assert_eq!(one[target], rows[0], "{target}");
    }
}

#[tokio::test]
async fn every_order_of_every_list_is_answered() {
    let client = Client::start(10).await;
    let document = "{ __schema { types { kind name enumValues { name } } } }";
    let data = client.data(document, json!({})).await;
    let types = data["__schema"]["types"].as_array().unwrap();
    let mut orders = 0;
    for order in types
        .iter()
        .filter(|item| item["name"].as_str().unwrap().ends_with("OrderBy"))
    {
        let entity = order["name"].as_str().unwrap().trim_end_matches("OrderBy");
        let list = format!("all{entity}s");
        for value in order["enumValues"].as_array().unwrap() {
            let value = value["name"].as_str().unwrap();
            let page = |after: &str| {
                format!("{{ {list}(orderBy: [{value}], first: 2{after}) {{ _cursor id }} }}")
            };
            let data = client.data(&page(""), json!({})).await;
            if let Some(first) = data[&list].get(0) {
                let cursor = serde_json::to_string(first["_cursor"].as_str().unwrap()).unwrap();
                let next = client
                    .data(&page(&format!(", after: {cursor}")), json!({}))
                    .await;
                assert_eq!(next[&list].get(0), data[&list].get(1), "{list} {value}");
            }
            orders += 1;
        }
    }
    assert!(orders > 100, "{orders}");
}
