//! 検算: works out formulas as they are printed, from their text alone. It shares nothing with the code
//! that wrote them. Numbers are counted in millionths of ten-thousandths, so that nothing is rounded.

/// Fractions of one, in which a value is counted.
const ONE: i128 = 10_000 * 1_000_000 * 12;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Token {
    Number(i128),
    Plus,
    Minus,
    Times,
    Over,
    Open,
    Close,
}

/// What `text` says wrongly; a text without `=` says nothing.
pub fn first_wrong(text: &str) -> Option<String> {
    steps(text).into_iter().find_map(|step| {
        let (left, right) = step.split_once('=')?;
        match holds(left, right) {
            Some(true) => None,
            Some(false) => Some(format!("{left} is not {right}")),
            None => Some(format!("{step} cannot be read")),
        }
    })
}

/// The results in a text, in ten-thousandths.
pub fn results(text: &str) -> Vec<i64> {
    let result = |step: String| {
        let (_, right) = step.split_once('=')?;
        let first = tokens(right)?;
        i64::try_from(value(&first)? * 10_000 / ONE).ok()
    };
    steps(text).into_iter().filter_map(result).collect()
}

fn steps(text: &str) -> Vec<String> {
    text.split(['、', ';']).map(str::to_owned).collect()
}

/// The remark about rounding, and the rest of a division, behind a result.
fn remark(right: &str) -> (&str, &str) {
    let at = right.find(['（', '(']).unwrap_or(right.len());
    right.split_at(at)
}

fn holds(left: &str, right: &str) -> Option<bool> {
    let (right, remark) = remark(right);
    let (left, right) = (value(&tokens(left)?)?, value(&tokens(right)?)?);
    let unit = |remark: &str| -> Option<i128> {
        let all = tokens(remark)?;
        let mut numbers = all.iter().filter_map(|token| match token {
            Token::Number(number) => Some(*number),
            _ => None,
        });
        numbers.next()
    };
    let is = |words: [&str; 2]| words.iter().any(|word| remark.contains(word));
    if remark.is_empty() {
        return Some(left == right);
    }
    if is(["余り", "remainder"]) {
        return Some(left == right + unit(remark)? / 12);
    }
    let unit = match unit(remark) {
        Some(unit) => unit,
        // 端数切捨て to a unit that the text does not name.
        None => return Some(right <= left && left != right),
    };
    if is(["切捨て", "cut"]) {
        return Some(left.div_euclid(unit) * unit == right);
    }
    if is(["切上げ", "raised"]) {
        return Some(-(-left).div_euclid(unit) * unit == right);
    }
    let half_up = (2 * left + unit).div_euclid(2 * unit) * unit;
    Some(half_up == right || left.div_euclid(unit) * unit == right)
}

fn tokens(text: &str) -> Option<Vec<Token>> {
    let mut all = Vec::new();
    let mut rest = text.chars().peekable();
    while let Some(next) = rest.next() {
        match next {
            '0'..='9' => {
                let mut digits = String::from(next);
                while let Some(more) = rest.next_if(|c| c.is_ascii_digit() || ",.".contains(*c)) {
                    digits.push(more);
                }
                let percent = rest.next_if_eq(&'%').is_some();
                all.push(Token::Number(read(&digits, percent)?));
            }
            '+' => all.push(Token::Plus),
            '−' => all.push(Token::Minus),
            '×' => all.push(Token::Times),
            '÷' => all.push(Token::Over),
            '（' | '(' => all.push(Token::Open),
            '）' | ')' => all.push(Token::Close),
            _ => {}
        }
    }
    Some(all)
}

/// Decimals as [`ONE`]ths.
fn read(digits: &str, percent: bool) -> Option<i128> {
    let plain = digits.replace(',', "");
    let (whole, decimals) = plain.split_once('.').unwrap_or((&plain, ""));
    let whole: i128 = whole.parse().ok()?;
    let power = 10i128.checked_pow(u32::try_from(decimals.len()).ok()?)?;
    let decimals: i128 = match decimals {
        "" => 0,
        decimals => decimals.parse().ok()?,
    };
    let per = if percent { 100 } else { 1 };
    Some((whole * power + decimals) * ONE / power / per)
}

/// Sums of products, with parentheses.
fn value(all: &[Token]) -> Option<i128> {
    let (value, rest) = sum(all)?;
    rest.is_empty().then_some(value)
}

fn sum(all: &[Token]) -> Option<(i128, &[Token])> {
    let (mut value, mut rest) = product(all)?;
    while let [sign @ (Token::Plus | Token::Minus), more @ ..] = rest {
        let (next, after) = product(more)?;
        value += if *sign == Token::Plus { next } else { -next };
        rest = after;
    }
    Some((value, rest))
}

fn product(all: &[Token]) -> Option<(i128, &[Token])> {
    let (mut value, mut rest) = factor(all)?;
    while let [sign @ (Token::Times | Token::Over), more @ ..] = rest {
        let (next, after) = factor(more)?;
        value = if *sign == Token::Times {
            value.checked_mul(next)? / ONE
        } else {
            value.checked_mul(ONE)? / next
        };
        rest = after;
    }
    Some((value, rest))
}

fn factor(all: &[Token]) -> Option<(i128, &[Token])> {
    match all {
        [Token::Number(number), rest @ ..] => Some((*number, rest)),
        [Token::Minus, rest @ ..] => factor(rest).map(|(value, rest)| (-value, rest)),
        [Token::Open, rest @ ..] => {
            let (value, rest) = sum(rest)?;
            let rest = rest.strip_prefix(&[Token::Close])?;
            Some((value, rest))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn right_formulas_hold_and_wrong_ones_are_found() {
        for right in [
            "（所得 5,640,000円 − 基礎控除 430,000円） × 9.50% = 494,950円",
            "34,595円 × 70% = 24,217円（1円未満切上げ）",
            "103,892円 × 2 ÷ 12 = 17,315円（余り4）",
            "余りの合計 16 ÷ 12 = 1円（1円未満切捨て）",
            "限度額 660,000円 − 計算額 1,035,500円 = −375,500円",
            "所得 5,640,700円 − 基礎控除 430,000円 = 5,210,000円（端数切捨て）、5,210,000円 × 9.50% = 494,950円",
            "12か月",
            "¥1,001 × 9.50% = ¥95 (rounded to ¥1)",
        ] {
            assert_eq!(first_wrong(right), None);
        }
        for wrong in [
            "（5,640,000 − 430,000）= 5,210,000 × 9.5%",
            "34,595円 × 70% = 24,216円（1円未満切上げ）",
            "103,892円 × 2 ÷ 12 = 17,315円（余り5）",
            "103,892円 × 2 ÷ 12 = 17,315円",
        ] {
            assert!(first_wrong(wrong).is_some(), "{wrong}");
        }
        assert_eq!(results("1円 × 2 = 2円、2円 × 3 = 6円"), [20_000, 60_000]);
    }
}
