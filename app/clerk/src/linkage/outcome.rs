//! 結果: how far an import is, what it did, or where its file is wrong.

use super::follow::Standing;
use kokuho_shared::api::Problem;
use kokuho_shared::api::import::{ImportRun, Progress};
use kokuho_ui::components::{Banner, ProgressBar, Tone};
use kokuho_ui::format;
use leptos::prelude::*;

pub fn outcome(standing: Standing) -> AnyView {
    match standing {
        Standing::Idle => ().into_any(),
        Standing::Lost => view! {
            <Banner tone=Tone::Info><p>"この取込の進捗はもう残っていません。終わった取込は下の表にあります。"</p></Banner>
        }
        .into_any(),
        Standing::Known(Progress::Reading { done, total }) => bar("読んで確かめています", done, total),
        Standing::Known(Progress::Writing { done, total }) => bar("書き込んでいます", done, total),
        Standing::Known(Progress::Done { run }) => view! {
            <Banner tone=Tone::Success><p data-testid="import-result">{import_summary(&run)}</p></Banner>
        }
        .into_any(),
        Standing::Known(Progress::Failed { problem }) => view! {
            <Banner tone=Tone::Error>
                <p data-testid="import-problem">{problem.message.clone()}</p>
                {position_text(&problem).map(|text| view! { <p>{text}</p> })}
                <p>"何も取り込んでいません。直してから、もう一度取り込んでください。"</p>
            </Banner>
        }
        .into_any(),
    }
}

fn bar(label: &'static str, done: u64, total: u64) -> AnyView {
    let (done, total) = (Signal::stored(done), Signal::stored(total));
    view! {
        <ProgressBar label=label.to_owned() done=done total=total />
        <p class="muted">"この画面を離れても取込は続きます。「取込」をもう一度開くと、ここに戻ります。"</p>
    }
    .into_any()
}

fn import_summary(run: &ImportRun) -> String {
    format!(
        "{}（{}）を取り込みました。{}行、追加 {}、変更 {}、変更なし {}、合計値 {}",
        run.kind.name(),
        run.file_name,
        format::number(run.lines),
        format::number(run.added),
        format::number(run.changed),
        format::number(run.unchanged),
        format::number(run.control_total)
    )
}

/// File, line and column, as far as they are known.
fn position_text(problem: &Problem) -> Option<String> {
    let file = problem.file.as_ref().map(|file| format!("ファイル {file}"));
    let line = problem.line.map(|line| format!("{line}行目"));
    let column = problem.column.as_ref().or(problem.field.as_ref());
    let column = column.map(|column| format!("項目「{column}」"));
    let words: Vec<String> = [file, line, column].into_iter().flatten().collect();
    (!words.is_empty()).then(|| words.join("、"))
}
