//! 申請による証: 限度額適用認定証 and 特定疾病療養受療証 of one person.

use super::Papers;
use kokuho_shared::api::document::{Application, DocumentKind};
use kokuho_shared::eligibility::papers::Disease;
use kokuho_shared::ids::PersonId;
use kokuho_ui::components::{Field, typed};
use leptos::prelude::*;

#[component]
pub fn Apply(
    person: PersonId,
    limit_undecided: Signal<Option<String>>,
    papers: Papers,
) -> impl IntoView {
    let no_arrears = RwSignal::new(false);
    let disease = RwSignal::new(None::<Disease>);
    let (remark, special) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let issue = move |kind: DocumentKind| {
        let application = Application {
            disease: disease
                .get_untracked()
                .filter(|_| kind == DocumentKind::DiseaseCertificate),
            no_arrears: no_arrears.get_untracked(),
            special_reason: special.get_untracked(),
        };
        papers.apply(kind, person, remark.get_untracked(), application);
    };
    let id = move |end: &str| format!("apply-{person}-{end}");
    view! {
        <details>
            <summary>"申請による証（限度額適用認定証・特定疾病療養受療証）"</summary>
            {move || limit_undecided.get().map(|why| view! { <p class="field-error">{why}</p> })}
            <label class="check">
                <input type="checkbox" on:change=move |event| no_arrears.set(event_target_checked(&event)) />
                "保険料の滞納がないことを確認した"
            </label>
            <div class="member-entry">
                <Field id=id("disease") label="特定疾病">
                    <select id=id("disease") class="select" on:change=move |event| {
                        disease.set(Disease::of_key(&event_target_value(&event)));
                    }>
                        <option value="">"選んでください"</option>
                        {Disease::ALL.into_iter().map(|each| view! {
                            <option value=each.key()>{each.name()}</option>
                        }).collect_view()}
                    </select>
                </Field>
                <Field id=id("special") label="滞納があるときの特別の事情">
                    <input id=id("special") class="input" autocomplete="off" maxlength="100" prop:value=special
                        on:input=move |event| special.set(typed(&event)) />
                </Field>
                <Field id=id("remark") label="カードを使える人に交付する理由">
                    <input id=id("remark") class="input" autocomplete="off" maxlength="200" prop:value=remark
                        on:input=move |event| remark.set(typed(&event)) />
                </Field>
            </div>
            <div class="buttons">
                <button type="button" class="button" on:click=move |_| issue(DocumentKind::LimitCertificate)>"限度額適用認定証を発行"</button>
                <button type="button" class="button" disabled=move || disease.get().is_none()
                    on:click=move |_| issue(DocumentKind::DiseaseCertificate)>"特定疾病療養受療証を発行"</button>
            </div>
        </details>
    }
}
