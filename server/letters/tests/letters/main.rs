//! The letters, read back: the text of the PDF, the bars as a scanner sees them, the bytes.

mod amounts;
mod barcodes;
mod batches;
mod glyphs;
mod identity;
mod reading;
mod sample;
