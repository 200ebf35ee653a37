//! What an answer says, in sentences.

use kokuho_shared::era;
use kokuho_shared::linkage::answer::{InquiryAnswer, LocalTax, MedicalInsurance};
use kokuho_shared::money::Yen;
use kokuho_ui::format;

pub fn sentences(answer: &InquiryAnswer) -> Vec<String> {
    match answer {
        InquiryAnswer::LocalTax(told) => local_tax(told),
        InquiryAnswer::ResidentRelation(told) if told.head => vec!["世帯主".to_owned()],
        InquiryAnswer::ResidentRelation(told) => {
            vec![format!(
                "世帯主は{}さん、続柄は{}",
                told.head_name, told.relation
            )]
        }
        InquiryAnswer::MedicalInsurance(told) => medical_insurance(told),
        InquiryAnswer::Unemployment(told) => {
            let left = told.left_on.map_or_else(|| "不明".to_owned(), era::format);
            let effect = match told.involuntary() {
                Some(_) => "非自発的失業者の軽減の対象になる離職理由です",
                None => "非自発的失業者の軽減の対象にならない離職理由です",
            };
            vec![
                format!("離職日 {left}、離職理由コード {}", told.reason_code),
                effect.to_owned(),
            ]
        }
    }
}

fn local_tax(told: &LocalTax) -> Vec<String> {
    if !told.filed {
        return vec![format!("{}年の所得は申告されていません", told.income_year)];
    }
    let amount = |name: &str, yen: Option<Yen>| match yen {
        Some(yen) => format!("{name} {}円", format::number(yen.0)),
        None => format!("{name} 回答なし"),
    };
    // These are rare. A returned value replaces the stored one, also if it is zero.
    let rare = [
        ("譲渡所得の特別控除", told.transfer_special_deduction),
        ("雑損失の繰越", told.casualty_loss),
        ("専従者控除", told.family_pay_deducted),
        ("専従者給与", told.family_pay_received),
    ];
    let rare = rare.into_iter().filter(|(_, yen)| yen.is_some());
    let mut lines = vec![
        format!("{}年の所得", told.income_year),
        amount("給与収入", told.salary_receipts),
        amount("給与所得", told.salary_income),
        amount("年金収入", told.pension_receipts),
        amount("年金所得", told.pension_income),
        amount("その他の所得", told.other_income),
        amount("合計所得", told.total_income),
        amount("課税所得", told.taxable_income),
    ];
    lines.extend(rare.map(|(name, yen)| amount(name, yen)));
    lines
}

fn medical_insurance(told: &MedicalInsurance) -> Vec<String> {
    let day = |day: Option<chrono::NaiveDate>| day.map_or_else(|| "なし".to_owned(), era::format);
    let mut lines = vec![format!(
        "保険者番号 {}　資格取得日 {}　資格喪失日 {}（{}）",
        told.insurer_number,
        day(told.acquired_on),
        day(told.lost_on),
        if told.dependant {
            "被扶養者"
        } else {
            "被保険者本人"
        },
    )];
    if let Some(moved) = told.insured_to_late_elderly_on {
        lines.push(format!(
            "扶養していた人が後期高齢者医療へ移った日 {}",
            era::format(moved)
        ));
    }
    if told.lost_on.is_some() {
        lines.push(
            "国保に加入する人は、この資格喪失日を「社保離脱」の届出で受け付けてください".to_owned(),
        );
    }
    lines.push(match told.former_dependant_since() {
        Some(_) => "旧被扶養者に当たります（65歳以上のとき減免の対象）".to_owned(),
        None => "旧被扶養者には当たりません".to_owned(),
    });
    lines
}
