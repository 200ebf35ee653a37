//! 説明: every amount opens into the amounts it is the sum of.

use crate::format;
use crate::i18n::{Lang, article, code_label, line_formula, part_name};
use kokuho_shared::calendar::FiscalYear;
use kokuho_shared::explain::{Code, Explanation, Line};
use leptos::prelude::*;
use std::collections::BTreeSet;
use wasm_bindgen::JsCast;

/// What the tree is drawn from.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Explained {
    pub explanation: Explanation,
    /// Names of the members, by their position.
    pub names: Vec<String>,
    pub fiscal_year: FiscalYear,
    /// `<municipality>/<year>`, before the parameter's own name.
    pub parameters: String,
}

/// A tree of `<details>`, so that the keyboard works as everywhere.
#[component]
pub fn ExplanationTree(
    #[prop(into)] of: Signal<Explained>,
    #[prop(into, optional)] lang: Signal<Lang>,
) -> impl IntoView {
    // Paths that a person has closed or opened against the default; kept while amounts change.
    let turned = RwSignal::new(BTreeSet::<String>::new());
    view! {
        <div class="explanation">
            {move || {
                let explained = of.get();
                if explained.explanation.lines.is_empty() {
                    return ().into_any();
                }
                branch(&explained, 0, "", lang.get(), turned)
            }}
        </div>
    }
}

/// Levels that are open at first.
const OPEN: u8 = 2;

fn branch(
    of: &Explained,
    at: usize,
    path: &str,
    lang: Lang,
    turned: RwSignal<BTreeSet<String>>,
) -> AnyView {
    let Some(line) = of.explanation.lines.get(at) else {
        return ().into_any();
    };
    let path = format!("{path}/{:?}{:?}{:?}", line.code, line.part, line.person);
    let children: Vec<AnyView> = of
        .explanation
        .children(at)
        .map(|(child, _)| branch(of, child, &path, lang, turned))
        .collect();
    let text = row(of, line, lang);
    if children.is_empty() {
        return view! { <div class="explanation-leaf">{text}</div> }.into_any();
    }
    let by_default = line.depth < OPEN;
    let open = by_default != turned.with_untracked(|turned| turned.contains(&path));
    let on_toggle = move |event: web_sys::Event| {
        let details = event
            .current_target()
            .and_then(|target| target.dyn_into::<web_sys::HtmlDetailsElement>().ok());
        if let Some(details) = details {
            turned.update_untracked(|turned| {
                if details.open() == by_default {
                    turned.remove(&path)
                } else {
                    turned.insert(path.clone())
                };
            });
        }
    };
    view! {
        <details open=open on:toggle=on_toggle>
            <summary>{text}</summary>
            <div class="explanation-children">{children}</div>
        </details>
    }
    .into_any()
}

fn row(of: &Explained, line: &Line, lang: Lang) -> impl IntoView + use<> {
    let label = match (line.code, line.part) {
        (Code::Part, Some(part)) => part_name(part, lang),
        (code, _) => code_label(code, lang),
    };
    let person = line
        .person
        .and_then(|person| of.names.get(usize::from(person)).cloned());
    let source = format!(
        "{} / {}{}{}",
        article(line.code.article(line.part, of.fiscal_year), lang),
        of.parameters,
        if of.parameters.is_empty() { "" } else { "/" },
        line.code.parameter(line.part)
    );
    view! {
        <span class="explanation-row">
            <span class="explanation-label">{label}{person.map(|name| format!("（{name}）"))}</span>
            <span class="explanation-yen">{format::yen(line.yen, lang)}</span>
            <span class="explanation-formula">{line_formula(line, lang)}</span>
            <span class="explanation-source">{source}</span>
        </span>
    }
}
