//! Two versions of an asset side by side: what is new, what is fixed, what is still there.

mod diff;

use std::collections::BTreeSet;

use futures_util::stream::BoxStream;
use futures_util::{Stream, TryStreamExt as _};

use crate::queries::list_findings::{Finding, FindingStatus};
use crate::queries::list_software_component_instances::SoftwareComponentInstance;
use crate::queries::{ListFindings, ListSoftwareComponentInstances};
use crate::types::{
    FindingCategory, FindingFilter, FindingSeverity, SoftwareComponentInstanceFilter,
};
use crate::{Client, Error, Id};

/// Items asked for at once.
const PAGE_SIZE: i32 = 500;

/// What became of something from one version to the next.
#[derive(Debug, Clone, PartialEq)]
pub enum Change<T> {
    /// Only in the newer version.
    New(T),
    /// Only in the older version.
    Fixed(T),
    /// In both.
    Unchanged {
        /// As it is in the older version.
        old: T,
        /// As it is in the newer version.
        new: T,
    },
}

/// A finding, with what a comparison needs of it.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct FindingBrief {
    /// Its id.
    pub id: Id,
    /// Its title.
    pub title: Option<String>,
    /// The reporting tool's id of the weakness, such as a CVE id.
    pub vuln_id_from_tool: Option<String>,
    /// What kind of weakness it is.
    pub category: Option<FindingCategory>,
    /// The platform's rating.
    pub severity: Option<FindingSeverity>,
    /// The platform's score.
    pub risk_score: Option<f64>,
    /// The names of the components it affects, in alphabetical order.
    pub components: Vec<String>,
    /// The components again, by name and version: tells findings with the same key apart, which two copies
    /// of a component have.
    pub(super) affected: Affected,
    status: Option<Box<FindingStatus>>,
}

/// A software component, with what a comparison needs of it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ComponentBrief {
    /// Its id.
    pub id: Id,
    /// Its name.
    pub name: Option<String>,
    /// Its version.
    pub version: Option<String>,
}

/// Components, by name and version.
pub(super) type Affected = BTreeSet<(Option<String>, Option<String>)>;

/// What makes two findings the same: the weakness and the components that have it.
///
/// A component's version is not part of it, since an upgrade that does not fix a weakness leaves the finding
/// what it was.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct FindingKey {
    weakness: Weakness,
    components: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Weakness {
    /// The reporting tool's id of it.
    Id(String),
    /// Of a tool that gives none.
    Titled {
        category: Option<FindingCategory>,
        title: Option<String>,
    },
}

impl FindingBrief {
    /// The status that the platform shows; `None` while nobody has touched the finding.
    #[must_use]
    pub fn status(&self) -> Option<&FindingStatus> {
        self.status.as_deref()
    }

    pub(super) fn key(&self) -> FindingKey {
        let id = self.vuln_id_from_tool.clone().filter(|id| !id.is_empty());
        let titled = || Weakness::Titled {
            category: self.category.clone(),
            title: self.title.clone(),
        };
        FindingKey {
            weakness: id.map_or_else(titled, Weakness::Id),
            components: self.components.clone(),
        }
    }
}

impl From<Finding> for FindingBrief {
    fn from(finding: Finding) -> Self {
        let affected = finding.affects.into_iter().flatten();
        let affected: Affected = affected.map(|it| (it.name, it.version)).collect();
        let mut components: Vec<_> = affected.iter().filter_map(|it| it.0.clone()).collect();
        components.dedup();
        Self {
            id: finding.id,
            title: finding.title,
            vuln_id_from_tool: finding.vuln_id_from_tool,
            category: finding.category,
            severity: finding.severity,
            risk_score: finding.risk_score,
            components,
            affected,
            status: finding.current_status.map(Box::new),
        }
    }
}

impl From<SoftwareComponentInstance> for ComponentBrief {
    fn from(component: SoftwareComponentInstance) -> Self {
        Self {
            id: component.id,
            name: component.name,
            version: component.version,
        }
    }
}

