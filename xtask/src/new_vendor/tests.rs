use super::rehearsal::{Copy, example};
use super::*;
use crate::tidy;

#[test]
fn a_new_vendor_keeps_the_house_rules_and_leaves_without_a_trace() {
    let copy = Copy::new("new-vendor-rules").unwrap();
    let before = copy.contents().unwrap();
    let vendor = example("acme-parts", Auth::Form).unwrap();
    create(&copy.0, &vendor).unwrap();
    cargo(&copy.0, LOCK).unwrap();
    let problems = tidy::problems(&copy.0).unwrap();
    let problems: Vec<String> = problems.iter().map(ToString::to_string).collect();
    assert!(problems.is_empty(), "{}", problems.join("\n\n"));
    let projects = projects::load(&copy.0).unwrap();
    let project = projects.iter().find(|it| it.name == "acme-parts").unwrap();
    let verdict = validate::project(&copy.0, project).unwrap();
    assert!(verdict.problems.is_empty());
    let package = fs::read_to_string(copy.0.join("crates/acme-parts/Cargo.toml")).unwrap();
    assert!(
        package.starts_with("[package]\nname = \"acme-parts\"\n"),
        "{package}"
    );
    let lock_file = fs::read_to_string(copy.0.join("Cargo.lock")).unwrap();
    assert!(lock_file.contains("name = \"acme-parts\""));

    let twice = create(&copy.0, &vendor).unwrap_err();
    assert!(twice.to_string().contains("choose another name"), "{twice}");

    remove(&copy.0, &vendor.name).unwrap();
    cargo(&copy.0, LOCK).unwrap();
    assert!(copy.contents().unwrap() == before, "a trace is left");
    assert!(remove(&copy.0, &vendor.name).is_err());
    let shipped = remove(&copy.0, &VendorName::new("ion").unwrap()).unwrap_err();
    assert!(
        shipped.to_string().contains("other crates depend on ion"),
        "{shipped}"
    );
    assert!(
        copy.contents().unwrap() == before,
        "something of ion was taken away"
    );
}

#[test]
fn a_vendor_that_cannot_be_written_leaves_nothing() {
    let copy = Copy::new("new-vendor-failure").unwrap();
    let record = copy.0.join(crate::schema::origin::FILE);
    fs::write(&record, "no table\n").unwrap();
    let before = copy.contents().unwrap();
    let vendor = example("acme-parts", Auth::Basic).unwrap();
    let error = create(&copy.0, &vendor).unwrap_err();
    assert!(error.to_string().contains("has no table"), "{error:#}");
    assert!(copy.contents().unwrap() == before, "something is left");
}

#[test]
fn a_vendor_without_operations_begins_with_one_that_any_schema_answers() {
    let schema = workspace::root().join("xtask/testdata/new_vendor/schema.graphql");
    let name = VendorName::new("acme").unwrap();
    let vendor = Vendor::read(name, &schema, Auth::Json, None).unwrap();
    assert_eq!(vendor.callable, ["GetTypename"]);
    let files = templates::filled(&vendor);
    let service = &files["crates/acme/src/service.rs"];
    assert!(service.contains("BodyFormat::Json"), "{service}");
    let setup = &files["crates/acme/tests/it/setup.rs"];
    assert!(setup.contains("TokenShape::Json"), "{setup}");
    assert!(files["crates/acme/tests/it/operations.rs"].contains("queries::GetTypename::new()"));
}

#[test]
fn operations_that_do_not_fit_the_schema_are_refused_before_anything_is_written() {
    let data = workspace::root().join("xtask/testdata");
    let name = VendorName::new("acme").unwrap();
    let other = data.join("schema_diff/old.graphql");
    let queries = data.join("new_vendor/queries");
    let error = Vendor::read(name.clone(), &other, Auth::Json, Some(&queries)).unwrap_err();
    assert!(
        error.to_string().contains("problems in the operations"),
        "{error}"
    );
    let empty = Vendor::read(name, &other, Auth::Json, Some(&data.join("new_vendor"))).unwrap_err();
    assert!(empty.to_string().contains("problem"), "{empty}");
}
