//! 一覧: every table can be scrolled with the keyboard and saved as it stands. What leaves the screen is on
//! record.

use crate::{api, state};
use kokuho_shared::api::audit::Saved;
use kokuho_shared::ids::HouseholdId;
use kokuho_ui::csv::{Cell, csv};
use leptos::html::Div;
use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Blob, BlobPropertyBag, Element, HtmlAnchorElement, Node, Url};

#[component]
pub fn Listing(#[prop(into)] label: String, children: Children) -> impl IntoView {
    let office = state::office();
    let table = NodeRef::<Div>::new();
    let problem = RwSignal::new(None::<String>);
    let (name, title) = (label.clone(), format!("CSVで保存：{label}"));
    let save = move |_| {
        if let Some(shown) = table.get_untracked() {
            keep(office, name.clone(), cells(&shown), problem);
        }
    };
    view! {
        <div class="table-scroll" role="region" tabindex="0" aria-label=label node_ref=table>{children()}</div>
        <div class="table-acts">
            <button type="button" class="button button-plain" aria-label=title on:click=save>"CSVで保存"</button>
            {move || problem.get().map(|text| view! { <span class="field-error" role="alert">{text}</span> })}
        </div>
    }
}

/// Saves a list as a file, once it is on record that it leaves the screen. `rows`: the first says what stands below it.
pub fn keep(
    office: state::Office,
    name: String,
    rows: Vec<Vec<Cell>>,
    problem: RwSignal<Option<String>>,
) {
    spawn_local(async move {
        let saved = Saved {
            list: name.clone(),
            rows: u32::try_from(rows.len().saturating_sub(1)).unwrap_or(u32::MAX),
            household: household(),
        };
        match api::post::<_, ()>("/api/audit/saved", &saved).await {
            Ok(()) => problem.set(
                download(&name, &csv(&rows))
                    .err()
                    .map(|_| FAILED.to_owned()),
            ),
            Err(failed) => {
                office.heard(&failed);
                problem.set(Some(failed.problem().message.clone()));
            }
        }
    });
}

/// The household on whose page the list stands.
fn household() -> Option<HouseholdId> {
    let path = window().location().pathname().ok()?;
    let rest = path.strip_prefix("/households/")?;
    rest.split('/').next()?.parse().ok()
}

const FAILED: &str = "ファイルを保存できませんでした";

/// The cells of every row, without the buttons in them.
fn cells(shown: &Element) -> Vec<Vec<Cell>> {
    each(shown, "tr")
        .iter()
        .map(|row| each(row, "th, td").iter().map(cell).collect())
        .collect()
}

/// What stands for a spreadsheet in a cell whose words are for people: 2026-06-10 for 令和8年6月10日（3日前）.
const DATA: &str = "data-value";

fn cell(shown: &Element) -> Cell {
    let mut text = shown.get_attribute(DATA).unwrap_or_default();
    if text.is_empty() {
        read(shown, &mut text);
    }
    Cell {
        text,
        number: shown.class_list().contains("num"),
    }
}

fn read(node: &Node, text: &mut String) {
    if node.node_type() == Node::TEXT_NODE {
        text.push_str(&node.text_content().unwrap_or_default());
        return;
    }
    let nodes = node.child_nodes();
    for place in 0..nodes.length() {
        let Some(child) = nodes.item(place) else {
            continue;
        };
        let acts = child.node_name();
        if acts != "BUTTON" && acts != "SELECT" && acts != "INPUT" {
            read(&child, text);
            text.push(' ');
        }
    }
}

fn each(parent: &Element, selector: &str) -> Vec<Element> {
    let Ok(found) = parent.query_selector_all(selector) else {
        return Vec::new();
    };
    let all = (0..found.length()).filter_map(|place| found.item(place)?.dyn_into().ok());
    all.collect()
}

fn download(name: &str, text: &str) -> Result<(), JsValue> {
    let kind = BlobPropertyBag::new();
    kind.set_type("text/csv;charset=utf-8");
    let parts = js_sys::Array::of1(&JsValue::from_str(text));
    let blob = Blob::new_with_str_sequence_and_options(&parts, &kind)?;
    let address = Url::create_object_url_with_blob(&blob)?;
    let link = document().create_element("a")?;
    let link: HtmlAnchorElement = link.dyn_into().map_err(|_| JsValue::NULL)?;
    link.set_href(&address);
    link.set_download(&format!("{name}.csv"));
    link.click();
    Url::revoke_object_url(&address)
}
