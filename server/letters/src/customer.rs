//! 郵便カスタマバーコード: postal code and numbers of an address as 67 bars, by 日本郵便
//! 「郵便番号・バーコードマニュアル」. Where an address cannot be read with certainty there is none: a letter
//! without bars is sorted by hand, one with wrong bars goes astray.

/// ロング, セミロング (upper, lower) and タイミング are 1 to 4.
pub type Bar = u8;

const START: [Bar; 2] = [1, 3];
const STOP: [Bar; 2] = [3, 1];
/// Bars by value: the digits, hyphen, CC1 to CC8.
const BARS: [[Bar; 3]; 19] = [
    [1, 4, 4],
    [1, 1, 4],
    [1, 3, 2],
    [3, 1, 2],
    [1, 2, 3],
    [1, 4, 1],
    [3, 2, 1],
    [2, 1, 3],
    [2, 3, 1],
    [4, 1, 1],
    [4, 1, 4],
    [3, 2, 4],
    [3, 4, 2],
    [2, 3, 4],
    [4, 3, 2],
    [2, 4, 3],
    [4, 2, 3],
    [4, 4, 1],
    [1, 1, 1],
];
const HYPHEN: u8 = 10;
/// CC1 to CC3 stand before the digit of a letter, CC4 fills up.
const LETTERS: u8 = 11;
const FILL: u8 = 14;
/// 住所表示番号 has so many places.
const PLACES: usize = 13;
const MODULUS: u32 = 19;

/// The bars of an address; `None` of a postal code that stands for several places, and of an address whose
/// numbers may belong to the name of a town.
pub fn bars(postcode: &str, address: &str) -> Option<Vec<Bar>> {
    let code: Vec<u8> = postcode
        .chars()
        .filter_map(|c| plain(c).to_digit(10))
        .filter_map(|digit| u8::try_from(digit).ok())
        .collect();
    // 代表の郵便番号: what is not listed otherwise.
    if code.len() != 7 || code.ends_with(&[0, 0]) {
        return None;
    }
    let mut values = code;
    let mut number = numbers(address)?;
    number.resize(PLACES, FILL);
    values.extend(number);
    let sum: u32 = values.iter().map(|value| u32::from(*value)).sum();
    values.push(u8::try_from((MODULUS - sum % MODULUS) % MODULUS).ok()?);
    let mut bars = START.to_vec();
    for value in values {
        bars.extend(BARS.get(usize::from(value))?);
    }
    bars.extend(STOP);
    Some(bars)
}

/// What an address is read as.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sign {
    Digit(u8),
    Letter(u8),
    Hyphen,
}

/// 住所表示番号 as values; a letter is two of them.
fn numbers(address: &str) -> Option<Vec<u8>> {
    let signs = joined(signs(address)?);
    let mut values = Vec::new();
    for sign in signs {
        match sign {
            Sign::Digit(digit) => values.push(digit),
            Sign::Hyphen => values.push(HYPHEN),
            Sign::Letter(place) => values.extend([LETTERS + place / 10, place % 10]),
        }
    }
    Some(values)
}

fn signs(address: &str) -> Option<Vec<Sign>> {
    let text: Vec<char> = address
        .chars()
        .map(plain)
        .filter(|c| !"&/・.".contains(*c))
        .collect();
    let mut signs = Vec::new();
    let mut at = 0;
    while let Some(&c) = text.get(at) {
        let rest = text.get(at..)?;
        let run = |is: fn(&char) -> bool| rest.iter().take_while(|c| is(c)).count().max(1);
        let after = |length: usize| rest.get(length).copied().unwrap_or(' ');
        if let Some(digit) = c.to_digit(10).and_then(|digit| u8::try_from(digit).ok()) {
            // 条 belongs to the name of a town, which the postal code says already.
            if after(run(char::is_ascii_digit)) == '条' {
                return None;
            }
            signs.push(Sign::Digit(digit));
            at += 1;
        } else if c.is_ascii_alphabetic() {
            let length = run(char::is_ascii_alphabetic);
            let floor = c == 'F' && matches!(signs.last(), Some(Sign::Digit(_)));
            signs.push(match u8::try_from(u32::from(c)) {
                Ok(letter) if length == 1 && !floor => Sign::Letter(letter - b'A'),
                _ => Sign::Hyphen,
            });
            at += length;
        } else if value_of(c).is_some() {
            let length = run(|c| value_of(*c).is_some());
            let numeral = rest.get(..length)?;
            match after(length) {
                '丁' if after(length + 1) == '目' => {
                    let digits = read(numeral)?.to_string();
                    signs.push(Sign::Hyphen);
                    signs.extend(digits.bytes().map(|digit| Sign::Digit(digit - b'0')));
                }
                // 一番町, 三ノ宮, 四番丁: the name of a town, or a number?
                '丁' | '番' | '号' | '地' | '線' | 'の' | 'ノ' => return None,
                _ => signs.push(Sign::Hyphen),
            }
            at += length;
        } else {
            signs.push(Sign::Hyphen);
            at += 1;
        }
    }
    Some(signs)
}

