//! 一括印刷: documents by ward and postal code, and what was printed.

use crate::listing::Listing;
use crate::words::moment;
use crate::{api, state};
use kokuho_shared::api::job::BatchView;
use kokuho_shared::ids::RunId;
use kokuho_ui::components::{Banner, Tone};
use kokuho_ui::format;
use leptos::prelude::*;
use leptos::task::spawn_local;

#[component]
pub fn Batches(
    run: RunId,
    /// The path of the run's kind.
    #[prop(default = "runs")]
    kind: &'static str,
) -> impl IntoView {
    let office = state::office();
    let (batches, problem) = (
        RwSignal::new(None::<Vec<BatchView>>),
        RwSignal::new(None::<String>),
    );
    let failed = move |failed: api::Failed| {
        office.heard(&failed);
        problem.set(Some(failed.problem().message.clone()));
    };
    spawn_local(async move {
        match api::get::<Vec<BatchView>>(&format!("/api/{kind}/{run}/batches")).await {
            Ok(list) => batches.set(Some(list)),
            Err(why) => failed(why),
        }
    });
    let printed = move |number: i64| {
        spawn_local(async move {
            let path = format!("/api/{kind}/{run}/batches/{number}/printed");
            match api::post::<_, BatchView>(&path, &()).await {
                Ok(now) => batches.update(|list| {
                    let mut all = list.iter_mut().flatten();
                    if let Some(old) = all.find(|batch| batch.number == now.number) {
                        *old = now;
                    }
                }),
                Err(why) => failed(why),
            }
        });
    };
    view! {
        <h3>"印刷"</h3>
        <p>"区と郵便番号の順です。印刷の途中で止まったときは、同じ印刷単位をもう一度開けば同じ内容になります。後から支援措置の対象になった世帯のものと、その後に差し替えられたものは除き、番号を示します。"</p>
        {move || problem.get().map(|text| view! { <Banner tone=Tone::Error><p>{text}</p></Banner> })}
        {move || batches.get().map(|list| table(kind, run, list, printed))}
    }
}

fn table(
    kind: &'static str,
    run: RunId,
    list: Vec<BatchView>,
    printed: impl Fn(i64) + Copy + Send + 'static,
) -> AnyView {
    if list.is_empty() {
        return view! { <p class="empty">"印刷する文書はありません。"</p> }.into_any();
    }
    let slips = kind == "runs";
    view! {
        <Listing label="印刷単位">
            <table class="grid-table wide-table">
                <thead><tr>
                    <th scope="col">"印刷単位"</th><th scope="col">"区"</th><th scope="col">"郵便番号"</th>
                    <th scope="col" class="num">"文書"</th>{slips.then(|| view! { <th scope="col" class="num">"納付書"</th> })}
                    <th scope="col" class="num">"ページ"</th><th scope="col">"除いた文書"</th><th scope="col">"印刷"</th><th scope="col">"記録"</th>
                </tr></thead>
                <tbody>{list.into_iter().map(|batch| row(kind, run, batch, printed)).collect_view()}</tbody>
            </table>
        </Listing>
    }
    .into_any()
}

fn row(
    kind: &'static str,
    run: RunId,
    batch: BatchView,
    printed: impl Fn(i64) + Copy + Send + 'static,
) -> impl IntoView {
    let number = batch.number;
    let codes = match batch.first_postcode == batch.last_postcode {
        true => batch.first_postcode.clone(),
        false => format!("{}〜{}", batch.first_postcode, batch.last_postcode),
    };
    let record = match &batch.printed_at {
        Some(at) => format!("{}回、最後は {}", batch.printed, moment(at)),
        None => "まだ".to_owned(),
    };
    view! {
        <tr>
            <th scope="row">{number}</th>
            <td>{match batch.sort.as_str() {
                "registered" => format!("書留　{}", batch.ward),
                "ordinary" => format!("普通　{}", batch.ward),
                _ => batch.ward.clone(),
            }}</td>
            <td>{codes}</td>
            <td class="num">{format::number(batch.letters)}</td>
            {(kind == "runs").then(|| view! { <td class="num">{format::number(batch.slips)}</td> })}
            <td class="num">{format::number(batch.pages)}</td>
            <td>{batch.left_out.join("、")}</td>
            <td><a class="found-link" target="_blank" rel="noopener" href=format!("/api/{kind}/{run}/batches/{number}")>
                {format!("PDF {number}")}<span class="visually-hidden">"（新しい画面）"</span></a></td>
            <td>
                <span data-testid="printed">{record}</span>" "
                <button type="button" class="button button-plain" aria-label=format!("印刷単位 {number} を印刷済みにする")
                    on:click=move |_| printed(number)>"印刷済みにする"</button>
            </td>
        </tr>
    }
}
