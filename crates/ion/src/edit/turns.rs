//! Turns: the edits of one row by one client happen one after the other.
//!
//! Etags alone would keep them apart too, but each collision costs a read and a write.

use std::{
    collections::HashMap,
    fmt,
    sync::{Arc, Mutex, PoisonError, Weak},
};

use tokio::sync::{Mutex as Turn, OwnedMutexGuard};

/// The rows that are being edited, shared by the clones of a client.
#[derive(Clone, Default)]
pub(crate) struct Turns {
    rows: Arc<Mutex<HashMap<String, Weak<Turn<()>>>>>,
}

impl fmt::Debug for Turns {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Turns").finish_non_exhaustive()
    }
}

impl Turns {
    /// Waits until nobody else edits this row; the turn ends when the guard is dropped.
    pub(crate) async fn take(&self, row: String) -> OwnedMutexGuard<()> {
        let turn = {
            let mut rows = self.rows.lock().unwrap_or_else(PoisonError::into_inner);
            let waiting = rows.get(&row).and_then(Weak::upgrade);
            waiting.unwrap_or_else(|| {
                // Rows that nobody edits any more go when a new one comes.
                rows.retain(|_, turn| turn.strong_count() > 0);
                let turn = Arc::new(Turn::new(()));
                rows.insert(row, Arc::downgrade(&turn));
                turn
            })
        };
        turn.lock_owned().await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_row_has_one_turn_at_a_time_and_other_rows_have_their_own() {
        let turns = Turns::default();
        let first = turns.take("a".to_owned()).await;
        let _other = turns.take("b".to_owned()).await;
        let waiting = tokio::spawn({
            let turns = turns.clone();
            async move { turns.take("a".to_owned()).await }
        });
        tokio::task::yield_now().await;
        assert!(!waiting.is_finished());
        drop(first);
        waiting.await.unwrap();
    }

    #[tokio::test]
    async fn rows_that_nobody_edits_are_forgotten() {
        let turns = Turns::default();
        for row in 0..100 {
            drop(turns.take(row.to_string()).await);
        }
        assert!(turns.rows.lock().unwrap().len() <= 1);
    }
}
