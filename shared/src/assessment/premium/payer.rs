//! What the levy needs of one member.

use crate::assessment::income::figures::IncomeForLevy;
use crate::assessment::premium::months::Months;
use crate::law::parameters::Part;
use crate::money::Yen;

/// What the levy needs of one member.
#[derive(Clone, Copy, Debug)]
pub(in crate::assessment) struct Payer {
    pub index: u16,
    pub income: Yen,
    pub deduction: Yen,
    pub base: IncomeForLevy,
    pub fixed_asset_tax: Yen,
    pub insured: Months,
    pub care: Months,
    pub preschool: bool,
    pub child: bool,
    /// Its income counts as that of 特例対象被保険者等.
    pub involuntary: bool,
}

impl Payer {
    pub(in crate::assessment) fn months(&self, part: Part) -> Months {
        match part {
            Part::Care => self.insured & self.care,
            _ => self.insured,
        }
    }
}
