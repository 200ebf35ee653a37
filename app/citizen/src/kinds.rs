//! 所得の種類: what is neither salary, pension nor business.

use crate::check::Check;
use crate::form::Person;
use crate::words::word;
use kokuho_shared::assessment::sheet::code::FlagField;
use kokuho_ui::components::When;
use kokuho_ui::entry::YenEntry;
use kokuho_ui::i18n::Lang;
use kokuho_ui::income_kinds::{CARRIED, COMPREHENSIVE, Row, SEPARATE};
use leptos::prelude::*;

#[component]
pub fn Kinds(person: Person, lang: RwSignal<Lang>) -> impl IntoView {
    let fields = move |rows: &'static [Row]| {
        let field = move |&(field, signed, ja, en, easy): &'static Row| {
            let id = format!("m{}-kind-{}", person.key, field as u8);
            view! { <YenEntry id=id label=word(lang, ja, en, easy) value=person.yen(field) lang=lang signed=signed /> }
        };
        rows.iter().map(field).collect_view()
    };
    // Fields that hardly anybody needs are made when they are looked for.
    let opened = RwSignal::new(false);
    view! {
        <details class="more kinds" on:toggle=move |_| opened.set(true)>
            <summary>{word(lang, "不動産・株式・譲渡・繰越損失など（当てはまる人だけ）", "Rent, shares, gains, carried losses (only if it applies)", "家賃・株・土地・前の 年の 赤字（ある 人だけ）")}</summary>
            <When holds=Signal::derive(move || opened.get())>
                <p class="muted">{word(lang, "申告書の金額を入力してください。赤字は − を付けます。損益通算と繰越控除はここで計算します。", "Enter the amounts of your tax return, losses with −. They are netted here.", "申告書の お金を 書いて ください。赤字は − を つけます。")}</p>
                <div class="member-grid">{fields(&COMPREHENSIVE)}</div>
                <h3>{word(lang, "分離課税", "Taxed separately", "分離課税")}</h3>
                <div class="member-grid">{fields(&SEPARATE)}</div>
                <h3>{word(lang, "繰越損失・専従者・資産", "Carried losses, family workers, assets", "前の 年の 赤字・家族の 給料・土地や 家")}</h3>
                <div class="member-grid">{fields(&CARRIED)}</div>
                <Check id=format!("m{}-special-adjustment", person.key) value=person.flag(FlagField::SpecialAdjustment)
                    label=word(lang, "給与850万円超で、23歳未満の扶養親族がいる（または特別障害者に当たる）", "Salary above 8.5 million with a dependant under 23 (or special disability)", "給料が 850万円より 多くて、23歳より 若い 家族を 養っている") />
            </When>
        </details>
    }
}
