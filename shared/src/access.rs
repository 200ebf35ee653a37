//! 権限 (access): which role may do what. Deny by default: only what stands here is allowed.

use serde::{Deserialize, Serialize};

/// 職務: what somebody is in the office for. One account has one role.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[derive(strum::EnumMessage, strum::IntoStaticStr, strum::VariantArray)]
#[strum(serialize_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Role {
    #[strum(message = "窓口担当")]
    CounterClerk,
    #[strum(message = "資格担当")]
    EligibilityOfficer,
    #[strum(message = "賦課担当")]
    AssessmentOfficer,
    #[strum(message = "収納担当")]
    CollectionOfficer,
    #[strum(message = "給付担当")]
    BenefitOfficer,
    #[strum(message = "情報連携担当")]
    LinkageOperator,
    #[strum(message = "係長（承認者）")]
    Supervisor,
    #[strum(message = "個人情報保護責任者")]
    PrivacyOfficer,
    /// Reads the log and nothing else.
    #[strum(message = "監査担当")]
    Auditor,
    /// Manages accounts and sees nobody's data.
    #[strum(message = "システム管理者")]
    SystemAdmin,
}

coded!(Role, named);

/// What a route does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Search and read persons, households and their decisions.
    ReadHousehold,
    /// 支援措置: register and end measures, and be shown where a protected household lives.
    Protect,
    /// 届出: accept acquisitions and losses at the counter.
    AcceptNotifications,
    /// 情報照会: ask other offices, and decide what becomes of their answers.
    Inquire,
    /// Change incomes and eligibility.
    EditFacts,
    /// 賦課決定.
    Decide,
    /// 減免の申請: accept one, or note that it was withdrawn.
    AcceptReliefs,
    /// 減免の決定: grant, refuse or end what somebody else accepted.
    DecideReliefs,
    /// 資格重複: urge, end by the city, or dismiss.
    HandleDuplicates,
    /// 個人番号: bind one to a person, and see whether one is bound.
    BindNumbers,
    /// Issue letters.
    IssueLetters,
    /// 再印刷: print again what was issued, and issue one slip again.
    ReprintLetters,
    /// 証・照会書: issue papers and questions to people, and note what came back.
    IssueDocuments,
    /// 年次賦課: start, stop and go on with work over the whole city.
    RunYear,
    /// 証の一斉更新, and printing what it made.
    RenewPapers,
    /// 料率の試算 over the whole city; writes nothing.
    TryRates,
    /// 発送の承認: release a run that somebody else started.
    ReleaseRun,
    /// See how far it is and what came out.
    ReadRuns,
    /// Take files in.
    ImportFiles,
    /// See which files came in.
    ReadImports,
    ManageAccounts,
    ReadAudit,
    /// One's own session and second factor, also while it is being set up.
    OwnSession,
    /// One's own password, sessions and notices.
    OwnAccount,
    /// Save a list of the screen as a file, which is on record.
    SaveLists,
}

impl Role {
    pub fn may(self, action: Action) -> bool {
        use Role::*;
        match action {
            Action::OwnSession | Action::OwnAccount | Action::SaveLists => true,
            Action::ReadHousehold => matches!(
                self,
                CounterClerk
                    | EligibilityOfficer
                    | AssessmentOfficer
                    | CollectionOfficer
                    | BenefitOfficer
                    | Supervisor
            ),
            Action::ReprintLetters => matches!(
                self,
                CounterClerk
                    | EligibilityOfficer
                    | AssessmentOfficer
                    | CollectionOfficer
                    | BenefitOfficer
                    | Supervisor
            ),
            Action::AcceptNotifications => {
                matches!(self, CounterClerk | EligibilityOfficer | Supervisor)
            }
            Action::Inquire => {
                matches!(self, EligibilityOfficer | AssessmentOfficer | Supervisor)
            }
            Action::EditFacts => {
                matches!(self, EligibilityOfficer | AssessmentOfficer | Supervisor)
            }
            Action::BindNumbers => {
                matches!(self, CounterClerk | EligibilityOfficer | Supervisor)
            }
            Action::IssueDocuments => matches!(
                self,
                CounterClerk | EligibilityOfficer | AssessmentOfficer | Supervisor
            ),
            Action::AcceptReliefs => {
                matches!(self, CounterClerk | AssessmentOfficer | Supervisor)
            }
            Action::DecideReliefs => self == Supervisor,
            Action::IssueLetters => matches!(self, AssessmentOfficer | Supervisor),
            Action::Decide => matches!(self, AssessmentOfficer | Supervisor),
            Action::Protect => matches!(self, EligibilityOfficer | Supervisor),
            Action::HandleDuplicates => matches!(self, EligibilityOfficer | Supervisor),
            Action::RenewPapers => matches!(self, EligibilityOfficer | Supervisor),
            Action::RunYear | Action::ReleaseRun => self == Supervisor,
            Action::TryRates => matches!(self, AssessmentOfficer | Supervisor),
            Action::ReadRuns => matches!(self, AssessmentOfficer | Supervisor),
            Action::ImportFiles => matches!(self, LinkageOperator | Supervisor),
            Action::ReadImports => matches!(
                self,
                EligibilityOfficer | AssessmentOfficer | LinkageOperator | Supervisor
            ),
            Action::ManageAccounts => self == SystemAdmin,
            Action::ReadAudit => matches!(self, Auditor | PrivacyOfficer),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_manages_accounts_or_reads_the_log_sees_nobodys_household() {
        for role in Role::ALL {
            let apart = role.may(Action::ManageAccounts) || role.may(Action::ReadAudit);
            assert!(!(apart && role.may(Action::ReadHousehold)), "{role:?}");
        }
    }
}
