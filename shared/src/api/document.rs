//! 文書: papers, questions and forms that go to people, and what came back.

use crate::calendar::FiscalYear;
use crate::eligibility::bracket::TaxStatus;
use crate::eligibility::papers::{CardStatus, Disease};
use crate::ids::PersonId;
use crate::money::Yen;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// 文書の種類.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[derive(strum::EnumMessage, strum::IntoStaticStr, strum::VariantArray)]
#[strum(serialize_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum DocumentKind {
    #[strum(message = "資格確認書")]
    EligibilityCertificate,
    #[strum(message = "資格情報のお知らせ")]
    EligibilityNotice,
    #[strum(message = "高齢受給者証")]
    RecipientCertificate,
    /// 限度額適用認定証, 限度額適用・標準負担額減額認定証 (規則27条の14の2, 14の4, 14の5): on application.
    #[strum(message = "限度額適用認定証")]
    LimitCertificate,
    /// 特定疾病療養受療証 (規則27条の13): on application.
    #[strum(message = "特定疾病療養受療証")]
    DiseaseCertificate,
    /// 住登外・施設入所者への照会 (資格 5, 6).
    #[strum(message = "住所・世帯の状況についての照会書")]
    ResidenceInquiry,
    /// 所得申告書 (賦課 3, 4).
    #[strum(message = "国民健康保険料 所得申告書")]
    IncomeReport,
    /// 施設への照会 (資格その他): goes to the facility.
    #[strum(message = "施設の入所状況についての照会書")]
    FacilityInquiry,
    /// 資格喪失の届出の勧奨 (資格重複).
    #[strum(message = "国民健康保険の資格喪失の届出について")]
    LossUrging,
    /// 減免の適用に係る照会 (賦課その他): goes to another office or body.
    #[strum(message = "国民健康保険料の減免に係る照会書")]
    ReliefInquiry,
    /// 減免決定通知書 (法77条).
    #[strum(message = "国民健康保険料減免の決定通知書")]
    ReliefNotice,
}

coded!(DocumentKind, named);

impl DocumentKind {
    /// A paper of one person that is valid until a day and comes back.
    pub fn is_paper(self) -> bool {
        matches!(
            self,
            DocumentKind::EligibilityCertificate
                | DocumentKind::EligibilityNotice
                | DocumentKind::RecipientCertificate
        ) || self.on_application()
    }

    /// Issued only to whoever applies for it.
    pub fn on_application(self) -> bool {
        matches!(
            self,
            DocumentKind::LimitCertificate | DocumentKind::DiseaseCertificate
        )
    }

    /// Something comes back filled in.
    pub fn asks(self) -> bool {
        !self.is_paper() && self != DocumentKind::ReliefNotice
    }
}

/// How a document ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[derive(strum::EnumMessage, strum::IntoStaticStr, strum::VariantArray)]
#[strum(serialize_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum DocumentState {
    /// Valid, or waiting for its reply.
    #[strum(message = "有効・回答待ち")]
    Open,
    #[strum(message = "回答あり")]
    Replied,
    #[strum(message = "返納")]
    Returned,
    /// 亡失・き損: another one takes its place.
    #[strum(message = "亡失・き損")]
    Lost,
    /// 差替え by a newer one, or 無効.
    #[strum(message = "無効・差替え")]
    Void,
    #[strum(message = "宛先不明で返戻")]
    Undeliverable,
}

coded!(DocumentState, named);

impl DocumentKind {
    /// 督促: whether people who do not answer are asked again. Other bodies are asked anew by the office.
    pub fn reminds(self) -> bool {
        matches!(
            self,
            DocumentKind::IncomeReport | DocumentKind::ResidenceInquiry
        )
    }
}

impl DocumentState {
    /// Whether a document of a kind can end so.
    pub fn fits(self, kind: DocumentKind) -> bool {
        match self {
            DocumentState::Open => false,
            DocumentState::Void | DocumentState::Undeliverable => true,
            // What was written on 所得申告書 comes in with it.
            DocumentState::Replied => kind.asks() && kind != DocumentKind::IncomeReport,
            DocumentState::Returned | DocumentState::Lost => kind.is_paper(),
        }
    }
}

/// `POST /api/households/{id}/documents`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DocumentWish {
    pub fiscal_year: FiscalYear,
    pub kind: DocumentKind,
    pub person_id: PersonId,
    /// The facility that is asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub facility_id: Option<i64>,
    /// Whom 減免に係る照会 asks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asked: Option<Respondent>,
    /// What an application for a certificate says.
    #[serde(default, skip_serializing_if = "Application::is_empty")]
    pub application: Application,
    /// What a city asks besides the printed questions; may be empty.
    #[serde(default)]
    pub remark: String,
    /// 支援措置: why a paper that tells a guarded place leaves, at most 200 characters.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reveal_reason: String,
}

/// `POST /api/decisions/{id}/notice` and `POST /api/reliefs/{case}/notice`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct IssueWish {
    /// 支援措置: why a paper that tells a guarded place leaves, at most 200 characters.
    #[serde(default)]
    pub reveal_reason: String,
}

