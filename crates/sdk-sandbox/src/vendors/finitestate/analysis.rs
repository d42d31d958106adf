//! The state of a test, which a launched analysis moves on.

use super::jobs::Stage;
use super::resolve::Context;
use crate::data::{Row, Store, Value};

/// The state of a test for one who looks at it: once for each request, the analysis moves on.
pub(super) fn look(context: &Context<'_>, store: &Store, test: Row) -> Value {
    let state = state(context, store, test);
    if context.seen_tests.borrow_mut().insert(test) {
        context.server.jobs.look_at_test(test);
    }
    state
}

/// The statuses of all tests of an asset version, which leaves them where they are.
pub(super) fn statuses(context: &Context<'_>, store: &Store, version: Row) -> Value {
    let Some((kind, tests)) = store.related(version, "tests") else {
        return Value::list([]);
    };
    let states = tests.iter().map(|index| {
        state(
            context,
            store,
            Row {
                kind,
                index: *index,
            },
        )
    });
    Value::list(states.filter_map(|state| match state {
        Value::Object(state) => Some(state.get("status").clone()),
        _ => None,
    }))
}

fn state(context: &Context<'_>, store: &Store, test: Row) -> Value {
    let Some(stage) = context.server.jobs.test_stage(test) else {
        return store.get(test, "state").clone();
    };
    context.has_moved.set(true);
    let launched = store.get(test, "updatedAt").clone();
    let finished = matches!(stage, Stage::Done | Stage::Failed(_));
    let completed = if finished {
        launched.clone()
    } else {
        Value::Null
    };
    let (status, error) = match stage {
        Stage::Queued => ("QUEUED", Value::Null),
        Stage::Running => ("IN_PROGRESS", Value::Null),
        Stage::Done => ("COMPLETED", Value::Null),
        Stage::Failed(message) => ("ERROR", Value::text(message)),
    };
    let fields = vec![
        ("id", Value::text(format!("state-{}", Store::id(test)))),
        ("created", launched.clone()),
        ("requestedDateTime", launched.clone()),
        ("completedDateTime", completed),
        ("lastUpdated", launched),
        ("errorMessage", error),
        ("status", Value::Static(status)),
    ];
    Value::object("TestState", fields)
}
