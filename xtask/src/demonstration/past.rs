//! The year before the first day of the demonstration: everything over the office's own commands and routes.

use super::office::{Clerk, Office};
use super::{FOLDER, kokuho, partners};
use crate::process::{root, step};
use anyhow::{Context, Result, bail};
use serde_json::{Value, json};
use std::fs;

/// 令和7年度の年次賦課.
const LAST_JUNE: &str = "2025-06-10";
/// 証の一斉更新, and from when its papers hold.
const LAST_JULY: &str = "2025-07-15";
const LAST_AUGUST: &str = "2025-08-01";
/// Who moved in since then is in the register.
const APRIL: &str = "2026-04-06";
/// Inquiries that nobody answers.
const MAY: &str = "2026-05-18";
/// The tax office's file comes on its day.
const INCOMES: &str = "2026-05-20";
/// The newest files of the registers; that of the next day is late.
const EVE: &str = "2026-06-08";

/// So many inquiries each: overdue, answered, on their way.
const SILENT: usize = 3;
const ANSWERED: usize = 4;
const SENT: usize = 2;

/// Lets the city live until `today`. On a day before its past it begins with the newest files and nothing else.
pub fn live(today: &str, households: &str) -> Result<()> {
    if today <= EVE {
        return take_in(today, FOLDER, &["residents", "incomes", "eligibility"]);
    }
    for day in [LAST_JUNE, APRIL] {
        let mut files = kokuho(day);
        let out = folder_of(day);
        files.args([
            "demo",
            "--as-of",
            day,
            "--out",
            &out,
            "--households",
            households,
        ]);
        step(&format!("the registers of {day}"), &mut files)?;
    }
    let registers = ["residents", "incomes", "eligibility"];
    take_in(LAST_JUNE, &folder_of(LAST_JUNE), &registers)?;
    let staff = last_year()?;
    certificates(&staff)?;
    take_in(APRIL, &folder_of(APRIL), &["residents", "eligibility"])?;
    let newcomers = newcomers()?;
    let mut newcomers = newcomers.iter();
    silence(&staff, &newcomers.by_ref().take(SILENT).collect::<Vec<_>>())?;
    take_in(INCOMES, FOLDER, &["incomes"])?;
    take_in(EVE, FOLDER, &["residents", "eligibility"])?;
    answers(
        &staff,
        &newcomers.by_ref().take(ANSWERED).collect::<Vec<_>>(),
    )?;
    first_day(today, &staff, &newcomers.take(SENT).collect::<Vec<_>>())
}

fn folder_of(day: &str) -> String {
    format!("{FOLDER}/{day}")
}

fn take_in(today: &str, folder: &str, kinds: &[&str]) -> Result<()> {
    for kind in kinds {
        let file = format!("{folder}/{kind}.csv");
        let mut import = kokuho(today);
        step(
            &format!("take in {file}"),
            import.args(["import", kind, &file]),
        )?;
    }
    Ok(())
}

/// The two supervisors and the counter, signed in once for the whole past.
struct Staff {
    clerk: Clerk,
    second: Clerk,
    counter: Clerk,
}

fn told(what: &str) {
    eprintln!("→ {what}");
}

/// Decided, checked, released by the second, told and printed.
fn last_year() -> Result<Staff> {
    told("decide, release and print last year");
    let office = Office::open(LAST_JUNE)?;
    let staff = Staff {
        clerk: office.sign_in(LAST_JUNE, "clerk")?,
        second: office.sign_in(LAST_JUNE, "second")?,
        counter: office.sign_in(LAST_JUNE, "counter")?,
    };
    let clerk = &staff.clerk;
    let run = run_and_check(&office, clerk, 2025)?;
    let note = json!({"note": "点検の一覧を確かめた。未申告の世帯には所得申告書を送付済み"});
    office.post(&staff.second, &format!("{run}/release"), note)?;
    office.post(clerk, &format!("{run}/letters"), Value::Null)?;
    office.wait(clerk, &run, |seen| done(&seen["letters"]))?;
    print_all(&office, clerk, &run)?;
    office.close()?;
    Ok(staff)
}

