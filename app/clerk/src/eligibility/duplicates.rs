//! 資格重複: who is listed with another insurance as well, and the next step of each case.

use crate::listing::Listing;
use crate::words::confirmed;
use crate::{api, state};
use kokuho_shared::api::duplicate::{DuplicateAction, DuplicateStep, DuplicateView};
use kokuho_shared::eligibility::duplicate::DuplicateState;
use kokuho_shared::era;
use kokuho_ui::components::{Banner, Tone, typed};
use leptos::prelude::*;
use leptos::task::spawn_local;

#[derive(Clone, Copy)]
struct Screen {
    office: state::Office,
    all: RwSignal<Option<Vec<DuplicateView>>>,
    wrong: RwSignal<Option<String>>,
    done: RwSignal<Option<String>>,
}

impl Screen {
    fn load(self) {
        spawn_local(async move {
            match api::get::<Vec<DuplicateView>>("/api/duplicates").await {
                Ok(found) => {
                    self.all.try_set(Some(found));
                }
                Err(failed) => self.failed(&failed),
            }
        });
    }

    fn failed(self, failed: &api::Failed) {
        self.office.heard(failed);
        self.wrong.set(Some(failed.problem().message.clone()));
    }

    fn step(self, case: &DuplicateView, action: DuplicateAction, reason: String) {
        self.wrong.set(None);
        self.done.set(None);
        let path = format!("/api/duplicates/{}", case.id);
        let step = DuplicateStep {
            action,
            seen_state: case.state,
            reason,
        };
        spawn_local(async move {
            match api::post::<_, DuplicateView>(&path, &step).await {
                Ok(after) => {
                    let text = format!("{}さん：{}", after.name, after.state.name());
                    self.done.set(Some(text));
                    self.load();
                }
                Err(failed) => self.failed(&failed),
            }
        });
    }
}

#[component]
pub fn DuplicatesPage() -> impl IntoView {
    let screen = Screen {
        office: state::office(),
        all: RwSignal::new(None),
        wrong: RwSignal::new(None),
        done: RwSignal::new(None),
    };
    state::entered("資格重複");
    screen.load();
    view! {
        <h1 id=state::HEADING tabindex="-1">"資格重複"</h1>
        <p>"国保連合会の資格重複状況結果一覧に載った人です。続けて2回載った人に届出を2回勧め、期限が過ぎても届出がないときに、職権で喪失を登録できます。"</p>
        {move || screen.wrong.get().map(|text| view! { <Banner tone=Tone::Error><p>{text}</p></Banner> })}
        {move || screen.done.get().map(|text| view! { <Banner tone=Tone::Success><p>{text}</p></Banner> })}
        {move || screen.all.get().map(|all| table(screen, all))}
        <p><a href="/eligibility/queue">"要処理へ"</a></p>
    }
}

fn table(screen: Screen, all: Vec<DuplicateView>) -> AnyView {
    if all.is_empty() {
        return view! { <p class="empty">"一覧に載った人はいません。"</p> }.into_any();
    }
    view! {
        <Listing label="資格重複">
            <table class="grid-table wide-table">
                <thead><tr>
                    <th scope="col">"氏名"</th><th scope="col">"状態"</th><th scope="col">"処理"</th>
                    <th scope="col">"国保の取得日"</th><th scope="col">"ほかの保険"</th>
                    <th scope="col" class="num">"掲載"</th><th scope="col">"最後の一覧"</th>
                </tr></thead>
                <tbody>{all.into_iter().map(|case| row(screen, case)).collect_view()}</tbody>
            </table>
        </Listing>
    }
    .into_any()
}

fn row(screen: Screen, case: DuplicateView) -> impl IntoView {
    let state = match (case.due_on, case.reason.as_str()) {
        (Some(due), _) => format!("{}（{}まで）", case.state.name(), era::format(due)),
        (None, "") => case.state.name().to_owned(),
        (None, reason) => format!("{}（{reason}）", case.state.name()),
    };
    let acquired = case.acquired_on.map(era::format);
    let href = format!("/households/{}", case.household_id);
    view! {
        <tr>
            <th scope="row"><a class="found-link" href=href>{case.name.clone()}</a></th>
            <td>{state}</td>
            <td>{case.state.is_open().then(|| acts(screen, case.clone()))}</td>
            <td>{acquired.unwrap_or_else(|| "喪失済み".to_owned())}</td>
            <td>{format!("{}　{}取得", case.other_insurer, era::format(case.other_acquired_on))}</td>
            <td class="num">{format!("{}回", case.seen)}</td>
            <td>{era::format(case.last_list_on)}</td>
        </tr>
    }
}

/// The next step, and the way out.
fn acts(screen: Screen, case: DuplicateView) -> impl IntoView {
    let reason = RwSignal::new(String::new());
    let next = match case.state {
        DuplicateState::Candidate => Some((DuplicateAction::Urge, "勧奨（1回目）")),
        DuplicateState::Urged1 => Some((DuplicateAction::Urge, "勧奨（2回目）")),
        DuplicateState::Urged2 => Some((DuplicateAction::Lose, "職権で喪失")),
        _ => None,
    };
    let name = case.name.clone();
    let (go, dismissed) = (case.clone(), case);
    let label = format!("{name}さんを対象外とする理由");
    view! {
        <div class="row-acts">
            {next.map(|(action, text)| {
                let question = format!("{name}さんの国民健康保険の資格を、職権で喪失とします。よろしいですか？");
                view! {
                    <button type="button" class="button" on:click=move |_| {
                        if action != DuplicateAction::Lose || confirmed(&question) {
                            screen.step(&go, action, String::new());
                        }
                    }>{text}</button>
                }
            })}
            <input class="input" aria-label=label placeholder="対象外の理由" maxlength="200" autocomplete="off" prop:value=reason
                on:input=move |event| reason.set(typed(&event)) />
            <button type="button" class="button button-plain" on:click=move |_| {
                screen.step(&dismissed, DuplicateAction::Dismiss, reason.get_untracked());
            }>"対象外にする"</button>
        </div>
    }
}
