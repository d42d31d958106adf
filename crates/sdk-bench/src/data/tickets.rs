//! Tickets for the fragment probes.

use super::Words;
use crate::by_hand::tickets::{Comment, Label, Person, State, Ticket};

pub(super) fn ticket(words: &mut Words, number: usize) -> Ticket {
    Ticket {
        id: words.id(),
        title: words.sentence(6),
        body: Some(words.sentence(30)),
        state: words.one_of(&[State::Open, State::Closed, State::Deferred]),
        created_at: words.instant().to_rfc3339(),
        priority: (!number.is_multiple_of(3)).then_some(number as i64 % 5),
        score: Some(words.share()),
        locked: words.flag(),
        author: Some(person(words)),
        labels: words.some(4, label),
        comments: words.some(6, |words| Comment {
            id: words.id(),
            text: words.sentence(20),
            created_at: words.instant().to_rfc3339(),
            author: words.flag().then(|| person(words)),
        }),
    }
}

fn person(words: &mut Words) -> Person {
    Person {
        id: words.id(),
        login: words.sentence(1),
        name: Some(words.sentence(2)),
        email: Some("a.person@example.com".to_owned()),
    }
}

pub(super) fn label(words: &mut Words) -> Label {
    Label {
        id: words.id(),
        name: words.sentence(1),
        color: Some("#00aa55".to_owned()),
    }
}
