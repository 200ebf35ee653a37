//! 納付回数: in how many payments of how much, from the year's schedule itself.

use kokuho_shared::assessment::schedule::instalments::Instalment;
use kokuho_shared::money::Yen;
use kokuho_ui::format;
use kokuho_ui::i18n::Lang;

/// The payments that ask for something.
fn amounts(instalments: &[Instalment]) -> Vec<Yen> {
    let amounts = instalments.iter().map(|each| each.amount);
    amounts.filter(|yen| *yen > Yen::ZERO).collect()
}

/// `1回 57,937円×10`, or with another first or last payment; empty where nothing is paid.
pub fn payments(instalments: &[Instalment], lang: Lang) -> String {
    let amounts = amounts(instalments);
    let yen = |amount: &Yen| format::yen(*amount, lang);
    let count = amounts.len();
    match amounts.as_slice() {
        [] => String::new(),
        [only] => match lang {
            Lang::En => format!("1 payment of {}", yen(only)),
            _ => format!("1回 {}", yen(only)),
        },
        [first, rest @ ..] if all_same(rest) => {
            let (each, more) = (rest.first().map(yen).unwrap_or_default(), count - 1);
            match lang {
                _ if Some(first) == rest.first() && lang == Lang::En => {
                    format!("{count} payments of {each}")
                }
                _ if Some(first) == rest.first() => format!("1回 {each}×{count}"),
                Lang::En => format!("first {}, then {more} × {each}", yen(first)),
                Lang::Ja => format!("1回目 {}、あと {each}×{more}", yen(first)),
                Lang::Easy => format!("1回目 {}、あと {more}回は {each}", yen(first)),
            }
        }
        [rest @ .., last] if all_same(rest) => {
            let (each, more) = (rest.first().map(yen).unwrap_or_default(), count - 1);
            match lang {
                Lang::En => format!("{more} × {each}, last {}", yen(last)),
                Lang::Ja => format!("1回 {each}×{more}、最後 {}", yen(last)),
                Lang::Easy => format!("{more}回は {each}、最後は {}", yen(last)),
            }
        }
        _ => match lang {
            Lang::En => format!("{count} payments"),
            _ => format!("{count}回払い"),
        },
    }
}

fn all_same(amounts: &[Yen]) -> bool {
    amounts
        .windows(2)
        .all(|pair| matches!(pair, [one, other] if one == other))
}
