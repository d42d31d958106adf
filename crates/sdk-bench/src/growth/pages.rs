//! More rows to a page of a list.

use std::{hint::black_box, pin::pin};

use anyhow::{Result, ensure};
use finitestate::queries::ListFindings;
use futures_util::{StreamExt, TryStreamExt};
use tokio::runtime::Builder;

use super::Growth;
use crate::{
    loopback::{Loopback, PAGES},
    report::Unit,
    request::{client, cpu_micros},
    rounds::{Contender, Effort, race, warm_up},
};

/// A list through `items`, page after page: CPU time of this process per row.
pub(super) fn reading(effort: Effort, loopback: &Loopback, growth: &mut Growth) -> Result<()> {
    const ROWS: usize = 5_000;
    let runtime = Builder::new_current_thread().enable_all().build()?;
    let runtime = &runtime;
    let mut contenders = Vec::new();
    for length in PAGES {
        let url = loopback.url(&format!("/pages/{length}"));
        let client = client(&loopback.url("/token"), &url)?;
        contenders.push(Contender::new(format!("{length} to a page"), move || {
            cpu_micros(runtime, ROWS as u64, async {
                let operation = ListFindings::new().first(i32::try_from(length)?);
                let mut items = pin!(client.items(operation).take(ROWS));
                let mut rows = 0;
                while let Some(finding) = items.try_next().await? {
                    black_box(finding);
                    rows += 1;
                }
                ensure!(rows == ROWS, "the list ended after {rows}");
                Ok(())
            })
        }));
    }
    warm_up(&mut contenders)?;
    let samples = race(if effort.quick { 3 } else { 7 }, contenders)?;
    let each: Vec<_> = PAGES.into_iter().zip(samples).collect();
    let name = "each finding of a list";
    growth.add(
        name,
        "findings to a page",
        Unit::CpuMicroseconds,
        Some(1.1),
        &each,
    );
    Ok(())
}