/// Two versions to compare, made by [`Client::compare_versions`].
#[derive(Debug, Clone)]
pub struct Comparison {
    client: Client,
    old: Id,
    new: Id,
}

impl Client {
    /// Compares two versions of an asset. Rows that were merged into others or deleted are left out.
    ///
    /// ```
    /// use futures_util::TryStreamExt;
    /// # use finitestate::{Change, Client, Error, Id};
    /// # async fn run(client: Client, old: Id, new: Id) -> Result<(), Error> {
    /// let mut findings = client.compare_versions(old, new).findings();
    /// while let Some(change) = findings.try_next().await? {
    ///     if let Change::New(finding) = change {
    ///         println!("{}", finding.title.unwrap_or_default());
    ///     }
    /// }
    /// # Ok(())
    /// # }
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// #     let sandbox = sdk_sandbox::Sandbox::builder().items(20).start().await?;
    /// #     let env = finitestate::Env::from_pairs(sandbox.finitestate().variables());
    /// #     let client = finitestate::Config::from_env(&env)?.into_builder().build()?;
    /// #     let version = Id::from(sandbox.finitestate().main_asset_version_id());
    /// #     run(client, version.clone(), version).await?;
    /// #     Ok(())
    /// # }
    /// ```
    pub fn compare_versions(
        &self,
        old_version_id: impl Into<Id>,
        new_version_id: impl Into<Id>,
    ) -> Comparison {
        Comparison {
            client: self.clone(),
            old: old_version_id.into(),
            new: new_version_id.into(),
        }
    }

    /// The live findings of a version.
    pub(super) fn findings_of(
        &self,
        version: &Id,
    ) -> impl Stream<Item = Result<FindingBrief, Error>> + Send + use<> {
        let live = FindingFilter::new()
            .asset_version_ref_id(version.clone())
            .merged_finding_ref_id(None)
            .deleted_at(None);
        let list = ListFindings::new().filter(live).first(PAGE_SIZE);
        self.items(list).map_ok(FindingBrief::from)
    }

    fn components_of(
        &self,
        version: &Id,
    ) -> impl Stream<Item = Result<ComponentBrief, Error>> + Send + use<> {
        let live = SoftwareComponentInstanceFilter::new()
            .asset_version_ref_id(version.clone())
            .merged_component_ref_id(None)
            .deleted_at(None);
        let list = ListSoftwareComponentInstances::new()
            .filter(live)
            .first(PAGE_SIZE);
        self.items(list).map_ok(ComponentBrief::from)
    }
}

impl Comparison {
    /// The findings: those of the newer version as they come, then what is fixed.
    ///
    /// The older version's findings are in memory in brief, the newer one's are not. Two findings are the
    /// same when tool's id (or else category and title) and names of the affected components are. Each has at
    /// most one counterpart: of several, as with two copies of a component, one that affects the same versions
    /// of the components, else the first that is left.
    ///
    /// # Errors
    ///
    /// An item is an error when a page of either version could not be had; nothing comes after it.
    pub fn findings(&self) -> BoxStream<'static, Result<Change<FindingBrief>, Error>> {
        let (old, new) = (&self.old, &self.new);
        let (old, new) = (self.client.findings_of(old), self.client.findings_of(new));
        let alike = |old: &FindingBrief, new: &FindingBrief| old.affected == new.affected;
        diff::diff(old, new, FindingBrief::key, alike)
    }

    /// The software components: those of the newer version as they come, then those that are gone.
    ///
    /// Two components are the same when name and version are: an upgrade is one that is new and one that is
    /// gone ([`Change::Fixed`]).
    ///
    /// # Errors
    ///
    /// An item is an error when a page of either version could not be had; nothing comes after it.
    pub fn components(&self) -> BoxStream<'static, Result<Change<ComponentBrief>, Error>> {
        let (old, new) = (&self.old, &self.new);
        let (old, new) = (
            self.client.components_of(old),
            self.client.components_of(new),
        );
        let key = |it: &ComponentBrief| (it.name.clone(), it.version.clone());
        diff::diff(old, new, key, |_, _| true)
    }
}
