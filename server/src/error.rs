//! Errors of the services: what people are told, and what only the log is told.

use kokuho_shared::api::Problem;
use kokuho_shared::api::estimate::EstimateError;
use kokuho_shared::assessment::error::AssessmentError;
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
    /// The database is busy or has no free connection: try again in a few seconds.
    #[error("ほかの処理が続いているため、今は受け付けられません。数秒後にもう一度操作してください")]
    Busy,
    /// The database refused a row: a check that should have come before let it through.
    #[error("内容がデータベースの決まりに合わないため、何も書き込んでいません（{}）", database_kind(.0))]
    Constraint(sqlx::Error),
    /// The look cannot be recorded: then no person is shown.
    #[error(
        "閲覧の記録を残せないため、個人の情報を表示できません。しばらくしてから、もう一度操作してください"
    )]
    Unrecorded,
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

    /// The same of a file that was being taken in: a value that the database does not take is the
    /// file's fault.
    pub fn of_file(self, name: &str) -> ServiceError {
        match self {
            ServiceError::Constraint(_) => ServiceError::Invalid(Problem {
                file: Some(name.to_owned()),
                ..Problem::new("データベースに入らない値があります（範囲や文字を確かめてください）")
            }),
            other => other,
        }
    }

    /// Whether the store was closed on purpose.
    pub fn is_closed(&self) -> bool {
        matches!(self, ServiceError::Database(sqlx::Error::PoolClosed))
    }

    /// Whether trying again may help: the database is busy or has no free connection.
    pub fn is_passing(&self) -> bool {
        matches!(self, ServiceError::Busy)
    }

    /// What the person is told.
    pub fn problem(&self) -> Problem {
        match self {
            ServiceError::Invalid(problem) | ServiceError::Conflict(problem) => problem.clone(),
            other => Problem::new(other.to_string()),
        }
    }
}

impl From<sqlx::Error> for ServiceError {
    /// A unique violation from two writes at the same moment is told as a conflict.
    fn from(error: sqlx::Error) -> ServiceError {
        let twice = error
            .as_database_error()
            .is_some_and(|error| error.is_unique_violation());
        if twice {
            let text = "同じものが同時に書き込まれました。読み直してから、もう一度操作してください";
            return ServiceError::Conflict(Problem::new(text));
        }
        if is_busy(&error) {
            return ServiceError::Busy;
        }
        let code = error.as_database_error().and_then(|error| error.code());
        let refused = error
            .as_database_error()
            .is_some_and(|error| error.is_check_violation() || error.is_foreign_key_violation());
        // SQLSTATE class 22: the value; class 23: a constraint; SQLite 19 and 20 with their kinds.
        let of_value = code.is_some_and(|code| match code.parse::<u32>() {
            Ok(number) if code.len() < 5 => matches!(number & 0xff, 19 | 20),
            _ => code.starts_with("22") || code.starts_with("23"),
        });
        if refused || of_value {
            return ServiceError::Constraint(error);
        }
        ServiceError::Database(error)
    }
}

/// Whether the database had to be waited for too long.
fn is_busy(error: &sqlx::Error) -> bool {
    let code = match error {
        sqlx::Error::PoolTimedOut => return true,
        sqlx::Error::Database(error) => error.code().unwrap_or_default(),
        _ => return false,
    };
    // PostgreSQL: a lock, a deadlock, two at once, a statement or connection that took too long, no
    // connection left.
    let postgres = ["55P03", "40P01", "40001", "57014", "25P03", "53300"];
    // SQLite: BUSY and LOCKED with their kinds.
    let sqlite = code.len() < 5 && matches!(code.parse::<u32>().map(|code| code & 0xff), Ok(5 | 6));
    sqlite || postgres.contains(&code.as_ref())
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

/// Whether the database is away, full or stopping: nothing is said of what was to be written.
pub fn is_away(error: &sqlx::Error) -> bool {
    let code = match error {
        sqlx::Error::Database(error) => error.code().unwrap_or_default(),
        sqlx::Error::PoolClosed | sqlx::Error::PoolTimedOut | sqlx::Error::Io(_) => return true,
        _ => return false,
    };
    if code.len() == 5 {
        return ["08", "53", "55", "57", "58"].contains(&code.get(..2).unwrap_or_default());
    }
    // SQLite: the lowest byte is the sort, the rest says more of it.
    matches!(
        code.parse::<u32>().map(|code| code & 0xff),
        Ok(7 | 10 | 13 | 14)
    )
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

#[cfg(test)]
mod tests {
    use super::*;
    use std::borrow::Cow;

    #[derive(Debug)]
    struct Coded(&'static str);

    impl std::fmt::Display for Coded {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str(self.0)
        }
    }

    impl std::error::Error for Coded {}

    impl sqlx::error::DatabaseError for Coded {
        fn message(&self) -> &str {
            self.0
        }

        fn code(&self) -> Option<Cow<'_, str>> {
            Some(self.0.into())
        }

        fn as_error(&self) -> &(dyn std::error::Error + Send + Sync + 'static) {
            self
        }

        fn as_error_mut(&mut self) -> &mut (dyn std::error::Error + Send + Sync + 'static) {
            self
        }

        fn into_error(self: Box<Self>) -> Box<dyn std::error::Error + Send + Sync + 'static> {
            self
        }

        fn kind(&self) -> sqlx::error::ErrorKind {
            sqlx::error::ErrorKind::Other
        }
    }

    #[test]
    fn a_value_that_does_not_fit_is_the_files_fault_and_a_database_that_is_away_is_nobodys() {
        for (code, data, away) in [
            ("22008", true, false),
            ("23514", true, false),
            ("275", true, false),
            ("53300", false, true),
            ("57P01", false, true),
            ("13", false, true),
            ("42P01", false, false),
            ("1", false, false),
        ] {
            let error = || sqlx::Error::Database(Box::new(Coded(code)));
            assert_eq!(is_away(&error()), away, "{code}");
            let told = ServiceError::from(error()).of_file("a.csv");
            assert_eq!(matches!(told, ServiceError::Invalid(_)), data, "{code}");
        }
        assert!(is_away(&sqlx::Error::PoolTimedOut));
    }
}
