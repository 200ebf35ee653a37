//! 特例の事情 of one member: a lost job, a birth, insurance lost with somebody else's, a facility
//! whose residents have no care insurance.

use crate::case::checks;
use crate::case::draft::MemberDraft;
use crate::figures;
use crate::words::month;
use kokuho_shared::assessment::premium::circumstances::Circumstances;
use kokuho_shared::calendar::FiscalYear;
use kokuho_shared::law::parameters::National;
use kokuho_ui::entry::DateEntry;
use leptos::prelude::*;

#[component]
pub fn Special(draft: MemberDraft, fiscal_year: FiscalYear) -> impl IntoView {
    let person = draft.known.person_id;
    let id = move |end: &str| checks::id(person, end);
    let birth = draft.known.birth_date;
    let open = !draft.known.circumstances.is_empty();
    let multiple = draft.multiple;
    let (expected, entered) = (draft.expected_on, draft.entered_on);
    let fields = draft.clone();
    // The law of the year on the screen says what each means.
    let national = StoredValue::new(figures::national(fiscal_year).ok());
    let sentences = move || {
        national.with_value(|national| match national {
            Some(national) => effect_lines(&draft.circumstances(), birth, national),
            None => Vec::new(),
        })
    };
    view! {
        <details class="special" open=open>
            <summary>"特例の事情（離職・出産・旧被扶養者・適用除外施設）"</summary>
            <div class="member-entry">
                <DateEntry id=id("left") label="離職日（非自発的失業）" value=fields.left_on />
                <DateEntry id=id("expected") label="出産予定日（出産日）" value=expected />
                <DateEntry id=id("dependant") label=checks::label("dependant") value=fields.dependant_since />
                <DateEntry id=id("entered") label=checks::label("entered") value=entered />
                <Show when=move || entered.get().is_some()>
                    <DateEntry id=id("facility-left") label=checks::label("facility-left") value=fields.facility_left_on />
                </Show>
            </div>
            <Show when=move || expected.get().is_some()>
                <label class="check">
                    <input id=id("multiple") type="checkbox" prop:checked=move || multiple.get()
                        on:change=move |event| multiple.set(event_target_checked(&event)) />
                    "多胎（双子など）"
                </label>
            </Show>
            <ul class="story" aria-live="polite" data-testid=id("special")>
                {move || sentences().into_iter().map(|text| view! { <li>{text}</li> }).collect_view()}
            </ul>
        </details>
    }
}

/// What each means, or why it has no effect.
fn effect_lines(
    circumstances: &Circumstances,
    birth: chrono::NaiveDate,
    national: &National,
) -> Vec<String> {
    if let Err(why) = circumstances.check(birth, national) {
        return vec![why.to_string()];
    }
    if let Err(why) = circumstances.check_stay(birth) {
        return vec![why.to_string()];
    }
    let percent = national.involuntary.value.salary_percent;
    let span = |(from, to)| match to {
        Some(to) => format!("{}から{}まで", month(from), month(to)),
        None => format!("{}から", month(from)),
    };
    let stays = circumstances.care_exempt.is_some();
    let [left, birth, since, stay] = circumstances.spans(national).map(|found| found.map(span));
    let left = left.map(|span| format!("{span}、給与所得を100分の{percent}として計算します。"));
    let birth = birth.map(|span| format!("{span}、本人の所得割と均等割がかかりません。"));
    let since = since.map(|span| {
        format!("本人の所得割がかかりません。{span}、均等割・平等割が5割になるまで減免します（7割・5割軽減の世帯を除く）。")
    });
    let stay = match stay {
        Some(span) => Some(format!(
            "{span}、介護分がかかりません（40歳から64歳までの月）。"
        )),
        None if stays => Some("入所と退所が同じ月のうちなので、介護分は変わりません。".to_owned()),
        None => None,
    };
    [left, birth, since, stay].into_iter().flatten().collect()
}
