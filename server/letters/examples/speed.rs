//! 速度: notices per second on one core, bytes per letter and peak memory.
//!
//! `cargo run --release -p kokuho-letters --example speed [letters] [folder for one PDF each]`

use chrono::NaiveDate;
use kokuho_letters::{
    Addressee, AssessmentNotice, BATCH, Content, Fonts, Insured, Letter, PaymentSlip, Sender,
    SlipForms, SlipNumber, Templates, Typesetter, batches,
};
use kokuho_shared::assessment::household::Household;
use kokuho_shared::calendar::FiscalYear;
use kokuho_shared::figures;
use std::error::Error;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// Makes the content of the nth letter.
type Maker = fn(usize) -> Option<Content>;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let count: usize = arguments.next().map_or(Ok(1_000), |text| text.parse())?;
    let folder = arguments.next().map(PathBuf::from);
    let checkout = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let typesetter = Typesetter::new(
        &Templates::shipped(),
        Fonts::find(&checkout)?,
        SlipForms::shipped()?,
    )?;
    println!("letters: {count}, in documents of about {BATCH} pages");
    let kinds: [(&str, Maker); 3] = [
        ("notice, one page", |nth| notice(nth, false)),
        ("notice with explanation", |nth| notice(nth, true)),
        ("payment slip", slip),
    ];
    for (name, content) in kinds {
        let letters: Option<Vec<Letter>> = (0..count).map(|nth| letter(nth, content)).collect();
        let letters = letters.ok_or("the examples cannot be assessed")?;
        measure(name, &typesetter, &letters, folder.as_deref())?;
    }
    Ok(())
}

fn measure(
    name: &str,
    typesetter: &Typesetter,
    letters: &[Letter],
    folder: Option<&Path>,
) -> Result<(), Box<dyn Error>> {
    let (mut bytes, mut pages) = (0, 0);
    let start = Instant::now();
    for batch in batches(letters) {
        let batch = typesetter.render_batch(batch)?;
        bytes += batch.pdf.len();
        pages += batch.pages.iter().sum::<usize>();
        if let Some(folder) = folder {
            std::fs::write(folder.join(format!("{name}.pdf")), &batch.pdf)?;
        }
    }
    let each = start.elapsed() / u32::try_from(letters.len())?;
    let per_second = Duration::from_secs(1).as_nanos() / each.as_nanos().max(1);
    println!(
        "{name}: {per_second}/s, {} pages, {} bytes per letter, peak {} MB",
        pages,
        bytes / letters.len().max(1),
        peak_megabytes().unwrap_or(0),
    );
    // For whoever reads the figures by program.
    println!(
        "{}",
        serde_json::json!({"kind": name, "microseconds": u64::try_from(each.as_micros())?,
            "bytes": bytes / letters.len().max(1), "megabytes": peak_megabytes()})
    );
    Ok(())
}

/// The most memory this process had so far.
fn peak_megabytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kilobytes: u64 = line.trim().trim_end_matches("kB").trim().parse().ok()?;
    Some(kilobytes / 1024)
}

const SURNAMES: [&str; 8] = [
    "山田", "佐藤", "鈴木", "髙橋", "田中", "渡邉", "伊藤", "齋藤",
];
const NAMES: [&str; 6] = ["太郎", "花子", "一郎", "美咲", "健太", "陽子"];

fn letter(nth: usize, content: Maker) -> Option<Letter> {
    Some(Letter {
        number: format!("保年第{nth:07}号"),
        addressee: Addressee {
            name: name(nth),
            postcode: format!("530-{:04}", nth % 10_000),
            address: vec![
                "大阪市北区中之島一丁目".into(),
                format!("{}番{}号", nth % 40 + 1, nth % 19 + 1),
            ],
            barcode: true,
        },
        sender: Sender {
            municipality: "大阪市".into(),
            municipality_code: "271004".into(),
            signed_by: "大阪市長".into(),
            office: "保険年金課".into(),
            contact: vec!["電話 06-0000-0000".into()],
        },
        business_date: NaiveDate::from_ymd_opt(2026, 6, 15)?,
        fiscal_year: FiscalYear(2026),
        content: content(nth)?,
    })
}

fn name(nth: usize) -> String {
    let family = SURNAMES.get(nth % SURNAMES.len()).unwrap_or(&"");
    let given = NAMES.get(nth / 7 % NAMES.len()).unwrap_or(&"");
    format!("{family}　{given}")
}

fn notice(nth: usize, explained: bool) -> Option<Content> {
    let assessor = figures::assessor("27100", FiscalYear(2026)).ok()?;
    let people = usize::min(nth % 4 + 1, 4);
    let members: Vec<serde_json::Value> = (0..people)
        .map(|place| {
            serde_json::json!({
                "id": format!("m{place}"),
                "birth_date": format!("19{}-04-02", 60 + place * 8),
                "head": place == 0,
                "income": { "salary_income": (nth * 7_919 + place * 1_000) % 4_000_000 },
            })
        })
        .collect();
    let household: Household =
        serde_json::from_value(serde_json::json!({ "members": members })).ok()?;
    let assessment = assessor.assess(&household).ok()?;
    let people: Vec<String> = (0..people).map(|place| name(nth + place)).collect();
    let insured = people
        .iter()
        .zip(&household.members)
        .map(|(name, member)| Insured {
            name: name.clone(),
            birth_date: member.birth_date,
            income: Some(member.income.salary_income),
        });
    let insured = insured.collect();
    let number = format!("{nth:010}");
    let mut notice = AssessmentNotice::of(&assessment, number, name(nth), people, insured);
    notice.explained = explained;
    Some(Content::AssessmentNotice(notice))
}

fn slip(nth: usize) -> Option<Content> {
    let serial = u64::try_from(nth).ok()?;
    let principal = i64::try_from(nth * 7_919 % 300_000 + 1).ok()?;
    let due_on = NaiveDate::from_ymd_opt(2026, 6, 30)?;
    Some(Content::PaymentSlip(PaymentSlip {
        slip_number: SlipNumber::of(26, 8, serial, 0)?,
        household_number: format!("{nth:010}"),
        payer: name(nth),
        revenue_item: "国民健康保険料（現年度分）".into(),
        instalment: 1,
        principal: kokuho_shared::money::Yen(principal),
        fee: Default::default(),
        late_charge: Default::default(),
        due_on,
        usable_until: Some(due_on),
        reissues: 0,
    }))
}
