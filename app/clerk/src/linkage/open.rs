//! 照会の一覧: every inquiry that is not finished, the oldest first.

use crate::listing::Listing;
use crate::{api, state};
use kokuho_shared::api::inquiry::{InquiryView, OpenInquiries};
use kokuho_shared::era;
use leptos::prelude::*;
use leptos::task::spawn_local;

#[component]
pub fn InquiriesPage() -> impl IntoView {
    state::titled("照会");
    let office = state::office();
    let found = RwSignal::new(None::<Result<OpenInquiries, String>>);
    spawn_local(async move {
        let answer = api::get::<OpenInquiries>("/api/inquiries").await;
        if let Err(failed) = &answer {
            office.heard(failed);
        }
        found.try_set(Some(
            answer.map_err(|failed| failed.problem().message.clone()),
        ));
    });
    view! {
        <h1 id=state::HEADING tabindex="-1">"照会"</h1>
        {move || match found.get() {
            None => view! { <p role="status">"読み込んでいます…"</p> }.into_any(),
            Some(Err(why)) => view! { <p class="field-error" role="alert">{why}</p> }.into_any(),
            Some(Ok(list)) => view! { <List list=list /> }.into_any(),
        }}
    }
}

#[component]
fn List(list: OpenInquiries) -> impl IntoView {
    let OpenInquiries { count, items: list } = list;
    let rest = count - i64::try_from(list.len()).unwrap_or(0);
    let ours = list
        .iter()
        .filter(|inquiry| inquiry.state.waits_for_us())
        .count();
    let told = format!("終わっていない照会は{count}件、うち確認を待っているものは{ours}件です。");
    view! {
        <p role="status">{told}</p>
        {(!list.is_empty()).then(|| view! {
            <Listing label="終わっていない照会">
                <table class="grid-table wide-table">
                    <thead><tr><th>"照会番号"</th><th>"状態"</th><th>"期限"</th><th>"氏名"</th><th>"情報"</th><th>"提供者"</th><th>"年度"</th></tr></thead>
                    <tbody>{list.into_iter().map(row).collect_view()}</tbody>
                </table>
            </Listing>
        })}
        {(rest > 0).then(|| view! { <p class="muted">{format!("ほかに{rest}件あります。上のものから処理してください。")}</p> })}
    }
}

fn row(inquiry: InquiryView) -> impl IntoView {
    let href = format!(
        "/households/{}/inquiries?fiscal_year={}",
        inquiry.household_id, inquiry.fiscal_year
    );
    view! {
        <tr>
            <td><a href=href>{inquiry.id}</a></td>
            <td>{inquiry.state.name()}</td>
            <td>{era::format(inquiry.deadline)}</td>
            <td>{inquiry.name}</td>
            <td>{inquiry.dataset.name()}</td>
            <td>{format!("{} {}", inquiry.holder.name(), inquiry.holder_code)}</td>
            <td>{era::fiscal_year(inquiry.fiscal_year)}</td>
        </tr>
    }
}
