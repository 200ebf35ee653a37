//! Column maps: which column of a city's file holds which of our fields. Data, not code.

use super::FileError;
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
        let base = read(shipped)?;
        let name = format!("{name}.toml");
        let Some(folder) = folder.filter(|folder| folder.join(&name).exists()) else {
            return Ok(base);
        };
        let text = std::fs::read_to_string(folder.join(&name));
        let own =
            read(&text.map_err(|error| FileError::new(format!("項目対応表 {name}: {error}")))?)?;
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
}

fn read(text: &str) -> Result<Layout, FileError> {
    toml::from_str(text).map_err(|error| FileError::new(format!("項目対応表を読めません: {error}")))
}
