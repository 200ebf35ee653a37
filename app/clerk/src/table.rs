//! 表: a work list with a head that stays, sorted and paged by its address, so that Back shows it as it was; saved whole,
//! with the values as data.

use crate::listing::keep;
use crate::state;
use chrono::NaiveDate;
use kokuho_shared::era;
use kokuho_ui::csv::Cell;
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_location, use_navigate, use_query_map};

/// So many rows stand on a page.
const PAGE: usize = 50;

/// 値: what is shown of it, and what a spreadsheet gets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Value {
    shown: String,
    data: String,
}

impl Value {
    pub fn text(text: impl Into<String>) -> Value {
        let shown = text.into();
        Value {
            data: shown.clone(),
            shown,
        }
    }

    /// A day with words after it, such as how long ago it was.
    pub fn day(day: NaiveDate, words: &str) -> Value {
        Value {
            shown: format!("{}{words}", era::format(day)),
            data: day.to_string(),
        }
    }

    fn cell(&self) -> Cell {
        Cell {
            text: self.data.clone(),
            number: false,
        }
    }
}

/// 行: its values in the order of the columns, where it leads, and what can be done with it.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    pub key: String,
    /// The first value is the link.
    pub href: String,
    pub values: Vec<Value>,
}

/// What is done with a row, at its end.
pub type Acts = Callback<String, AnyView>;

#[component]
pub fn DataTable(
    label: String,
    columns: Vec<&'static str>,
    #[prop(into)] rows: Signal<Vec<Row>>,
    /// What stands at the end of a row, by its key.
    acts: Acts,
    chosen: RwSignal<Vec<String>>,
) -> impl IntoView {
    let place = Place::here();
    let count = columns.len();
    let sorted = Memo::new(move |_| {
        let mut all = rows.get();
        if let Some((column, down)) = place.sort().filter(|(column, _)| *column < count) {
            all.sort_by(|one, other| one.values[column].data.cmp(&other.values[column].data));
            if down {
                all.reverse();
            }
        }
        all
    });
    let pages = Signal::derive(move || sorted.with(Vec::len).div_ceil(PAGE).max(1));
    let page = Signal::derive(move || place.page().clamp(1, pages.get()));
    let shown = move || {
        let first = (page.get() - 1) * PAGE;
        let all = sorted.get().into_iter().skip(first).take(PAGE);
        all.collect::<Vec<Row>>()
    };
    let heads = columns.iter().enumerate();
    let heads = heads.map(|(column, name)| view! { <Head column=column name=*name place=place /> });
    let heads = heads.collect_view();
    view! {
        <div class="table-scroll" role="region" tabindex="0" aria-label=label.clone()>
            <table class="grid-table wide-table data-table">
                <thead><tr>
                    <th scope="col"><Everybody sorted=sorted chosen=chosen /></th>
                    {heads}
                    <th scope="col"><span class="visually-hidden">"操作"</span></th>
                </tr></thead>
                <tbody>
                    <For each=shown key=|row| format!("{} {:?}", row.key, row.values) children=move |row| line(row, acts, chosen) />
                </tbody>
            </table>
        </div>
        <div class="table-acts">
            <Pages page=page pages=pages place=place />
            <SaveWhole label=label columns=columns sorted=sorted />
        </div>
    }
}

fn line(row: Row, acts: Acts, chosen: RwSignal<Vec<String>>) -> impl IntoView {
    let Row { key, href, values } = row;
    let (own, picked) = (key.clone(), key.clone());
    let name = format!(
        "{}を選ぶ",
        values
            .iter()
            .map(|value| value.shown.as_str())
            .take(2)
            .collect::<Vec<_>>()
            .join(" ")
    );
    let toggle = move |event: web_sys::Event| {
        let on = event_target_checked(&event);
        chosen.update(|all| {
            all.retain(|one| *one != own);
            if on {
                all.push(own.clone());
            }
        });
    };
    let cell = |(place, value): (usize, Value)| {
        match place {
        0 => view! { <th scope="row"><a class="row-link" href=href.clone()>{value.shown.clone()}</a></th> }.into_any(),
        _ => view! { <td>{value.shown.clone()}</td> }.into_any(),
    }
    };
    view! {
        <tr>
            <td><input type="checkbox" aria-label=name prop:checked=move || chosen.with(|all| all.contains(&picked)) on:change=toggle /></td>
            {values.into_iter().enumerate().map(cell).collect_view()}
            <td>{acts.run(key)}</td>
        </tr>
    }
}