/// One hyphen for several, none at the ends and none beside a letter.
fn joined(signs: Vec<Sign>) -> Vec<Sign> {
    let mut all: Vec<Sign> = Vec::new();
    for sign in signs {
        let last = all.last().copied();
        match (last, sign) {
            (None | Some(Sign::Hyphen | Sign::Letter(_)), Sign::Hyphen) => {}
            (Some(Sign::Hyphen), Sign::Letter(_)) => {
                all.pop();
                all.push(sign);
            }
            _ => all.push(sign),
        }
    }
    if all.last() == Some(&Sign::Hyphen) {
        all.pop();
    }
    all
}

/// Half width, upper case.
fn plain(c: char) -> char {
    let half = match u32::from(c) {
        full @ 0xff01..=0xff5e => char::from_u32(full - 0xfee0).unwrap_or(c),
        _ => c,
    };
    half.to_ascii_uppercase()
}

fn value_of(c: char) -> Option<u32> {
    let place = "一二三四五六七八九十".chars().position(|each| each == c)?;
    u32::try_from(place + 1).ok()
}

/// A numeral below one hundred.
fn read(numeral: &[char]) -> Option<u32> {
    let values: Vec<u32> = numeral.iter().filter_map(|c| value_of(*c)).collect();
    match values.as_slice() {
        [one] => Some(*one),
        [10, one] if *one < 10 => Some(10 + one),
        [ten, 10] if *ten < 10 => Some(ten * 10),
        [ten, 10, one] if *ten < 10 && *one < 10 => Some(ten * 10 + one),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The signs of bars, read back by the table alone, and the check digit's value.
    fn decoded(bars: &[Bar]) -> (String, u8) {
        assert_eq!(
            (bars.len(), &bars[..2], &bars[65..]),
            (67, &START[..], &STOP[..])
        );
        let value = |three: &[Bar]| {
            let found = BARS.iter().position(|each| each == three);
            u8::try_from(found.unwrap()).unwrap()
        };
        let values: Vec<u8> = bars[2..65].chunks(3).map(value).collect();
        let sum: u32 = values.iter().map(|value| u32::from(*value)).sum();
        assert_eq!(sum % MODULUS, 0);
        let sign = |value: &u8| match *value {
            HYPHEN => "-".to_owned(),
            FILL => String::new(),
            digit if digit < HYPHEN => digit.to_string(),
            control => format!("[{}]", control - HYPHEN),
        };
        (values[..20].iter().map(sign).collect(), values[20])
    }

    /// The examples of the manual, pages 17, 19 and 20.
    #[test]
    fn the_examples_of_the_manual_give_their_digits_and_check_digit() {
        let examples = [
            (
                "100-0013",
                "東京都千代田区霞が関1丁目3番2号　郵便プラザ503室",
                "10000131-3-2-503",
            ),
            (
                "273-0113",
                "千葉県鎌ヶ谷市右京塚東3丁目-20-5 郵便・A&bコーポB604号",
                "27301133-20-5[1]1604",
            ),
            (
                "317-0055",
                "茨城県日立市宮田町6丁目7-14 ABCビル2F",
                "31700556-7-14-2",
            ),
            (
                "064-0804",
                "札幌市中央区南四条西29丁目1524-23 第2郵便ハウス501",
                "064080429-1524-23-2-",
            ),
            (
                "910-0067",
                "福井県福井市新田塚3丁目80-25 J1ビル2-B",
                "91000673-80-25[1]91-2[1]",
            ),
        ];
        for (postcode, address, expected) in examples {
            let (signs, check) = decoded(&bars(postcode, address).unwrap());
            assert_eq!(signs, expected, "{address}");
            if postcode == "100-0013" {
                assert_eq!(check, 9);
            }
        }
    }

    #[test]
    fn full_width_and_kanji_chome_are_read_and_nothing_uncertain_is_printed() {
        let (signs, _) =
            decoded(&bars("５３０－０００１", "大阪市北区梅田二十一丁目２番３号").unwrap());
        assert_eq!(signs, "530000121-2-3");
        for (postcode, address) in [
            ("530-0000", "大阪市北区1-2"),
            ("53-0001", "大阪市北区1-2"),
            ("060-0042", "札幌市中央区大通西4条2丁目"),
            ("980-0811", "仙台市青葉区一番町1-2-3"),
            ("651-0096", "神戸市中央区三ノ宮町1-2"),
        ] {
            assert_eq!(bars(postcode, address), None, "{address}");
        }
    }
}
