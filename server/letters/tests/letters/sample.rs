//! Letters to test with, and the ways to read them back.

use chrono::NaiveDate;
use kokuho_letters::*;
use kokuho_shared::assessment::household::{Household, Member};
use kokuho_shared::assessment::schedule::instalments::Instalment;
use kokuho_shared::calendar::FiscalYear;
use kokuho_shared::explain::{Code, Explanation, Listen, Writer};
use kokuho_shared::figures;
use kokuho_shared::law::parameters::Part;
use kokuho_shared::money::Yen;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

pub fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn checkout() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// BIZ UDPゴシック alone, wherever it stands.
pub fn gothic_files() -> Vec<PathBuf> {
    let package = checkout().join("end2end/node_modules/@expo-google-fonts/biz-udpgothic");
    let files = [
        package.join("400Regular/BIZUDPGothic_400Regular.ttf"),
        package.join("700Bold/BIZUDPGothic_700Bold.ttf"),
    ];
    assert!(files[0].exists(), "run `npm ci` in end2end first");
    files.into()
}

/// A small font with 𠮷, and with 辻 and 葛 in variants.
pub fn names_file() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fonts/names.otf")
}

pub fn typesetter_of(templates: &Templates, files: &[PathBuf]) -> Typesetter {
    let fonts = Fonts::from_files(files).unwrap();
    Typesetter::new(templates, fonts, SlipForms::shipped().unwrap()).unwrap()
}

/// Shipped templates, BIZ UDPゴシック only.
pub fn typesetter() -> &'static Typesetter {
    static ONE: OnceLock<Typesetter> = OnceLock::new();
    ONE.get_or_init(|| typesetter_of(&Templates::shipped(), &gothic_files()))
}

pub fn letter(content: Content) -> Letter {
    Letter {
        number: "保年第1234567号".into(),
        addressee: Addressee {
            name: "山田　太郎".into(),
            postcode: "530-0001".into(),
            address: vec!["大阪市北区梅田一丁目".into(), "2番3号".into()],
            barcode: true,
        },
        sender: Sender {
            municipality: "大阪市".into(),
            municipality_code: "271004".into(),
            signed_by: "大阪市長".into(),
            office: "保険年金課".into(),
            contact: vec!["電話 06-0000-0000".into()],
        },
        business_date: day("2026-06-15"),
        fiscal_year: FiscalYear(2026),
        content,
    }
}

/// A notice of one amount, all of it 所得割 of 医療分 and due at once.
pub fn plain_notice(amount: i64) -> AssessmentNotice {
    AssessmentNotice {
        household_number: "0123456789".into(),
        head: "山田　太郎".into(),
        insured: vec![insured("山田　太郎", "1976-04-02", amount)],
        total: Yen(amount),
        instalments: vec![Instalment {
            number: 1,
            amount: Yen(amount),
            due_on: day("2026-06-30"),
        }],
        explanation: all_of_medical(amount),
        explained: false,
        people: Vec::new(),
        undetermined: false,
        replaces: None,
        open_inquiries: 0,
    }
}

pub fn insured(name: &str, born: &str, income: i64) -> Insured {
    Insured {
        name: name.to_owned(),
        birth_date: day(born),
        income: Some(Yen(income)),
    }
}

/// The lines of a calculation that has one amount only.
fn all_of_medical(amount: i64) -> Explanation {
    let (part, yen) = (Some(Part::Medical), Yen(amount));
    let mut writer = Writer::default();
    let total = writer.open(Code::Total, None, None);
    let medical = writer.open(Code::Part, part, None);
    let state = writer.open(Code::State, part, None);
    writer.leaf(
        Code::IncomeLevyOfHousehold,
        part,
        None,
        yen,
        &[amount, 1_000_000],
    );
    writer.close(state, yen, &[amount, 12, 0xfff]);
    writer.close(medical, yen, &[12]);
    writer.close(total, yen, &[]);
    writer.explanation
}

