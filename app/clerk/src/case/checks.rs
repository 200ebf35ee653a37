//! 入力の検査: what must be put right before saving, and where the server's answer points.

use super::draft::MemberDraft;
use crate::dom;
use kokuho_shared::api::Problem;
use kokuho_shared::api::household::HouseholdView;
use kokuho_shared::assessment::facts::to_household;
use kokuho_shared::ids::PersonId;
use leptos::prelude::*;

/// The field of the reason.
pub const REASON: &str = "reason";

/// A field and what is wrong with it.
#[derive(Clone, Debug, PartialEq)]
pub struct Wrong {
    pub id: String,
    pub message: String,
}

/// A member's typed fields: end of the id, label, names in requests.
const FIELDS: [(&str, &str, &str); 18] = [
    ("salary-income", "給与所得", "salary_income"),
    ("pension-income", "年金所得", "pension_income"),
    ("other-income", "その他の所得", "other_income"),
    ("salary-receipts", "給与収入", "salary_receipts"),
    ("pension-receipts", "年金収入", "pension_receipts"),
    ("total-income", "合計所得", "total_income"),
    (
        "special-deduction",
        "譲渡所得の特別控除",
        "transfer_special_deduction",
    ),
    ("casualty-loss", "雑損失の繰越控除", "casualty_loss"),
    (
        "family-deducted",
        "専従者給与・控除（支払）",
        "family_pay_deducted",
    ),
    (
        "family-received",
        "専従者給与（受取）",
        "family_pay_received",
    ),
    ("asset-tax", "固定資産税額", "fixed_asset_tax"),
    ("acquired", "資格取得日", "acquired_on"),
    ("lost", "資格喪失日", "lost_on"),
    ("left", "離職日", "left_on"),
    ("expected", "出産予定日", "expected_on"),
    (
        "dependant",
        "旧被扶養者となった日",
        "former_dependant_since",
    ),
    (
        "entered",
        "介護保険適用除外施設の入所日",
        "care_exempt.entered_on",
    ),
    ("facility-left", "同施設の退所日", "care_exempt.left_on"),
];

/// The label of a member's field, by its end of the id.
pub fn label(end: &str) -> String {
    let found = FIELDS.iter().find(|(known, ..)| *known == end);
    found.map_or("", |(_, label, _)| label).to_owned()
}

/// The id of a member's field.
pub fn id(person: PersonId, end: &str) -> String {
    format!("p{person}-{end}")
}

/// Fields whose text cannot be read, and days that must be there.
pub fn unreadable(drafts: &[MemberDraft]) -> Vec<Wrong> {
    let mut all = Vec::new();
    for draft in drafts {
        let known = &draft.known;
        for (end, label, _) in FIELDS {
            let id = id(known.person_id, end);
            let empty = end == "acquired"
                && known.eligibility.is_some()
                && draft.acquired_on.get_untracked().is_none();
            let message = if dom::is_wrong(&id) {
                format!("{}さんの{label}を読めません", known.name)
            } else if empty {
                format!("{}さんの{label}を入力してください", known.name)
            } else {
                continue;
            };
            all.push(Wrong { id, message });
        }
    }
    all
}

/// Everything that must be put right before saving.
pub fn before_saving(drafts: &[MemberDraft], reason: &str) -> Vec<Wrong> {
    let mut all = unreadable(drafts);
    if reason.trim().is_empty() {
        all.push(Wrong {
            id: REASON.to_owned(),
            message: "異動の理由を入力してください".to_owned(),
        });
    }
    all
}

/// Where the server's answer points on this screen.
pub fn wrong_field(problem: &Problem, view: &HouseholdView) -> Option<Wrong> {
    let path = problem.field.as_deref()?;
    let message = problem.message.clone();
    if path == REASON {
        return Some(Wrong {
            id: REASON.to_owned(),
            message,
        });
    }
    let (place, rest) = path.strip_prefix("members[")?.split_once("].")?;
    let place: usize = place.parse().ok()?;
    // Eligibility and circumstances are counted among all members, amounts among those of the calculation.
    let among_all = ["eligibility.", "circumstances."]
        .iter()
        .any(|room| rest.starts_with(room));
    let person = match among_all {
        true => view.members.get(place)?.person_id,
        false => {
            let household = to_household(&view.members, view.fiscal_year, None);
            household.members.get(place)?.id.parse().ok()?
        }
    };
    let name = view
        .members
        .iter()
        .find(|member| member.person_id == person)?
        .name
        .clone();
    let (end, label) = named(rest)?;
    Some(Wrong {
        id: id(person, end),
        message: format!("{name}さんの{label}：{message}"),
    })
}

/// The field of a path below a member: the longest name that the path ends with.
fn named(path: &str) -> Option<(&'static str, &'static str)> {
    let ends = |key: &str| path == key || path.ends_with(&format!(".{key}"));
    let found = FIELDS.into_iter().filter(|(.., key)| ends(key));
    let (end, label, _) = found.max_by_key(|(.., key)| key.len())?;
    Some((end, label))
}

/// The person whose field an id names.
fn person_of(id: &str) -> Option<PersonId> {
    let (person, _) = id.strip_prefix('p')?.split_once('-')?;
    person.parse().ok()
}

/// エラーの要約: takes the focus; each line leads to its field, once the fields of its person are shown.
#[component]
pub fn Summary(wrong: RwSignal<Vec<Wrong>>, show: Callback<PersonId>) -> impl IntoView {
    const ID: &str = "error-summary";
    Effect::new(move |_| {
        if !wrong.get().is_empty() {
            dom::focus(ID);
        }
    });
    let line = move |each: Wrong| {
        let Wrong { id, message } = each;
        let href = format!("#{id}");
        let lead = move |event: web_sys::MouseEvent| {
            event.prevent_default();
            if let Some(person) = person_of(&id) {
                show.run(person);
            }
            dom::focus(id.clone());
        };
        view! { <li><a href=href on:click=lead>{message}</a></li> }
    };
    view! {
        <Show when=move || !wrong.get().is_empty()>
            <div id=ID class="notice notice-error" role="alert" tabindex="-1" data-testid="error-summary">
                <p class="strong">"保存していません。次を直してください"</p>
                <ul>{move || wrong.get().into_iter().map(line).collect_view()}</ul>
            </div>
        </Show>
    }
}
