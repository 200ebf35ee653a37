//! Errors of the services: what people are told, and what only the log is told.

use kokuho_shared::api::Problem;
use kokuho_shared::api::estimate::EstimateError;
use kokuho_shared::assessment::premium::AssessmentError;
use kokuho_shared::law::LawError;

/// Why a request or command did not succeed.
#[derive(Debug, thiserror::Error)]
pub enum ServiceError {
    /// The question itself is wrong; nothing was changed.
    #[error("{}", .0.message)]
    Invalid(Problem),
    #[error("サインインしてください")]
    NotSignedIn,
    /// Which of the three is wrong is not told.
    #[error("利用者名、パスワード、確認コードのどれかが違います")]
    WrongPassword,
    /// The city's own sign-in does not vouch for anybody whom this office knows.
    #[error("庁内の認証基盤でサインインできません。管理者に確かめてください")]
    Provider,
    #[error("確認コードを入力してください")]
    CodeMissing,
    #[error("先に二要素認証を設定してください")]
    FactorMissing,
    #[error("失敗が続いたため、しばらくサインインできません（約{}分）", .seconds.div_ceil(60))]
    TooMany { seconds: u64 },
    #[error("この操作をする権限がありません")]
    Forbidden,
    #[error("この画面からの操作ではないため、受け付けません")]
    ForeignOrigin,
    #[error("{0}が見つかりません")]
    NotFound(&'static str),
    /// The facts moved since they were seen; nothing was changed.
    #[error("{}", .0.message)]
    Conflict(Problem),
    /// The rest of the office works without.
    #[error("文書を作れません: {0}")]
    NoPress(String),
    #[error("データベースを使えません")]
    Database(sqlx::Error),
    #[error("データベースの構造を整えられません")]
    Migrate(#[from] sqlx::migrate::MigrateError),
    #[error("内部エラーです: {0}")]
    Internal(String),
}

impl ServiceError {
    pub fn invalid(message: impl Into<String>) -> ServiceError {
        ServiceError::Invalid(Problem::new(message))
    }

    pub fn invalid_at(field: &str, message: impl Into<String>) -> ServiceError {
        ServiceError::Invalid(Problem::new(message).at(field))
    }

    /// Whether the store was closed on purpose.
    pub fn is_closed(&self) -> bool {
        matches!(self, ServiceError::Database(sqlx::Error::PoolClosed))
    }

    /// What the person is told.
    pub fn problem(&self) -> Problem {
        match self {
            ServiceError::Invalid(problem) | ServiceError::Conflict(problem) => problem.clone(),
            ServiceError::CodeMissing => Problem::new(self.to_string()).at("code"),
            other => Problem::new(other.to_string()),
        }
    }
}

impl From<sqlx::Error> for ServiceError {
    /// What must be there once and came twice at the same moment is nobody's fault: whoever came
    /// second looks again.
    fn from(error: sqlx::Error) -> ServiceError {
        let twice = error
            .as_database_error()
            .is_some_and(|error| error.is_unique_violation());
        if twice {
            let text = "同じものが同時に書き込まれました。読み直してから、もう一度操作してください";
            return ServiceError::Conflict(Problem::new(text));
        }
        ServiceError::Database(error)
    }
}

impl From<LawError> for ServiceError {
    fn from(error: LawError) -> ServiceError {
        ServiceError::invalid(error.to_string())
    }
}

impl From<AssessmentError> for ServiceError {
    fn from(error: AssessmentError) -> ServiceError {
        let field = match &error {
            AssessmentError::Amount { member, field } => Some(format!("members[{member}].{field}")),
            AssessmentError::LossBeforeAcquisition { member } => {
                Some(format!("members[{member}].lost_on"))
            }
            AssessmentError::AcquiredBeforeBirth { member } => {
                Some(format!("members[{member}].acquired_on"))
            }
            AssessmentError::BornAfterYear { member } => {
                Some(format!("members[{member}].birth_date"))
            }
            AssessmentError::SpecificMonthMissing { member } => {
                Some(format!("members[{member}].specific_month"))
            }
            AssessmentError::PeriodsOverlap { member } => {
                Some(format!("members[{member}].earlier_periods"))
            }
            AssessmentError::LocalReduction { part } => {
                Some(format!("local_reductions.{}", part.key()))
            }
            AssessmentError::SameId { member } => Some(format!("members[{member}].id")),
            AssessmentError::Heads(_) => Some("members".into()),
            AssessmentError::Tier(_) => Some("reduction.tier".into()),
            AssessmentError::RateOutOfRange { part } => Some(format!("rates.{}", part.key())),
            AssessmentError::Unit { field } => Some(format!("rounding.{field}")),
            AssessmentError::Law(
                LawError::CapAboveNational { part, .. } | LawError::PartNotLevied { part },
            ) => Some(format!("rates.{}.cap", part.key())),
            AssessmentError::Law(
                LawError::MissingYear { .. } | LawError::MissingMunicipality { .. },
            ) => Some("fiscal_year".into()),
            _ => None,
        };
        ServiceError::Invalid(Problem {
            field,
            ..Problem::new(error.to_string())
        })
    }
}

impl From<EstimateError> for ServiceError {
    fn from(error: EstimateError) -> ServiceError {
        match error {
            EstimateError::Assessment(error) => error.into(),
            EstimateError::Source => ServiceError::invalid_at("municipality", error.to_string()),
            EstimateError::BasicDeduction => {
                ServiceError::invalid_at("inputs.basic_deduction", error.to_string())
            }
        }
    }
}

impl From<serde_json::Error> for ServiceError {
    fn from(error: serde_json::Error) -> ServiceError {
        ServiceError::Internal(format!("JSON: {error}"))
    }
}

/// The sort of a database error; its text may carry values of rows and is not logged.
pub fn database_kind(error: &sqlx::Error) -> String {
    match error.as_database_error() {
        Some(error) => format!("database code {}", error.code().unwrap_or_default()),
        None => match error {
            sqlx::Error::PoolTimedOut => "no free connection".into(),
            sqlx::Error::Io(cause) => format!("io {:?}", cause.kind()),
            _ => "other".into(),
        },
    }
}