/// 大阪市 2026: a head of 50 with this salary income, a spouse, a child who joined in October.
pub fn assessed_notice(salary_income: i64) -> AssessmentNotice {
    notice_with(salary_income, |_| ())
}

/// The same after something was said about its people.
pub fn notice_with(salary_income: i64, say: impl Fn(&mut [Member])) -> AssessmentNotice {
    let mut head = Member::new("a", day("1976-04-02"));
    head.head = true;
    head.income.salary_income = Yen(salary_income);
    let spouse = Member::new("b", day("1978-04-02"));
    let mut child = Member::new("c", day("2022-04-02"));
    child.acquired_on = Some(day("2026-10-10"));
    let mut members = vec![head, spouse, child];
    say(&mut members);
    let household = Household {
        members,
        ..Household::default()
    };
    let assessor = figures::assessor("27100", FiscalYear(2026)).unwrap();
    let people = ["山田　太郎", "山田　花子", "山田　次郎"];
    AssessmentNotice::of(
        &assessor.assess(&household).unwrap(),
        "0123456789".into(),
        "山田　太郎".into(),
        people.map(str::to_owned).into(),
        vec![
            insured(people[0], "1976-04-02", salary_income),
            insured(people[1], "1978-04-02", 0),
            insured(people[2], "2022-04-02", 0),
        ],
    )
}

/// So many grown-ups in one household, each with an own income.
pub fn many_people(count: i64) -> AssessmentNotice {
    let member = |place: i64| {
        let mut member = Member::new(place.to_string(), day("1980-04-02"));
        member.head = place == 0;
        member.income.salary_income = Yen(1_000_000 + place);
        member
    };
    let household = Household {
        members: (0..count).map(member).collect(),
        ..Household::default()
    };
    let assessor = figures::assessor("27100", FiscalYear(2026)).unwrap();
    let names = (0..count).map(|place| format!("山田　{place}号"));
    let names: Vec<String> = names.collect();
    let all = names
        .iter()
        .map(|name| insured(name, "1980-04-02", 1_000_000));
    AssessmentNotice::of(
        &assessor.assess(&household).unwrap(),
        "0123456789".into(),
        "山田　太郎".into(),
        names.clone(),
        all.collect(),
    )
}

pub fn slip(principal: i64) -> PaymentSlip {
    PaymentSlip {
        slip_number: SlipNumber::of(26, 8, 1_234, 0).unwrap(),
        household_number: "0123456789".into(),
        payer: "山田　太郎".into(),
        revenue_item: "国民健康保険料（現年度分）".into(),
        instalment: 3,
        principal: Yen(principal),
        fee: Yen::ZERO,
        late_charge: Yen::ZERO,
        due_on: day("2026-08-31"),
        usable_until: Some(day("2026-11-30")),
        reissues: 0,
    }
}

pub fn notice_letter(notice: AssessmentNotice) -> Letter {
    letter(Content::AssessmentNotice(notice))
}

pub fn slip_letter(slip: PaymentSlip) -> Letter {
    letter(Content::PaymentSlip(slip))
}

/// The text of each page, without spaces and line ends.
pub fn pages_of(pdf: &[u8]) -> Vec<String> {
    let pages = pdf_extract::extract_text_from_mem_by_pages(pdf).unwrap();
    let packed = |page: &String| page.chars().filter(|c| !c.is_whitespace()).collect();
    pages.iter().map(packed).collect()
}

/// The text of all pages, without spaces and line ends.
pub fn text_of(pdf: &[u8]) -> String {
    pages_of(pdf).concat()
}

pub fn printed(letter: &Letter) -> String {
    text_of(&typesetter().render_one(letter).unwrap())
}

/// Width, height and brightness of each pixel.
pub fn pixels(page: &typst_layout::Page, per_point: f64) -> (u32, u32, Vec<u8>) {
    let options = typst_render::RenderOptions {
        pixel_per_pt: per_point.into(),
        ..Default::default()
    };
    let picture = typst_render::render(page, &options);
    let grey = picture.pixels().iter().map(|pixel| pixel.green()).collect();
    (picture.width(), picture.height(), grey)
}
