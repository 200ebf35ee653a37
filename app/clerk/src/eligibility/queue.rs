//! 要処理: who waits for what, those who have waited longest first. One list at a time; its kind, its filters and its
//! order stand in the address.

use super::card::list_of;
use crate::table::{DataTable, Place, Row, Value};
use crate::{api, dom, state};
use chrono::NaiveDate;
use kokuho_shared::api::queue::{QueueClaim, QueueCount, QueueGroup, QueueItem, QueueKind};
use kokuho_shared::era;
use kokuho_ui::components::Field;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::hooks::use_navigate;

/// One who waits, and for what.
#[derive(Clone, PartialEq)]
struct Waiting {
    kind: QueueKind,
    item: QueueItem,
}

impl Waiting {
    fn key(&self) -> String {
        let item = &self.item;
        format!(
            "{}-{}-{}",
            self.kind.key(),
            item.household_id,
            item.person_id
        )
    }
}

/// What the server told.
#[derive(Clone, Copy)]
struct Found {
    office: state::Office,
    counts: RwSignal<Vec<QueueCount>>,
    waiting: RwSignal<Option<Vec<Waiting>>>,
    problem: RwSignal<Option<String>>,
}

/// Which list is asked for.
#[derive(Clone, Copy, PartialEq)]
enum List {
    /// 担当している件 of every kind.
    Own,
    Kind(QueueKind),
}

#[component]
pub fn QueuePage() -> impl IntoView {
    state::titled("要処理");
    let place = Place::here();
    let found = Found {
        office: state::office(),
        counts: RwSignal::new(Vec::new()),
        waiting: RwSignal::new(None),
        problem: RwSignal::new(None),
    };
    found.count();
    let list = Memo::new(move |_| {
        if place.get("own").is_some() {
            return Some(List::Own);
        }
        let asked = place.get("kind").and_then(|key| QueueKind::of_key(&key));
        let first = || {
            found
                .counts
                .with(|all| all.iter().find(|one| one.count > 0).map(|one| one.kind))
        };
        asked.or_else(first).map(List::Kind)
    });
    Effect::new(move |before: Option<Option<List>>| {
        let now = list.get();
        if before != Some(now) {
            found.read(now, list);
        }
        now
    });
    view! {
        <h1 id=state::HEADING tabindex="-1">"要処理"</h1>
        <p role="status">{move || {
            let all = found.counts.with(|all| all.iter().map(|one| one.count).sum::<i64>());
            format!("全部で{all}件あります。")
        }}</p>
        {move || found.problem.get().map(|why| view! { <p class="field-error" role="alert">{why}</p> })}
        <div class="work">
            <Kinds found=found list=list />
            <div class="work-list">{move || list.get().map(|list| view! { <Rows list=list found=found place=place /> })}</div>
        </div>
    }
}

impl Found {
    fn login(self) -> Option<String> {
        self.office.session().map(|session| session.login)
    }

    fn failed(self, failed: api::Failed) {
        self.office.heard(&failed);
        self.problem.try_set(Some(failed.problem().message.clone()));
    }

    fn count(self) {
        spawn_local(async move {
            match api::get::<Vec<QueueCount>>("/api/queue/counts").await {
                Ok(counts) => {
                    self.counts.try_set(counts);
                }
                Err(failed) => self.failed(failed),
            }
        });
    }

    fn read(self, asked: Option<List>, list: Memo<Option<List>>) {
        self.waiting.set(None);
        let Some(one) = asked else {
            return;
        };
        let path = match one {
            List::Own => "/api/queue".to_owned(),
            List::Kind(kind) => format!("/api/queue?kind={}", kind.key()),
        };
        spawn_local(async move {
            let answer = api::get::<Vec<QueueGroup>>(&path).await;
            // Another list was asked for meanwhile, or the page was left.
            if list.try_get_untracked() != Some(asked) {
                return;
            }
            match answer {
                Ok(groups) => {
                    self.problem.set(None);
                    self.waiting.set(Some(of(groups, one, self.login())));
                }
                Err(failed) => self.failed(failed),
            }
        });
    }

    /// Takes people up, or lays them down.
    fn claim(self, which: Vec<Waiting>, take: bool) {
        let login = self.login();
        spawn_local(async move {
            for one in which {
                let claim = QueueClaim {
                    kind: one.kind,
                    household_id: one.item.household_id,
                    person_id: one.item.person_id,
                    take,
                };
                match api::post::<_, QueueGroup>("/api/queue/claims", &claim).await {
                    Ok(_) => self.waiting.try_update(|all| {
                        let same = all
                            .iter_mut()
                            .flatten()
                            .find(|other| other.key() == one.key());
                        if let Some(same) = same {
                            same.item.owner = login.clone().filter(|_| take);
                        }
                    }),
                    Err(failed) => return self.failed(failed),
                };
            }
            self.count();
        });
    }
}

