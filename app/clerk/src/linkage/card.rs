//! ホーム：届いたもの. Files that are late, and answers that wait for somebody.

use crate::card::{self, Heading, Line};
use kokuho_shared::api::arrival::ExpectedView;
use kokuho_shared::api::inquiry::InquiryCounts;
use kokuho_shared::era;
use kokuho_shared::linkage::expected::ArrivalState;
use leptos::prelude::*;

pub fn inquiries() -> AnyView {
    let heading = Heading {
        id: "home-inquiries",
        title: "照会",
        empty: "終わっていない照会はありません。",
    };
    card::asking(heading, "/api/inquiries/counts", of_inquiries)
}

pub fn arrivals() -> AnyView {
    let heading = Heading {
        id: "home-arrivals",
        title: "届く予定のファイル",
        empty: "遅れているファイルはありません。",
    };
    card::asking(heading, "/api/arrivals", of_arrivals)
}

fn of_inquiries(counts: InquiryCounts) -> Vec<Line> {
    let line = |label: &str, count: i64, urgent| {
        (count > 0).then(|| Line {
            label: label.to_owned(),
            told: format!("{count}件"),
            href: "/linkage/inquiries".to_owned(),
            urgent,
        })
    };
    let lines = [
        line("回答の確認を待っている照会", counts.ours, true),
        line("回答を待っている照会", counts.awaited, false),
    ];
    lines.into_iter().flatten().collect()
}

/// One line for each kind of file that is late.
fn of_arrivals(all: Vec<ExpectedView>) -> Vec<Line> {
    let mut lines: Vec<Line> = Vec::new();
    let late = all.iter().filter(|one| one.state == ArrivalState::Missing);
    let mut seen: Vec<&str> = Vec::new();
    for one in late {
        if seen.contains(&one.kind.as_str()) {
            continue;
        }
        seen.push(&one.kind);
        lines.push(Line {
            label: format!("{}：{}", one.partner, one.name),
            told: format!("{}から未着", era::format(one.due_on)),
            href: "/linkage/imports".to_owned(),
            urgent: one.holds_run,
        });
    }
    lines
}
