//! ホーム：届いたもの. Files that are late, and answers that wait for somebody.

use crate::card::{self, Heading, Line};
use kokuho_shared::api::arrival::ExpectedView;
use kokuho_shared::api::inquiry::OpenInquiries;
use kokuho_shared::era;
use kokuho_shared::linkage::expected::ArrivalState;
use leptos::prelude::*;

pub fn inquiries() -> AnyView {
    let heading = Heading {
        id: "home-inquiries",
        title: "照会",
        empty: "終わっていない照会はありません。",
    };
    card::asking(heading, "/api/inquiries", of_inquiries)
}

pub fn arrivals() -> AnyView {
    let heading = Heading {
        id: "home-arrivals",
        title: "届く予定のファイル",
        empty: "遅れているファイルはありません。",
    };
    card::asking(heading, "/api/arrivals", of_arrivals)
}

fn of_inquiries(open: OpenInquiries) -> Vec<Line> {
    let ours = open
        .items
        .iter()
        .filter(|inquiry| inquiry.state.waits_for_us())
        .count();
    let line = |label: &str, count: i64, urgent| Line {
        label: label.to_owned(),
        told: format!("{count}件"),
        href: "/linkage/inquiries".to_owned(),
        urgent,
    };
    let ours = i64::try_from(ours).unwrap_or(i64::MAX);
    let mut lines = Vec::new();
    if ours > 0 {
        lines.push(line("回答の確認を待っている照会", ours, true));
    }
    if open.count > ours {
        lines.push(line("回答を待っている照会", open.count - ours, false));
    }
    lines
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
