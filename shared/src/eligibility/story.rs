//! 資格の理由: why somebody is insured on a day, or is not, from what is known of the periods.

use crate::era;
use chrono::NaiveDate;

/// A 資格期間 as it is known, with the codes of its reasons.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownPeriod {
    pub acquired_on: NaiveDate,
    pub lost_on: Option<NaiveDate>,
    /// 取得事由 and 喪失事由 of the eligibility register.
    pub acquired: String,
    pub lost: String,
}

/// 取得事由 of a code.
pub fn acquisition(code: &str) -> &'static str {
    match code {
        "11" => "転入",
        "12" => "社保離脱",
        "13" => "出生",
        "14" => "生活保護廃止・停止",
        _ => "その他の事由",
    }
}

/// 喪失事由 of a code.
pub fn loss(code: &str) -> &'static str {
    match code {
        "21" => "転出",
        "22" => "社保加入",
        "23" => "死亡",
        "24" => "後期高齢者医療へ",
        "25" => "生活保護開始",
        _ => "その他の事由",
    }
}

impl KnownPeriod {
    fn holds(&self, on: NaiveDate) -> bool {
        self.acquired_on <= on && self.lost_on.is_none_or(|lost| on < lost)
    }
}

/// Whether somebody is insured on a day, and why. `periods` are in order.
pub fn answer(periods: &[KnownPeriod], on: NaiveDate) -> (bool, String) {
    let day = era::format(on);
    if let Some(period) = periods.iter().find(|period| period.holds(on)) {
        let since = era::format(period.acquired_on);
        let why = acquisition(&period.acquired);
        let until = match period.lost_on {
            Some(lost) => format!(
                "。{}に{}で喪失します（法8条）",
                era::format(lost),
                loss(&period.lost)
            ),
            None => "。喪失する事由は登録されていません".to_owned(),
        };
        let text = format!("{day}は加入しています：{since}に{why}で取得しました（法7条）{until}");
        return (true, text);
    }
    let before = periods.iter().rev().find(|period| period.acquired_on <= on);
    let after = periods.iter().find(|period| period.acquired_on > on);
    let lost = before.and_then(|period| Some((period.lost_on?, loss(&period.lost))));
    let text = match (lost, after) {
        (Some((lost, why)), _) => format!(
            "{day}は加入していません：{}に{why}で喪失しました（法8条）",
            era::format(lost)
        ),
        (None, Some(next)) => format!(
            "{day}は加入していません：{}に{}で取得するまで資格がありません（法7条）",
            era::format(next.acquired_on),
            acquisition(&next.acquired)
        ),
        (None, None) => {
            format!("{day}は加入していません：この市の国民健康保険の資格は登録されていません")
        }
    };
    (false, text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::eligibility::reasons::{AcquisitionReason, LossReason};

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn period(from: &str, until: Option<&str>, acquired: &str, lost: &str) -> KnownPeriod {
        KnownPeriod {
            acquired_on: day(from),
            lost_on: until.map(day),
            acquired: acquired.into(),
            lost: lost.into(),
        }
    }

    #[test]
    fn the_day_of_acquisition_is_insured_and_the_day_of_loss_is_not() {
        let periods = [
            period("2020-04-01", Some("2022-05-02"), "12", "22"),
            period("2023-01-10", None, "12", ""),
        ];
        let told = |on: &str| answer(&periods, day(on));
        for (on, insured, says) in [
            (
                "2020-03-31",
                false,
                "令和2年4月1日に社保離脱で取得するまで資格がありません",
            ),
            (
                "2020-04-01",
                true,
                "令和2年4月1日に社保離脱で取得しました（法7条）。令和4年5月2日に社保加入で喪失します",
            ),
            ("2022-05-01", true, "加入しています"),
            (
                "2022-05-02",
                false,
                "令和4年5月2日に社保加入で喪失しました（法8条）",
            ),
            ("2023-01-09", false, "喪失しました"),
            ("2026-06-10", true, "喪失する事由は登録されていません"),
        ] {
            let (is, text) = told(on);
            assert_eq!(is, insured, "{on}: {text}");
            assert!(text.contains(says), "{on}: {text}");
        }
        assert!(!answer(&[], day("2026-06-10")).0);
    }

    #[test]
    fn the_code_of_every_reason_has_words_of_its_own_but_for_the_other_ones() {
        for reason in AcquisitionReason::ALL {
            let other = acquisition(reason.code()) == "その他の事由";
            assert_eq!(other, reason.code() == "19", "{reason:?}");
        }
        for reason in LossReason::ALL {
            let other = loss(reason.code()) == "その他の事由";
            assert_eq!(other, reason.code() == "29", "{reason:?}");
        }
    }

    #[test]
    fn acquired_and_lost_on_one_day_is_never_insured() {
        let periods = [period("2026-04-01", Some("2026-04-01"), "11", "25")];
        let (insured, text) = answer(&periods, day("2026-04-01"));
        assert!(!insured && text.contains("生活保護開始"), "{text}");
    }
}
