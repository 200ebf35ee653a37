//! 所得の種類: what the fields are called, in every language.

use kokuho_shared::assessment::sheet::code::YenField;

/// A field: which, whether a loss may stand in it, and its name.
pub type Row = (YenField, bool, &'static str, &'static str, &'static str);

#[rustfmt::skip]
pub const COMPREHENSIVE: [Row; 7] = [
    (YenField::RealEstate, true, "不動産所得", "Real estate (rent)", "家や 土地を 貸した 所得"),
    (YenField::Dividends, false, "配当・利子所得（総合課税）", "Dividends and interest (comprehensive)", "配当・利子（総合課税）"),
    (YenField::Miscellaneous, false, "雑所得（年金以外）", "Miscellaneous income (no pension)", "そのほか（雑所得、年金では ない）"),
    (YenField::ShortGains, true, "総合課税の短期譲渡（特別控除前）", "Short-term gains, comprehensive (before deduction)", "物を 売った 所得（5年以内、総合課税）"),
    (YenField::LongGains, true, "総合課税の長期譲渡（特別控除前）", "Long-term gains, comprehensive (before deduction)", "物を 売った 所得（5年より 長い、総合課税）"),
    (YenField::Temporary, false, "一時所得（特別控除前）", "Occasional income (before deduction)", "一時所得（保険の 満期など）"),
    (YenField::Forestry, true, "山林所得", "Forestry", "山の 木の 所得"),
];

#[rustfmt::skip]
pub const SEPARATE: [Row; 8] = [
    (YenField::LandLong, true, "土地・建物の長期譲渡（特別控除前）", "Land and buildings, long-term (before deduction)", "土地や 家を 売った 所得（5年より 長い）"),
    (YenField::LandShort, true, "土地・建物の短期譲渡（特別控除前）", "Land and buildings, short-term (before deduction)", "土地や 家を 売った 所得（5年以内）"),
    (YenField::LandSpecialDeduction, false, "土地・建物の特別控除額", "Special deduction for land and buildings", "土地や 家の 特別控除"),
    (YenField::LandBusiness, false, "土地等の事業所得等", "Land as a business", "土地の 仕事の 所得"),
    (YenField::ListedDividends, false, "上場株式等の配当（申告分離）", "Dividends of listed shares (separate)", "上場株の 配当（申告した もの）"),
    (YenField::ListedGains, true, "上場株式等の譲渡", "Gains of listed shares", "上場株を 売った 所得"),
    (YenField::OtherShares, true, "一般株式等の譲渡", "Gains of other shares", "ほかの 株を 売った 所得"),
    (YenField::Futures, true, "先物取引", "Futures", "先物取引"),
];

#[rustfmt::skip]
pub const CARRIED: [Row; 7] = [
    (YenField::NetLossCarried, false, "純損失の繰越控除", "Net loss carried over", "前の 年の 赤字（純損失）"),
    (YenField::ListedLossCarried, false, "上場株式等の損失の繰越控除", "Loss of listed shares carried over", "前の 年の 株の 赤字"),
    (YenField::FuturesLossCarried, false, "先物取引の損失の繰越控除", "Loss of futures carried over", "前の 年の 先物の 赤字"),
    (YenField::CasualtyLoss, false, "雑損失の繰越控除", "Casualty loss carried over", "災害などの 損（雑損失）"),
    (YenField::FamilyPayDeducted, false, "支払った専従者給与（控除）", "Pay of family workers, deducted", "家族に 払った 給料（専従者）"),
    (YenField::FamilyPayReceived, false, "受け取った専従者給与（給与所得のうち）", "Pay as a family worker (within the salary income)", "家族の 店で もらった 給料（専従者）"),
    (YenField::FixedAssetTax, false, "固定資産税額（資産割のある市区町村）", "Fixed asset tax (where there is a levy on it)", "土地や 家の 税金（固定資産税）"),
];

/// What a kind is called in Japanese, English and plain Japanese.
pub fn name(field: YenField) -> (&'static str, &'static str, &'static str) {
    let mut rows = COMPREHENSIVE.iter().chain(&SEPARATE).chain(&CARRIED);
    let row = rows.find(|(known, ..)| *known == field);
    row.map_or(("", "", ""), |&(_, _, ja, en, easy)| (ja, en, easy))
}
