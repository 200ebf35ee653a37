//! What is printed of a general document.

use super::Name;
use crate::document::{Document, Table};
use crate::fonts::Fonts;
use kokuho_shared::era;
use serde::Serialize;

#[derive(Serialize)]
pub(super) struct Page<'a> {
    title: &'a str,
    opening: &'a [String],
    facts: Vec<Fact<'a>>,
    tables: Vec<Grid<'a>>,
    notes: &'a [String],
    reply: Option<Reply<'a>>,
    remedies: bool,
}

#[derive(Serialize)]
struct Fact<'a> {
    label: &'a str,
    value: Name<'a>,
}

#[derive(Serialize)]
struct Grid<'a> {
    title: &'a str,
    columns: &'a [String],
    rows: Vec<Vec<Name<'a>>>,
}

#[derive(Serialize)]
struct Reply<'a> {
    return_by: String,
    fields: &'a [String],
}

pub(super) fn view<'a>(document: &'a Document, fonts: &'a Fonts) -> Page<'a> {
    let grid = |table: &'a Table| Grid {
        title: &table.title,
        columns: &table.columns,
        rows: table
            .rows
            .iter()
            .map(|row| row.iter().map(|cell| Name::of(cell, fonts)).collect())
            .collect(),
    };
    Page {
        title: &document.title,
        opening: &document.opening,
        facts: document
            .facts
            .iter()
            .map(|fact| Fact {
                label: &fact.label,
                value: Name::of(&fact.value, fonts),
            })
            .collect(),
        tables: document.tables.iter().map(grid).collect(),
        notes: &document.notes,
        reply: document.reply.as_ref().map(|reply| Reply {
            return_by: era::format(reply.return_by),
            fields: &reply.fields,
        }),
        remedies: document.remedies,
    }
}
