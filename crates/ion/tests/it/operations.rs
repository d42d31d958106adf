//! Every shipped operation against the sandbox: it is accepted, it decodes, and writes can be read.

use std::{collections::BTreeSet, fs};

use futures_util::TryStreamExt;
use ion::{Client, Id, queries::*, types::*};
use serde_json::json;

use crate::setup::Setup;

/// The operations that the folder of documents holds.
fn shipped() -> BTreeSet<String> {
    let queries = concat!(env!("CARGO_MANIFEST_DIR"), "/queries");
    let name_of = |text: String| {
        let line = text
            .lines()
            .find(|line| line.starts_with("query ") || line.starts_with("mutation "))
            .unwrap()
            .to_owned();
        line.split([' ', '(']).nth(1).unwrap().to_owned()
    };
    fs::read_dir(queries)
        .unwrap()
        .map(|entry| name_of(fs::read_to_string(entry.unwrap().path()).unwrap()))
        .collect()
}

#[test]
fn the_table_in_the_docs_lists_every_operation_once() {
    let table = include_str!("../../src/docs/operations.md");
    let name_of = |row: &str| {
        row.strip_prefix("| [`")?
            .split('`')
            .next()
            .map(str::to_owned)
    };
    let listed: Vec<String> = table.lines().filter_map(name_of).collect();
    assert_eq!(BTreeSet::from_iter(listed.clone()), shipped());
    assert_eq!(listed.len(), shipped().len());
}

#[tokio::test]
async fn every_shipped_operation_runs() {
    let setup = Setup::start().await;
    let client = &setup.client;
    lists(client).await;
    single_rows(client).await;
    parts_and_inventory(client).await;
    procedures(client).await;
    runs(client).await;
    quality_and_purchasing(client).await;
    access(client).await;
    files_rules_and_webhooks(client).await;
    deletes(client).await;

    let ran: BTreeSet<String> = setup
        .vendor()
        .requests()
        .iter()
        .filter_map(|request| request.body["operationName"].as_str())
        .map(str::to_owned)
        .collect();
    assert_eq!(ran, shipped());
}

/// The first row of a list.
macro_rules! first {
    ($client:ident, $list:ident) => {
        $client
            .items($list::new().first(2))
            .try_next()
            .await
            .unwrap()
            .unwrap()
    };
}

/// The row that a mutation answers with.
macro_rules! done {
    ($client:ident, $operation:expr => $root:ident.$field:ident) => {
        $client
            .execute($operation)
            .await
            .unwrap()
            .$root
            .unwrap()
            .$field
            .unwrap()
    };
}

async fn lists(client: &Client) {
    macro_rules! not_empty {
        ($($list:ident)+) => {$( let _ = first!(client, $list); )+};
    }
    not_empty! {
        ListUsers ListTeams ListRoles ListPermissionGroups ListApiKeys ListParts
        ListPartSubtypes ListMbomItems ListPartInventories ListLocations
        ListUnitsOfMeasurement ListBarcodeTemplates ListProcedures ListSteps ListLabels
        ListRuns ListRunSteps ListSessions ListIssues ListIssueAttributes
        ListPurchaseOrders ListPurchaseOrderLines ListReceipts ListSuppliers
    }
    let step = first!(client, ListSteps).id;
    let mut columns = client.items(ListStepDatagridColumns::new(step.clone()));
    assert!(columns.try_next().await.unwrap().is_some());
    let mut rows = client.items(ListStepDatagridRows::new(step));
    assert!(rows.try_next().await.unwrap().is_some());
}

async fn single_rows(client: &Client) {
    let me = client.execute(GetMe::new()).await.unwrap().me.unwrap();
    assert_eq!(
        me.organization.unwrap().domain.as_deref(),
        Some("pumps.example")
    );
    macro_rules! found_by_id {
        ($($list:ident => $get:ident.$field:ident,)+) => {$(
            let id = first!(client, $list).id;
            let found = client.execute($get::new(id.clone())).await.unwrap().$field.unwrap();
            assert_eq!(found.id, id);
            let missing = client.execute($get::new("1")).await.unwrap().$field;
            assert!(missing.is_none(), stringify!($get));
        )+};
    }
    found_by_id! {
        ListParts => GetPart.part,
        ListMbomItems => GetMbomItem.mbom_item,
        ListPartInventories => GetPartInventory.part_inventory,
        ListPartInventories => GetPartInventoryAbom.part_inventory,
        ListLocations => GetLocation.location,
        ListProcedures => GetProcedure.procedure,
        ListSteps => GetStep.step,
        ListRuns => GetRun.run,
        ListIssues => GetIssue.issue,
        ListPurchaseOrders => GetPurchaseOrder.purchase_order,
        ListPurchaseOrderLines => GetPurchaseOrderLine.purchase_order_line,
    }
    // No list leads to these two; their ids are the first of their tables.
    let item = client
        .execute(GetReceiptItem::new("320000001"))
        .await
        .unwrap();
    assert!(item.receipt_item.is_some());
    let file = client
        .execute(GetFileAttachment::new("340000001"))
        .await
        .unwrap();
    assert_eq!(
        file.file_attachment.unwrap().filename.as_deref(),
        Some("drawing.pdf")
    );
    let upload = client
        .execute(RequestFileUploadUrl::new("a.pdf"))
        .await
        .unwrap();
    assert!(upload.request_file_upload_url.unwrap().upload_url.is_some());
}

