//! A table as CSV, as a spreadsheet opens it: UTF-8 with a byte order mark, CRLF (RFC 4180).

/// A cell as it stands on the screen; `number`: an amount, whose signs of the screen are left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cell {
    pub text: String,
    pub number: bool,
}

/// The whole file.
pub fn csv(rows: &[Vec<Cell>]) -> String {
    let mut file = String::from("\u{feff}");
    for row in rows {
        let cells: Vec<String> = row.iter().map(written).collect();
        file.push_str(&cells.join(","));
        file.push_str("\r\n");
    }
    file
}

fn written(cell: &Cell) -> String {
    // The wide space between the parts of a name belongs to it.
    let words = cell.text.split([' ', '\t', '\n', '\r']);
    let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
    let text = words.join(" ");
    if let Some(amount) = plain(&text).filter(|_| cell.number) {
        return amount;
    }
    // A spreadsheet would take it for a formula.
    let formula = text.starts_with(['=', '+', '-', '@']);
    let text = if formula { format!("'{text}") } else { text };
    if text.contains([',', '"']) {
        return format!("\"{}\"", text.replace('"', "\"\""));
    }
    text
}

/// `−1,234円` is `-1234`; what is no amount is none.
fn plain(text: &str) -> Option<String> {
    let digits: String = text
        .strip_suffix('円')
        .unwrap_or(text)
        .chars()
        .filter(|character| *character != ',')
        .map(|character| if character == '−' { '-' } else { character })
        .collect();
    let digits = digits.strip_prefix('+').unwrap_or(&digits);
    let amount: i64 = digits.parse().ok()?;
    Some(amount.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(cells: &[(&str, bool)]) -> String {
        let cell = |(text, number): &(&str, bool)| Cell {
            text: (*text).to_owned(),
            number: *number,
        };
        let file = csv(&[cells.iter().map(cell).collect()]);
        let line = file.strip_prefix('\u{feff}').unwrap();
        line.strip_suffix("\r\n").unwrap().to_owned()
    }

    #[test]
    fn amounts_are_numbers_and_texts_are_quoted_where_they_must_be() {
        assert_eq!(
            line(&[("1,234,567円", true), ("−1,000円", true), ("+20円", true)]),
            "1234567,-1000,20"
        );
        assert_eq!(
            line(&[("大阪市北区、中之島", false), ("a,\"b\"", false)]),
            "大阪市北区、中之島,\"a,\"\"b\"\"\""
        );
        assert_eq!(line(&[("1,234 / 5,678", true)]), "\"1,234 / 5,678\"");
        assert_eq!(
            line(&[("令和8年\n 6月", false), ("", true)]),
            "令和8年 6月,"
        );
        assert_eq!(line(&[("近藤　愛", false)]), "近藤　愛");
    }

    #[test]
    fn a_text_that_a_spreadsheet_would_calculate_is_a_text() {
        for text in ["=1+1", "+81", "-x", "@cmd"] {
            assert_eq!(line(&[(text, false)]), format!("'{text}"));
        }
        assert_eq!(line(&[("12,000円", false)]), "\"12,000円\"");
    }
}
