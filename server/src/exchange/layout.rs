//! Column maps: which column of a city's file holds which of our fields. Data, not code.

use super::FileError;
use super::characters::{Extension, Own, Reads};
use super::dates::DateForm;
use super::fields::{self, Fields};
use kokuho_shared::api::import::FileKind;
use kokuho_shared::linkage::basis::Dataset;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::Path;

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Layout {
    /// What people call the file.
    pub file: String,
    /// Our field → the name of the column.
    pub columns: BTreeMap<String, String>,
    /// Fields whose column a file may leave out.
    #[serde(default)]
    pub optional: Vec<String>,
    #[serde(default)]
    pub format: Format,
    /// In which charset it is written; what is read is recognised by its bytes.
    #[serde(default)]
    pub charset: Charset,
    /// The columns of a fixed-length file in their order.
    #[serde(default)]
    pub fixed: Vec<FixedColumn>,
    /// How the file writes days; any form where none is named.
    #[serde(default)]
    pub dates: Vec<DateForm>,
    /// How many digits an identifier has; 0 where the city's own numbers differ.
    #[serde(default)]
    pub widths: BTreeMap<String, usize>,
    /// Which bytes the partner uses for characters that stand in CP932 twice.
    #[serde(default)]
    pub extension: Extension,
    /// The partner has the city's 外字.
    #[serde(default)]
    pub user_area: bool,
    /// What each field may hold.
    #[serde(skip)]
    pub fields: Fields,
    /// What the city puts for characters that a partner does not have.
    #[serde(skip)]
    pub fallbacks: Own,
}

/// 形式.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    #[default]
    Csv,
    /// 固定長.
    Fixed,
    Json,
    Xml,
}