/// Who knows what a relief stands on (賦課その他).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[derive(strum::EnumMessage, strum::IntoStaticStr, strum::VariantArray)]
#[strum(serialize_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum AskedOf {
    #[strum(message = "病院・診療所")]
    Hospital,
    #[strum(message = "少年院・刑務所等")]
    Correctional,
    /// 損害（火災）保険.
    #[strum(message = "損害（火災）保険の会社")]
    Insurer,
    #[strum(message = "税務署")]
    TaxOffice,
    #[strum(message = "道府県税事務所")]
    PrefecturalTax,
}

coded!(AskedOf, named);

impl AskedOf {
    /// No law makes a private body answer: the person agrees first.
    pub fn needs_consent(self) -> bool {
        matches!(self, AskedOf::Hospital | AskedOf::Insurer)
    }
}

/// An office or body that is asked, with its address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Respondent {
    pub of: AskedOf,
    pub name: String,
    pub postcode: String,
    pub address: String,
    /// The person agrees in writing.
    #[serde(default)]
    pub consent: bool,
}

/// 申請 of a certificate.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Application {
    /// 特定疾病.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub disease: Option<Disease>,
    /// The clerk has seen that no premium is in arrears (規則27条の14の2第1項): needed under 70.
    #[serde(default)]
    pub no_arrears: bool,
    /// 特別の事情: why it is issued all the same.
    #[serde(default)]
    pub special_reason: String,
}

impl Application {
    pub fn is_empty(&self) -> bool {
        *self == Application::default()
    }
}

/// `GET /api/households/{id}/documents`: the newest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DocumentView {
    pub number: String,
    pub kind: DocumentKind,
    pub person_id: PersonId,
    pub issued_on: NaiveDate,
    pub issued_by: String,
    pub valid_until: Option<NaiveDate>,
    pub reply_by: Option<NaiveDate>,
    pub reminders: i64,
    pub state: DocumentState,
    pub closed_on: Option<NaiveDate>,
    pub remark: String,
}

/// `POST /api/documents/{number}/closing`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DocumentClosing {
    /// The person it is about: another one than the document's is refused.
    pub person_id: PersonId,
    pub state: DocumentState,
    /// The day on which it came back or ended.
    pub on: NaiveDate,
    pub remark: String,
}

/// `POST /api/documents/{number}/income`: what somebody wrote on 所得申告書, in yen of the year
/// before the document's fiscal year; all zero says that there was no income.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct IncomeReply {
    /// The person who replied, as the paper names it.
    pub person_id: PersonId,
    /// The day on which it came in.
    pub on: NaiveDate,
    /// 給与収入.
    pub salary_receipts: Yen,
    /// 公的年金等の収入.
    pub pension_receipts: Yen,
    /// その他の所得.
    pub other_income: Yen,
}

/// `GET /api/households/{id}/papers?fiscal_year=…`: what each insured person gets today.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PaperPlan {
    pub person_id: PersonId,
    pub card: CardStatus,
    pub card_observed_on: Option<NaiveDate>,
    pub kinds: Vec<DocumentKind>,
    pub valid_until: Option<NaiveDate>,
    /// 負担割合 in tenths, of those from 70 to 74.
    pub ratio_tenths: Option<i64>,
    /// The step of 令27条の2 that decides it, from 1 to 6.
    pub step: Option<u8>,
    /// Why the ratio cannot be told.
    pub undecided: Option<String>,
    /// Figures for the ratio, of the year that decides it.
    pub income_year: i64,
    pub taxable_income: Option<Yen>,
    pub receipts: Option<Yen>,
    /// 市町村民税 of the year after.
    pub tax: Option<TaxStatus>,
    /// 在留期間の満了日 of a foreign resident.
    pub stay_until: Option<NaiveDate>,
    /// 限度額適用区分 of this person.
    pub limit: Option<String>,
    /// Why it cannot be told.
    pub limit_undecided: Option<String>,
}

/// `PUT /api/households/{id}/papers?fiscal_year=…`: what was observed or found out of a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PaperFacts {
    pub person_id: PersonId,
    pub card: CardStatus,
    pub income_year: i64,
    #[serde(default)]
    pub taxable_income: Option<Yen>,
    #[serde(default)]
    pub receipts: Option<Yen>,
    #[serde(default)]
    pub tax: Option<TaxStatus>,
    #[serde(default)]
    pub stay_until: Option<NaiveDate>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_asks_is_replied_to_and_only_papers_come_back() {
        assert!(DocumentState::Replied.fits(DocumentKind::ResidenceInquiry));
        assert!(!DocumentState::Replied.fits(DocumentKind::IncomeReport));
        assert!(!DocumentState::Replied.fits(DocumentKind::EligibilityCertificate));
        assert!(DocumentState::Lost.fits(DocumentKind::EligibilityCertificate));
        assert!(!DocumentState::Returned.fits(DocumentKind::ResidenceInquiry));
        assert!(!DocumentState::Open.fits(DocumentKind::IncomeReport));
    }
}
