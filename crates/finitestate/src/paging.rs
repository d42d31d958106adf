//! How Finite State pages: plain lists whose items carry a cursor ("Pagination" on
//! docs.finitestate.io).
//!
//! The next page starts after the last item's `_cursor`, under the same filter and order, and a list
//! ends with an empty page. A page that is merely short is not the end: the server may cap the size.

use sdk_graphql::{Cursor, Input, Operation, Page, PageFault, Paged};

use crate::queries;

/// The page size where the caller sets none, as in the vendor's Python SDK.
///
/// Without any, the server sends the whole list at once, which the vendor warns can time out. The
/// vendor's SDK allows 1 to 1000.
pub const DEFAULT_PAGE_SIZE: i32 = 100;

/// `Operation => module.root_field of Item`, for operations with `$after`, `$skip` and `$first`.
macro_rules! paged {
    ($($operation:ident => $module:ident.$field:ident of $item:ident,)+) => {$(
        impl Paged for queries::$operation {
            type Item = queries::$module::$item;

            fn prepare(&mut self) {
                if self.first.as_value().is_none() {
                    self.first = Input::Value(DEFAULT_PAGE_SIZE);
                }
            }

            fn cursor(&self) -> Option<Cursor> {
                self.after.as_value().cloned().map(Cursor::from)
            }

            fn set_cursor(&mut self, cursor: Cursor) {
                self.after = Input::Value(cursor.into_string());
                // `skip` counts from `after`, so it belongs to the first page alone.
                self.skip = Input::Unset;
            }

            fn page(&self, data: <Self as Operation>::Data) -> Result<Page<Self::Item>, PageFault> {
                let items = data.$field.ok_or(PageFault::MissingList)?;
                let next = match items.last() {
                    None => None,
                    Some(last) => Some(last.cursor.clone().ok_or(PageFault::MissingCursor)?.into()),
                };
                Ok(Page { items, next })
            }
        }
    )+};
}

paged! {
    ListArtifacts => list_artifacts.all_artifacts of Artifact,
    ListAssetSummaries => list_asset_summaries.all_assets of Asset,
    ListAssetVersionArtifacts => list_asset_version_artifacts.all_asset_versions of AssetVersion,
    ListAssetVersions => list_asset_versions.all_asset_versions of AssetVersion,
    ListAssets => list_assets.all_assets of Asset,
    ListFindingFiles => list_finding_files.all_findings of Finding,
    ListFindingSummaries => list_finding_summaries.all_findings of Finding,
    ListFindings => list_findings.all_findings of Finding,
    ListGroupProducts => list_group_products.all_groups of Group,
    ListGroups => list_groups.all_groups of Group,
    ListLicenseExceptions => list_license_exceptions.all_license_exceptions of LicenseException,
    ListLicenses => list_licenses.all_licenses of License,
    ListOrganizations => list_organizations.all_organizations of Organization,
    ListProductAssetVersions => list_product_asset_versions.all_products of Product,
    ListProducts => list_products.all_products of Product,
    ListSoftwareComponentInstanceFiles =>
        list_software_component_instance_files.all_software_component_instances
        of SoftwareComponentInstance,
    ListSoftwareComponentInstanceMetadata =>
        list_software_component_instance_metadata.all_software_component_instances
        of SoftwareComponentInstance,
    ListSoftwareComponentInstances =>
        list_software_component_instances.all_software_component_instances
        of SoftwareComponentInstance,
    ListSoftwareComponents => list_software_components.all_software_components of SoftwareComponent,
    ListTests => list_tests.all_tests of Test,
    ListUsers => list_users.all_users of User,
    SearchSbomAcrossAssetVersions =>
        search_sbom_across_asset_versions.all_software_component_instances
        of SoftwareComponentInstance,
    SearchSbomInAssetVersion =>
        search_sbom_in_asset_version.all_software_component_instances
        of SoftwareComponentInstance,
}
