//! Two lists side by side, of which one is in memory.

use std::collections::{HashMap, VecDeque};
use std::hash::Hash;
use std::vec;

use futures_util::stream::{self, BoxStream, Fuse};
use futures_util::{Stream, StreamExt as _, TryStreamExt as _};

use super::Change;

/// Holds the old items, lets the new ones pass, and ends with what is left of the old ones.
///
/// Items with the same key are the same, each with at most one other; those that are also alike go together
/// first. The stream ends with the first error, so that nothing is taken for fixed that was not seen.
pub(super) fn diff<T, K, E>(
    old: impl Stream<Item = Result<T, E>> + Send + 'static,
    new: impl Stream<Item = Result<T, E>> + Send + 'static,
    key: impl Fn(&T) -> K + Send + 'static,
    alike: impl Fn(&T, &T) -> bool + Send + 'static,
) -> BoxStream<'static, Result<Change<T>, E>>
where
    T: Send + 'static,
    K: Hash + Eq + Send + 'static,
    E: Send + 'static,
{
    let diff = Diff {
        old: old.boxed().fuse(),
        new: new.boxed().fuse(),
        kept: HashMap::new(),
        count: 0,
        left: None,
        key,
        alike,
    };
    let changes = stream::try_unfold(diff, |mut diff| async {
        let change = diff.next().await?;
        Ok(change.map(|change| (change, diff)))
    });
    changes.boxed()
}

type Items<T, E> = Fuse<BoxStream<'static, Result<T, E>>>;

struct Diff<T, K, E, F, G> {
    old: Items<T, E>,
    new: Items<T, E>,
    /// Old items without a counterpart so far, with their places.
    kept: HashMap<K, VecDeque<(usize, T)>>,
    count: usize,
    /// What is left of them once all new items have passed.
    left: Option<vec::IntoIter<(usize, T)>>,
    key: F,
    alike: G,
}

impl<T, K: Hash + Eq, E, F: Fn(&T) -> K, G: Fn(&T, &T) -> bool> Diff<T, K, E, F, G> {
    async fn next(&mut self) -> Result<Option<Change<T>>, E> {
        while let Some(item) = self.old.try_next().await? {
            let same = self.kept.entry((self.key)(&item)).or_default();
            same.push_back((self.count, item));
            self.count += 1;
        }
        if let Some(item) = self.new.try_next().await? {
            return Ok(Some(match self.counterpart(&item) {
                Some(old) => Change::Unchanged { old, new: item },
                None => Change::New(item),
            }));
        }
        let kept = &mut self.kept;
        let left = self.left.get_or_insert_with(|| {
            let mut left: Vec<_> = kept.drain().flat_map(|(_, items)| items).collect();
            left.sort_by_key(|(place, _)| *place);
            left.into_iter()
        });
        Ok(left.next().map(|(_, item)| Change::Fixed(item)))
    }

    fn counterpart(&mut self, item: &T) -> Option<T> {
        let same = self.kept.get_mut(&(self.key)(item))?;
        let alike = same.iter().position(|(_, old)| (self.alike)(old, item));
        same.remove(alike.unwrap_or(0)).map(|(_, old)| old)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Letters are the same whatever their case, and alike if their cases are.
    async fn compared(old: &[&'static str], new: &[&'static str]) -> Vec<Change<&'static str>> {
        let stream_of = |items: &[&'static str]| {
            let items: Vec<Result<_, &str>> = items.iter().copied().map(Ok).collect();
            stream::iter(items)
        };
        let key = |text: &&str| text.to_lowercase();
        let changes = diff(stream_of(old), stream_of(new), key, |old, new| old == new);
        changes.try_collect().await.unwrap()
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
    async fn of_several_that_are_the_same_those_that_are_alike_go_together() {
        let (old, new) = ("b", "b");
        assert_eq!(
            compared(&["B", "b"], &["b"]).await,
            [Change::Unchanged { old, new }, Change::Fixed("B")]
        );
    }

    #[tokio::test]
    async fn an_error_of_either_side_is_the_end_and_no_fix_is_made_up_after_it() {
        let broken = || stream::iter([Ok("a"), Err("gone")]);
        let whole = || stream::iter([Ok::<_, &str>("a"), Ok("b")]);
        let key = |text: &&str| (*text).to_owned();
        let one: Vec<_> = diff(broken(), whole(), key, |_, _| true).collect().await;
        assert_eq!(one, [Err("gone")]);
        let other: Vec<_> = diff(whole(), broken(), key, |_, _| true).collect().await;
        let (old, new) = ("a", "a");
        assert_eq!(other, [Ok(Change::Unchanged { old, new }), Err("gone")]);
    }
}
