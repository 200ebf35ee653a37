//! 文字: what a character is in CP932, what it becomes for a partner that does not have it, and which
//! ones somebody has to look at. `docs/CHARACTERS.md` says the same in words.

use encoding_rs::SHIFT_JIS;
use jntajis::codec::mj_shrink::{MJShrinkSchemes, mj_shrink_candidates};
use kokuho_shared::api::files::Rare;
use serde::Deserialize;
use std::collections::{BTreeMap, HashMap};
use std::sync::LazyLock;
use unicode_normalization::UnicodeNormalization;

/// 外字: the user area of CP932 (F040 to F9FC) and its place in Unicode.
const USER_AREA: std::ops::RangeInclusive<char> = '\u{E000}'..='\u{E757}';
/// Of the user area and of no other area a row of CP932 has so many characters.
const ROW: u32 = 188;

/// One sign, two codes in Unicode: what Windows reads from the bytes is another one than other systems
/// write. Whichever comes in is kept; into CP932 both go as the same bytes.
const SAME_SIGN: [(char, [u8; 2]); 9] = [
    ('\u{301C}', [0x81, 0x60]), // 〜, U+FF5E ～
    ('\u{2016}', [0x81, 0x61]), // ‖, U+2225 ∥
    ('\u{2212}', [0x81, 0x7C]), // −, U+FF0D －
    ('\u{2014}', [0x81, 0x5C]), // —, U+2015 ―
    ('\u{00A2}', [0x81, 0x91]), // ¢, U+FFE0 ￠
    ('\u{00A3}', [0x81, 0x92]), // £, U+FFE1 ￡
    ('\u{00AC}', [0x81, 0xCA]), // ¬, U+FFE2 ￢
    ('\u{00A5}', [0x81, 0x8F]), // ¥, U+FFE5 ￥: never the backslash
    ('\u{203E}', [0x81, 0x50]), // ‾, U+FFE3 ￣
];

/// CJK部首補助 whose ideograph stands in CP932; the 康熙部首 have theirs by NFKC.
const RADICALS: [(char, char); 24] = [
    ('⺜', '日'),
    ('⺝', '月'),
    ('⺟', '母'),
    ('⺠', '民'),
    ('⺧', '牛'),
    ('⺩', '王'),
    ('⺬', '示'),
    ('⺶', '羊'),
    ('⺼', '肉'),
    ('⻄', '西'),
    ('⻆', '角'),
    ('⻑', '長'),
    ('⻗', '雨'),
    ('⻘', '青'),
    ('⻝', '食'),
    ('⻣', '骨'),
    ('⻤', '鬼'),
    ('⻩', '黄'),
    ('⻫', '斉'),
    ('⻭', '歯'),
    ('⻯', '竜'),
    ('⻱', '龜'),
    ('⻲', '亀'),
    ('⻳', '亀'),
];

/// ゲタ: stands for what has no other fallback. A question mark never does.
const GETA: char = '〓';

/// Which bytes a partner uses for the characters that stand in CP932 twice (髙: FBFC and EEE0).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Extension {
    /// IBM拡張文字 (FA40 to FC4B), as Windows writes.
    #[default]
    Ibm,
    /// NEC選定IBM拡張文字 (ED40 to EEFC).
    Nec,
}

/// What a partner reads; a part of its layout.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reads {
    /// CP932 instead of Unicode.
    pub cp932: bool,
    pub extension: Extension,
    /// It has the city's 外字.
    pub user_area: bool,
}

/// The city's own fallbacks, from `characters.toml` of its layouts: character → what stands for it.
pub type Own = BTreeMap<char, String>;

/// Adds the text of bytes in CP932; false where they are none.
pub fn decode(bytes: &[u8], text: &mut String) -> bool {
    match SHIFT_JIS.decode_without_bom_handling_and_without_replacement(bytes) {
        Some(decoded) => {
            text.push_str(&decoded);
            true
        }
        None => false,
    }
}

/// The characters of NEC選定IBM拡張文字 that stand nowhere else but in the extension of IBM.
static NEC: LazyLock<HashMap<char, [u8; 2]>> = LazyLock::new(|| {
    let rows = [0xED, 0xEEu8].into_iter();
    let pairs = rows.flat_map(|lead| (0x40..=0xFCu8).map(move |trail| [lead, trail]));
    let known = pairs.filter_map(|pair| {
        let mut text = String::new();
        let one = decode(&pair, &mut text).then(|| text.chars().next())??;
        let usual = shift_jis(one)?;
        (usual.first()? >= &0xFA).then_some((one, pair))
    });
    known.collect()
});

fn shift_jis(one: char) -> Option<Vec<u8>> {
    let mut buffer = [0; 4];
    let (bytes, _, unmappable) = SHIFT_JIS.encode(one.encode_utf8(&mut buffer));
    (!unmappable).then(|| bytes.into_owned())
}

/// Adds the bytes of a character; false where the partner has none for it.
fn encode_one(one: char, reads: Reads, bytes: &mut Vec<u8>) -> bool {
    if one.is_ascii() {
        bytes.extend(u8::try_from(one));
        return true;
    }
    if USER_AREA.contains(&one) {
        return reads.user_area && user_area(one, bytes);
    }
    if let Some((_, pair)) = SAME_SIGN.iter().find(|(known, _)| *known == one) {
        bytes.extend(pair);
        return true;
    }
    if reads.extension == Extension::Nec
        && let Some(pair) = NEC.get(&one)
    {
        bytes.extend(pair);
        return true;
    }
    let usual = shift_jis(one);
    bytes.extend(usual.iter().flatten());
    usual.is_some()
}

