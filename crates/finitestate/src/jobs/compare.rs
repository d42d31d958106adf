//! Two versions of an asset side by side: what is new, what is fixed, what is still there.

use std::collections::{BTreeSet, HashMap, VecDeque};

use futures_util::stream::{self, BoxStream};
use futures_util::{Stream, StreamExt as _, TryStreamExt as _};

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
    pub(super) status: Option<Box<FindingStatus>>,
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

/// What makes two findings the same: the weakness and the components that have it.
///
/// A component's version is not part of it, since an upgrade that does not fix a weakness leaves the finding
/// what it was. A finding without a tool's id is known by its title and category.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct FindingKey {
    weakness: String,
    components: Vec<String>,
}

impl FindingBrief {
    /// The status that the platform shows; `None` while nobody has touched the finding.
    #[must_use]
    pub fn status(&self) -> Option<&FindingStatus> {
        self.status.as_deref()
    }

    pub(super) fn key(&self) -> FindingKey {
        let weakness = self.vuln_id_from_tool.clone().unwrap_or_else(|| {
            let category = self.category.as_ref().map_or("", |it| it.as_str());
            format!("{category} {}", self.title.as_deref().unwrap_or_default())
        });
        FindingKey {
            weakness,
            components: self.components.clone(),
        }
    }
}

impl From<Finding> for FindingBrief {
    fn from(finding: Finding) -> Self {
        let components = finding.affects.into_iter().flatten();
        let components: BTreeSet<_> = components.filter_map(|component| component.name).collect();
        Self {
            id: finding.id,
            title: finding.title,
            vuln_id_from_tool: finding.vuln_id_from_tool,
            category: finding.category,
            severity: finding.severity,
            risk_score: finding.risk_score,
            components: components.into_iter().collect(),
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
    /// same when tool's id (or else category and title) and names of the affected components are.
    pub fn findings(&self) -> BoxStream<'static, Result<Change<FindingBrief>, Error>> {
        let (old, new) = (&self.old, &self.new);
        let (old, new) = (self.client.findings_of(old), self.client.findings_of(new));
        compare(old, new, FindingBrief::key)
    }

    /// The software components: those of the newer version as they come, then those that are gone.
    ///
    /// Two components are the same when name and version are: an upgrade is one that is new and one that is
    /// gone ([`Change::Fixed`]).
    pub fn components(&self) -> BoxStream<'static, Result<Change<ComponentBrief>, Error>> {
        let (old, new) = (&self.old, &self.new);
        let (old, new) = (
            self.client.components_of(old),
            self.client.components_of(new),
        );
        compare(old, new, |it: &ComponentBrief| {
            (it.name.clone(), it.version.clone())
        })
    }
}

/// Holds the old items, lets the new ones pass, and ends with what is left of the old ones.
fn compare<T, K, E>(
    old: impl Stream<Item = Result<T, E>> + Send + 'static,
    new: impl Stream<Item = Result<T, E>> + Send + 'static,
    key: impl Fn(&T) -> K + Clone + Send + 'static,
) -> BoxStream<'static, Result<Change<T>, E>>
where
    T: Send + 'static,
    K: std::hash::Hash + Eq + Send + 'static,
    E: Send + 'static,
{
    let load = async move {
        let mut kept: HashMap<K, VecDeque<(usize, T)>> = HashMap::new();
        let mut old = std::pin::pin!(old);
        let mut count = 0;
        while let Some(item) = old.try_next().await? {
            kept.entry(key(&item)).or_default().push_back((count, item));
            count += 1;
        }
        Ok(changes(kept, new, key))
    };
    stream::once(load).try_flatten().boxed()
}

fn changes<T: Send + 'static, K: std::hash::Hash + Eq + Send + 'static, E: Send + 'static>(
    mut old: HashMap<K, VecDeque<(usize, T)>>,
    new: impl Stream<Item = Result<T, E>> + Send + 'static,
    key: impl Fn(&T) -> K + Send + 'static,
) -> BoxStream<'static, Result<Change<T>, E>> {
    let mut new = Some(new.boxed());
    let mut left = Vec::new().into_iter();
    let next = stream::poll_fn(move |cx| {
        if let Some(coming) = &mut new {
            match std::task::ready!(coming.poll_next_unpin(cx)) {
                Some(Ok(item)) => {
                    let same = old.get_mut(&key(&item)).and_then(VecDeque::pop_front);
                    let change = match same {
                        Some((_, old)) => Change::Unchanged { old, new: item },
                        None => Change::New(item),
                    };
                    return std::task::Poll::Ready(Some(Ok(change)));
                }
                Some(Err(error)) => return std::task::Poll::Ready(Some(Err(error))),
                None => {
                    new = None;
                    let mut fixed: Vec<_> = old.drain().flat_map(|(_, items)| items).collect();
                    fixed.sort_by_key(|(place, _)| *place);
                    left = fixed.into_iter();
                }
            }
        }
        std::task::Poll::Ready(left.next().map(|(_, item)| Ok(Change::Fixed(item))))
    });
    next.boxed()
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn compared(old: &[&'static str], new: &[&'static str]) -> Vec<Change<&'static str>> {
        let stream_of = |items: &[&'static str]| {
            let items: Vec<Result<_, &str>> = items.iter().copied().map(Ok).collect();
            stream::iter(items)
        };
        compare(stream_of(old), stream_of(new), |text| text.to_lowercase())
            .try_collect()
            .await
            .unwrap()
    }

    #[tokio::test]
    async fn what_is_new_and_unchanged_comes_in_order_and_what_is_fixed_follows_in_order() {
        let found = compared(&["a", "b", "b", "c", "d"], &["x", "B", "a"]).await;
        let same = |old, new| Change::Unchanged { old, new };
        let expected = [
            Change::New("x"),
            same("b", "B"),
            same("a", "a"),
            Change::Fixed("b"),
            Change::Fixed("c"),
            Change::Fixed("d"),
        ];
        assert_eq!(found, expected);
        assert_eq!(compared(&[], &[]).await, []);
    }

    #[tokio::test]
    async fn an_error_of_either_side_is_given_and_no_fix_is_made_up_after_it() {
        let broken = || stream::iter([Ok("a"), Err("gone")]);
        let whole = || stream::iter([Ok::<_, &str>("a"), Ok("b")]);
        let key = |text: &&str| (*text).to_owned();
        let one: Vec<_> = compare(broken(), whole(), key).collect().await;
        assert_eq!(one, [Err("gone")]);
        let mut other = compare(whole(), broken(), key);
        assert!(matches!(
            other.next().await,
            Some(Ok(Change::Unchanged { .. }))
        ));
        assert_eq!(other.next().await, Some(Err("gone")));
    }
}
