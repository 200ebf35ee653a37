//! How failures look from outside.

use crate::error::{ServiceError, database_kind};
use axum::Json;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};

/// After so many seconds it is worth to ask again.
const BUSY_SECONDS: u64 = 2;
/// Seconds after which a look that could not be kept on record is worth another try.
const UNRECORDED_AGAIN: u64 = 5;

/// A service error as an answer.
pub struct Failure(pub ServiceError);

impl From<ServiceError> for Failure {
    fn from(error: ServiceError) -> Failure {
        Failure(error)
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let status = match &self.0 {
            ServiceError::Invalid(_) => StatusCode::UNPROCESSABLE_ENTITY,
            ServiceError::NotSignedIn | ServiceError::WrongPassword | ServiceError::Provider => {
                StatusCode::UNAUTHORIZED
            }
            ServiceError::Forbidden | ServiceError::ForeignOrigin | ServiceError::FactorMissing => {
                StatusCode::FORBIDDEN
            }
            ServiceError::TooMany { .. } => StatusCode::TOO_MANY_REQUESTS,
            ServiceError::NoPress(_) | ServiceError::Busy | ServiceError::Unrecorded => {
                StatusCode::SERVICE_UNAVAILABLE
            }
            ServiceError::NotFound(_) => StatusCode::NOT_FOUND,
            ServiceError::Conflict(_) => StatusCode::CONFLICT,
            ServiceError::Constraint(cause) => {
                tracing::error!(kind = database_kind(cause), "constraint");
                StatusCode::UNPROCESSABLE_ENTITY
            }
            ServiceError::Database(cause) => {
                tracing::error!(kind = database_kind(cause), "database");
                StatusCode::SERVICE_UNAVAILABLE
            }
            ServiceError::Migrate(_) | ServiceError::Internal(_) => {
                tracing::error!("internal error");
                StatusCode::INTERNAL_SERVER_ERROR
            }
        };
        let mut response = (status, Json(self.0.problem())).into_response();
        let again = match self.0 {
            ServiceError::TooMany { seconds } => Some(seconds),
            ServiceError::Busy => Some(BUSY_SECONDS),
            ServiceError::Unrecorded => Some(UNRECORDED_AGAIN),
            _ => None,
        };
        if let Some(seconds) = again {
            response
                .headers_mut()
                .insert(header::RETRY_AFTER, header::HeaderValue::from(seconds));
        }
        response
    }
}
