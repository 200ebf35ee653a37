//! The server through its routes, every test on SQLite and on PostgreSQL.

mod access;
mod applications;
mod audit;
mod circumstances;
mod city;
mod cluster;
mod documents;
mod facilities;
mod faults;
mod imports;
mod incidents;
mod interchange;
mod killed;
mod ledger;
mod letters;
mod linkage;
mod model;
mod moves;
mod notices;
mod numbers;
mod office;
#[cfg(feature = "oidc")]
mod oidc;
mod pages;
mod premiums;
mod program;
mod protection;
mod public;
mod queue;
mod renewal;
mod restore;
mod roles;
mod runs;
mod runs_killed;
mod schema;
mod sessions;
