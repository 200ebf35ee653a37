//! 除いた世帯: what a job left for somebody to look at.

use crate::listing::Listing;
use kokuho_shared::api::job::FindingView;
use leptos::prelude::*;

/// Households that were left out: each is work for somebody.
pub fn findings(list: Vec<FindingView>) -> impl IntoView {
    let row = |finding: FindingView| {
        view! {
            <tr>
                <th scope="row">
                    <a class="found-link" href=format!("/households/{}", finding.household_id)>{match finding.household_number.as_str() {
                        "" => format!("世帯（内部番号 {}）", finding.household_id),
                        number => format!("世帯 {number}"),
                    }}</a>
                </th>
                <td>{finding.reason}</td>
            </tr>
        }
    };
    view! {
        <section aria-labelledby="findings-heading">
            <h2 id="findings-heading">"除いた世帯"</h2>
            <p>"次の世帯は、処理から除きました。理由を確かめ、世帯を開いて処理してください。"</p>
            <Listing label="除いた世帯">
                <table class="grid-table">
                    <thead><tr><th scope="col">"世帯"</th><th scope="col">"理由"</th></tr></thead>
                    <tbody>{list.into_iter().map(row).collect_view()}</tbody>
                </table>
            </Listing>
        </section>
    }
}
