//! ホーム：承認を待つ申請.

use crate::card::{self, Heading, Line};
use kokuho_shared::api::access::AccountRequest;
use leptos::prelude::*;

pub fn card() -> AnyView {
    let heading = Heading {
        id: "home-requests",
        title: "利用者の申請",
        empty: "承認を待つ申請はありません。",
    };
    card::asking(heading, "/api/account-requests", lines)
}

fn lines(requests: Vec<AccountRequest>) -> Vec<Line> {
    let line = |request: AccountRequest| Line {
        label: format!("{}（{}）", request.name, request.login),
        told: if request.may_approve {
            "あなたの承認待ち"
        } else {
            "ほかの管理者の承認待ち"
        }
        .to_owned(),
        href: "/admin/accounts".to_owned(),
        urgent: request.may_approve,
    };
    requests.into_iter().map(line).collect()
}
