//! 通知書 (letters): data, templates and fonts become PDF, and the same ones the same bytes.
//!
//! A [`Letter`] is plain data. The [`Typesetter`] makes of it what is printed (`view`), checks
//! that every character has a glyph, and lets a template lay it out, alone or as pages of a
//! batch. Nothing here reads a clock, a database or the network.

mod customer;
pub mod document;
mod error;
mod fonts;
pub mod forms;
pub mod gs1;
mod hash;
mod letter;
mod notice;
mod ocr;
mod paging;
mod reading;
mod slip;
mod tables;
mod templates;
mod typesetter;
mod view;
pub mod words;
mod world;

pub use error::LettersError;
pub use fonts::Fonts;
pub use forms::SlipForms;
pub use hash::ContentHash;
pub use letter::{Addressee, Content, Kind, Letter, Sender};
pub use notice::{AssessmentNotice, Concerned, Insured, Reason, Replaced};
pub use slip::{PaymentSlip, SlipNumber};
pub use templates::Templates;
pub use typesetter::{BATCH, Batch, Typesetter, batches};
