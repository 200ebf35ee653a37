//! 文書の印刷: fonts and templates, loaded once, and what a letter of this office is signed with.

use crate::error::ServiceError;
use crate::figures;
use kokuho_letters::{Fonts, Letter, LettersError, Sender, SlipForms, Templates, Typesetter};
use serde::Deserialize;
use std::path::Path;
use std::sync::Arc;

/// Ready to set letters, or the reason why it is not.
#[derive(Clone)]
pub struct Typesetting {
    typesetter: Result<Arc<Typesetter>, String>,
    sender: Sender,
}

/// Who signs letters and answers questions about them; a file of the city.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Signature {
    /// 市長 with name, as it stands above the seal.
    pub signed_by: Option<String>,
    /// 担当課.
    pub office: Option<String>,
    /// 問合せ先, line by line.
    #[serde(default)]
    pub contact: Vec<String>,
}

impl Signature {
    /// Reads the file; a wrong one is refused with the line.
    pub fn load(file: &Path) -> Result<Signature, ServiceError> {
        let refused =
            |why: String| ServiceError::invalid_at("sender", format!("{}: {why}", file.display()));
        let text = std::fs::read_to_string(file).map_err(|why| refused(why.to_string()))?;
        toml::from_str(&text).map_err(|why| refused(why.to_string()))
    }
}

impl Typesetting {
    /// `fonts` is a checkout or any folder; `templates` a city's own. A press without fonts
    /// serves everything but letters.
    pub fn new(fonts: &Path, templates: Option<&Path>, municipality: &str) -> Typesetting {
        Typesetting::signed(fonts, templates, municipality, Signature::default())
    }

    /// One that sets nothing, for a command that only plans.
    pub fn unready() -> Typesetting {
        Typesetting {
            typesetter: Err("この命令は文書を印刷しません".to_owned()),
            sender: Sender::default(),
        }
    }

    /// The same with the city's own words below its letters.
    pub fn signed(
        fonts: &Path,
        templates: Option<&Path>,
        municipality: &str,
        signature: Signature,
    ) -> Typesetting {
        let typesetter = set_up(fonts, templates)
            .map(Arc::new)
            .map_err(|why| why.to_string());
        let name = figures::name_of(municipality).unwrap_or_default();
        let sender = Sender {
            municipality: name.to_owned(),
            municipality_code: six_digits(municipality),
            signed_by: signature.signed_by.unwrap_or_else(|| format!("{name}長")),
            office: signature
                .office
                .unwrap_or_else(|| "国民健康保険担当".to_owned()),
            contact: signature.contact,
        };
        Typesetting { typesetter, sender }
    }

    pub fn sender(&self) -> Sender {
        self.sender.clone()
    }

    /// Why no letter can be set, where none can.
    pub fn refuse_unready(&self) -> Result<(), ServiceError> {
        self.ready().map(|_| ())
    }

    fn ready(&self) -> Result<&Arc<Typesetter>, ServiceError> {
        self.typesetter
            .as_ref()
            .map_err(|why| ServiceError::NoPress(why.clone()))
    }

    /// The hash that binds what a letter says, to whom, and with what it is set.
    pub fn hash(&self, letter: &Letter) -> Result<String, ServiceError> {
        Ok(self.ready()?.content_hash(letter)?.to_string())
    }

    /// Whether the fonts have no glyph for a character; without fonts that is not known.
    pub fn lacks(&self, character: &str) -> bool {
        self.ready()
            .is_ok_and(|typesetter| typesetter.lacks(character))
    }

    /// Sets letters as one document; refused where a character has no glyph or amounts contradict.
    pub async fn print(&self, letters: Vec<Letter>) -> Result<Vec<u8>, ServiceError> {
        let typesetter = self.ready()?.clone();
        let set = tokio::task::spawn_blocking(move || typesetter.render_batch(&letters)).await;
        let batch = set.map_err(|error| ServiceError::Internal(error.to_string()))??;
        Ok(batch.pdf)
    }
}

fn set_up(fonts: &Path, templates: Option<&Path>) -> Result<Typesetter, LettersError> {
    let templates = match templates {
        Some(folder) => Templates::with_folder(folder)?,
        None => Templates::shipped(),
    };
    Typesetter::new(&templates, Fonts::find(fonts)?, SlipForms::shipped()?)
}

/// 全国地方公共団体コード with its check digit: weights 6 to 2, modulus 11.
fn six_digits(code: &str) -> String {
    let sum: u32 = code
        .chars()
        .filter_map(|c| c.to_digit(10))
        .zip((2..=6).rev())
        .map(|(digit, weight)| digit * weight)
        .sum();
    format!("{code}{}", (11 - sum % 11) % 10)
}

impl From<LettersError> for ServiceError {
    fn from(error: LettersError) -> ServiceError {
        match error {
            LettersError::MissingGlyph { .. }
            | LettersError::Contradiction { .. }
            | LettersError::DoesNotFit { .. } => ServiceError::invalid(error.to_string()),
            other => ServiceError::NoPress(other.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Signature, six_digits};

    #[test]
    fn a_citys_signature_is_read_and_a_misspelled_word_in_it_is_refused() {
        let read: Signature = toml::from_str(
            "signed_by = \"見本市長　見本　一郎\"\ncontact = [\"電話 06-0000-0000\"]",
        )
        .unwrap();
        assert_eq!(read.signed_by.as_deref(), Some("見本市長　見本　一郎"));
        assert_eq!((read.office, read.contact.len()), (None, 1));
        assert!(toml::from_str::<Signature>("signed = \"x\"").is_err());
    }

    #[test]
    fn the_sixth_digit_of_a_municipality_is_its_check_digit() {
        assert_eq!(
            (six_digits("27100").as_str(), six_digits("13104").as_str()),
            ("271004", "131041")
        );
        assert_eq!(six_digits("27213"), "272132");
    }
}
