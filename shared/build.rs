//! Turns the parameters from checked TOML into hashed JSON, one document for each
//! municipality and fiscal year. A wrong figure (a cap above the national one, an unknown
//! key, a block without its source) fails the build and names the file.

#![allow(dead_code, reason = "the modules are the crate's, which uses the rest")]

#[path = "src/calendar.rs"]
mod calendar;
#[path = "src/law/error.rs"]
pub mod error;
#[path = "src/assessment/income/tables.rs"]
mod income;
#[path = "src/law/income_kinds.rs"]
pub mod income_kinds;
#[path = "src/money.rs"]
mod money;
#[path = "src/law/national.rs"]
pub mod national;
#[path = "src/law/parameters.rs"]
pub mod parameters;
#[path = "src/law/part.rs"]
mod part;
#[path = "src/rate.rs"]
mod rate;

mod law {
    pub use crate::error::LawError;
    pub use crate::parameters;
}

use error::LawError;
use income::IncomeTables;
use income_kinds::KindRules;
use parameters::{Holidays, Municipality, National, Packed, Parameters};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};
use std::error::Error;
use std::fmt::Write;
use std::path::{Path, PathBuf};

type Outcome<T> = Result<T, Box<dyn Error>>;

fn main() -> Outcome<()> {
    let root = Path::new("parameters");
    println!("cargo::rerun-if-changed=parameters");
    println!("cargo::rerun-if-changed=build.rs");
    let out = PathBuf::from(std::env::var("OUT_DIR")?);
    let mut rust = String::new();

    let nationals = nationals(&root.join("national/premium.toml"))?;
    writeln!(rust, "pub const NATIONAL: &[(FiscalYear, Document)] = &[")?;
    for (year, national) in &nationals {
        let typed: National = serde_json::from_value(sourceless(national.clone()))?;
        let document = packed(&out, &format!("national-{year}.json"), national, &typed)?;
        writeln!(rust, "    (FiscalYear({year}), {document}),")?;
    }
    writeln!(rust, "];")?;

    let mut shipped = Vec::new();
    for path in toml_files(&root.join("municipalities"))? {
        let (parameters, members) = municipal(&path, &nationals).map_err(|why| at(&path, &*why))?;
        let name = format!("{}.json", parameters.id().replace('/', "-"));
        let value = serde_json::to_value(&parameters)?;
        let carried: Parameters = serde_json::from_value(sourceless(value.clone()))?;
        let own: Packed = (
            carried.rates,
            carried.rounding,
            carried.options,
            carried.instalments,
            carried.eligibility,
        );
        let document = packed(&out, &name, &value, &own)?;
        let constant = format!("DOCUMENT_{}", parameters.id().replace('/', "_"));
        writeln!(rust, "const {constant}: Document = {document};")?;
        let year = parameters.fiscal_year.0;
        for of in &members {
            let entry = format!(
                "    Shipped {{ code: {:?}, name: {:?}, name_en: {:?}, prefecture: {:?}, prefecture_en: {:?}, fiscal_year: FiscalYear({year}), document: {constant} }},",
                of.code, of.name, of.name_en, of.prefecture, of.prefecture_en,
            );
            shipped.push(((of.code.clone(), year), entry));
        }
    }
    shipped.sort();
    if let Some(twice) = shipped.windows(2).find(|pair| pair[0].0 == pair[1].0) {
        return Err(format!("{:?} stands in two files", twice[0].0).into());
    }
    writeln!(rust, "pub const MUNICIPALITIES: &[Shipped] = &[")?;
    for (_, entry) in &shipped {
        writeln!(rust, "{entry}")?;
    }
    writeln!(rust, "];")?;

    let holidays: Holidays = typed(&root.join("national/holidays.toml"), read)?;
    let value = serde_json::to_value(&holidays)?;
    let mut carried: Holidays = serde_json::from_value(sourceless(value.clone()))?;
    // A calculation asks for the day only.
    carried.day.iter_mut().for_each(|day| day.name.clear());
    let written = packed(&out, "holidays.json", &value, &carried)?;
    writeln!(rust, "pub const HOLIDAYS: Document = {written};")?;
    for (constant, name) in [
        ("COPAYMENT", "copayment"),
        ("BRACKET", "bracket"),
        ("DUPLICATE", "duplicate"),
        ("PENSION", "pension"),
        ("REVIEW", "review"),
    ] {
        let dated = cite(read(&root.join(format!("national/{name}.toml")))?);
        let written = document(&out, &format!("{name}.json"), &dated)?;
        writeln!(rust, "pub const {constant}: Document = {written};")?;
    }
    let kinds = cite(read(&root.join("national/kinds.toml"))?);
    let typed: KindRules = serde_json::from_value(sourceless(kinds.clone()))?;
    let written = packed(&out, "kinds.json", &kinds, &typed)?;
    writeln!(rust, "pub const KINDS: Document = {written};")?;
    let reliefs = read(&root.join("national/reliefs.toml"))?;
    let written = document(&out, "reliefs.json", &reliefs)?;
    writeln!(rust, "pub const RELIEFS: Document = {written};")?;
    let linkage = read(&root.join("national/linkage.toml"))?;
    writeln!(
        rust,
        "pub const LINKAGE: Document = {};",
        document(&out, "linkage.json", &linkage)?
    )?;
    let income = read(&root.join("national/income.toml"))?;
    let tables: IncomeTables = serde_json::from_value(sourceless(income.clone()))?;
    let written = packed(&out, "income.json", &income, &tables)?;
    writeln!(rust, "pub const INCOME_TABLES: Document = {written};")?;
    texts(&out, &mut rust)?;
    std::fs::write(out.join("shipped.rs"), rust)?;
    Ok(())
}

