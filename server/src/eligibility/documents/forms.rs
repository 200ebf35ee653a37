//! 照会の様式: what is asked of people on paper, and until when it is to come back.

use super::{Composed, Subject};
use crate::error::ServiceError;
use chrono::{Days, NaiveDate};
use kokuho_letters::document::{Document, Fact, Reply};
use kokuho_shared::api::document::{AskedOf, DocumentKind, DocumentWish, Respondent};
use kokuho_shared::era;

/// 施設入所者などへの照会 (資格 5): 住所地特例 needs each of these (規則5条の2).
const RESIDENCE: [&str; 9] = [
    "現在の住所・居所",
    "世帯主の氏名・続柄",
    "施設・病院の名称",
    "施設の種類（病院・児童福祉・障害者支援・老人ホーム・特定施設・介護保険施設）",
    "施設の所在地",
    "入所（入院）した日",
    "入所の直前の住所",
    "措置による入所か（はい・いいえ）",
    "退所の予定",
];
/// 所得申告書 (賦課 3): incomes of the year, and what explains that there are none.
const INCOME: [&str; 8] = [
    "給与収入（円）",
    "公的年金等の収入（円）",
    "営業・農業などの所得（円）",
    "不動産・その他の所得（円）",
    "所得がなかった場合、生活の状況（預貯金・仕送り・非課税年金など）",
    "確定申告・住民税申告をした市区町村",
    "電話番号",
    "記入した日・氏名",
];

/// 施設への照会 (資格その他).
const FACILITY: [&str; 6] = [
    "入所（入院）した日",
    "入所の直前の住所",
    "措置による入所か（はい・いいえ）・措置をした機関",
    "前にいた施設の名称・期間",
    "退所した日・退所の予定",
    "記入した人・電話番号",
];

/// 資格喪失の届出 (規則13条).
const LOSS: [&str; 6] = [
    "新しい保険の保険者名・記号・番号",
    "新しい保険の資格取得日",
    "勤め先の名称（本人・被扶養者の別）",
    "国民健康保険の資格確認書の返却（同封・紛失）",
    "ほかの健康保険に加入していない場合、その事情",
    "届け出る人の氏名・電話番号",
];

/// 減免の証明 (賦課その他): what each body knows.
fn evidence(of: AskedOf) -> &'static [&'static str] {
    match of {
        AskedOf::Hospital => &[
            "療養のために働けない期間",
            "入院した日・退院した日（見込み）",
            "記入した医師・電話番号",
        ],
        AskedOf::Correctional => &[
            "収容した日",
            "釈放（出院）した日・見込み",
            "記入した人・電話番号",
        ],
        AskedOf::Insurer => &[
            "損害を受けた日・物件",
            "損害額（円）",
            "支払った保険金の額（円）・支払日",
            "記入した人・電話番号",
        ],
        AskedOf::TaxOffice => &[
            "申告の有無・申告年",
            "雑損控除・純損失の額（円）",
            "廃業の届出の日",
            "記入した人・電話番号",
        ],
        AskedOf::PrefecturalTax => &[
            "個人事業税の課税の有無",
            "事業を廃止した日",
            "災害による減免の有無・割合",
            "記入した人・電話番号",
        ],
    }
}

/// Whom a relief inquiry asks.
pub fn asked(wish: &DocumentWish) -> Result<&Respondent, ServiceError> {
    let asked = wish.asked.as_ref();
    asked.ok_or_else(|| ServiceError::invalid_at("asked", "照会先を入力してください"))
}

/// A reply is asked for within so many days.
const REPLY_DAYS: u64 = 14;

pub fn compose(
    wish: &DocumentWish,
    subject: Subject<'_>,
    remark: &str,
    today: NaiveDate,
    reply_by: Option<NaiveDate>,
) -> Result<Composed, ServiceError> {
    let kind = wish.kind;
    let reply_by = reply_by.or_else(|| today.checked_add_days(Days::new(REPLY_DAYS)));
    let reply_by = reply_by.ok_or_else(|| ServiceError::Internal("calendar".into()))?;
    let (opening, fields, notes): (String, &[&str], &[&str]) = match kind {
        DocumentKind::ResidenceInquiry => (
            "国民健康保険の資格（住所地特例など）を確かめるため、次の方の住所・世帯・施設の状況をお尋ねします（国民健康保険法113条）。".into(),
            &RESIDENCE,
            &["施設に入所（入院）している場合は、施設の証明書の写しを添えてください。"],
        ),
        DocumentKind::FacilityInquiry => (
            "国民健康保険の住所地特例を確かめるため、次の方の入所（入院）の状況をお尋ねします（国民健康保険法113条の2・116条の2第3項）。".into(),
            &FACILITY,
            &["個人情報は、国民健康保険の事務のほかには使いません。"],
        ),
        DocumentKind::ReliefInquiry => {
            let of = asked(wish)?.of;
            let law = match of {
                AskedOf::Hospital | AskedOf::Insurer => "本人の同意に基づき",
                _ => "国民健康保険法113条の2により",
            };
            (
                format!("国民健康保険料の減免（国民健康保険法77条）を決定するため、{law}、次の方についてお尋ねします。"),
                evidence(of),
                &["個人情報は、国民健康保険の事務のほかには使いません。"],
            )
        }
        DocumentKind::LossUrging => (
            "次の方は、ほかの健康保険に加入していることが確認されました。国民健康保険の資格喪失の届出をお願いします（国民健康保険法9条）。届出がないときは、市が職権で資格の喪失を登録することがあります。".into(),
            &LOSS,
            &[
                "新しい保険の資格確認書か、資格情報のお知らせの写しを添えてください。",
                "ほかの健康保険に加入していない場合も、その旨を書いて返送してください。",
            ],
        ),
        _ => (
            format!(
                "{}の国民健康保険料を正しく計算するため、次の方の{}中の所得をお尋ねします（国民健康保険法113条）。申告がないと、保険料の軽減を受けられないことがあります。",
                era::fiscal_year(subject.view.fiscal_year),
                era::year(subject.view.fiscal_year.income_year())
            ),
            &INCOME,
            &["所得がなかった方も提出してください。", "税の申告をした場合は、この申告書は要りません。"],
        ),
    };
    Ok(Composed {
        document: Document {
            title: kind.name().into(),
            opening: vec![opening],
            facts: facts(kind, subject, remark),
            notes: notes.iter().map(|note| (*note).to_owned()).collect(),
            reply: Some(Reply {
                return_by: reply_by,
                fields: fields.iter().map(|field| (*field).to_owned()).collect(),
            }),
            ..Document::default()
        },
        valid_until: None,
        reply_by: Some(reply_by),
        reminders: 0,
    })
}

fn facts(kind: DocumentKind, subject: Subject<'_>, remark: &str) -> Vec<Fact> {
    let Subject { view, member } = subject;
    let mut facts = vec![
        Fact::new("お尋ねする方", member.name.clone()),
        Fact::new("生年月日", day(member.birth_date)),
    ];
    // The household number is left out of letters to other bodies.
    let outside = [DocumentKind::FacilityInquiry, DocumentKind::ReliefInquiry];
    if !outside.contains(&kind) {
        facts.insert(0, Fact::new("世帯番号", view.number.clone()));
    }
    if !remark.is_empty() {
        let label = match kind {
            DocumentKind::LossUrging => "加入が確認された保険",
            _ => "特にお尋ねすること",
        };
        facts.push(Fact::new(label, remark));
    }
    facts
}

pub fn day(day: NaiveDate) -> String {
    era::format(day)
}
