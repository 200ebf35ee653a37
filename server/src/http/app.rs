//! What every route can reach.

use crate::access::keys::Keys;
use crate::access::oidc::Provider;
use crate::assessment::whatif::WhatIfs;
use crate::audit::Log;
use crate::city::City;
use crate::clock::Clock;
use crate::error::ServiceError;
use crate::linkage::running_imports::RunningImports;
use crate::store::Db;
use crate::typesetting::Typesetting;
use kokuho_shared::api::session::Environment;
use kokuho_shared::assessment::relief::rules::ReliefRules;
use std::path::PathBuf;
use std::sync::Arc;
use tokio::sync::Notify;

/// Database, clock, keys and the works of this process.
#[derive(Clone)]
pub struct App {
    /// None on a public-only server.
    pub db: Option<Db>,
    pub municipality: String,
    pub clock: Clock,
    pub layouts: Option<PathBuf>,
    /// 減免の基準, with the city's own.
    pub reliefs: Arc<ReliefRules>,
    pub whatifs: WhatIfs,
    pub jobs: RunningImports,
    pub keys: Keys,
    /// 管理者一人: see `access::requests`.
    pub single_administrator: bool,
    /// 環境: the screens say so.
    pub environment: Environment,
    pub audit: Log,
    pub press: Typesetting,
    /// 庁内の認証基盤, where the city has one.
    pub provider: Option<Provider>,
    /// Tells this process's workers that there is something to do.
    pub wake: Arc<Notify>,
}

impl App {
    /// Which city works here, with what its works need.
    pub fn city(&self) -> Result<City, ServiceError> {
        Ok(City {
            db: self.db()?.clone(),
            code: self.municipality.clone(),
            press: self.press.clone(),
            clock: self.clock,
        })
    }

    pub fn db(&self) -> Result<&Db, ServiceError> {
        self.db.as_ref().ok_or(ServiceError::NotFound("この機能"))
    }
}