fn at(path: &Path, why: &dyn Error) -> String {
    format!("{}: {why}", path.display())
}

fn read(path: &Path) -> Outcome<Value> {
    let text = std::fs::read_to_string(path).map_err(|why| at(path, &why))?;
    let table: toml::Table = toml::from_str(&text).map_err(|why| at(path, &why))?;
    Ok(serde_json::to_value(table)?)
}

fn typed<T: DeserializeOwned>(path: &Path, load: fn(&Path) -> Outcome<Value>) -> Outcome<T> {
    serde_json::from_value(load(path)?).map_err(|why| at(path, &why).into())
}

/// A table with a `source` is a block: its figures move below `value`.
fn cite(value: Value) -> Value {
    let Value::Object(map) = value else {
        return value;
    };
    let inside = |inner| match inner {
        Value::Array(all) => Value::Array(all.into_iter().map(cite).collect()),
        other => cite(other),
    };
    let map: Map<String, Value> = map
        .into_iter()
        .map(|(key, inner)| (key, inside(inner)))
        .collect();
    if !map.contains_key("source") {
        return Value::Object(map);
    }
    let (cited, figures): (Map<_, _>, Map<_, _>) = map.into_iter().partition(|(key, _)| {
        ["from", "until", "source", "state", "value"].contains(&key.as_str())
    });
    let mut block = cited;
    if !figures.is_empty() {
        block.insert("value".into(), Value::Object(figures));
    }
    Value::Object(block)
}

/// What is carried to calculate: sources stay in the hashed text.
fn sourceless(value: Value) -> Value {
    match value {
        Value::Object(map) => Value::Object(
            map.into_iter()
                .map(|(key, inner)| match key.as_str() {
                    "source" => (key, json!("")),
                    _ => (key, sourceless(inner)),
                })
                .collect(),
        ),
        Value::Array(all) => Value::Array(all.into_iter().map(sourceless).collect()),
        other => other,
    }
}

fn nationals(path: &Path) -> Outcome<Vec<(i64, Value)>> {
    let file = read(path)?;
    let mut all = Vec::new();
    for year in file["year"].as_array().into_iter().flatten() {
        let number = year["fiscal_year"].as_i64();
        let number = number.ok_or_else(|| format!("{}: fiscal_year", path.display()))?;
        let mut national = cite(year.clone());
        if let Some(of_year) = national.as_object_mut() {
            of_year.extend(common(&file, &format!("{number}-04-01")));
        }
        let typed: National = serde_json::from_value(national).map_err(|why| at(path, &why))?;
        typed
            .check()
            .map_err(|why| format!("{}: {number}: {why}", path.display()))?;
        all.push((number, serde_json::to_value(typed)?));
    }
    Ok(all)
}

