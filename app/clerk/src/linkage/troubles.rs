//! 取り込めないファイルと注意, and people whose name has a character that letters or partners do not have.

use crate::listing::Listing;
use crate::{api, state};
use kokuho_shared::access::Action;
use kokuho_shared::api::files::{
    FileWarning, Rare, RareCharacter, RareCharacters, Troubled, TroubledState, Troubles,
};
use kokuho_ui::components::{Banner, Tone};
use leptos::prelude::*;
use leptos::task::spawn_local;

/// Files that did not come in, and what was read with a warning.
#[component]
pub fn TroubledFiles() -> impl IntoView {
    let office = state::office();
    let all = RwSignal::new(None::<Troubles>);
    spawn_local(async move {
        match api::get::<Troubles>("/api/files").await {
            Ok(found) => {
                all.try_set(Some(found));
            }
            Err(failed) => office.heard(&failed),
        }
    });
    view! {
        <section aria-labelledby="troubles-heading" data-testid="troubles">
            <h2 id="troubles-heading">"取り込めないファイルと注意"</h2>
            {move || all.get().map(|all| {
                let waits = all.files.iter().any(|file| file.state == TroubledState::Waiting);
                let none = all.files.is_empty() && all.warnings.is_empty();
                view! {
                    {none.then(|| view! { <p>"ありません。"</p> })}
                    {waits.then(|| view! {
                        <Banner tone=Tone::Warning><p>"受け取ったまま取り込めていないファイルがあります。"</p></Banner>
                    })}
                    {(!all.files.is_empty()).then(|| files(all.files))}
                    {(!all.warnings.is_empty()).then(|| warnings(all.warnings))}
                }
            })}
        </section>
    }
}

fn files(all: Vec<Troubled>) -> impl IntoView {
    view! {
        <Listing label="取り込めないファイル">
            <table class="grid-table wide-table">
                <thead><tr>
                    <th scope="col">"ファイル"</th><th scope="col">"状態"</th><th scope="col">"最初の失敗から"</th>
                    <th scope="col" class="num">"試した回数"</th><th scope="col">"行・項目"</th><th scope="col">"理由"</th>
                </tr></thead>
                <tbody>{all.into_iter().map(file).collect_view()}</tbody>
            </table>
        </Listing>
    }
}

fn file(one: Troubled) -> impl IntoView {
    let waits = one.state == TroubledState::Waiting;
    let place = position_text(one.line, one.column.as_deref().unwrap_or_default());
    view! {
        <tr>
            <th scope="row">{one.name}</th>
            <td class:strong=waits>{one.state.name()}</td>
            <td>{age(one.age_minutes)}</td>
            <td class="num">{one.tries}</td>
            <td>{place}</td>
            <td>{one.reason}</td>
        </tr>
    }
}

fn position_text(line: Option<i64>, column: &str) -> String {
    let line = line.map(|line| format!("{line}行目 "));
    format!("{}{column}", line.unwrap_or_default())
}

/// How long ago, in the largest unit.
fn age(minutes: i64) -> String {
    match minutes {
        0..60 => format!("{minutes}分"),
        60..1_440 => format!("{}時間", minutes / 60),
        _ => format!("{}日", minutes / 1_440),
    }
}

fn warnings(all: Vec<FileWarning>) -> impl IntoView {
    let row = |one: FileWarning| {
        let place = position_text(Some(one.line), &one.column);
        view! {
            <tr><th scope="row">{one.file_name}</th><td>{place}</td><td>{one.message}</td></tr>
        }
    };
    view! {
        <details class="measures">
            <summary>{format!("取込時の注意 {}件", all.len())}</summary>
            <Listing label="取込時の注意">
                <table class="grid-table wide-table">
                    <thead><tr>
                        <th scope="col">"ファイル"</th><th scope="col">"行・項目"</th><th scope="col">"内容"</th>
                    </tr></thead>
                    <tbody>{all.into_iter().map(row).collect_view()}</tbody>
                </table>
            </Listing>
        </details>
    }
}

/// People with a character at which somebody has to look, for those who may see them.
#[component]
pub fn Characters() -> impl IntoView {
    let office = state::office();
    let all = RwSignal::new(None::<RareCharacters>);
    if office.may(Action::Inquire) {
        spawn_local(async move {
            match api::get::<RareCharacters>("/api/characters").await {
                Ok(found) => {
                    all.try_set(Some(found));
                }
                Err(failed) => office.heard(&failed),
            }
        });
    }
    view! {
        {move || all.get().filter(|all| all.count > 0).map(|all| view! {
            <section aria-labelledby="characters-heading" data-testid="characters">
                <h2 id="characters-heading">"外字・環境依存文字"</h2>
                <details class="measures">
                    <summary>{format!("確認のいる文字 {}件", all.count)}</summary>
                    {characters(all.items)}
                </details>
            </section>
        })}
    }
}

fn characters(all: Vec<RareCharacter>) -> impl IntoView {
    view! {
        <Listing label="外字・環境依存文字">
            <table class="grid-table wide-table">
                <thead><tr>
                    <th scope="col">"文字"</th><th scope="col">"種類"</th><th scope="col">"氏名"</th><th scope="col">"項目"</th>
                    <th scope="col">"連携先での代わり"</th><th scope="col">"印刷"</th>
                </tr></thead>
                <tbody>{all.into_iter().map(character).collect_view()}</tbody>
            </table>
        </Listing>
    }
}

fn character(one: RareCharacter) -> impl IntoView {
    let codes: Vec<String> = one
        .character
        .chars()
        .map(|character| format!("U+{:04X}", u32::from(character)))
        .collect();
    let sort = Rare::of_key(&one.sort).unwrap_or(Rare::OutsideCp932);
    let field = match one.field.as_str() {
        "name" => "氏名",
        "kana" => "氏名カナ",
        _ => "住所",
    };
    view! {
        <tr>
            <th scope="row">{format!("{}（{}）", one.character, codes.join(" "))}</th>
            <td>{sort.name()}</td>
            <td><a href=format!("/households/{}", one.household_id)>{one.name}</a></td>
            <td>{field}</td>
            <td>{one.fallback.unwrap_or_else(|| "そのまま".into())}</td>
            <td class:strong=one.no_glyph>{if one.no_glyph { "字形なし（印刷から除く）" } else { "できる" }}</td>
        </tr>
    }
}