fn user_area(one: char, bytes: &mut Vec<u8>) -> bool {
    let nth = u32::from(one) - u32::from(*USER_AREA.start());
    let (row, cell) = (nth / ROW, nth % ROW);
    let trail = 0x40 + cell + u32::from(cell >= 0x3F);
    match (u8::try_from(0xF0 + row), u8::try_from(trail)) {
        (Ok(lead), Ok(trail)) => {
            bytes.extend([lead, trail]);
            true
        }
        _ => false,
    }
}

/// Whether a character has bytes in CP932, for a partner that has the city's 外字.
fn stands_in_cp932(one: char) -> bool {
    let reads = Reads {
        cp932: true,
        user_area: true,
        extension: Extension::Ibm,
    };
    encode_one(one, reads, &mut Vec::new())
}

/// The bytes of a text in CP932, where every character has some.
pub fn encode(text: &str, reads: Reads) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len());
    text.chars()
        .all(|one| encode_one(one, reads, &mut bytes))
        .then_some(bytes)
}

/// 異体字セレクタ.
pub fn is_selector(one: char) -> bool {
    matches!(one, '\u{FE00}'..='\u{FE0F}' | '\u{E0100}'..='\u{E01EF}')
}

/// Characters with their selector.
fn clusters(text: &str) -> impl Iterator<Item = &str> {
    let mut starts: Vec<usize> = text
        .char_indices()
        .filter(|(place, one)| *place == 0 || !is_selector(*one))
        .map(|(place, _)| place)
        .collect();
    starts.push(text.len());
    let ends: Vec<(usize, usize)> = starts
        .windows(2)
        .filter_map(|pair| Some((*pair.first()?, *pair.last()?)))
        .collect();
    ends.into_iter()
        .filter_map(|(from, until)| text.get(from..until))
}

/// The text as a partner can read it: what it has stays as it is, what it has not becomes its fallback.
pub fn for_partner(text: &str, reads: Reads, own: &Own) -> String {
    let can = |one: char| match reads.cp932 {
        true => encode_one(one, reads, &mut Vec::new()),
        false => reads.user_area || !is_private(one),
    };
    if text.chars().all(can) {
        return text.to_owned();
    }
    let mut told = String::with_capacity(text.len());
    for cluster in clusters(text) {
        if cluster.chars().all(can) {
            told.push_str(cluster);
        } else {
            told.push_str(&fallback(cluster, &can, own));
        }
    }
    told
}

/// What stands for a character: the city's own choice, the character without its selector, 縮退 by
/// the tables of 文字情報基盤, the ideograph of a radical, compatibility forms; else ゲタ.
fn fallback(cluster: &str, can: &dyn Fn(char) -> bool, own: &Own) -> String {
    let usable = |text: &str| !text.is_empty() && text.chars().all(can);
    let base = cluster.chars().next().unwrap_or(GETA);
    if let Some(chosen) = own.get(&base).filter(|text| usable(text)) {
        return chosen.clone();
    }
    if can(base) {
        return base.to_string();
    }
    let of_base = base.to_string();
    for wanted in [cluster, of_base.as_str()] {
        let mut candidates = mj_shrink_candidates(wanted, MJShrinkSchemes::ALL);
        if let Some(found) = candidates.find(|text| usable(text)) {
            return found;
        }
    }
    if let Some((_, whole)) = RADICALS.iter().find(|(radical, _)| *radical == base) {
        return whole.to_string();
    }
    let compatible: String = of_base.nfkc().collect();
    if usable(&compatible) {
        return compatible;
    }
    GETA.to_string()
}

fn is_private(one: char) -> bool {
    matches!(one, '\u{E000}'..='\u{F8FF}' | '\u{F0000}'..='\u{FFFFD}' | '\u{100000}'..='\u{10FFFD}')
}

/// The characters of a text that somebody looks at, each once and with its selector.
pub fn rare(text: &str) -> Vec<(String, Rare)> {
    if text.is_ascii() && !text.contains('?') {
        return Vec::new();
    }
    let mut found: Vec<(String, Rare)> = Vec::new();
    for cluster in clusters(text) {
        let Some(base) = cluster.chars().next() else {
            continue;
        };
        let sort = if is_private(base) {
            Rare::UserArea
        } else if matches!(base, '\u{2E80}'..='\u{2FDF}') {
            Rare::Radical
        } else if cluster.chars().any(is_selector) {
            Rare::Variant
        } else if matches!(base, '?' | '？' | GETA) {
            Rare::Lost
        } else if stands_in_cp932(base) {
            continue;
        } else {
            Rare::OutsideCp932
        };
        if !found.iter().any(|(known, _)| known == cluster) {
            found.push((cluster.to_owned(), sort));
        }
    }
    found
}

/// Why a character may stand in no text of a file; none where it may.
pub fn refused(one: char) -> bool {
    one.is_control()
        // Joiners, directions and other invisible signs.
        || matches!(one, '\u{00AD}' | '\u{034F}' | '\u{061C}' | '\u{115F}' | '\u{1160}' | '\u{180E}' | '\u{200B}'..='\u{200F}'
            | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{3164}' | '\u{FEFF}' | '\u{FFA0}'
            | '\u{FFF9}'..='\u{FFFD}' | '\u{E0000}'..='\u{E007F}' | '\u{FDD0}'..='\u{FDEF}')
        || u32::from(one) & 0xFFFE == 0xFFFE
}

#[cfg(test)]
mod tests;