async fn parts_and_inventory(client: &Client) {
    let input = CreatePartInput::new("T-1000").part_type(PartType::Part);
    let part = done!(client, CreatePart::new(input.clone()) => create_part.part);
    let error = client.execute(CreatePart::new(input)).await.unwrap_err();
    assert_eq!(
        error.class(),
        Some(ion::ErrorClass::InvalidInput),
        "{error}"
    );
    let input = UpdatePartInput::new(part.id.clone(), part.etag.unwrap()).description("d");
    done!(client, UpdatePart::new(input) => update_part.part);
    let parent = first!(client, ListParts).id;
    let input = CreateMBomItemInput::new(part.id.clone(), parent)
        .quantity("2.5".parse::<ion::Decimal>().unwrap());
    let line = done!(client, CreateMbomItem::new(input) => create_mbom_item.mbom_item);
    assert_eq!(line.quantity.unwrap().as_str(), "2.5");
    let input = CreateMBomItemReferenceDesignatorInput::new(line.id, "R1");
    done!(client, CreateMbomItemReferenceDesignator::new(input)
        => create_mbom_item_reference_designator.mbom_item_reference_designator);
    let input = CreateOrUpdateMultipleMBomsNotationInput::new()
        .importer_type(MBomImporterType::Level)
        .level_inputs(Vec::<MBomLevelInput>::new())
        .depth_inputs(Vec::<MBomDepthInput>::new());
    done!(client, CreateOrUpdateMultipleMboms::new(input)
        => create_or_update_multiple_mboms.error_messages);

    let input = CreatePartInventoryInput::new(part.id.clone()).serial_number("T-1");
    let unit = done!(client, CreatePartInventory::new(input)
        => create_part_inventory.part_inventory);
    let input =
        UpdatePartInventoryInput::new(unit.id.clone(), unit.etag.unwrap()).unavailable(true);
    let unit = done!(client, UpdatePartInventory::new(input)
        => update_part_inventory.part_inventory);
    assert_eq!(unit.unavailable, Some(true));
    let input = CreateBuildRequirementInput::new(part.id, unit.id.clone());
    let requirement = done!(client, CreateBuildRequirement::new(input)
        => create_build_requirement.build_requirement)
    .id;
    let other = first!(client, ListPartInventories).id;
    let input = CreateABomInstallationInput::new(requirement.clone(), other.clone());
    done!(client, CreateAbomInstallation::new(input)
        => create_abom_installation.abom_installation);
    let found = GetAbomInstallation::new(requirement, other.clone());
    assert!(
        client
            .execute(found)
            .await
            .unwrap()
            .abom_installation
            .is_some()
    );
    let both = client
        .execute(CompareAboms::new(unit.id, other))
        .await
        .unwrap();
    assert_eq!(both.a.unwrap().build_requirements.unwrap().len(), 1);
    assert!(both.b.is_some());

    let input = CreateUnitOfMeasurementInput::new().type_("litre");
    done!(client, CreateUnitOfMeasurement::new(input)
        => create_unit_of_measurement.unit_of_measurement);
    let input = CreateLocationInput::new().name("Bench");
    let bench = done!(client, CreateLocation::new(input) => create_location.location);
    let template = first!(client, ListBarcodeTemplates).id;
    let input = CreateBarcodeLabelInput::new()
        .entity_id(bench.entity_id.unwrap())
        .template_id(template);
    done!(client, CreateBarcodeLabel::new(input) => create_barcode_label.barcode_label);
}

