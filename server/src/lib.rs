//! The server of kokuho: facts, decisions and the routes to them, on SQLite or PostgreSQL.

pub mod access;
pub mod assessment;
pub mod audit;
pub mod background;
pub mod checks;
pub mod city;
pub mod clock;
pub mod collection;
pub mod config;
pub mod correspondence;
pub mod demo;
pub mod eligibility;
pub mod error;
pub mod exchange;
pub mod facts;
pub mod http;
pub mod jobs;
pub mod ledger;
pub mod linkage;
pub mod lookup;
pub mod press;
pub mod room;
pub mod rooms;
pub mod store;
pub mod supervise;
pub mod transfer;
