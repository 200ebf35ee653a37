//! What is printed of a 納付書.

use super::{Name, six_digits};
use crate::error::LettersError;
use crate::fonts::Fonts;
use crate::forms::{Convenience, Dated, SlipForms};
use crate::gs1::{self, Fields};
use crate::letter::Letter;
use crate::ocr;
use crate::slip::PaymentSlip;
use crate::words::yen;
use kokuho_shared::assessment::schedule::instalments;
use kokuho_shared::era;
use kokuho_shared::law::parameters::ValueState;
use serde::Serialize;

#[derive(Serialize)]
pub(super) struct Slip<'a> {
    slip_number: &'a str,
    household_number: &'a str,
    payer: Name<'a>,
    revenue_item: &'a str,
    nth: String,
    /// 本料, 督促手数料, 延滞金: the last two only where they are billed.
    amounts: Vec<Amount>,
    total: String,
    due_on: String,
    usable_until: Option<String>,
    barcode: Option<Barcode>,
    ocr: Option<Ocr>,
}

#[derive(Serialize)]
struct Amount {
    label: &'static str,
    yen: String,
}

/// Bars as widths in modules, and the digits in the groups people read.
#[derive(Serialize)]
struct Barcode {
    runs: Vec<u16>,
    module_micrometres: u32,
    height_micrometres: u32,
    groups: [String; 8],
    /// 見本: the layout is not verified.
    specimen: bool,
}

#[derive(Serialize)]
struct Ocr {
    lines: Vec<String>,
    specimen: bool,
}

pub(super) fn view<'a>(
    letter: &'a Letter,
    slip: &'a PaymentSlip,
    fonts: &'a Fonts,
    forms: &SlipForms,
) -> Result<Slip<'a>, LettersError> {
    let total = slip.total().unwrap_or_default();
    let amounts = [
        ("保険料", slip.principal),
        ("督促手数料", slip.fee),
        ("延滞金", slip.late_charge),
    ];
    let billed =
        |(place, (_, amount)): &(usize, (&str, _))| *place == 0 || *amount != Default::default();
    let amounts = amounts.into_iter().enumerate().filter(billed);
    let barcode = match forms.convenience_on(letter.business_date) {
        Some(form) if total.0 <= form.layout.maximum => Some(barcode(slip, total.0, form)?),
        _ => None,
    };
    let ocr = match forms.ocr_on(letter.business_date) {
        Some(form) => Some(Ocr {
            lines: ocr::lines(letter, slip, &form.layout)?,
            specimen: form.state == ValueState::Unverified,
        }),
        None => None,
    };
    Ok(Slip {
        slip_number: slip.slip_number.as_str(),
        household_number: &slip.household_number,
        payer: Name::of(&slip.payer, fonts),
        revenue_item: &slip.revenue_item,
        nth: instalments::name(slip.instalment),
        amounts: amounts
            .map(|(_, (label, amount))| Amount {
                label,
                yen: yen(amount),
            })
            .collect(),
        total: yen(total),
        due_on: era::format(slip.due_on),
        usable_until: slip.usable_until.map(era::format),
        barcode,
        ocr,
    })
}

fn barcode(
    slip: &PaymentSlip,
    amount: i64,
    form: &Dated<Convenience>,
) -> Result<Barcode, LettersError> {
    let deadline = slip.usable_until.map(six_digits);
    let fields = Fields {
        free: slip.slip_number.as_str(),
        reissues: slip.reissues,
        deadline: deadline.as_deref(),
        amount,
    };
    let digits = gs1::digits(&fields, &form.layout)?;
    Ok(Barcode {
        runs: gs1::runs(&digits.all())?,
        module_micrometres: form.layout.module_micrometres,
        height_micrometres: form.layout.height_micrometres,
        groups: digits.0,
        specimen: form.state == ValueState::Unverified,
    })
}
