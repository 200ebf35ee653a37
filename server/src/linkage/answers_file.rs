//! 回答: the lines of an answer's file, checked as a whole.

use crate::exchange::FileError;
use crate::exchange::layout::Layout;
use crate::exchange::source::Source;
use crate::exchange::table::{self, Row, Warnings};
use kokuho_shared::linkage::answer::*;
use kokuho_shared::linkage::basis::Dataset;
use kokuho_shared::linkage::matching::Basics;
use kokuho_shared::money::Yen;
use std::collections::HashSet;

/// 結果: 回答あり, 一部回答, 該当なし, 副本未登録, 自動応答不可, 不開示, エラー.
const RESULTS: [&str; 7] = ["1", "2", "3", "4", "5", "6", "9"];

/// One line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Where it stands, counted from 1.
    pub line: u64,
    /// 照会番号.
    pub number: i64,
    pub resident_number: String,
    pub result: HolderReply,
}

/// What the holder did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HolderReply {
    Answer {
        basics: Basics,
        answer: Box<InquiryAnswer>,
        complete: bool,
    },
    NoRecord,
    NotRegistered,
    ManualPending,
    Refused,
    Failed,
}

/// Every line of the file; the control total is the number of answers with content.
pub fn read(
    file: Source<'_>,
    layout: &Layout,
    dataset: Dataset,
    expected_year: i32,
) -> Result<(Vec<Line>, Warnings), FileError> {
    let mut lines = Vec::new();
    let mut seen = HashSet::new();
    let mut answered = 0;
    let whole = table::scan(file, layout, &mut |row| {
        let line = line(row, dataset, expected_year)?;
        if !seen.insert(line.number) {
            return Err(row.wrong("number", "同じ照会番号が2回あります"));
        }
        answered += i64::from(matches!(line.result, HolderReply::Answer { .. }));
        lines.push(line);
        Ok(())
    })?;
    whole.check_total("回答のある件数", answered)?;
    Ok((lines, whole.warnings))
}

fn line(row: &Row<'_>, dataset: Dataset, expected_year: i32) -> Result<Line, FileError> {
    let number = row.digits("number")?;
    let number = number
        .parse()
        .map_err(|_| row.wrong("number", "照会番号ではありません"))?;
    let result = match row.code("result", &RESULTS)? {
        "1" => reply(row, dataset, expected_year, true)?,
        "2" => reply(row, dataset, expected_year, false)?,
        "3" => HolderReply::NoRecord,
        "4" => HolderReply::NotRegistered,
        "5" => HolderReply::ManualPending,
        "6" => HolderReply::Refused,
        _ => HolderReply::Failed,
    };
    Ok(Line {
        line: row.line,
        number,
        resident_number: row.digits("resident_number")?,
        result,
    })
}

fn reply(
    row: &Row<'_>,
    dataset: Dataset,
    expected_year: i32,
    complete: bool,
) -> Result<HolderReply, FileError> {
    let basics = Basics {
        kana: row.required("kana")?.to_owned(),
        birth_date: row.required_date("birth_date")?,
        sex: if row.code("sex", &["1", "2"])? == "1" {
            1
        } else {
            2
        },
    };
    let answer = Box::new(match dataset {
        Dataset::LocalTax => InquiryAnswer::LocalTax(local_tax(row, expected_year)?),
        Dataset::ResidentRelation => InquiryAnswer::ResidentRelation(ResidentRelation {
            head: row.code("head", &["0", "1"])? == "1",
            head_name: row.text("head_name")?.to_owned(),
            relation: row.text("relation")?.to_owned(),
        }),
        Dataset::MedicalInsurance => InquiryAnswer::MedicalInsurance(medical_insurance(row)?),
        Dataset::Unemployment => InquiryAnswer::Unemployment(Unemployment {
            left_on: row.date("left_on")?,
            reason_code: row.text("reason_code")?.to_owned(),
        }),
    });
    Ok(HolderReply::Answer {
        basics,
        answer,
        complete,
    })
}

fn local_tax(row: &Row<'_>, expected_year: i32) -> Result<LocalTax, FileError> {
    let amount = |field: &str| Ok::<_, FileError>(row.yen(field)?.map(Yen));
    let year = row.year("income_year", expected_year)?;
    Ok(LocalTax {
        income_year: year,
        filed: row.code("filed", &["0", "1"])? == "1",
        salary_receipts: amount("salary_receipts")?,
        salary_income: amount("salary_income")?,
        pension_receipts: amount("pension_receipts")?,
        pension_income: amount("pension_income")?,
        other_income: amount("other_income")?,
        total_income: amount("total_income")?,
        transfer_special_deduction: amount("transfer_special_deduction")?,
        casualty_loss: amount("casualty_loss")?,
        family_pay_deducted: amount("family_pay_deducted")?,
        family_pay_received: amount("family_pay_received")?,
        taxable_income: amount("taxable_income")?,
    })
}

fn medical_insurance(row: &Row<'_>) -> Result<MedicalInsurance, FileError> {
    let told = MedicalInsurance {
        insurer_number: row.text("insurer_number")?.to_owned(),
        acquired_on: row.date("acquired_on")?,
        lost_on: row.date("lost_on")?,
        dependant: row.code("dependant", &["0", "1"])? == "1",
        insured_to_late_elderly_on: row.date("insured_to_late_elderly_on")?,
    };
    let reversed = told
        .acquired_on
        .zip(told.lost_on)
        .is_some_and(|(from, until)| until < from);
    if reversed {
        return Err(row.wrong("lost_on", "資格喪失日が資格取得日より前です"));
    }
    Ok(told)
}
