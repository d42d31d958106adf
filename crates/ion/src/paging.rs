//! How ION pages: Relay connections, whose page says itself whether another one follows ("Pagination").
//!
//! The next page starts after `endCursor`, under the same filter and order, and the list ends where
//! `hasNextPage` is not true. Cursors are offsets, so rows that are added or deleted meanwhile can
//! make a row come twice or not at all. A null edge or node, a row that the key may not see, is
//! skipped.

use sdk_graphql::{Cursor, Input, Operation, Page, PageFault, Paged};

use crate::queries;

/// The page size where the caller sets none, as in the vendor's examples.
///
/// Without any, the server sends the whole list at once, and gives up after 30 seconds. The vendor
/// documents no maximum.
pub const DEFAULT_PAGE_SIZE: i32 = 100;

/// `Operation => module.root_field of Item`, or `module.field.connection` for a connection inside a row.
///
/// An operation that sets `last` asks for the end of a list: its page is the only one, because
/// `pageInfo` does not say where the page before it would end.
macro_rules! paged {
    ($($operation:ident => $module:ident.$field:ident$(.$connection:ident)? of $item:ident,)+) => {$(
        impl Paged for queries::$operation {
            type Item = queries::$module::$item;

            fn prepare(&mut self) {
                if self.first.as_value().is_none() && self.last.as_value().is_none() {
                    self.first = Input::Value(DEFAULT_PAGE_SIZE);
                }
            }

            fn cursor(&self) -> Option<Cursor> {
                self.after.as_value().cloned().map(Cursor::from)
            }

            fn set_cursor(&mut self, cursor: Cursor) {
                self.after = Input::Value(cursor.into_string());
            }

            fn page(&self, data: <Self as Operation>::Data) -> Result<Page<Self::Item>, PageFault> {
                let list = data.$field$(.ok_or(PageFault::MissingList)?.$connection)?;
                let list = list.ok_or(PageFault::MissingList)?;
                let edges = list.edges.unwrap_or_default();
                let items = edges.into_iter().flatten().filter_map(|edge| edge.node).collect();
                let info = list.page_info.filter(|_| self.last.as_value().is_none());
                let next = match info {
                    Some(info) if info.has_next_page == Some(true) => {
                        Some(info.end_cursor.ok_or(PageFault::MissingCursor)?.into())
                    }
                    _ => None,
                };
                Ok(Page { items, next })
            }
        }
    )+};
}

paged! {
    ListApiKeys => list_api_keys.api_keys of APIKeyObject,
    ListBarcodeTemplates => list_barcode_templates.barcode_templates of BarcodeTemplate,
    ListIssueAttributes => list_issue_attributes.issues of Issue,
    ListIssues => list_issues.issues of Issue,
    ListLabels => list_labels.labels of Label,
    ListLocations => list_locations.locations of Location,
    ListMbomItems => list_mbom_items.mbom_items of MBomItem,
    ListPartInventories => list_part_inventories.part_inventories of PartInventory,
    ListPartSubtypes => list_part_subtypes.part_subtypes of PartSubtype,
    ListParts => list_parts.parts of Part,
    ListPermissionGroups => list_permission_groups.permission_groups of PermissionGroup,
    ListProcedures => list_procedures.procedures of Procedure,
    ListPurchaseOrderLines => list_purchase_order_lines.purchase_order_lines of PurchaseOrderLine,
    ListPurchaseOrders => list_purchase_orders.purchase_orders of PurchaseOrder,
    ListReceipts => list_receipts.receipts of Receipt,
    ListRoles => list_roles.roles of Role,
    ListRunSteps => list_run_steps.runs of Run,
    ListRuns => list_runs.runs of Run,
    ListSessions => list_sessions.sessions of Session,
    ListSteps => list_steps.steps of Step,
    ListSuppliers => list_suppliers.suppliers of Supplier,
    ListTeams => list_teams.teams of Team,
    ListUnitsOfMeasurement => list_units_of_measurement.units_of_measurement of UnitOfMeasurement,
    ListUsers => list_users.users of User,
    ListStepDatagridColumns => list_step_datagrid_columns.step.datagrid_columns of DatagridColumn,
    ListStepDatagridRows => list_step_datagrid_rows.step.datagrid_rows of DatagridRow,
}
