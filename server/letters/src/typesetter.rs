//! 組版: letters become PDF, alone or as pages of a batch, the same ones with the same bytes.

use crate::error::LettersError;
use crate::fonts::Fonts;
use crate::forms::SlipForms;
use crate::hash::{ContentHash, Hasher, canonical};
use crate::letter::{Kind, Letter};
use crate::templates::Templates;
use crate::view::{Printed, view};
use crate::world::{Desk, Sheet};
use chrono::{Datelike, NaiveDate};
use std::sync::Arc;
use typst::diag::SourceDiagnostic;
use typst::foundations::{Bytes, Datetime, Label, Smart};
use typst::introspection::Introspector;
use typst::layout::{Frame, FrameItem};
use typst::utils::PicoStr;
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, Timestamp};

/// About how many pages belong into one document: more need memory, fewer repeat the fonts.
pub const BATCH: usize = 100;
/// The most that one document may hold.
const MOST: usize = 2 * BATCH;
/// Letters in their order, cut into runs of about [`BATCH`] pages, each for one document.
pub fn batches(letters: &[Letter]) -> Vec<&[Letter]> {
    let mut room = BATCH;
    let runs = letters.chunk_by(|before, next| {
        room = room.saturating_sub(before.usual_pages());
        let fits = next.usual_pages() <= room;
        if !fits {
            room = BATCH;
        }
        fits
    });
    runs.collect()
}

/// So many letters may lie in one envelope, which somebody opens on a screen.
const READ: usize = 16;

/// 文書名: the first letter's, and how many others there are besides what lies in its envelope.
fn title(first: &Letter, letters: &[Letter]) -> String {
    let others = letters.iter().skip(1);
    let others = others
        .filter(|each| each.kind() != Kind::PaymentSlip)
        .count();
    match others {
        0 => format!("{} {}", first.title(), first.number),
        others => format!("{} {} ほか{others}通", first.title(), first.number),
    }
}

/// The name a template gives to the first page of each letter.
const FIRST_PAGE: &str = "first-page";

/// Templates, fonts and forms, ready to set any number of letters. One can be shared by
/// several threads.
pub struct Typesetter {
    desk: Arc<Desk>,
    forms: SlipForms,
    /// Hash of templates, fonts and forms.
    with: ContentHash,
}

/// One PDF of several letters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Batch {
    pub pdf: Vec<u8>,
    /// The number of each letter's pages, in the order of the letters.
    pub pages: Vec<usize>,
}

impl Typesetter {
    pub fn new(
        templates: &Templates,
        fonts: Fonts,
        forms: SlipForms,
    ) -> Result<Typesetter, LettersError> {
        let with = Hasher::default()
            .piece(&templates.hash().0)
            .piece(&fonts.hash().0)
            .piece(&canonical(&forms)?)
            .finish();
        Ok(Typesetter {
            desk: Arc::new(Desk::new(templates, fonts)?),
            forms,
            with,
        })
    }

    /// Whether no font has a glyph for a character, with its variation selector where it has one.
    pub fn lacks(&self, character: &str) -> bool {
        let fonts = self.desk.fonts();
        let families = fonts.families_for(character);
        fonts.missing(character, &families).is_some()
    }

    /// What binds a letter: its data, the strings printed, and templates, fonts and forms.
    pub fn content_hash(&self, letter: &Letter) -> Result<ContentHash, LettersError> {
        let printed = view(letter, self.desk.fonts(), &self.forms)?;
        Ok(Hasher::default()
            .piece(&canonical(letter)?)
            .piece(&canonical(&printed)?)
            .piece(&self.with.0)
            .finish())
    }

    /// The letter as a PDF of its own.
    pub fn render_one(&self, letter: &Letter) -> Result<Vec<u8>, LettersError> {
        Ok(self.render_batch(std::slice::from_ref(letter))?.pdf)
    }

    /// The letters as one PDF, in their order; see [`BATCH`].
    pub fn render_batch(&self, letters: &[Letter]) -> Result<Batch, LettersError> {
        let document = self.document(letters);
        let batch = document.and_then(|document| self.export(letters, &document));
        // What typst remembers of this document is of no use to the next one.
        comemo::evict(0);
        batch
    }

