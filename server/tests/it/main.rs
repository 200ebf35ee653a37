//! The server through its routes, every test on SQLite and on PostgreSQL.

mod access;
mod audit;
mod city;
mod cluster;
mod imports;
mod killed;
mod letters;
mod office;
mod pages;
mod premiums;
mod public;
mod schema;
mod sessions;
