//! 確認: what an act would do, with its figures, before somebody says so.

use crate::dom;
use kokuho_shared::api::job::JobView;
use kokuho_shared::api::renewal::{PostFinding, PostPreview, RunPreview};
use kokuho_shared::era;
use kokuho_ui::format;
use leptos::prelude::*;

/// What is asked, and what is known about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    pub question: String,
    pub lines: Vec<String>,
    /// What the button says.
    pub act: &'static str,
}

impl Asked {
    /// Of a run that ends in post.
    pub fn of_post(question: String, preview: &PostPreview) -> Asked {
        let kinds = preview.kinds.iter().map(|kind| {
            let mail = if kind.mailing == "registered" {
                "書留"
            } else {
                "普通郵便"
            };
            format!(
                "{}（{mail}）　{}通",
                kind.name,
                format::number(kind.letters)
            )
        });
        let mut lines: Vec<String> = kinds.collect();
        lines.push(format!(
            "対象 {}世帯、今の証や依頼が続く人 {}人",
            format::number(preview.households),
            format::number(preview.kept)
        ));
        lines.extend(preview.findings.iter().map(finding));
        lines.extend(last(preview.last.as_ref()));
        Asked {
            question,
            lines,
            act: "別の係長に承認を依頼する",
        }
    }

    /// Of a run that decides.
    pub fn of_run(question: String, preview: &RunPreview) -> Asked {
        let mut lines = vec![format!("対象 {}世帯", format::number(preview.households))];
        if preview.decided > 0 {
            lines.push(format!(
                "この年度は、すでに{}世帯が決定済みです",
                format::number(preview.decided)
            ));
        }
        let others = preview.findings.iter().filter(|one| one.key != "decided");
        lines.extend(others.map(finding));
        lines.extend(last(preview.last.as_ref()));
        Asked {
            question,
            lines,
            act: "始める",
        }
    }
}

fn finding(one: &PostFinding) -> String {
    format!("{}　{}", one.text, format::number(one.count))
}

fn last(job: Option<&JobView>) -> Option<String> {
    let job = job?;
    let about = job
        .for_day
        .map_or_else(|| era::fiscal_year(job.fiscal_year), era::format);
    Some(format!(
        "前回：{about}（{}、{}）",
        crate::words::moment(&job.created_at),
        job.state.name()
    ))
}

/// The question; Escape says no.
#[component]
pub fn Question(asked: Asked, yes: Callback<()>, no: Callback<()>) -> impl IntoView {
    dom::focus("question-yes");
    view! {
        <div class="question" role="group" aria-labelledby="question-text" data-testid="question"
            on:keydown=move |event| if event.key() == "Escape" { no.run(()); }>
            <p id="question-text"><strong>{asked.question}</strong></p>
            <ul>{asked.lines.into_iter().map(|line| view! { <li>{line}</li> }).collect_view()}</ul>
            <div class="buttons">
                <button type="button" class="button button-primary" id="question-yes" on:click=move |_| yes.run(())>{asked.act}</button>
                <button type="button" class="button" on:click=move |_| no.run(())>"やめる"</button>
            </div>
        </div>
    }
}