fn of(groups: Vec<QueueGroup>, list: List, login: Option<String>) -> Vec<Waiting> {
    let all = groups.into_iter().flat_map(|group| {
        let kind = group.kind;
        group
            .items
            .into_iter()
            .map(move |item| Waiting { kind, item })
    });
    let wanted =
        |one: &Waiting| list != List::Own || one.item.owner.is_some() && one.item.owner == login;
    all.filter(wanted).collect()
}

/// The lists with their counts; those in which nobody waits only where somebody asks for them.
#[component]
fn Kinds(found: Found, list: Memo<Option<List>>) -> impl IntoView {
    let empty = RwSignal::new(false);
    let line = move |one: QueueCount| {
        let here = move || (list.get() == Some(List::Kind(one.kind))).then_some("page");
        view! {
            <li data-testid=format!("{:?}", one.kind)>
                <a href=list_of(one.kind) aria-current=here><span>{one.kind.name()}</span><span class="home-count">{format!("{}件", one.count)}</span></a>
            </li>
        }
    };
    let shown = move || {
        let all = found.counts.get().into_iter();
        let all = all
            .filter(|one| one.count > 0 || empty.get() || list.get() == Some(List::Kind(one.kind)));
        all.map(line).collect_view()
    };
    let own = move || {
        found
            .counts
            .with(|all| all.iter().map(|one| one.own).sum::<i64>())
    };
    view! {
        <nav class="work-kinds" aria-label="要処理の種類">
            <ul>
                <li><a href="/eligibility/queue?own=1" aria-current=move || (list.get() == Some(List::Own)).then_some("page")>
                    <span>"担当している件"</span><span class="home-count">{move || format!("{}件", own())}</span></a></li>
                {shown}
            </ul>
            <label class="check"><input type="checkbox" prop:checked=empty on:change=move |event| empty.set(event_target_checked(&event)) />"0件のものも表示"</label>
        </nav>
    }
}

#[component]
fn Rows(list: List, found: Found, place: Place) -> impl IntoView {
    let title = match list {
        List::Own => "担当している件",
        List::Kind(kind) => kind.name(),
    };
    dom::focus("queue-list");
    let chosen = RwSignal::new(Vec::<String>::new());
    let wards = Memo::new(move |_| {
        let mut all: Vec<String> = found.waiting.with(|all| {
            all.iter()
                .flatten()
                .map(|one| one.item.ward.clone())
                .collect()
        });
        all.sort();
        all.dedup();
        all
    });
    let filtered = Memo::new(move |_| {
        let (ward, owner) = (place.get("ward"), place.get("owner"));
        let login = state::office().session().map(|session| session.login);
        let wanted = |one: &Waiting| {
            let here = ward.as_ref().is_none_or(|ward| one.item.ward == *ward);
            here && match owner.as_deref() {
                Some("none") => one.item.owner.is_none(),
                Some("mine") => one.item.owner == login,
                _ => true,
            }
        };
        let all = found.waiting.get().unwrap_or_default();
        all.into_iter().filter(wanted).collect::<Vec<Waiting>>()
    });
    let rows =
        Signal::derive(move || filtered.with(|all| all.iter().map(row).collect::<Vec<Row>>()));
    let picked = move || {
        let keys = chosen.get();
        filtered.with(|all| {
            all.iter()
                .filter(|one| keys.contains(&one.key()))
                .cloned()
                .collect::<Vec<_>>()
        })
    };
    let claim = move |take: bool| {
        found.claim(untrack(picked), take);
        chosen.set(Vec::new());
    };
    let acts = Callback::new(move |key: String| {
        view! { <Owner key=key filtered=filtered found=found /> }.into_any()
    });
    let day = match list {
        List::Own => "日付",
        List::Kind(kind) => kind.day(),
    };
    view! {
        <section aria-labelledby="queue-list" data-testid="queue-list">
            <h2 id="queue-list" tabindex="-1">{title}</h2>
            <Filters place=place wards=wards />
            {move || match found.waiting.with(Option::is_none) {
                true => view! { <p role="status">"読み込んでいます…"</p> }.into_any(),
                false if rows.with(Vec::is_empty) => view! { <p class="empty">"待っている人はいません。"</p> }.into_any(),
                false => view! {
                    <p role="status">{move || format!("{}件", rows.with(Vec::len))}</p>
                    <div class="buttons bulk">
                        <span>{move || format!("{}件を選択", chosen.with(Vec::len))}</span>
                        <button type="button" class="button" disabled=move || chosen.with(Vec::is_empty) on:click=move |_| claim(true)>"選んだ件を担当する"</button>
                        <button type="button" class="button" disabled=move || chosen.with(Vec::is_empty) on:click=move |_| claim(false)>"担当をやめる"</button>
                    </div>
                    <DataTable label=title.to_owned() columns=vec!["氏名", day, "世帯番号", "生年月日", "区", "担当"] rows=rows acts=acts chosen=chosen />
                }.into_any(),
            }}
        </section>
    }
}

