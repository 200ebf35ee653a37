//! 賦課: the preview at each keystroke, the decision, and why.

mod amount;
mod decide;
mod decisions;
mod notice;
pub mod premium;
mod preview;
mod tier;
