//! What each party says: always the same of the same person.

use crate::{Fault, People, Person, Request};
use anyhow::{Result, bail};

const COMMON: &str = "照会番号,宛名番号,結果,氏名カナ,生年月日,性別";

/// The text of an answer's file.
pub fn file(
    dataset: &str,
    requests: &[(Request, Option<Fault>)],
    people: &People,
) -> Result<String> {
    let own = match dataset {
        "local_tax" => {
            "所得年,申告有無,給与収入,給与所得,年金収入,年金所得,その他所得,合計所得,譲渡特別控除,雑損失,専従者控除,専従者給与,課税所得"
        }
        "resident_relation" => "世帯主区分,世帯主氏名,続柄",
        "medical_insurance" => {
            "保険者番号,資格取得日,資格喪失日,被扶養者区分,被保険者の後期高齢者医療移行日"
        }
        "unemployment" => "離職日,離職理由コード",
        other => bail!("nobody answers {other}"),
    };
    let width = own.split(',').count();
    let mut text = format!("{COMMON},{own}\r\n");
    let mut answered = 0;
    for (request, fault) in requests {
        let person = people.find(&request.resident_number);
        let (result, person) = match (fault, person) {
            (Some(Fault::NoRecord), _) | (_, None) => ("3", None),
            (Some(Fault::NotRegistered), _) => ("4", None),
            (Some(Fault::ByHand), _) => ("5", None),
            (Some(Fault::Refused), _) => ("6", None),
            (Some(Fault::Error), _) => ("9", None),
            (Some(Fault::Partial), Some(person)) => ("2", Some(person)),
            (_, Some(person)) => ("1", Some(person)),
        };
        let line = match person {
            Some(person) => {
                answered += 1;
                let basics = basics(person, *fault);
                let partial = *fault == Some(Fault::Partial);
                format!("{basics},{}", content(dataset, request, person, partial))
            }
            None => format!(",,{}", ",".repeat(width)),
        };
        text += &format!(
            "{},{},{result},{line}\r\n",
            request.number, request.resident_number
        );
    }
    text += &format!("#合計,{},{answered}\r\n", requests.len());
    Ok(text)
}

fn basics(person: &Person, fault: Option<Fault>) -> String {
    match fault {
        Some(Fault::OtherPerson) => "ベツノ　ヒト,1999-12-31,1".to_owned(),
        Some(Fault::Misspelt) => format!("{}ー,{},{}", person.kana, person.birth_date, person.sex),
        _ => format!("{},{},{}", person.kana, person.birth_date, person.sex),
    }
}

/// The last digit makes people differ.
fn digit(request: &Request) -> i64 {
    request
        .resident_number
        .bytes()
        .last()
        .map_or(0, |byte| i64::from(byte - b'0'))
}

fn content(dataset: &str, request: &Request, person: &Person, partial: bool) -> String {
    let year = request.fiscal_year;
    match dataset {
        "local_tax" => {
            let receipts = 2_000_000 + digit(request) * 100_000;
            let income = receipts / 4_000 * 4_000 * 70 / 100 - 80_000;
            let other = if partial { String::new() } else { "0".into() };
            // 3: sold land, and all of the gain was taken off.
            let gain = if digit(request) == 3 { 1_000_000 } else { 0 };
            format!(
                "{},1,{receipts},{income},,0,{other},{},{gain},0,0,0,{}",
                year - 1,
                income + gain,
                (income - 480_000).max(0)
            )
        }
        "resident_relation" => {
            format!(
                "{},{},{}",
                i32::from(person.head),
                person.head_name,
                person.relation
            )
        }
        "medical_insurance" => {
            // The parent's insurer: a dependant until the insured moved on to 後期高齢者医療.
            let dependant = i32::from(digit(request) % 2 == 1);
            let moved = if dependant == 1 {
                format!("{year}-05-20")
            } else {
                String::new()
            };
            format!("06270017,2010-04-01,{year}-05-21,{dependant},{moved}")
        }
        _ => format!(
            "{year}-03-31,{}",
            if digit(request) == 9 { "40" } else { "11" }
        ),
    }
}
