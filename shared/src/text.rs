//! 文字: widths and kana folded for search, amounts as people type them.

use crate::money::Yen;

/// Full-width forms that plain ASCII also has, and the ideographic space, become ASCII.
pub fn half_width(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '\u{3000}' => ' ',
            '\u{FF01}'..='\u{FF5E}' => char::from_u32(u32::from(c) - 0xFEE0).unwrap_or(c),
            '−' | '―' | '‐' | '–' => '-',
            _ => c,
        })
        .collect()
}

/// Half-width katakana in the order of their codes from U+FF66.
const HALF_KANA: &str = "ヲァィゥェォャュョッーアイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワン";

/// One spelling for search: katakana in full width, small letters large, marks kept, no
/// spaces, no hyphens between names; kanji stay as they are.
pub fn fold_kana(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for c in half_width(text).chars() {
        let c = match c {
            'ぁ'..='ゖ' => char::from_u32(u32::from(c) + 0x60).unwrap_or(c),
            '\u{FF66}'..='\u{FF9D}' => nth_half_kana(c),
            _ => c,
        };
        match c {
            '\u{FF9E}' | '\u{3099}' | '゛' => mark(&mut folded, voiced),
            '\u{FF9F}' | '\u{309A}' | '゜' => mark(&mut folded, half_voiced),
            ' ' | '・' | '\u{FF65}' | '-' => {}
            _ => folded.push(large(c).to_ascii_uppercase()),
        }
    }
    folded
}

/// 居所 in one spelling: two ways to write one place give the same key. Widths and spaces are folded,
/// 丁目, 番地, 番 and 号 become hyphens between numbers, and 漢数字 before them become digits.
pub fn fold_place(text: &str) -> String {
    let plain = fold_hyphens(&half_width(text));
    let marks = ["丁目", "番地の", "番地", "番", "号室", "号", "の"];
    let mut folded = String::with_capacity(plain.len());
    let mut rest = plain.as_str();
    while let Some(c) = rest.chars().next() {
        let after_number = folded.ends_with(|c: char| c.is_ascii_digit());
        let mark = marks.iter().find(|mark| rest.starts_with(*mark));
        if let (Some(mark), true) = (mark, after_number) {
            folded.push('-');
            rest = rest.get(mark.len()..).unwrap_or_default();
        } else if let Some((number, after)) = kanji_number(rest) {
            folded.push_str(&number);
            rest = after;
        } else {
            folded.push(c.to_ascii_uppercase());
            rest = rest.get(c.len_utf8()..).unwrap_or_default();
        }
    }
    // Only between numbers does a hyphen tell places apart.
    let mut key = String::with_capacity(folded.len());
    let mut waiting = false;
    for c in folded.chars() {
        if c == '-' {
            waiting = key.ends_with(|c: char| c.is_ascii_digit());
            continue;
        }
        if waiting && c.is_ascii_digit() {
            key.push('-');
        }
        waiting = false;
        key.push(c);
    }
    key
}

/// Without spaces, and with one kind of hyphen; a long vowel between numbers is one, too.
fn fold_hyphens(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for c in text.chars().filter(|c| !c.is_whitespace()) {
        let between = folded.ends_with(|c: char| c.is_ascii_digit());
        match c {
            'ー' | '\u{FF70}' if between => folded.push('-'),
            '‑' | '‒' | '—' | '─' | '﹣' => folded.push('-'),
            _ => folded.push(c),
        }
    }
    folded
}

