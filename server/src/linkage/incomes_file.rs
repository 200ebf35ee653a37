//! 税: the lines of the incomes' file, checked as a whole.

use crate::exchange::FileError;
use crate::exchange::table::{Row, Table};
use crate::store::facts::IncomeFact;
use kokuho_shared::assessment::household::{Income, IncomeStatus};
use kokuho_shared::assessment::kinds::Kinds;
use kokuho_shared::law::shipped;
use kokuho_shared::money::Yen;
use std::collections::{HashMap, HashSet};

/// Every line of the file; `persons` are the known ones by 宛名番号. The control total is the
/// sum of 合計所得, with that of 固定資産税額 where the file brings it: in a year for which the city
/// levies 資産割 (`levies`) it must.
pub fn read(
    table: &Table<'_>,
    persons: &HashMap<String, i64>,
    levies: &dyn Fn(i64) -> bool,
) -> Result<Vec<IncomeFact>, FileError> {
    let missing = ASSETS.iter().find(|field| !table.has(field));
    let mut lines = Vec::with_capacity(table.len());
    let mut seen = HashSet::new();
    let mut sum = 0i64;
    for row in table.rows() {
        let line = income_line(&row, persons)?;
        if !seen.insert((line.person_id, line.income_year)) {
            return Err(row.wrong("resident_number", "同じ人・同じ年の所得が2回あります"));
        }
        if let Some(field) = missing.filter(|_| levies(line.income_year)) {
            let text = "資産割のある年度の所得ファイルには、固定資産税額の3列（土地・家屋・区分所有の土地）が要ります";
            return Err(row.wrong(field, text));
        }
        sum = sum.saturating_add(row.yen("total_income")?.unwrap_or(0));
        sum = sum.saturating_add(line.fixed_asset_tax.0);
        lines.push(line);
    }
    let total = match missing {
        None => "合計所得と固定資産税額の合計",
        Some(_) => "合計所得の合計",
    };
    table.check_total(total, sum)?;
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
    let told = Income {
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
    };
    let mut fixed_asset_tax = Yen::ZERO;
    for field in ASSETS {
        fixed_asset_tax += amount(field)?;
    }
    Ok(IncomeFact {
        fixed_asset_tax,
        person_id: person_id.ok_or_else(unknown)?,
        income_year: year,
        status,
        income: by_kind(row, told, i32::try_from(year).unwrap_or(0))?,
    })
}

/// 所得の内訳, where the file has it: our own calculation, which must say what the file says.
fn by_kind(row: &Row<'_>, told: Income, year: i32) -> Result<Income, FileError> {
    let fields = KINDS.map(|field| field.0);
    if fields.iter().all(|field| row.text(field).is_empty()) {
        return Ok(told);
    }
    let mut kinds = Kinds {
        casualty_loss: told.casualty_loss,
        land_special_deduction: told.transfer_special_deduction,
        ..Kinds::default()
    };
    for (field, may_be_loss, place) in KINDS {
        let amount = match may_be_loss {
            true => row.signed_yen(field)?,
            false => row.yen(field)?,
        };
        *place(&mut kinds) = Yen(amount.unwrap_or(0));
    }
    if told.total_income.is_none() {
        let text = "内訳のある行には合計所得が要ります";
        return Err(row.wrong("total_income", text));
    }
    let law = shipped::kinds().and_then(|rules| rules.of(year).copied());
    let law = law.map_err(|why| row.wrong("income_year", why.to_string()))?;
    let own = kinds.income(told, &law);
    let all = [
        (
            "other_income",
            Some(told.other_income),
            Some(own.other_income),
        ),
        ("total_income", told.total_income, own.total_income),
        (
            "transfer_special_deduction",
            Some(told.transfer_special_deduction),
            Some(own.transfer_special_deduction),
        ),
    ];
    for (field, told, own) in all {
        if let (Some(told), Some(own)) = (told, own)
            && !row.text(field).is_empty()
            && told != own
        {
            let text = format!("{}円 が、内訳からの計算 {}円 と合いません", told.0, own.0);
            return Err(row.wrong(field, text));
        }
    }
    Ok(Income {
        family_pay_deducted: kinds.added_back(told, &own, &law),
        family_pay_received: told.family_pay_received,
        ..own
    })
}

/// 固定資産税額 by kind: what one system keeps apart is missed as a column, not as a sum that nobody knows.
const ASSETS: [&str; 3] = [
    "fixed_asset_land",
    "fixed_asset_house",
    "fixed_asset_shared_land",
];

/// The fields of 内訳, whether each may be a loss, and where it goes.
type KindField = (&'static str, bool, fn(&mut Kinds) -> &mut Yen);

const KINDS: [KindField; 18] = [
    ("business", true, |kinds| &mut kinds.business),
    ("real_estate", true, |kinds| &mut kinds.real_estate),
    ("dividends", false, |kinds| &mut kinds.dividends),
    ("miscellaneous", false, |kinds| &mut kinds.miscellaneous),
    ("short_gains", true, |kinds| &mut kinds.short_gains),
    ("long_gains", true, |kinds| &mut kinds.long_gains),
    ("temporary", false, |kinds| &mut kinds.temporary),
    ("forestry", true, |kinds| &mut kinds.forestry),
    ("land_long", true, |kinds| &mut kinds.land_long),
    ("land_short", true, |kinds| &mut kinds.land_short),
    ("land_business", true, |kinds| &mut kinds.land_business),
    ("listed_dividends", false, |kinds| {
        &mut kinds.listed_dividends
    }),
    ("listed_gains", true, |kinds| &mut kinds.listed_gains),
    ("other_shares", true, |kinds| &mut kinds.other_shares),
    ("futures", true, |kinds| &mut kinds.futures),
    ("net_loss_carried", false, |kinds| {
        &mut kinds.net_loss_carried
    }),
    ("listed_loss_carried", false, |kinds| {
        &mut kinds.listed_loss_carried
    }),
    ("futures_loss_carried", false, |kinds| {
        &mut kinds.futures_loss_carried
    }),
];
