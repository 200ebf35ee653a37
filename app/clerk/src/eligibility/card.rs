//! ホーム：わたしの仕事・要処理.

use crate::card::{self, Heading, Line};
use crate::state;
use kokuho_shared::api::queue::{QueueGroup, QueueKind};
use leptos::prelude::*;

/// What one has taken up, and every list in which somebody waits.
pub fn card() -> AnyView {
    let login = state::office().session().map(|session| session.login);
    let lines = move |groups: Vec<QueueGroup>| lines(&groups, login.as_deref());
    let heading = Heading {
        id: "home-queue",
        title: "わたしの仕事・要処理",
        empty: "待っている人はいません。",
    };
    card::asking(heading, "/api/queue", lines)
}

/// The address of a list.
pub fn list_of(kind: QueueKind) -> String {
    format!("/eligibility/queue?kind={}", kind.key())
}

fn lines(groups: &[QueueGroup], login: Option<&str>) -> Vec<Line> {
    let mine = |group: &QueueGroup| {
        let items = group.items.iter();
        items
            .filter(|item| login.is_some() && item.owner.as_deref() == login)
            .count()
    };
    let taken: usize = groups.iter().map(mine).sum();
    let mut lines = Vec::new();
    if taken > 0 {
        lines.push(Line {
            label: "担当している件".to_owned(),
            told: format!("{taken}件"),
            href: "/eligibility/queue?mine=1".to_owned(),
            urgent: true,
        });
    }
    let waiting = groups.iter().filter(|group| group.count > 0);
    lines.extend(waiting.map(|group| Line {
        label: group.kind.name().to_owned(),
        told: format!("{}件", group.count),
        href: list_of(group.kind),
        urgent: false,
    }));
    lines
}
