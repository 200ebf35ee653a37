//! 番号: numbers that carry a check digit.

use crate::text::half_width;

/// Why a text is not such a number.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NumberError {
    #[error("{name}は{digits}桁の数字です")]
    Digits { name: &'static str, digits: usize },
    #[error("{name}の検証番号（最後の桁）が合いません")]
    CheckDigit { name: &'static str },
}

/// 保険者番号: six digits of 国民健康保険 (prefecture, insurer, check digit), or eight.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct InsurerNumber(String);

/// 個人番号 (番号利用法2条5項): twelve digits. Never printed by `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub struct IndividualNumber([u8; 12]);

impl InsurerNumber {
    /// Accepts six digits, or eight of which the leading two may be zero.
    pub fn parse(text: &str) -> Result<InsurerNumber, NumberError> {
        const NAME: &str = "保険者番号";
        let plain = half_width(text.trim());
        let wide = if plain.len() == 6 {
            format!("00{plain}")
        } else {
            plain
        };
        let digits: [u8; 8] = digits(&wide).ok_or(NumberError::Digits {
            name: NAME,
            digits: 8,
        })?;
        if digits[7] != insurer_check_digit(&digits[..7]) {
            return Err(NumberError::CheckDigit { name: NAME });
        }
        Ok(InsurerNumber(wide))
    }

    /// Always eight digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Modulus 10, weights 2 and 1 from the right, digits of two-digit products added up.
pub fn insurer_check_digit(body: &[u8]) -> u8 {
    let sum = body
        .iter()
        .rev()
        .enumerate()
        .fold(0u32, |sum, (place, digit)| {
            let product = u32::from(*digit) * if place % 2 == 0 { 2 } else { 1 };
            sum + product / 10 + product % 10
        });
    u8::try_from((10 - sum % 10) % 10).unwrap_or(0)
}

impl IndividualNumber {
    pub fn parse(text: &str) -> Result<IndividualNumber, NumberError> {
        const NAME: &str = "個人番号";
        let digits: [u8; 12] = digits(&half_width(text.trim())).ok_or(NumberError::Digits {
            name: NAME,
            digits: 12,
        })?;
        // Zeros alone have a right check digit, and are nobody's number.
        if digits == [0; 12] || digits[11] != individual_check_digit(&digits[..11]) {
            return Err(NumberError::CheckDigit { name: NAME });
        }
        Ok(IndividualNumber(digits))
    }
}

impl std::fmt::Debug for IndividualNumber {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("IndividualNumber(…)")
    }
}

/// Modulus 11 (平成26年総務省令85号5条): the n-th digit from the right of the eleven weighs
/// n + 1 up to the sixth and n − 5 after it; a remainder of 0 or 1 gives 0.
pub fn individual_check_digit(body: &[u8]) -> u8 {
    let sum: u32 = body
        .iter()
        .rev()
        .zip(1u32..)
        .map(|(digit, n)| u32::from(*digit) * if n <= 6 { n + 1 } else { n - 5 })
        .sum();
    match sum % 11 {
        0 | 1 => 0,
        rest => u8::try_from(11 - rest).unwrap_or(0),
    }
}

fn digits<const N: usize>(text: &str) -> Option<[u8; N]> {
    let bytes: [u8; N] = text.as_bytes().try_into().ok()?;
    bytes
        .iter()
        .all(u8::is_ascii_digit)
        .then(|| bytes.map(|byte| byte - b'0'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_check_digit_and_a_wrong_length_are_told_apart() {
        let body = [0, 0, 2, 7, 0, 0, 1];
        let right = format!("0027001{}", insurer_check_digit(&body));
        assert_eq!(InsurerNumber::parse(&right).unwrap().as_str(), right);
        let wrong = format!("0027001{}", (insurer_check_digit(&body) + 1) % 10);
        assert_eq!(
            InsurerNumber::parse(&wrong),
            Err(NumberError::CheckDigit {
                name: "保険者番号"
            })
        );
        assert_eq!(
            InsurerNumber::parse("27"),
            Err(NumberError::Digits {
                name: "保険者番号",
                digits: 8
            })
        );
    }

    #[test]
    fn the_individual_number_is_checked_and_never_printed() {
        // The specimen that the ministry prints: 1234 5678 9018.
        let number = IndividualNumber::parse("１２３４５６７８９０１８").unwrap();
        assert_eq!(format!("{number:?}"), "IndividualNumber(…)");
        assert_eq!(
            IndividualNumber::parse("123456789017").unwrap_err(),
            NumberError::CheckDigit {
                name: "個人番号"
            }
        );
        assert!(IndividualNumber::parse("12345678901").is_err());
    }
}
