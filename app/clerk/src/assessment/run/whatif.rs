//! 料率の試算: other rates over the whole stored city, and the rates that bring a required sum.

use super::outcome::spread;
use super::rates::{Fields, Levels, all, of_shipped};
use crate::jobs::figures::{figures, signed, yen};
use crate::listing::Listing;
use crate::{api, state};
use kokuho_shared::calendar::FiscalYear;

use kokuho_shared::api::whatif::{SolveWish, WhatIfView, WhatIfWish};
use kokuho_shared::assessment::trial::whatif::{
    PremiumDifference, Solved, Thresholds, WhatIfOutcome,
};
use kokuho_shared::era;
use kokuho_shared::law::parameters::ByPart;
use kokuho_ui::components::{Banner, Field, ProgressBar, Tone};
use kokuho_ui::format;
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::time::Duration;

/// How often a running trial is looked at.
const LOOK: Duration = Duration::from_millis(300);

/// What this screen knows.
#[derive(Clone, Copy)]
struct Screen {
    office: state::Office,
    year: RwSignal<FiscalYear>,
    fields: StoredValue<Vec<Fields>>,
    levels: StoredValue<Option<Levels>>,
    seen: RwSignal<Option<WhatIfView>>,
    solved: RwSignal<Vec<Solved>>,
    problem: RwSignal<Option<String>>,
    busy: RwSignal<bool>,
}

impl Screen {
    fn failed(self, failed: &api::Failed) {
        self.office.heard(failed);
        self.problem.try_set(Some(failed.problem().message.clone()));
        self.busy.try_set(false);
    }

    fn thresholds(self) -> Result<Option<Thresholds>, String> {
        let levels = self
            .levels
            .with_value(|levels| levels.as_ref().map(Levels::read));
        Ok(levels.transpose()?.flatten())
    }

    fn begin(self) {
        self.problem.set(None);
        let rates = match self.fields.with_value(|fields| all(fields)) {
            Ok(rates) => rates,
            Err(why) => return self.problem.set(Some(why)),
        };
        let thresholds = match self.thresholds() {
            Ok(thresholds) => thresholds,
            Err(why) => return self.problem.set(Some(why)),
        };
        let wish = WhatIfWish {
            fiscal_year: self.year.get_untracked(),
            rates,
            thresholds,
            rounding: None,
            options: None,
        };
        self.busy.set(true);
        spawn_local(async move {
            match api::post::<_, WhatIfView>("/api/whatifs", &wish).await {
                Ok(view) => self.follow(view),
                Err(failed) => self.failed(&failed),
            }
        });
    }

    fn follow(self, view: WhatIfView) {
        let (id, finished) = (view.id, view.finished);
        if self.seen.try_set(Some(view)).is_some() {
            return;
        }
        if finished {
            self.busy.try_set(false);
            return;
        }
        let look = move || {
            spawn_local(async move {
                match api::get::<WhatIfView>(&format!("/api/whatifs/{id}")).await {
                    Ok(view) => self.follow(view),
                    Err(failed) => self.failed(&failed),
                }
            });
        };
        set_timeout(look, LOOK);
    }

    fn solve(self) {
        self.problem.set(None);
        let rates = self.fields.with_value(|fields| all(fields));
        let mut required = ByPart::default();
        let read = self.fields.with_value(|fields| {
            for field in fields {
                if let Some(amount) = field.required()? {
                    required.set(field.part, amount);
                }
            }
            Ok::<(), String>(())
        });
        if let Err(why) = read {
            return self.problem.set(Some(why));
        }
        let rates = match rates {
            Ok(_) if required.iter().next().is_none() => {
                let text = "必要額を、求める区分に入力してください".to_owned();
                return self.problem.set(Some(text));
            }
            Ok(rates) => rates,
            Err(why) => return self.problem.set(Some(why)),
        };
        let thresholds = match self.thresholds() {
            Ok(thresholds) => thresholds,
            Err(why) => return self.problem.set(Some(why)),
        };
        let wish = SolveWish {
            fiscal_year: self.year.get_untracked(),
            rates,
            required,
            thresholds,
        };
        self.busy.set(true);
        spawn_local(async move {
            match api::post::<_, Vec<Solved>>("/api/rates", &wish).await {
                Ok(solved) => {
                    self.fields.with_value(|fields| {
                        for field in fields {
                            let found = solved.iter().find(|one| one.part == field.part);
                            if let Some(found) = found.filter(|one| one.reached) {
                                field.set_rate(found.income_rate);
                            }
                        }
                    });
                    self.solved.try_set(solved);
                    self.busy.try_set(false);
                }
                Err(failed) => self.failed(&failed),
            }
        });
    }
}

