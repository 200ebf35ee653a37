//! 特別徴収: whose premium is taken from a pension, what is asked of the pension body, and what must end.

use crate::listing::Listing;
use crate::words::confirmed;
use crate::{api, state};
use kokuho_shared::access::Action;
use kokuho_shared::api::pension::{
    PensionCount, PensionList, PensionRow, PensionSend, PensionState, PensionStop,
};
use kokuho_shared::calendar::FiscalYear;
use kokuho_shared::era;
use kokuho_shared::money::Yen;
use kokuho_ui::components::{Banner, Tone, typed};
use kokuho_ui::format;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// Months of the payments, as the heads of the columns.
const MONTHS: [&str; 6] = ["4月", "6月", "8月", "10月", "12月", "2月"];

#[derive(Clone, Copy)]
struct Screen {
    office: state::Office,
    year: RwSignal<FiscalYear>,
    list: RwSignal<Option<PensionList>>,
    wrong: RwSignal<Option<String>>,
    done: RwSignal<Option<String>>,
}

impl Screen {
    fn load(self) {
        let path = format!("/api/pensions?fiscal_year={}", self.year.get_untracked());
        spawn_local(async move {
            let found = api::get::<PensionList>(&path).await;
            self.hear(found, None);
        });
    }

    fn hear(self, found: Result<PensionList, api::Failed>, done: Option<String>) {
        match found {
            Ok(list) => {
                self.list.try_set(Some(list));
                self.wrong.try_set(None);
                self.done.try_set(done);
            }
            Err(failed) => {
                self.office.heard(&failed);
                self.wrong.try_set(Some(failed.problem().message.clone()));
            }
        }
    }

    fn send(self) {
        let wish = PensionSend {
            fiscal_year: self.year.get_untracked(),
        };
        spawn_local(async move {
            let found = api::post::<_, PensionList>("/api/pensions", &wish).await;
            let text = "依頼ファイルに載せました。次の送付で年金保険者に届きます。";
            self.hear(found, Some(text.to_owned()));
        });
    }

    fn stop(self, row: &PensionRow, account_transfer: bool, reason: String) {
        let path = format!("/api/households/{}/pension", row.household_id);
        let wish = PensionStop {
            fiscal_year: self.year.get_untracked(),
            account_transfer,
            reason,
        };
        let name = row.name.clone();
        spawn_local(async move {
            let found = api::post::<_, PensionList>(&path, &wish).await;
            let text = format!("{name}さん：中止を依頼します。世帯を開いて決定し直してください。");
            self.hear(found, Some(text));
        });
    }
}

#[component]
pub fn PensionsPage() -> impl IntoView {
    let office = state::office();
    let today = office
        .session()
        .map(|session| session.today)
        .unwrap_or_default();
    let screen = Screen {
        office,
        year: RwSignal::new(FiscalYear::of(today)),
        list: RwSignal::new(None),
        wrong: RwSignal::new(None),
        done: RwSignal::new(None),
    };
    state::entered("特別徴収");
    screen.load();
    let year = move || era::fiscal_year(screen.year.get());
    view! {
        <h1 id=state::HEADING tabindex="-1">{move || format!("特別徴収（{}）", year())}</h1>
        <p>"年金保険者の対象者一覧に載った世帯主は、決定のたびに条件を確かめ、条件に合えば年金からの支払を計画します。依頼すると、その額は年金保険者の回答まで変わりません。"</p>
        {move || screen.wrong.get().map(|text| view! { <Banner tone=Tone::Error><p>{text}</p></Banner> })}
        {move || screen.done.get().map(|text| view! { <Banner tone=Tone::Success><p>{text}</p></Banner> })}
        {move || screen.list.get().map(|list| shown(screen, list))}
        <p><a href="/assessment/runs">"年次賦課へ"</a></p>
    }
}

fn shown(screen: Screen, list: PensionList) -> AnyView {
    if list.rows.is_empty() {
        let text = "対象者一覧に載った世帯の決定が、この年度にはまだありません。";
        return view! { <p class="empty">{text}</p> }.into_any();
    }
    let planned = list
        .counts
        .iter()
        .find(|count| count.state == PensionState::Planned);
    let planned = planned.map(|count| count.households);
    let may = screen.office.may(Action::RunYear);
    view! {
        <dl class="member-facts" data-testid="pension-counts">{list.counts.into_iter().map(count).collect_view()}</dl>
        {planned.filter(|_| may).map(|households| view! {
            <div class="buttons">
                <button type="button" class="button button-primary" on:click=move |_| {
                    if confirmed(&format!("{households}世帯の特別徴収を年金保険者に依頼します。よろしいですか？")) { screen.send() }
                }>{format!("{households}世帯を依頼する")}</button>
            </div>
        })}
        <Listing label="特別徴収の世帯">
            <table class="grid-table wide-table">
                <thead><tr>
                    <th scope="col">"世帯主"</th><th scope="col">"状態"</th><th scope="col">"理由"</th>
                    {MONTHS.map(|month| view! { <th scope="col" class="num">{month}</th> })}
                    <th scope="col">"処理"</th>
                </tr></thead>
                <tbody>{list.rows.into_iter().map(|row| line(screen, row)).collect_view()}</tbody>
            </table>
        </Listing>
    }
    .into_any()
}

fn count(count: PensionCount) -> impl IntoView {
    view! { <div><dt>{count.state.name()}</dt><dd>{format!("{}世帯", format::number(count.households))}</dd></div> }
}

fn line(screen: Screen, row: PensionRow) -> impl IntoView {
    let href = format!("/households/{}/premium", row.household_id);
    let stopped = row.stopped_place.unwrap_or(6);
    let payment = |(place, yen): (i64, Yen)| {
        let text = if yen == Yen::ZERO || place >= stopped {
            "–".to_owned()
        } else {
            format::number(yen.0)
        };
        view! { <td class="num">{text}</td> }
    };
    let payments = (0..).zip(row.payments).map(payment).collect_view();
    let why = [&row.obstacles, &row.reason, &row.code];
    let why: Vec<&str> = why
        .iter()
        .map(|text| text.as_str())
        .filter(|text| !text.is_empty())
        .collect();
    let ends = matches!(row.state, PensionState::Sent | PensionState::Accepted);
    let may = screen.office.may(Action::Decide);
    view! {
        <tr>
            <th scope="row"><a class="found-link" href=href>{row.name.clone()}</a></th>
            <td>{row.state.name()}</td>
            <td>{why.join("　")}</td>
            {payments}
            <td>{(ends && may).then(|| acts(screen, row.clone()))}</td>
        </tr>
    }
}

/// 中止 and 口座振替への変更, with the reason.
fn acts(screen: Screen, row: PensionRow) -> impl IntoView {
    let reason = RwSignal::new(row.obstacles.clone());
    let label = format!("{}さんの特別徴収を中止する理由", row.name);
    let transferred = row.clone();
    view! {
        <div class="row-acts">
            <input class="input" aria-label=label placeholder="中止の理由" maxlength="200" autocomplete="off" prop:value=reason
                on:input=move |event| reason.set(typed(&event)) />
            <button type="button" class="button" on:click=move |_| screen.stop(&row, false, reason.get_untracked())>"中止を依頼"</button>
            <button type="button" class="button button-plain" on:click=move |_| screen.stop(&transferred, true, reason.get_untracked())>"口座振替に変更"</button>
        </div>
    }
}