/// Runs a year and checks it; the run's address.
fn run_and_check(office: &Office, clerk: &Clerk, year: i32) -> Result<String> {
    let begun = office.post(clerk, "/api/runs", json!({"fiscal_year": year}))?;
    let run = format!("/api/runs/{}", begun["id"]);
    office.wait(clerk, &run, |seen| done(&seen["job"]))?;
    office.post(clerk, &format!("{run}/check"), Value::Null)?;
    office.wait(clerk, &run, |seen| done(&seen["check"]))?;
    Ok(run)
}

fn done(job: &Value) -> Result<bool> {
    match job["state"].as_str() {
        Some("failed" | "cancelled") => bail!("{job}"),
        state => Ok(state == Some("done")),
    }
}

fn print_all(office: &Office, clerk: &Clerk, run: &str) -> Result<()> {
    let batches = office.get(clerk, &format!("{run}/batches"))?;
    for batch in batches.as_array().into_iter().flatten() {
        let path = format!("{run}/batches/{}/printed", batch["number"]);
        office.post(clerk, &path, Value::Null)?;
    }
    Ok(())
}

fn certificates(staff: &Staff) -> Result<()> {
    told("issue certificates");
    let (office, clerk) = (Office::open(LAST_JULY)?, &staff.clerk);
    let preview = office.get(clerk, &format!("/api/renewals/preview?from={LAST_AUGUST}"))?;
    let wish = json!({"from": LAST_AUGUST, "letters": preview["letters"]});
    let request = office.post(clerk, "/api/renewals", wish)?;
    let release = format!("/api/run-requests/{}/release", request["id"]);
    let note = json!({"note": "対象の件数を確かめた"});
    let begun = office.post(&staff.second, &release, note)?;
    let renewal = format!("/api/renewals/{}", begun["id"]);
    office.wait(clerk, &renewal, |seen| done(&seen["job"]))?;
    print_all(&office, clerk, &renewal)?;
    office.close()
}

/// Somebody who moved in, and whose income the former municipality has to tell.
struct Newcomer {
    number: String,
    birth_date: String,
}

fn newcomers() -> Result<Vec<Newcomer>> {
    let births = column(&format!("{}/residents.csv", folder_of(APRIL)), 6)?;
    let unknown = column(&format!("{FOLDER}/incomes.csv"), 2)?;
    let unknown = unknown.into_iter().filter(|(_, status)| status == "3");
    let newcomers = unknown.filter_map(|(number, _)| {
        let birth = births.iter().find(|(known, _)| *known == number)?;
        let birth_date = birth.1.clone();
        Some(Newcomer { number, birth_date })
    });
    Ok(newcomers.take(SILENT + ANSWERED + SENT).collect())
}

/// The first column of a register beside another one; both are in ASCII, whatever the rest is in.
fn column(file: &str, place: usize) -> Result<Vec<(String, String)>> {
    let bytes = fs::read(root().join(file)).with_context(|| file.to_owned())?;
    let text = String::from_utf8_lossy(&bytes);
    let pair = |line: &str| {
        let mut cells = line.split(',');
        let number = cells.next()?.to_owned();
        Some((number, cells.nth(place.checked_sub(1)?)?.to_owned()))
    };
    let lines = text.lines().skip(1).filter(|line| !line.starts_with('#'));
    Ok(lines.filter_map(pair).collect())
}