#[component]
pub fn WhatIfPage() -> impl IntoView {
    let office = state::office();
    let year = RwSignal::new(office.usual_year().unwrap_or_default());
    let session = office.session();
    let municipality = session
        .as_ref()
        .map(|session| session.municipality.clone())
        .unwrap_or_default();
    let years = session
        .map(|session| session.fiscal_years)
        .unwrap_or_default();
    let screen = Screen {
        office,
        year,
        fields: StoredValue::new(of_shipped(&municipality, year.get_untracked())),
        levels: StoredValue::new(Levels::of_shipped(&municipality, year.get_untracked())),
        seen: RwSignal::new(None),
        solved: RwSignal::new(Vec::new()),
        problem: RwSignal::new(None),
        busy: RwSignal::new(false),
    };
    let again = RwSignal::new(0u32);
    state::entered("料率の試算");
    let chosen = move |event: web_sys::Event| {
        let Ok(wanted) = event_target_value(&event).parse() else {
            return;
        };
        year.set(wanted);
        screen.fields.set_value(of_shipped(&municipality, wanted));
        screen
            .levels
            .set_value(Levels::of_shipped(&municipality, wanted));
        screen.solved.set(Vec::new());
        screen.seen.set(None);
        again.update(|count| *count += 1);
    };
    view! {
        <h1 id=state::HEADING tabindex="-1">"料率の試算"</h1>
        <p>"決定済みの全世帯を、別の料率・限度額・軽減の基準でもう一度計算します。何も書き換えません。必要額（賦課総額）から所得割率を求めるときは、軽減のうち公費で補われる額を先に引きます。"</p>
        {move || screen.problem.get().map(|text| view! { <Banner tone=Tone::Error><p data-testid="whatif-problem">{text}</p></Banner> })}
        <Field id="whatif-year" label="年度">
            <select id="whatif-year" class="input" disabled=move || screen.busy.get() on:change=chosen>
                {years.into_iter().rev().map(|each| view! {
                    <option value=each.to_string() selected=move || year.get() == each>{era::fiscal_year(each)}</option>
                }).collect_view()}
            </select>
        </Field>
        {move || { again.track(); screen.fields.with_value(|fields| fields.iter().map(Fields::shown).collect_view()) }}
        {move || { again.track(); screen.levels.with_value(|levels| levels.as_ref().map(Levels::shown)) }}
        <div class="buttons">
            <button type="button" class="button button-primary" id="start-whatif" disabled=move || screen.busy.get()
                on:click=move |_| screen.begin()>"全世帯で試算する"</button>
            <button type="button" class="button" id="solve-rates" disabled=move || screen.busy.get()
                on:click=move |_| screen.solve()>"必要額から所得割率を求める"</button>
        </div>
        {move || solved(&screen.solved.get())}
        {move || screen.seen.get().map(shown)}
        <p><a href="/assessment/runs">"年次賦課へ"</a></p>
    }
}

fn solved(all: &[Solved]) -> AnyView {
    if all.is_empty() {
        return ().into_any();
    }
    let line = |one: &Solved| {
        let ppm = one.income_rate.parts_per_million();
        let rate = format!("{}.{:02}％", ppm / 10_000, ppm % 10_000 / 100);
        let text = match one.reached {
            true => format!(
                "{}：所得割率 {rate}（保険料 {} ＋ 公費 {} ≧ 必要額 {}）",
                one.part.name(),
                yen(one.levied.0),
                yen(one.compensated.0),
                yen(one.required.0)
            ),
            false => format!(
                "{}：20％でも必要額 {} に届きません（保険料 {}）",
                one.part.name(),
                yen(one.required.0),
                yen(one.levied.0)
            ),
        };
        view! { <li>{text}</li> }
    };
    view! { <div role="status"><ul class="story" data-testid="solved">{all.iter().map(line).collect_view()}</ul></div> }.into_any()
}

