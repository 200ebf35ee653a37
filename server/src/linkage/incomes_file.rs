//! 税: the lines of the incomes' file, checked as a whole.

use super::packed_number::number;
use crate::exchange::FileError;
use crate::exchange::table::{Row, Whole};
use crate::facts::incomes::IncomeFact;
use crate::figures;
use chrono::{Datelike, NaiveDate};
use kokuho_shared::assessment::household::{Income, IncomeStatus};
use kokuho_shared::assessment::income::kinds::Kinds;
use kokuho_shared::ids::PersonId;
use kokuho_shared::money::Yen;
use std::collections::HashSet;

/// A line of the file; whose income it is, is known once the person is found.
#[derive(Clone, Debug)]
pub struct Line {
    /// Where it stands, counted from 1.
    pub line: u64,
    pub resident_number: String,
    pub fact: IncomeFact,
}

/// What the lines say together.
#[derive(Default)]
pub struct Checks {
    seen: HashSet<(u64, u16)>,
    sum: i64,
}

/// What a line is held against.
pub struct Around {
    /// The year whose incomes a file of today brings.
    pub expected_year: i32,
    /// Whether the city levies 資産割 on the incomes of a year.
    pub levies: Box<dyn Fn(i64) -> bool + Send + Sync>,
}

/// The year whose incomes a file of a day brings: the one before.
pub fn expected_year(today: NaiveDate) -> i32 {
    today.year() - 1
}

impl Checks {
    /// The line beside those before it.
    pub fn add(&mut self, row: &Row<'_>, line: &Line) -> Result<(), FileError> {
        let year = u16::try_from(line.fact.income_year).unwrap_or(0);
        if !self.seen.insert((number(&line.resident_number), year)) {
            return Err(row.wrong("resident_number", "同じ人・同じ年の所得が2回あります"));
        }
        self.sum = self
            .sum
            .saturating_add(row.yen("total_income")?.unwrap_or(0));
        self.sum = self.sum.saturating_add(line.fact.fixed_asset_tax.0);
        Ok(())
    }

    /// The control total is the sum of 合計所得, with that of 固定資産税額 where the file brings it.
    pub fn end(&self, whole: &Whole, assets: bool) -> Result<(), FileError> {
        let total = match assets {
            true => "合計所得と固定資産税額の合計",
            false => "合計所得の合計",
        };
        whole.check_total(total, self.sum)
    }
}

/// Whether the file brings every kind of 固定資産税額.
pub fn brings_assets(row: &Row<'_>) -> bool {
    ASSETS.iter().all(|field| row.has(field))
}

/// One line by itself. In a year for which the city levies 資産割 the file must bring 固定資産税額.
pub fn line(row: &Row<'_>, around: &Around) -> Result<Line, FileError> {
    let resident_number = row.digits("resident_number")?;
    let year = row.year("income_year", around.expected_year)?;
    let missing = ASSETS.iter().find(|field| !row.has(field));
    if let Some(field) = missing.filter(|_| (around.levies)(year)) {
        let text = "資産割のある年度の所得ファイルには、固定資産税額の3列（土地・家屋・区分所有の土地）が要ります";
        return Err(row.wrong(field, text));
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
    Ok(Line {
        line: row.line,
        resident_number,
        fact: IncomeFact {
            fixed_asset_tax,
            person_id: PersonId(0),
            income_year: year,
            status,
            income: by_kind(row, told, year)?,
        },
    })
}

/// 所得の内訳, where the file has it: our own calculation, which must say what the file says.
fn by_kind(row: &Row<'_>, told: Income, year: i64) -> Result<Income, FileError> {
    let fields = KINDS.map(|field| field.0);
    if fields.iter().all(|field| row.is_blank(field)) {
        return Ok(told);
    }
    let mut kinds = Kinds {
        casualty_loss: told.casualty_loss,
        land_special_deduction: told.transfer_special_deduction,
        ..Kinds::default()
    };
    for (field, place) in KINDS {
        *place(&mut kinds) = Yen(row.yen(field)?.unwrap_or(0));
    }
    if told.total_income.is_none() {
        let text = "内訳のある行には合計所得が要ります";
        return Err(row.wrong("total_income", text));
    }
    let wrong = |why: String| row.wrong("income_year", why);
    let year = i32::try_from(year).map_err(|why| wrong(why.to_string()))?;
    let law = figures::kinds().and_then(|rules| rules.of(year).copied());
    let law = law.map_err(|why| wrong(why.to_string()))?;
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
            && !row.is_blank(field)
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

/// 固定資産税額 by kind: what one system keeps apart is reported as a missing column, not as an unknown sum.
const ASSETS: [&str; 3] = [
    "fixed_asset_land",
    "fixed_asset_house",
    "fixed_asset_shared_land",
];

/// The fields of 内訳 and where each goes; their class says which may be a loss.
type KindField = (&'static str, fn(&mut Kinds) -> &mut Yen);

const KINDS: [KindField; 18] = [
    ("business", |kinds| &mut kinds.business),
    ("real_estate", |kinds| &mut kinds.real_estate),
    ("dividends", |kinds| &mut kinds.dividends),
    ("miscellaneous", |kinds| &mut kinds.miscellaneous),
    ("short_gains", |kinds| &mut kinds.short_gains),
    ("long_gains", |kinds| &mut kinds.long_gains),
    ("temporary", |kinds| &mut kinds.temporary),
    ("forestry", |kinds| &mut kinds.forestry),
    ("land_long", |kinds| &mut kinds.land_long),
    ("land_short", |kinds| &mut kinds.land_short),
    ("land_business", |kinds| &mut kinds.land_business),
    ("listed_dividends", |kinds| &mut kinds.listed_dividends),
    ("listed_gains", |kinds| &mut kinds.listed_gains),
    ("other_shares", |kinds| &mut kinds.other_shares),
    ("futures", |kinds| &mut kinds.futures),
    ("net_loss_carried", |kinds| &mut kinds.net_loss_carried),
    ("listed_loss_carried", |kinds| {
        &mut kinds.listed_loss_carried
    }),
    ("futures_loss_carried", |kinds| {
        &mut kinds.futures_loss_carried
    }),
];
