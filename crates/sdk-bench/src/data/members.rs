//! Events for the union probe.

use super::{Words, tickets::label};
use crate::by_hand::members::{Actor, Commented, Event, Labeled, Moved, Opened};

pub(super) fn event(words: &mut Words, number: usize) -> Event {
    let (id, at) = (words.id(), words.instant().to_rfc3339());
    match number % 4 {
        0 => Event::Opened(Opened {
            id,
            at,
            title: words.sentence(8),
            actor: Some(actor(words)),
        }),
        1 => Event::Commented(Commented {
            id,
            at,
            text: words.sentence(25),
            edited: words.flag(),
            actor: Some(actor(words)),
        }),
        2 => Event::Labeled(Labeled {
            id,
            at,
            label: label(words),
        }),
        _ => Event::Moved(Moved {
            id,
            at,
            from: words.sentence(2),
            to: words.sentence(2),
            distance: Some(words.share()),
        }),
    }
}

fn actor(words: &mut Words) -> Actor {
    let (id, login) = (words.id(), words.sentence(1));
    if words.flag() {
        Actor::Person {
            id,
            login,
            email: Some("a.person@example.com".to_owned()),
        }
    } else {
        Actor::Robot {
            id,
            login,
            version: "2.14.3".to_owned(),
        }
    }
}