fn shown(view: WhatIfView) -> impl IntoView {
    let count = |count: i64| Signal::stored(u64::try_from(count).unwrap_or(0));
    let running = (!view.finished).then(|| {
        view! {
            <ProgressBar label="試算しています" done=count(view.done) total=count(view.decisions) />
        }
    });
    let problem = view
        .problem
        .clone()
        .map(|text| view! { <Banner tone=Tone::Error><p>{text}</p></Banner> });
    view! {
        <section aria-labelledby="whatif-heading">
            <h2 id="whatif-heading">"試算の結果"</h2>
            {running}
            {problem}
            {outcome(&view.outcome)}
        </section>
    }
}

fn outcome(outcome: &WhatIfOutcome) -> impl IntoView + use<> {
    let households = |count: i64| format!("{}世帯", format::number(count));
    let mut list = vec![
        ("計算した世帯", households(outcome.households)),
        ("今の料率の合計", yen(outcome.before_total)),
        ("試算の合計", yen(outcome.after_total)),
        ("差", signed(outcome.after_total - outcome.before_total)),
        ("増える世帯", households(outcome.more)),
        ("減る世帯", households(outcome.less)),
        ("変わらない世帯", households(outcome.same)),
    ];
    if outcome.not_assessed > 0 {
        list.push(("計算できない世帯", households(outcome.not_assessed)));
    }
    let rows = outcome.parts.iter().map(|part| view! {
        <tr><th scope="row">{part.part.name()}</th><td class="num">{yen(part.before)}</td>
            <td class="num">{yen(part.after)}</td><td class="num">{signed(part.after - part.before)}</td></tr>
    });
    let tiers = ["軽減なし", "2割軽減", "5割軽減", "7割軽減"].into_iter();
    let tiers = tiers.zip(outcome.tiers_before.into_iter().zip(outcome.tiers_after)).map(|(name, (before, after))| view! {
        <tr><th scope="row">{name}</th><td class="num">{households(before)}</td><td class="num">{households(after)}</td>
            <td class="num">{format!("{:+}", after - before)}</td></tr>
    });
    let (rows, tiers) = (rows.collect_view(), tiers.collect_view());
    view! {
        {figures(list)}
        <Listing label="区分と軽減">
            <table class="grid-table">
                <thead><tr><th scope="col">"区分・軽減"</th><th scope="col" class="num">"今"</th>
                    <th scope="col" class="num">"試算"</th><th scope="col" class="num">"差"</th></tr></thead>
                <tbody>{rows}{tiers}</tbody>
            </table>
        </Listing>
        {spread("世帯ごとの差の分布", &outcome.changes)}
        {most("最も増える世帯", &outcome.most_more)}
        {most("最も減る世帯", &outcome.most_less)}
    }
}

fn most(title: &'static str, list: &[PremiumDifference]) -> AnyView {
    if list.is_empty() {
        return ().into_any();
    }
    let row = |each: &PremiumDifference| {
        let link = format!("/households/{}/premium", each.household_id);
        view! {
            <tr><th scope="row"><a class="found-link" href=link>{format!("世帯（内部番号 {}）", each.household_id)}</a></th>
                <td class="num">{yen(each.before.0)}</td><td class="num">{yen(each.after.0)}</td>
                <td class="num">{signed(each.change().0)}</td></tr>
        }
    };
    let rows = list.iter().map(row).collect_view();
    view! {
        <details class="measures">
            <summary>{title}</summary>
            <Listing label=title>
                <table class="grid-table wide-table">
                    <thead><tr><th scope="col">"世帯"</th><th scope="col" class="num">"今"</th>
                        <th scope="col" class="num">"試算"</th><th scope="col" class="num">"差"</th></tr></thead>
                    <tbody>{rows}</tbody>
                </table>
            </Listing>
        </details>
    }
    .into_any()
}