async fn procedures(client: &Client) {
    let procedure = done!(client, CreateProcedure::new("Test") => create_procedure.procedure).id;
    let input = || {
        CreateStepInput::new()
            .procedure_id(procedure.clone())
            .title("One")
    };
    let one = done!(client, CreateStep::new(input()) => create_step.step);
    let two = done!(client, CreateStep::new(input()) => create_step.step).id;
    let content = json!([{"type": "p", "children": [{"text": "Tighten"}]}]);
    let update =
        UpdateStepInput::new(one.id.clone(), one.etag.unwrap()).slate_content(content.clone());
    let updated = done!(client, UpdateStep::new(update) => update_step.step);
    assert_eq!(updated.slate_content, Some(content));
    let copy = CopyStepInput::new(one.id.clone()).procedure_id(procedure.clone());
    let copy = done!(client, CopyStep::new(copy) => copy_step.step);
    assert_eq!(copy.origin_step_id, Some(one.id.clone()));
    done!(client, CreateStepEdge::new(two, one.id.clone()) => create_step_edge.step_edge);
    let input = CreateStepFieldInput::new(one.id.clone())
        .name("Torque")
        .type_("NUMBER");
    done!(client, CreateStepField::new(input) => create_step_field.step_field);
    let input = CreateDatagridColumnInput::new()
        .step_id(one.id.clone())
        .header("Bolt");
    let column = done!(client, CreateDatagridColumn::new(input)
        => create_datagrid_column.datagrid_column)
    .id;
    let input = CreateDatagridRowInput::new().step_id(one.id).index(0);
    let row = done!(client, CreateDatagridRow::new(input) => create_datagrid_row.datagrid_row).id;
    let input = SetDatagridValueInput::new(row, column).value(json!(3));
    let value = done!(client, SetDatagridValue::new(input) => set_datagrid_value.datagrid_value);
    assert_eq!(value.value, Some(json!(3)));
    let label = done!(client, CreateLabel::new(CreateLabelInput::new("new")) => create_label.label);
    let input = LabelToProcedureFamilyInput::new(label.id, "1");
    done!(client, AddLabelToProcedureFamily::new(input)
        => add_label_to_procedure_family.label_id);
}

async fn runs(client: &Client) {
    let procedure = first!(client, ListProcedures).id;
    let input = CreateRunInput::new().title("Run").procedure_id(procedure);
    let run = done!(client, CreateRun::new(input) => create_run.run);
    assert_eq!(run.status.as_deref(), Some("TODO"));
    assert_eq!(run.steps.unwrap().len(), 3);
    let step = done!(client, CreateRunStep::new(CreateRunStepInput::new(run.id.clone()).title("Extra"))
        => create_run_step.step);
    assert_eq!(step.status, Some(RunStepStatus::Redline));
    let input = CreateRunStepFieldInput::new(step.id)
        .name("Note")
        .type_(RunStepFieldType::String);
    done!(client, CreateRunStepField::new(input) => create_run_step_field.run_step_field);
    let run = client
        .execute(GetRun::new(run.id))
        .await
        .unwrap()
        .run
        .unwrap();
    let step = run.steps.unwrap().remove(0).unwrap();
    let input = UpdateRunStepInput::new(step.id, step.etag.unwrap());
    let step = done!(client, UpdateRunStep::new(input.status(RunStepStatus::InProgress))
        => update_run_step.run_step);
    let field = step.fields.unwrap().remove(0).unwrap();
    let input = UpdateRunStepFieldValueInput::new(field.id, field.etag.unwrap()).value(json!(4.2));
    done!(client, UpdateRunStepFieldValue::new(input)
        => update_run_step_field_value.run_step_field);
    let input = UpdateRunAttributeInput::new(run.id, "Shift").value(json!("night"));
    done!(client, UpdateRunAttribute::new(input) => update_run_attribute.run_attribute);
    let label = first!(client, ListLabels).id;
    let input = || LabelToItemInput::new(run.entity_id.clone().unwrap(), label.clone());
    done!(client, AddLabelToItem::new(input()) => add_label_to_item.entity_id);
    done!(client, RemoveLabelFromItem::new(input()) => remove_label_from_item.entity_id);
    let session = first!(client, ListSessions);
    let ended: ion::DateTime = "2025-11-03T12:00:00Z".parse().unwrap();
    let input = UpdateSessionInput::new(session.id, session.etag.unwrap()).check_out(ended);
    let session = done!(client, UpdateSession::new(input) => update_session.session);
    assert_eq!(session.check_out, Some(ended));
}

