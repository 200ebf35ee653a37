//! 権限 (access): which role may do what. Deny by default: only what stands here is allowed.

use serde::{Deserialize, Serialize};

/// 職務: what somebody is in the office for. One account has one role.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Role {
    CounterClerk,
    EligibilityOfficer,
    AssessmentOfficer,
    CollectionOfficer,
    BenefitOfficer,
    LinkageOperator,
    Supervisor,
    PrivacyOfficer,
    /// Reads the log and nothing else.
    Auditor,
    /// Manages accounts and sees nobody's data.
    SystemAdmin,
}

/// What a route does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Search and read persons, households and their decisions.
    ReadHousehold,
    /// 支援措置: register and end measures, and be shown where a protected household lives.
    Protect,
    /// 届出: accept acquisitions and losses at the counter.
    AcceptNotices,
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
    pub const ALL: [Role; 10] = [
        Role::CounterClerk,
        Role::EligibilityOfficer,
        Role::AssessmentOfficer,
        Role::CollectionOfficer,
        Role::BenefitOfficer,
        Role::LinkageOperator,
        Role::Supervisor,
        Role::PrivacyOfficer,
        Role::Auditor,
        Role::SystemAdmin,
    ];

    /// The name in the database and on the command line.
    pub fn key(self) -> &'static str {
        match self {
            Role::CounterClerk => "counter_clerk",
            Role::EligibilityOfficer => "eligibility_officer",
            Role::AssessmentOfficer => "assessment_officer",
            Role::CollectionOfficer => "collection_officer",
            Role::BenefitOfficer => "benefit_officer",
            Role::LinkageOperator => "linkage_operator",
            Role::Supervisor => "supervisor",
            Role::PrivacyOfficer => "privacy_officer",
            Role::Auditor => "auditor",
            Role::SystemAdmin => "system_admin",
        }
    }

    pub fn of_key(key: &str) -> Option<Role> {
        Role::ALL.into_iter().find(|role| role.key() == key)
    }

    pub fn name(self) -> &'static str {
        match self {
            Role::CounterClerk => "窓口担当",
            Role::EligibilityOfficer => "資格担当",
            Role::AssessmentOfficer => "賦課担当",
            Role::CollectionOfficer => "収納担当",
            Role::BenefitOfficer => "給付担当",
            Role::LinkageOperator => "情報連携担当",
            Role::Supervisor => "係長（承認者）",
            Role::PrivacyOfficer => "個人情報保護責任者",
            Role::Auditor => "監査担当",
            Role::SystemAdmin => "システム管理者",
        }
    }

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
            Action::AcceptNotices => {
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

    #[test]
    fn a_role_is_found_again_by_its_key() {
        for role in Role::ALL {
            assert_eq!(Role::of_key(role.key()), Some(role));
            assert_eq!(serde_json::to_value(role).unwrap(), role.key());
        }
        assert_eq!(Role::of_key("mayor"), None);
    }
}
