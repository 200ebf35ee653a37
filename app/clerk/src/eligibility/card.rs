//! ホーム：わたしの仕事・要処理.

use crate::card::{self, Heading, Line};
use kokuho_shared::api::queue::{QueueCount, QueueKind};
use leptos::prelude::*;

/// What one has taken up, and every list in which somebody waits.
pub fn card() -> AnyView {
    let heading = Heading {
        id: "home-queue",
        title: "わたしの仕事・要処理",
        empty: "待っている人はいません。",
    };
    card::asking(heading, "/api/queue/counts", lines)
}

/// The address of a list.
pub fn list_of(kind: QueueKind) -> String {
    format!("/eligibility/queue?kind={}", kind.key())
}

fn lines(groups: Vec<QueueCount>) -> Vec<Line> {
    let own: i64 = groups.iter().map(|group| group.own).sum();
    let mut lines = Vec::new();
    if own > 0 {
        lines.push(Line {
            label: "担当している件".to_owned(),
            told: format!("{own}件"),
            href: "/eligibility/queue?own=1".to_owned(),
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
