//! 本人確認: whether an answer is of the person who was asked for.

use crate::text::{fold_kana, half_width};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// What tells people apart.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Basics {
    pub kana: String,
    pub birth_date: NaiveDate,
    /// 1 or 2.
    pub sex: i64,
}

/// An item in which two people differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Difference {
    Kana,
    BirthDate,
    Sex,
    Address,
}

impl Difference {
    pub fn name(self) -> &'static str {
        match self {
            Difference::Kana => "氏名カナ",
            Difference::BirthDate => "生年月日",
            Difference::Sex => "性別",
            Difference::Address => "住所",
        }
    }
}

/// Where an answer differs from what is known.
pub fn differences(known: &Basics, answered: &Basics) -> Vec<Difference> {
    let all = [
        (
            Difference::Kana,
            fold_kana(&known.kana) != fold_kana(&answered.kana),
        ),
        (
            Difference::BirthDate,
            known.birth_date != answered.birth_date,
        ),
        (Difference::Sex, known.sex != answered.sex),
    ];
    all.into_iter()
        .filter(|(_, differs)| *differs)
        .map(|(which, _)| which)
        .collect()
}

/// 4情報: 氏名, 生年月日, 性別 and 住所.
#[derive(Clone, Copy, Debug)]
pub struct FourItems<'a> {
    pub basics: &'a Basics,
    pub address: &'a str,
}

/// Where what somebody shows differs from what is known, the address written without spaces and in
/// one width. A number is bound only where nothing does.
pub fn four_of_four(known: FourItems<'_>, shown: FourItems<'_>) -> Vec<Difference> {
    let plain = |address: &str| -> String {
        let narrow = half_width(address);
        narrow.chars().filter(|c| !c.is_whitespace()).collect()
    };
    let mut all = differences(known.basics, shown.basics);
    let moved = plain(known.address) != plain(shown.address);
    all.extend(moved.then_some(Difference::Address));
    all
}

/// A person who differs in two items or more is another one; one difference is shown to the clerk.
pub fn is_same(differences: &[Difference]) -> bool {
    differences.len() < 2
}

/// Whether nobody needs to look: every item is the same.
pub fn is_exact(differences: &[Difference]) -> bool {
    differences.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn four_items_agree_or_each_that_differs_is_named() {
        let known = person("ミベ　イチロウ", "1981-04-02", 1);
        let shown = person("ﾐﾍﾞ ｲﾁﾛｳ", "1981-04-02", 1);
        let home = FourItems {
            basics: &known,
            address: "泉佐野市上瓦屋１",
        };
        let found = |address: &str| {
            let basics = &shown;
            four_of_four(home, FourItems { basics, address })
        };
        assert_eq!(found("泉佐野市 上瓦屋1"), []);
        assert_eq!(found("泉佐野市上瓦屋２"), [Difference::Address]);
        let other = FourItems {
            basics: &person("ヤマダ　ジロウ", "1990-01-01", 2),
            address: "堺市",
        };
        assert_eq!(four_of_four(home, other).len(), 4);
    }

    fn person(kana: &str, birth: &str, sex: i64) -> Basics {
        Basics {
            kana: kana.into(),
            birth_date: birth.parse().unwrap(),
            sex,
        }
    }

    #[test]
    fn one_difference_is_the_same_person_and_two_are_another_one() {
        let known = person("ミベ　イチロウ", "1981-04-02", 1);
        let table = [
            (person("ﾐﾍﾞ ｲﾁﾛｳ", "1981-04-02", 1), 0, true),
            (person("ミベ　イチロー", "1981-04-02", 1), 1, true),
            (person("ミベ　イチロウ", "1981-04-03", 2), 2, false),
            (person("ヤマダ　ジロウ", "1981-04-02", 2), 2, false),
            (person("ヤマダ　ジロウ", "1990-01-01", 2), 3, false),
        ];
        for (answered, count, same) in table {
            let found = differences(&known, &answered);
            assert_eq!(
                (found.len(), is_same(&found)),
                (count, same),
                "{answered:?}"
            );
            assert_eq!(is_exact(&found), count == 0);
        }
    }
}