/// 漢数字 up to 九十九 before 丁目, 番 or 号, as digits, and what follows.
fn kanji_number(text: &str) -> Option<(String, &str)> {
    const DIGITS: &str = "一二三四五六七八九";
    let digit = |c: char| DIGITS.chars().position(|d| d == c).map(|place| place + 1);
    let end = text.find(|c: char| digit(c).is_none() && c != '十')?;
    let (number, after) = text.split_at(end);
    let counted = ["丁目", "番", "号"]
        .iter()
        .any(|mark| after.starts_with(mark));
    if number.is_empty() || !counted {
        return None;
    }
    let one = |text: &str| match text.chars().collect::<Vec<_>>()[..] {
        [] => Some(None),
        [c] => digit(c).map(Some),
        _ => None,
    };
    let value = match number.split_once('十') {
        Some((tens, ones)) => one(tens)?.unwrap_or(1) * 10 + one(ones)?.unwrap_or(0),
        None => one(number)??,
    };
    Some((value.to_string(), after))
}

fn nth_half_kana(c: char) -> char {
    let nth = u32::from(c)
        .checked_sub(0xFF66)
        .and_then(|n| usize::try_from(n).ok());
    nth.and_then(|n| HALF_KANA.chars().nth(n)).unwrap_or(c)
}

fn large(c: char) -> char {
    match c {
        'ァ' | 'ィ' | 'ゥ' | 'ェ' | 'ォ' | 'ッ' | 'ャ' | 'ュ' | 'ョ' | 'ヮ' => {
            char::from_u32(u32::from(c) + 1).unwrap_or(c)
        }
        'ヵ' => 'カ',
        'ヶ' => 'ケ',
        _ => c,
    }
}

/// Puts a separate mark onto the letter before it, where that letter can bear it.
fn mark(folded: &mut String, with: fn(char) -> Option<char>) {
    if let Some(last) = folded.pop() {
        folded.push(with(last).unwrap_or(last));
    }
}

fn voiced(c: char) -> Option<char> {
    match c {
        'ウ' => Some('ヴ'),
        'カ' | 'キ' | 'ク' | 'ケ' | 'コ' | 'サ' | 'シ' | 'ス' | 'セ' | 'ソ' | 'タ' | 'チ'
        | 'ツ' | 'テ' | 'ト' | 'ハ' | 'ヒ' | 'フ' | 'ヘ' | 'ホ' => {
            char::from_u32(u32::from(c) + 1)
        }
        _ => None,
    }
}

fn half_voiced(c: char) -> Option<char> {
    matches!(c, 'ハ' | 'ヒ' | 'フ' | 'ヘ' | 'ホ')
        .then(|| char::from_u32(u32::from(c) + 2))
        .flatten()
}

/// Why a text is not an amount.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TextError {
    #[error("「{0}」は金額として読めません（例: 1,234,567、123万4567、120万円）")]
    NotAnAmount(String),
    #[error("「{0}」は大きすぎます（1兆円まで）")]
    TooLarge(String),
}

/// The largest amount that can be typed, in yen.
const MOST: i64 = Yen::MOST.0;

/// Reads whole yen: full width, commas, 円, 万 and 億; an empty text is zero.
pub fn parse_yen(text: &str) -> Result<Yen, TextError> {
    let unreadable = || TextError::NotAnAmount(text.trim().to_owned());
    let plain: String = half_width(text)
        .chars()
        .filter(|c| !c.is_whitespace() && !matches!(c, ',' | '、' | '¥' | '￥'))
        .collect();
    let plain = plain.strip_suffix('円').unwrap_or(&plain);
    let (mut sum, mut rest) = (0i64, plain);
    for (sign, worth) in [('億', 100_000_000), ('万', 10_000)] {
        if let Some((count, after)) = rest.split_once(sign) {
            let count = digits(count)
                .filter(|_| !count.is_empty())
                .ok_or_else(unreadable)?;
            sum = count
                .checked_mul(worth)
                .and_then(|part| sum.checked_add(part))
                .ok_or_else(unreadable)?;
            rest = after;
        }
    }
    let ones = digits(rest).ok_or_else(unreadable)?;
    match sum.checked_add(ones) {
        Some(amount) if amount <= MOST => Ok(Yen(amount)),
        _ => Err(TextError::TooLarge(text.trim().to_owned())),
    }
}