impl Format {
    /// How the names of such files end.
    pub fn ending(self) -> &'static str {
        match self {
            Format::Csv => "csv",
            Format::Fixed => "txt",
            Format::Json => "json",
            Format::Xml => "xml",
        }
    }

    pub const ENDINGS: [&str; 4] = ["csv", "txt", "json", "xml"];
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Charset {
    #[default]
    Cp932,
    Utf8,
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FixedColumn {
    pub field: String,
    /// Bytes of CP932.
    pub width: usize,
}

impl Layout {
    /// The layout of a kind: the shipped one, or the city's own from `folder`.
    pub fn load(kind: FileKind, folder: Option<&Path>) -> Result<Layout, FileError> {
        let shipped = match kind {
            FileKind::Residents => include_str!("../../layouts/residents.toml"),
            FileKind::Incomes => include_str!("../../layouts/incomes.toml"),
            FileKind::Eligibility => include_str!("../../layouts/eligibility.toml"),
        };
        Layout::named(kind.key(), shipped, folder)
    }

    /// What goes to the exchange.
    pub fn inquiries(folder: Option<&Path>) -> Result<Layout, FileError> {
        let shipped = include_str!("../../layouts/inquiries.toml");
        Layout::named("inquiries", shipped, folder)
    }

    /// What comes back from it, by the kind of information.
    pub fn answers(dataset: Dataset, folder: Option<&Path>) -> Result<Layout, FileError> {
        let shipped = match dataset {
            Dataset::LocalTax => include_str!("../../layouts/answer_local_tax.toml"),
            Dataset::ResidentRelation => {
                include_str!("../../layouts/answer_resident_relation.toml")
            }
            Dataset::MedicalInsurance => {
                include_str!("../../layouts/answer_medical_insurance.toml")
            }
            Dataset::Unemployment => include_str!("../../layouts/answer_unemployment.toml"),
        };
        Layout::named(&format!("answer_{}", dataset.key()), shipped, folder)
    }

    /// What is exchanged daily, and what comes back of it, by the name of the layout.
    pub fn link(name: &str, folder: Option<&Path>) -> Result<Layout, FileError> {
        const SHIPPED: [(&str, &str); 11] = [
            (
                "pension_list",
                include_str!("../../layouts/pension_list.toml"),
            ),
            (
                "pension_request",
                include_str!("../../layouts/pension_request.toml"),
            ),
            (
                "pension_result",
                include_str!("../../layouts/pension_result.toml"),
            ),
            ("duplicates", include_str!("../../layouts/duplicates.toml")),
            ("federation", include_str!("../../layouts/federation.toml")),
            (
                "resident_mark",
                include_str!("../../layouts/resident_mark.toml"),
            ),
            (
                "residents_request",
                include_str!("../../layouts/residents_request.toml"),
            ),
            (
                "incomes_request",
                include_str!("../../layouts/incomes_request.toml"),
            ),
            (
                "income_report",
                include_str!("../../layouts/income_report.toml"),
            ),
            (
                "income_report_request",
                include_str!("../../layouts/income_report_request.toml"),
            ),
            (
                "link_result",
                include_str!("../../layouts/link_result.toml"),
            ),
        ];
        let shipped = SHIPPED.iter().find(|(known, _)| *known == name);
        let (name, shipped) =
            shipped.ok_or_else(|| FileError::new(format!("項目対応表 {name} がありません")))?;
        Layout::named(name, shipped, folder)
    }

    /// A shipped layout, or the city's own of the same name where its folder has one.
    fn named(name: &str, shipped: &str, folder: Option<&Path>) -> Result<Layout, FileError> {
        let mut base: Layout = read(shipped)?;
        base.fields = fields::shipped()?;
        let name = format!("{name}.toml");
        base.fallbacks = fallbacks(folder)?;
        let Some(text) = own_text(folder, &name)? else {
            return Ok(base);
        };
        let own = Layout {
            fields: base.fields.clone(),
            fallbacks: base.fallbacks.clone(),
            ..read(&text)?
        };
        match base
            .columns
            .keys()
            .find(|field| !own.columns.contains_key(*field) && !base.optional.contains(field))
        {
            Some(field) => Err(FileError::new(format!(
                "項目対応表 {name} に {field} がありません"
            ))),
            None => own.checked(&name),
        }
    }

    /// A fixed-length layout must name every column once.
    fn checked(self, name: &str) -> Result<Layout, FileError> {
        if self.format != Format::Fixed {
            return Ok(self);
        }
        let named = |field: &&String| self.fixed.iter().any(|column| column.field == **field);
        let mut needed = self
            .columns
            .keys()
            .filter(|field| !self.optional.contains(field));
        let missing = needed.find(|field| !named(field));
        let unknown = self
            .fixed
            .iter()
            .find(|column| !self.columns.contains_key(&column.field) || column.width == 0);
        match missing.or(unknown.map(|column| &column.field)) {
            None => Ok(self),
            Some(field) => Err(FileError::new(format!(
                "項目対応表 {name} の固定長の {field} が正しくありません"
            ))),
        }
    }

    pub fn column(&self, field: &str) -> &str {
        self.columns.get(field).map_or("", String::as_str)
    }

    /// What the partner reads. JSON and XML are UTF-8.
    pub fn reads(&self) -> Reads {
        let bytes = matches!(self.format, Format::Csv | Format::Fixed);
        Reads {
            cp932: bytes && self.charset == Charset::Cp932,
            extension: self.extension,
            user_area: self.user_area,
        }
    }
}

/// What the city puts for characters that a partner does not have: `"character" = "what stands for it"`.
pub fn fallbacks(folder: Option<&Path>) -> Result<Own, FileError> {
    match own_text(folder, "characters.toml")? {
        Some(text) => read(&text),
        None => Ok(Own::new()),
    }
}

/// 行政区 of a municipality, of the shipped list or the city's own; none where any is allowed.
pub fn wards(municipality: &str, folder: Option<&Path>) -> Result<Option<Vec<String>>, FileError> {
    const SHIPPED: &str = include_str!("../../layouts/wards.toml");
    let own = own_text(folder, "wards.toml")?;
    let mut all: BTreeMap<String, Vec<String>> = read(own.as_deref().unwrap_or(SHIPPED))?;
    Ok(all.remove(municipality))
}

/// A file of the city's folder, where it has one.
fn own_text(folder: Option<&Path>, name: &str) -> Result<Option<String>, FileError> {
    let path = folder.map(|folder| folder.join(name));
    let Some(path) = path.filter(|path| path.exists()) else {
        return Ok(None);
    };
    let text = std::fs::read_to_string(path);
    let text = text.map_err(|why| FileError::new(format!("項目対応表 {name}: {why}")))?;
    Ok(Some(text))
}

fn read<T: serde::de::DeserializeOwned>(text: &str) -> Result<T, FileError> {
    toml::from_str(text).map_err(|error| FileError::new(format!("項目対応表を読めません: {error}")))
}