/// Chooses every row of the list, also those on other pages.
#[component]
fn Everybody(sorted: Memo<Vec<Row>>, chosen: RwSignal<Vec<String>>) -> impl IntoView {
    let all = move || {
        let count = sorted.with(Vec::len);
        count > 0 && chosen.with(Vec::len) >= count
    };
    let toggle = move |event: web_sys::Event| {
        let keys = sorted.with_untracked(|rows| rows.iter().map(|row| row.key.clone()).collect());
        chosen.set(if event_target_checked(&event) {
            keys
        } else {
            Vec::new()
        });
    };
    view! { <input type="checkbox" aria-label="すべて選ぶ" prop:checked=all on:change=toggle /> }
}

#[component]
fn Head(column: usize, name: &'static str, place: Place) -> impl IntoView {
    let sort = move || place.sort().filter(|(sorted, _)| *sorted == column);
    let order = move || match sort() {
        None => "none",
        Some((_, false)) => "ascending",
        Some((_, true)) => "descending",
    };
    let sign = move || match sort() {
        None => "",
        Some((_, false)) => " ▲",
        Some((_, true)) => " ▼",
    };
    let navigate = use_navigate();
    let press = move |_| {
        let down = sort().is_some_and(|(_, down)| !down);
        let order = if down { "-" } else { "" };
        place.go(
            &navigate,
            &[
                ("sort", format!("{order}{column}")),
                ("page", String::new()),
            ],
        );
    };
    view! {
        <th scope="col" aria-sort=order>
            <button type="button" class="sort" on:click=press>{name}<span aria-hidden="true">{sign}</span></button>
        </th>
    }
}

#[component]
fn Pages(page: Signal<usize>, pages: Signal<usize>, place: Place) -> impl IntoView {
    let navigate = use_navigate();
    let to = {
        let navigate = navigate.clone();
        move |wanted: usize| place.go(&navigate, &[("page", wanted.to_string())])
    };
    let (back, forth) = (to.clone(), to);
    view! {
        <Show when=move || { pages.get() > 1 }>
            {
                let (back, forth) = (back.clone(), forth.clone());
                view! {
                    <button type="button" class="button" disabled=move || { page.get() <= 1 } on:click=move |_| back(page.get_untracked() - 1)>"前の50件"</button>
                    <span role="status">{move || format!("{} / {}ページ", page.get(), pages.get())}</span>
                    <button type="button" class="button" disabled=move || { page.get() >= pages.get() } on:click=move |_| forth(page.get_untracked() + 1)>"次の50件"</button>
                }
            }
        </Show>
    }
}

/// The whole list, whatever page of it is shown.
#[component]
fn SaveWhole(label: String, columns: Vec<&'static str>, sorted: Memo<Vec<Row>>) -> impl IntoView {
    let office = state::office();
    let problem = RwSignal::new(None::<String>);
    let title = format!("CSVで保存：{label}");
    let save = move |_| {
        let head = columns
            .iter()
            .map(|name| Value::text(*name).cell())
            .collect();
        let mut rows = vec![head];
        sorted.with_untracked(|all| {
            rows.extend(
                all.iter()
                    .map(|row| row.values.iter().map(Value::cell).collect()),
            );
        });
        keep(office, label.clone(), rows, problem);
    };
    view! {
        <button type="button" class="button button-plain" aria-label=title on:click=save>"CSVで保存"</button>
        {move || problem.get().map(|text| view! { <span class="field-error" role="alert">{text}</span> })}
    }
}

/// The part of the address that says how the list is shown.
#[derive(Clone, Copy)]
pub struct Place {
    query: Memo<leptos_router::params::ParamsMap>,
    path: Memo<String>,
}

impl Place {
    pub fn here() -> Place {
        Place {
            query: use_query_map(),
            path: use_location().pathname,
        }
    }

    pub fn get(self, key: &str) -> Option<String> {
        self.query
            .with(|query| query.get(key))
            .filter(|value| !value.is_empty())
    }

    fn page(self) -> usize {
        self.get("page")
            .and_then(|page| page.parse().ok())
            .unwrap_or(1)
    }

    /// The column, and whether the greatest stand first.
    fn sort(self) -> Option<(usize, bool)> {
        let text = self.get("sort")?;
        let down = text.starts_with('-');
        Some((text.trim_start_matches('-').parse().ok()?, down))
    }

    /// The same list shown otherwise; an empty value is left out of the address.
    pub fn go(self, navigate: &impl Fn(&str, NavigateOptions), changes: &[(&str, String)]) {
        let mut query = self.query.get_untracked();
        for (key, value) in changes {
            query.replace((*key).to_owned(), value.clone());
            if value.is_empty() {
                query.remove(key);
            }
        }
        let address = format!("{}{}", self.path.get_untracked(), query.to_query_string());
        let options = NavigateOptions {
            scroll: false,
            replace: true,
            ..NavigateOptions::default()
        };
        navigate(&address, options);
    }
}