/// The same with a loss: a minus, ▲ or △ before it.
pub fn parse_signed_yen(text: &str) -> Result<Yen, TextError> {
    let plain = half_width(text);
    let plain = plain.trim_start();
    match plain.strip_prefix(['-', '▲', '△']) {
        None => parse_yen(text),
        Some(amount) if amount.trim().is_empty() => {
            Err(TextError::NotAnAmount(text.trim().to_owned()))
        }
        Some(amount) => parse_yen(amount).map(|yen| -yen),
    }
}

/// Digits only; nothing at all is zero.
fn digits(text: &str) -> Option<i64> {
    match text {
        "" => Some(0),
        _ if text.chars().all(|c| c.is_ascii_digit()) => text.parse().ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kana_of_any_width_and_script_fold_to_one_spelling() {
        for text in [
            "ヤマダ　タロウ",
            "やまだ たろう",
            "ﾔﾏﾀﾞ ﾀﾛｳ",
            "ヤマダ・タロウ",
            "ヤマタ\u{3099}タロウ",
        ] {
            assert_eq!(fold_kana(text), "ヤマダタロウ", "{text}");
        }
        assert_eq!(fold_kana("ｷｮｳｺ ﾊﾟｯﾌﾟ"), "キヨウコパツプ");
        assert_eq!(fold_kana("山田　ｋｅｎ"), "山田KEN");
    }

    #[test]
    fn two_ways_to_write_a_place_are_one_place() {
        for text in [
            "大阪市中央区避難所町三丁目9番10号",
            "大阪市中央区避難所町３丁目９番１０号",
            "大阪市中央区避難所町3-9-10",
            "大阪市中央区 避難所町 ３−９ー１０",
            "大阪市中央区避難所町3丁目9-10",
        ] {
            assert_eq!(fold_place(text), "大阪市中央区避難所町3-9-10", "{text}");
        }
        assert_eq!(
            fold_place("北町9番9号　コーポ青葉101号室"),
            fold_place("北町9-9コーポ青葉101")
        );
        assert_eq!(fold_place("一宮市八幡1の5"), "一宮市八幡1-5");
        assert_eq!(fold_place("西町十二番地"), "西町12");
        assert_ne!(fold_place("北町1-23"), fold_place("北町12-3"));
    }

    #[test]
    fn amounts_are_read_as_people_type_them() {
        for (text, yen) in [
            ("", 0),
            ("1,234,567", 1_234_567),
            ("１２３４５６７円", 1_234_567),
            ("123万4567", 1_234_567),
            ("120万円", 1_200_000),
            ("1億2万", 100_020_000),
            (" ¥500 ", 500),
        ] {
            assert_eq!(parse_yen(text), Ok(Yen(yen)), "{text}");
        }
    }

    #[test]
    fn a_loss_has_a_minus_or_a_triangle() {
        for (text, yen) in [
            ("-12万", -120_000),
            ("▲1,000", -1_000),
            ("△５", -5),
            ("7", 7),
            ("", 0),
        ] {
            assert_eq!(parse_signed_yen(text), Ok(Yen(yen)), "{text}");
        }
        for text in ["-", "▲", "--1", "1-"] {
            assert!(parse_signed_yen(text).is_err(), "{text}");
        }
    }

    #[test]
    fn what_is_no_amount_is_refused() {
        for text in ["-1", "1.5", "百万", "万", "1e5", "12円34"] {
            assert!(
                matches!(parse_yen(text), Err(TextError::NotAnAmount(_))),
                "{text}"
            );
        }
        assert_eq!(
            parse_yen("1000000000001"),
            Err(TextError::TooLarge("1000000000001".into()))
        );
    }

    proptest::proptest! {
        #[test]
        fn no_text_makes_a_reader_panic_and_folding_twice_changes_nothing(text in ".{0,30}") {
            let _ = parse_yen(&text);
            let once = fold_kana(&text);
            proptest::prop_assert_eq!(fold_kana(&once), once);
            let place = fold_place(&text);
            proptest::prop_assert_eq!(fold_place(&place), place);
        }
    }
}
