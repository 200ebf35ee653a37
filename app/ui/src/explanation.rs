//! 説明: every amount opens into the amounts it is the sum of.

use crate::format;
use crate::i18n::{Lang, article, code_label, line_formula, months, part_name};
use kokuho_shared::assessment::premium::months::Months;
use kokuho_shared::calendar::FiscalYear;
use kokuho_shared::explain::reading::Shown;
use kokuho_shared::explain::{Code, Explanation};
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

/// A tree of `<details>`, so that the keyboard works as everywhere. Articles and parameters are shown only
/// to those who ask for them.
#[component]
pub fn ExplanationTree(
    #[prop(into)] of: Signal<Explained>,
    #[prop(into, optional)] lang: Signal<Lang>,
) -> impl IntoView {
    // Paths that a person has closed or opened against the default; kept while amounts change.
    let turned = RwSignal::new(BTreeSet::<String>::new());
    let sourced = RwSignal::new(false);
    view! {
        <div class="explanation">
            <button type="button" class="button button-text" aria-pressed=move || sourced.get().to_string()
                on:click=move |_| sourced.update(|sourced| *sourced = !*sourced)>
                {move || lang.get().pick("根拠を表示", "Show articles and parameters", "きまりを 見る")}
            </button>
            {move || {
                let explained = of.get();
                let Some(line) = explained.explanation.lines.first() else {
                    return ().into_any();
                };
                let first = Shown { at: 0, depth: 0, code: line.code, line };
                let tree = Tree { of: &explained, lang: lang.get(), turned, sourced: sourced.get() };
                tree.branch(&first, "")
            }}
        </div>
    }
}

/// Levels that are open at first: the parts and their amounts are what people ask for.
const OPEN: u8 = 1;

#[derive(Clone, Copy)]
struct Tree<'a> {
    of: &'a Explained,
    lang: Lang,
    turned: RwSignal<BTreeSet<String>>,
    sourced: bool,
}

impl Tree<'_> {
    fn branch(self, shown: &Shown<'_>, path: &str) -> AnyView {
        let line = shown.line;
        let set = match line.code {
            Code::State => line.inputs[2],
            _ => 0,
        };
        let path = format!(
            "{path}/{:?}{:?}{:?}{set}",
            line.code, line.part, line.person
        );
        let below = self.of.explanation.shown_below(shown.at).into_iter();
        let depth = shown.depth.saturating_add(1);
        let children: Vec<AnyView> = below
            .map(|each| self.branch(&Shown { depth, ..each }, &path))
            .collect();
        let text = self.row(shown);
        if children.is_empty() {
            return view! { <div class="explanation-leaf">{text}</div> }.into_any();
        }
        let by_default = shown.depth < OPEN;
        let turned = self.turned;
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

    fn row(self, shown: &Shown<'_>) -> impl IntoView + use<> {
        let (of, lang, line) = (self.of, self.lang, shown.line);
        let label = match (shown.code, line.part) {
            (Code::Part, Some(part)) => part_name(part, lang).to_owned(),
            (Code::State, _) => months(Months::try_from(line.inputs[2]).unwrap_or(0), lang),
            (code, _) => code_label(code, lang).to_owned(),
        };
        let person = line
            .person
            .and_then(|person| of.names.get(usize::from(person)).cloned());
        let source = self.sourced.then(|| {
            let source = format!(
                "{} ／ {}{}{}",
                article(line.code.article(line.part, of.fiscal_year), lang),
                of.parameters,
                if of.parameters.is_empty() { "" } else { "/" },
                line.code.parameter(line.part)
            );
            view! { <span class="explanation-source">{source}</span> }
        });
        view! {
            <span class="explanation-row">
                <span class="explanation-label">{label}{person.map(|name| format!("（{name}）"))}</span>
                <span class="explanation-yen">{format::yen(line.yen, lang)}</span>
                <span class="explanation-formula">{line_formula(line, lang)}</span>
                {source}
            </span>
        }
    }
}
