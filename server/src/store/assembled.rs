//! A statement put together from texts of the code, never from input.

use sqlx::AssertSqlSafe;

#[derive(Clone, Debug, Default)]
pub struct Assembled(String);

impl Assembled {
    pub fn new(text: &'static str) -> Assembled {
        Assembled(text.to_owned())
    }

    pub fn with(mut self, text: &'static str) -> Assembled {
        self.0.push_str(text);
        self
    }

    /// A number that is no input.
    pub fn count(mut self, number: usize) -> Assembled {
        self.0.push_str(&number.to_string());
        self
    }

    /// A text in which each marker becomes the place of a value that is bound: `$7`.
    pub fn placing(mut self, text: &'static str, places: &[(&'static str, usize)]) -> Assembled {
        let placed = places
            .iter()
            .fold(text.to_owned(), |text, (marker, place)| {
                text.replace(marker, &format!("${place}"))
            });
        self.0.push_str(&placed);
        self
    }

    pub fn text(&self) -> &str {
        &self.0
    }

    pub fn sql(&self) -> AssertSqlSafe<String> {
        AssertSqlSafe(self.0.clone())
    }
}