    /// The laid out pages, for other outputs than PDF. Typst remembers how it made them until
    /// something is rendered.
    pub fn document(&self, letters: &[Letter]) -> Result<PagedDocument, LettersError> {
        let first = letters.first().ok_or(LettersError::Empty)?;
        if letters.len() > MOST {
            return Err(LettersError::TooMany {
                most: MOST,
                given: letters.len(),
            });
        }
        let fonts = self.desk.fonts();
        let views = letters.iter().map(|each| view(each, fonts, &self.forms));
        let printed = Printed {
            title: title(first, letters),
            author: &first.sender.municipality,
            fonts: fonts.families(),
            letters: views.collect::<Result<_, _>>()?,
        };
        let data = serde_json::to_vec(&printed)
            .map_err(|why| LettersError::Unwritable(why.to_string()))?;
        let sheet = Sheet {
            desk: Arc::clone(&self.desk),
            data: Bytes::new(data),
        };
        let document = typst::compile::<PagedDocument>(&sheet)
            .output
            .map_err(|all| failed(&all))?;
        // Data was checked before; this finds what a template itself prints without a glyph.
        let mut frames = document.pages().iter().map(|page| &page.frame);
        match frames.find_map(boxed) {
            Some(text) => Err(LettersError::Template(format!(
                "「{text}」の字形が登録フォントにありません"
            ))),
            None => Ok(document),
        }
    }

    fn export(&self, letters: &[Letter], document: &PagedDocument) -> Result<Batch, LettersError> {
        let pages = pages(letters, document)?;
        let mut ident = Hasher::default().piece(&self.with.0);
        for letter in letters {
            ident = ident.piece(&canonical(letter)?);
        }
        let newest = letters.iter().map(|letter| letter.business_date).max();
        let options = PdfOptions {
            ident: Smart::Custom(ident.finish().to_string()),
            creator: Smart::Custom(Some("kokuho".into())),
            timestamp: newest.and_then(midnight).map(Timestamp::new_utc),
            // A bundle for the printing firm is never read on a screen, and tags would make it larger.
            tagged: letters.len() <= READ,
            ..PdfOptions::default()
        };
        let pdf = typst_pdf::pdf(document, &options).map_err(|all| failed(&all))?;
        Ok(Batch { pdf, pages })
    }
}

fn midnight(day: NaiveDate) -> Option<Datetime> {
    let (month, day_of_month) = (day.month().try_into().ok()?, day.day().try_into().ok()?);
    Datetime::from_ymd_hms(day.year(), month, day_of_month, 0, 0, 0)
}

/// How many pages each letter has, by the pages on which letters begin.
fn pages(letters: &[Letter], document: &PagedDocument) -> Result<Vec<usize>, LettersError> {
    let wrong =
        || LettersError::Template("文書の最初のページに sheet(first: true) が必要です".into());
    let label = Label::new(PicoStr::intern(FIRST_PAGE)).ok_or_else(wrong)?;
    let introspector = document.introspector();
    let marks = introspector.query(&typst::foundations::Selector::Label(label));
    let mut starts = Vec::with_capacity(letters.len() + 1);
    for mark in marks {
        let place = mark.location().and_then(|at| introspector.position(at));
        starts.push(place.ok_or_else(wrong)?.page.get());
    }
    starts.push(document.pages().len() + 1);
    let counts = starts.windows(2).map(|pair| match pair {
        [from, to] => to.checked_sub(*from).filter(|count| *count > 0),
        _ => None,
    });
    let counts: Option<Vec<usize>> = counts.collect();
    let fits = |counts: &Vec<usize>| counts.len() == letters.len() && starts.first() == Some(&1);
    counts.filter(fits).ok_or_else(wrong)
}

/// The first text that has a glyph missing.
fn boxed(frame: &Frame) -> Option<String> {
    frame.items().find_map(|(_, item)| match item {
        FrameItem::Group(group) => boxed(&group.frame),
        FrameItem::Text(text) => {
            let glyph = text.glyphs.iter().find(|glyph| glyph.id == 0)?;
            Some(text.text.get(glyph.range())?.to_owned())
        }
        _ => None,
    })
}

fn failed(all: &[SourceDiagnostic]) -> LettersError {
    let messages: Vec<&str> = all.iter().map(|each| each.message.as_str()).collect();
    LettersError::Template(messages.join("、"))
}
