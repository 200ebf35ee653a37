//! 税: the lines of the incomes' file, checked as a whole.

use crate::exchange::FileError;
use crate::exchange::table::{Row, Table};
use crate::store::facts::IncomeFact;
use kokuho_shared::assessment::household::{Income, IncomeStatus};
use kokuho_shared::money::Yen;
use std::collections::{HashMap, HashSet};

/// Every line of the file; `persons` are the known ones by 宛名番号. The control total is the
/// sum of 合計所得.
pub fn read(
    table: &Table<'_>,
    persons: &HashMap<String, i64>,
) -> Result<Vec<IncomeFact>, FileError> {
    let mut lines = Vec::with_capacity(table.len());
    let mut seen = HashSet::new();
    let mut sum = 0i64;
    for row in table.rows() {
        let line = income_line(&row, persons)?;
        if !seen.insert((line.person_id, line.income_year)) {
            return Err(row.wrong("resident_number", "同じ人・同じ年の所得が2回あります"));
        }
        sum = sum.saturating_add(line.income.total_income.unwrap_or_default().0);
        lines.push(line);
    }
    table.check_total("合計所得の合計", sum)?;
    Ok(lines)
}

fn income_line(row: &Row<'_>, persons: &HashMap<String, i64>) -> Result<IncomeFact, FileError> {
    let number = row.digits("resident_number", 15)?;
    let person_id = persons.get(&number).copied();
    let unknown = || {
        row.wrong(
            "resident_number",
            format!("「{number}」という住民はいません"),
        )
    };
    let year: i64 = row
        .digits("income_year", 4)?
        .parse()
        .map_err(|_| row.wrong("income_year", "年ではありません"))?;
    if !(2000..=2100).contains(&year) {
        return Err(row.wrong("income_year", format!("「{year}」は年ではありません")));
    }
    let amount = |field: &str| Ok::<_, FileError>(Yen(row.yen(field)?.unwrap_or(0)));
    let receipts = |field: &str| Ok::<_, FileError>(row.yen(field)?.map(Yen));
    let status = match row.code("status", &["1", "2", "3"])? {
        "1" => IncomeStatus::Known,
        "2" => IncomeStatus::Undeclared,
        _ => IncomeStatus::Unknown,
    };
    Ok(IncomeFact {
        person_id: person_id.ok_or_else(unknown)?,
        income_year: year,
        status,
        income: Income {
            salary_receipts: receipts("salary_receipts")?,
            salary_income: amount("salary_income")?,
            pension_receipts: receipts("pension_receipts")?,
            pension_income: amount("pension_income")?,
            other_income: amount("other_income")?,
            total_income: receipts("total_income")?,
            transfer_special_deduction: amount("transfer_special_deduction")?,
            casualty_loss: amount("casualty_loss")?,
            family_pay_deducted: amount("family_pay_deducted")?,
            family_pay_received: amount("family_pay_received")?,
        },
    })
}