/// The blocks that hold for several years, on a day; each takes the period of its group.
fn common(file: &Value, day: &str) -> Map<String, Value> {
    let mut blocks = Map::new();
    for group in file["common"].as_array().into_iter().flatten() {
        let (from, until) = (group["from"].as_str(), group["until"].as_str());
        let holds = from.is_some_and(|from| from <= day) && until.is_some_and(|until| day < until);
        for (name, block) in group.as_object().into_iter().flatten().filter(|_| holds) {
            if let Value::Object(mut block) = cite(block.clone()) {
                block.insert("from".into(), json!(from));
                block.insert("until".into(), json!(until));
                blocks.insert(name.clone(), Value::Object(block));
            }
        }
    }
    blocks
}

/// The parameters of a file, and the municipalities that they are the parameters of: the one of
/// the file, or every `[[member]]` where several have the same.
fn municipal(path: &Path, nationals: &[(i64, Value)]) -> Outcome<(Parameters, Vec<Municipality>)> {
    let mut file = cite(read(path)?);
    let year = file["fiscal_year"].as_i64();
    let national = nationals.iter().find(|(known, _)| Some(*known) == year);
    let (_, national) = national.ok_or_else(|| format!("no national layer for {year:?}"))?;
    file["national"] = json!(national);
    let members = file.as_object_mut().and_then(|file| file.remove("member"));
    let parameters: Parameters = serde_json::from_value(file)?;
    parameters.check()?;
    let own = &parameters.municipality;
    let Some(Value::Array(members)) = members else {
        return Ok((parameters.clone(), vec![own.clone()]));
    };
    let member = |mut each: Value| {
        each["prefecture"] = json!(own.prefecture);
        each["prefecture_en"] = json!(own.prefecture_en);
        serde_json::from_value(each)
    };
    let members = members.into_iter().map(member).collect::<Result<_, _>>()?;
    Ok((parameters, members))
}

fn toml_files(folder: &Path) -> Outcome<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(|why| at(folder, &why))? {
        let path = entry?.path();
        if path.is_dir() {
            found.extend(toml_files(&path)?);
        } else if path.extension().is_some_and(|ending| ending == "toml") {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

/// The JSON of what is packed, by hash: apart, so that a page that never asks does not carry it.
fn texts(out: &Path, rust: &mut String) -> Outcome<()> {
    writeln!(rust, "pub const TEXTS: &[(&str, &str)] = &[")?;
    let mut names: Vec<String> = Vec::new();
    for entry in std::fs::read_dir(out)? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        names.extend(name.strip_suffix(".packed").map(str::to_owned));
    }
    names.sort();
    for name in names {
        let hash = hash(&std::fs::read_to_string(out.join(&name))?)?;
        let text = included("str", &name);
        writeln!(rust, "    (\"{hash}\", {text}),")?;
    }
    writeln!(rust, "];")?;
    Ok(())
}

fn included(kind: &str, name: &str) -> String {
    format!("include_{kind}!(concat!(env!(\"OUT_DIR\"), \"/{name}\"))")
}

/// Writes the bytes and names them with their hash.
fn document(out: &Path, name: &str, value: &Value) -> Outcome<String> {
    let text = serde_json::to_string(value)?;
    std::fs::write(out.join(name), &text)?;
    Ok(format!(
        "Document {{ json: {}, packed: &[], sha256: \"{}\" }}",
        included("str", name),
        hash(&text)?
    ))
}

/// The same as what calculations read; its text is found by the hash.
fn packed<T: Serialize>(out: &Path, name: &str, value: &Value, typed: &T) -> Outcome<String> {
    let text = serde_json::to_string(value)?;
    std::fs::write(out.join(name), &text)?;
    let name = format!("{name}.packed");
    std::fs::write(out.join(&name), postcard::to_allocvec(typed)?)?;
    Ok(format!(
        "Document {{ json: \"\", packed: {}, sha256: \"{}\" }}",
        included("bytes", &name),
        hash(&text)?
    ))
}

fn hash(text: &str) -> Outcome<String> {
    let mut hash = String::new();
    for byte in Sha256::digest(text.as_bytes()) {
        write!(hash, "{byte:02x}")?;
    }
    Ok(hash)
}
