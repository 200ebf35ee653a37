//! Why a letter cannot be made, in words for the people who send it.

/// Everything that stops a letter; nothing is printed in part.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LettersError {
    #[error("文書 {letter} の {field}: 「{character}」（U+{code:04X}）の字形が登録フォントにありません", code = first_code(.character))]
    MissingGlyph {
        letter: String,
        field: String,
        /// The character, with its variation selector (異体字セレクタ) where it has one.
        character: String,
    },
    #[error("文書 {letter}: {what}")]
    Contradiction { letter: String, what: String },
    #[error("文書 {letter} の {field}: 「{value}」は {digits} 桁の欄に収まりません")]
    DoesNotFit {
        letter: String,
        field: &'static str,
        value: String,
        digits: usize,
    },
    #[error("納付書番号「{0}」は検査数字の合う16桁の番号ではありません")]
    SlipNumber(String),
    #[error("納付書の様式設定を読めません: {0}")]
    Form(String),
    #[error("バーコードを作れません: {0}")]
    Barcode(String),
    #[error("フォントを読めません: {0}")]
    Font(String),
    #[error("テンプレートを使えません: {0}")]
    Template(String),
    #[error("作成する文書がありません")]
    Empty,
    #[error("一度に作成できるのは {most} 通までです（指定 {given} 通）")]
    TooMany { most: usize, given: usize },
    #[error("文書の内容を書き出せません: {0}")]
    Unwritable(String),
}

fn first_code(text: &str) -> u32 {
    text.chars().next().map_or(0, u32::from)
}
