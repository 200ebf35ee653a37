//! Numbers of a city's people in eight bytes each, so that all of them fit beside a file that is read.

/// 宛名番号 and 世帯番号: up to 15 digits as a number, with how many there are, so that a leading zero counts.
pub fn number(digits: &str) -> u64 {
    let length = u64::try_from(digits.len()).unwrap_or(0);
    let value = digits.bytes().fold(0u64, |value, byte| {
        value
            .wrapping_mul(10)
            .wrapping_add(u64::from(byte.wrapping_sub(b'0') & 0x0F))
    });
    (length << 56) | (value & 0x00FF_FFFF_FFFF_FFFF)
}

/// The digits again.
pub fn digits(number: u64) -> String {
    let length = usize::try_from(number >> 56).unwrap_or(0);
    format!("{:0length$}", number & 0x00FF_FFFF_FFFF_FFFF)
}

#[cfg(test)]
mod tests {
    use super::{digits, number};

    #[test]
    fn different_numbers_stay_different() {
        let all = [
            "1",
            "01",
            "10",
            "999999999999999",
            "099999999999999",
            "0",
            "00",
        ];
        for (place, one) in all.iter().enumerate() {
            assert_eq!(digits(number(one)), *one);
            for (other, two) in all.iter().enumerate() {
                assert_eq!(number(one) == number(two), place == other, "{one} {two}");
            }
        }
    }
}
