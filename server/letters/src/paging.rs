//! 頁割り: how much of a notice stands on which page, for the template and for counts of pages alike.

use crate::notice::AssessmentNotice;
use crate::tables::{self, Table};
use crate::words::{formula, reasons};
use kokuho_shared::assessment::breakdown::Breakdown;
use kokuho_shared::explain::reading::Shown;

/// Rows of a page of the breakdown.
const ROWS: usize = 36;

/// The tables, as many to a page as it holds; the first page also has the insured and the reasons.
pub(crate) fn breakdown_pages(notice: &AssessmentNotice, breakdown: &Breakdown) -> Vec<Vec<Table>> {
    let mut pages: Vec<Vec<Table>> = vec![Vec::new()];
    let mut used = 2 + notice.insured.len() + 2 * reasons(notice).len();
    for table in tables::tables(breakdown) {
        used += table.rows();
        match pages.last_mut() {
            Some(page) if used <= ROWS => page.push(table),
            _ => {
                used = table.rows();
                pages.push(vec![table]);
            }
        }
    }
    pages
}

/// Lines of an explanation on one page; a formula has a line of its own.
const LINES: usize = 50;
/// A name so long needs a line of its own.
const LONG: usize = 10;

/// How many pages the shipped template needs.
pub(crate) fn pages(notice: &AssessmentNotice) -> usize {
    let breakdown = Breakdown::of(&notice.explanation);
    let explained = match notice.explained {
        true => chunks(notice).len(),
        false => 0,
    };
    1 + breakdown_pages(notice, &breakdown).len() + explained
}

/// The lines of the explanation that are shown, page by page.
pub(crate) fn chunks(notice: &AssessmentNotice) -> Vec<Vec<Shown<'_>>> {
    let mut pages: Vec<Vec<Shown<'_>>> = Vec::new();
    let mut used = LINES;
    for shown in notice.explanation.shown() {
        let long = shown
            .line
            .person
            .and_then(|at| notice.people.get(usize::from(at)));
        let long = long.is_some_and(|name| name.chars().count() > LONG);
        let lines = 1 + usize::from(!formula(shown.line).is_empty()) + usize::from(long);
        used += lines;
        match pages.last_mut() {
            Some(page) if used <= LINES => page.push(shown),
            _ => {
                used = lines;
                pages.push(vec![shown]);
            }
        }
    }
    pages
}