/// Asks the former municipality of each for last year's income; the addresses of the households.
fn ask(office: &Office, clerk: &Clerk, newcomers: &[&Newcomer]) -> Result<Vec<String>> {
    let mut households = Vec::new();
    for one in newcomers {
        let keys = json!({"number": one.number, "birth_date": one.birth_date});
        let found = office.post(clerk, "/api/persons/search", keys)?;
        let found = found.get(0).context("nobody found")?;
        let household = format!("/api/households/{}", found["household_id"]);
        let wish = json!({"person_id": found["person_id"], "dataset": "local_tax", "holder": "municipality",
            "holder_code": "27140", "fiscal_year": 2026, "purpose": "転入者の所得確認"});
        office.post(clerk, &format!("{household}/inquiries"), wish)?;
        households.push(household);
    }
    Ok(households)
}

/// Waits until the inquiries of all households are in one of the states.
fn reached(office: &Office, clerk: &Clerk, households: &[String], states: &[&str]) -> Result<()> {
    for household in households {
        let path = format!("{household}/inquiries");
        office.wait(clerk, &path, |seen| {
            let state = seen[0]["state"].as_str().unwrap_or_default();
            Ok(states.contains(&state))
        })?;
    }
    Ok(())
}

/// Asks those of whom nobody will answer.
fn silence(staff: &Staff, newcomers: &[&Newcomer]) -> Result<()> {
    told("ask other offices that do not answer");
    let (office, clerk) = (Office::open(MAY)?, &staff.clerk);
    let households = ask(&office, clerk, newcomers)?;
    reached(&office, clerk, &households, &["sent"])?;
    let faults = format!("{FOLDER}/faults.csv");
    let lines = newcomers
        .iter()
        .map(|one| format!("{},silent\n", one.number));
    fs::write(root().join(&faults), lines.collect::<String>())?;
    let mut partners = partners();
    step(
        "nobody answers",
        partners.args(["--faults", &faults, "--once"]),
    )?;
    office.close()
}

/// Asks those who answer, and adopts the first answer.
fn answers(staff: &Staff, newcomers: &[&Newcomer]) -> Result<()> {
    told("ask other offices, which answer");
    let (office, clerk) = (Office::open(EVE)?, &staff.clerk);
    let households = ask(&office, clerk, newcomers)?;
    reached(&office, clerk, &households, &["sent"])?;
    step("they answer", partners().arg("--once"))?;
    reached(&office, clerk, &households, &["answered"])?;
    if let Some(household) = households.first() {
        let view = office.get(clerk, &format!("{household}?fiscal_year=2026"))?;
        let asked = office.get(clerk, &format!("{household}/inquiries"))?;
        let path = format!(
            "/api/inquiries/{}/settlement?fiscal_year=2026",
            asked[0]["id"]
        );
        let wish = json!({"settlement": "adopt", "revision": view["revision"]});
        office.post(clerk, &path, wish)?;
    }
    office.close()
}

/// What the first screens show: a run that waits for the second supervisor, work that somebody has taken up,
/// inquiries on their way.
fn first_day(today: &str, staff: &Staff, newcomers: &[&Newcomer]) -> Result<()> {
    told("the first day");
    let (office, clerk) = (Office::open(today)?, &staff.clerk);
    run_and_check(&office, clerk, 2026)?;
    for (who, kind) in [
        (clerk, "income_missing"),
        (clerk, "turns75"),
        (&staff.counter, "gone"),
        (&staff.counter, "paper_missing"),
    ] {
        claim(&office, who, kind)?;
    }
    ask(&office, clerk, newcomers)?;
    office.close()
}

/// Takes up the two who have waited longest for a reason.
fn claim(office: &Office, clerk: &Clerk, kind: &str) -> Result<()> {
    let queue = office.get(clerk, "/api/queue")?;
    let groups = queue.as_array().into_iter().flatten();
    let mut groups = groups.filter(|group| group["kind"] == kind);
    let group = groups.next();
    let items = group.and_then(|group| group["items"].as_array());
    for item in items.into_iter().flatten().take(2) {
        let wish = json!({"kind": kind, "household_id": item["household_id"], "person_id": item["person_id"],
            "take": true});
        office.post(clerk, "/api/queue/claims", wish)?;
    }
    Ok(())
}