#[component]
fn Filters(place: Place, wards: Memo<Vec<String>>) -> impl IntoView {
    let navigate = use_navigate();
    let (by_ward, by_owner) = (navigate.clone(), navigate);
    let ward = move || place.get("ward").unwrap_or_default();
    let owner = move || place.get("owner").unwrap_or_default();
    let changed = |key: &'static str, value: String| [(key, value), ("page", String::new())];
    view! {
        <div class="filters" role="search" aria-label="絞り込み">
            <Field id="queue-ward" label="区">
                <select id="queue-ward" class="select" prop:value=ward
                    on:change=move |event| place.go(&by_ward, &changed("ward", event_target_value(&event)))>
                    <option value="">"すべて"</option>
                    {move || wards.get().into_iter().map(|one| view! { <option value=one.clone() selected=one == ward()>{one.clone()}</option> }).collect_view()}
                </select>
            </Field>
            <Field id="queue-owner" label="担当">
                <select id="queue-owner" class="select" prop:value=owner
                    on:change=move |event| place.go(&by_owner, &changed("owner", event_target_value(&event)))>
                    <option value="">"すべて"</option>
                    <option value="mine" selected=move || owner() == "mine">"わたし"</option>
                    <option value="none" selected=move || owner() == "none">"だれも担当していない"</option>
                </select>
            </Field>
        </div>
    }
}

fn row(one: &Waiting) -> Row {
    let item = &one.item;
    let year = item.fiscal_year.map(|year| format!("?fiscal_year={year}"));
    let words = item
        .fiscal_year
        .map(|year| format!("（{}分）", era::fiscal_year(year)));
    let words = format!("{}{}", waited(item.on), words.unwrap_or_default());
    let section = match one.kind {
        QueueKind::DecisionDue | QueueKind::Undecided => "premium",
        QueueKind::IncomeMissing => "people",
        QueueKind::PaperEnding | QueueKind::PaperMissing | QueueKind::ReplyOverdue => "papers",
        QueueKind::Gone | QueueKind::NotReported | QueueKind::Past75 | QueueKind::Turns75 => {
            "notification"
        }
        _ => "overview",
    };
    Row {
        key: one.key(),
        href: format!(
            "/households/{}/{section}{}",
            item.household_id,
            year.unwrap_or_default()
        ),
        values: vec![
            Value::text(item.name.clone()),
            Value::day(item.on, &words),
            Value::text(item.household_number.clone()),
            Value::day(item.birth_date, ""),
            Value::text(item.ward.clone()),
            Value::text(item.owner.clone().unwrap_or_default()),
        ],
    }
}

/// How long something has waited, or how long it still has.
fn waited(on: NaiveDate) -> String {
    let today = state::office().session().map(|session| session.today);
    match today.map(|today| (today - on).num_days()) {
        None | Some(0) => String::new(),
        Some(days) if days > 0 => format!("（{days}日前）"),
        Some(days) => format!("（{}日後）", -days),
    }
}

/// The way to take somebody up or lay somebody down.
#[component]
fn Owner(key: String, filtered: Memo<Vec<Waiting>>, found: Found) -> impl IntoView {
    let one = move || filtered.with(|all| all.iter().find(|one| one.key() == key).cloned());
    let login = state::office().session().map(|session| session.login);
    move || {
        let one = one()?;
        let mine = one.item.owner.is_some() && one.item.owner == login;
        let text = if mine {
            "担当をやめる"
        } else {
            "担当する"
        };
        let label = format!("{}を{text}", one.item.name);
        let press = move |_| found.claim(vec![one.clone()], !mine);
        Some(
            view! { <button type="button" class="button button-plain" aria-label=label on:click=press>{text}</button> },
        )
    }
}
