//! これまでの取込.

use crate::listing::Listing;
use crate::words::moment;
use kokuho_shared::api::import::ImportRun;
use kokuho_ui::format;
use leptos::prelude::*;

pub fn table(runs: Vec<ImportRun>) -> AnyView {
    if runs.is_empty() {
        let text =
            "まだ何も取り込んでいません。上の3つのファイルを取り込むと、世帯を検索できます。";
        return view! { <p class="empty">{text}</p> }.into_any();
    }
    view! {
        <Listing label="これまでの取込">
            <table class="grid-table wide-table">
                <thead><tr>
                    <th scope="col">"時刻"</th><th scope="col">"種類"</th><th scope="col">"ファイル"</th><th scope="col">"取り込んだ人"</th>
                    <th scope="col" class="num">"行"</th><th scope="col" class="num">"合計値"</th><th scope="col" class="num">"追加"</th>
                    <th scope="col" class="num">"変更"</th><th scope="col" class="num">"変更なし"</th>
                </tr></thead>
                <tbody>{runs.into_iter().map(row).collect_view()}</tbody>
            </table>
        </Listing>
    }
    .into_any()
}

fn row(run: ImportRun) -> impl IntoView {
    let counts = [
        run.lines,
        run.control_total,
        run.added,
        run.changed,
        run.unchanged,
    ];
    view! {
        <tr>
            <th scope="row">{moment(&run.recorded_at)}</th>
            <td>{run.kind.name()}</td><td>{run.file_name}</td><td>{run.recorded_by}</td>
            {counts.into_iter().map(|count| view! { <td class="num">{format::number(count)}</td> }).collect_view()}
        </tr>
    }
}