async fn quality_and_purchasing(client: &Client) {
    let unit = first!(client, ListPartInventories).id;
    let cause = json!([{"type": "p", "children": [{"text": "Scratched"}]}]);
    let input = CreateIssueInput::new()
        .part_inventory_id(unit)
        .cause_condition(cause.clone());
    let issue = done!(client, CreateIssue::new(input) => create_issue.issue);
    assert_eq!(issue.cause_condition, Some(cause));
    let input = UpdateIssueAttributeInput::new(issue.id, "Severity").value(json!("minor"));
    done!(client, UpdateIssueAttribute::new(input) => update_issue_attribute.issue_attribute);
    let order = done!(client, CreatePurchaseOrder::new(CreatePurchaseOrderInput::new())
        => create_purchase_order.purchase_order);
    let input = UpdatePurchaseOrderInput::new(order.id, order.etag.unwrap()).status("REQUESTED");
    let order = done!(client, UpdatePurchaseOrder::new(input)
        => update_purchase_order.purchase_order);
    assert_eq!(order.status.as_deref(), Some("REQUESTED"));
}

async fn access(client: &Client) {
    let role =
        done!(client, CreateRole::new(CreateRoleInput::new("Inspector")) => create_role.role).id;
    let permission = first!(client, ListPermissionGroups).id;
    let input = PermissionGroupToRoleInput::new(role, permission);
    done!(client, AttachPermissionGroupToRole::new(input)
        => attach_permission_group_to_role.role);
    let (user, team) = (first!(client, ListUsers).id, first!(client, ListTeams).id);
    done!(client, AddUserToTeam::new(TeamToUserInput::new(user, team)) => add_user_to_team.team_id);
    let key = done!(client, CreateApiKey::new() => create_api_key.apikey);
    assert!(key.client_secret.is_some());
    let input = || APIKeyInput::new().client_id(key.client_id.clone().unwrap());
    let key = done!(client, UpdateApiKey::new(input().enabled(false)) => update_api_key.apikey);
    assert_eq!(key.enabled, Some(false));
    let input = APIKeyInput::new()
        .client_id(key.client_id.unwrap())
        .etag(key.etag.unwrap());
    done!(client, DeleteApiKey::new(input) => delete_api_key.apikey);
    let app = done!(client, RegisterOauthApp::new("App", "regular_web")
        => register_oauth_app.oauth_app)
    .id;
    let add = AddOauthRedirectUri::new(app, "https://app.example/back", "callback");
    done!(client, add => add_oauth_redirect_uri.redirect_uri);
}

async fn files_rules_and_webhooks(client: &Client) {
    let input = || CreateFileAttachmentInput::new().filename("a.pdf");
    done!(client, CreateFileAttachment::new(input()) => create_file_attachment.file_attachment);
    done!(client, CreateAsset::new(input()) => create_asset.file_attachment);
    let me = client.execute(GetMe::new()).await.unwrap().me.unwrap();
    let organization = me.organization.unwrap();
    let rules = OrganizationRulesSettingsInput::new().enabled(false);
    let input = UpdateOrganizationInput::new(organization.id, organization.etag.unwrap())
        .settings(OrganizationSettingsInput::new().rules(rules));
    done!(client, UpdateOrganization::new(input) => update_organization.organization);
    let input = CreateRuleInput::new().title("Rule").target(RuleTarget::Run);
    done!(client, CreateRule::new(input) => create_rule.rule);
    let input = DispatchNotificationInput::new(me.id)
        .title("Look")
        .path("/runs");
    done!(client, DispatchNotification::new(input) => dispatch_notification.response);
    let input = CreateWebhookReceiverInput::new().webhook_uri("https://hooks.example/ion");
    let receiver: Id = done!(client, CreateWebhookReceiver::new(input)
        => create_webhook_receiver.webhook_receiver)
    .id;
    let subscribe = CreateWebhookSubscription::new(
        receiver,
        ResourceEnum::RunStep,
        WebhookSubscriptionActions::Update,
    );
    let subscribed = client.execute(subscribe).await.unwrap();
    assert!(subscribed.create_webhook_subscription.is_some());
}

async fn deletes(client: &Client) {
    macro_rules! deleted {
        ($($list:ident => $delete:ident,)+) => {$(
            let row = first!(client, $list);
            let etag = row.etag.unwrap();
            let stale = $delete::new(row.id.clone(), "stale");
            assert!(client.execute(stale).await.unwrap_err().is_conflict());
            client.execute($delete::new(row.id.clone(), etag)).await.unwrap();
            let left: Vec<_> = client.items($list::new()).try_collect().await.unwrap();
            assert!(left.iter().all(|other| other.id != row.id), stringify!($delete));
        )+};
    }
    deleted! {
        ListReceipts => DeleteReceipt,
        ListPurchaseOrderLines => DeletePurchaseOrderLine,
        ListPurchaseOrders => DeletePurchaseOrder,
        ListPartInventories => DeletePartInventory,
        ListLocations => DeleteLocation,
    }
}
