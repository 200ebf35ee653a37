//! Plays the outside parties beside a running office until it is told to stop.

use anyhow::Result;
use clap::Parser;
use kokuho_partners::{Partners, People};
use std::path::PathBuf;
use std::time::Duration;

#[derive(Parser)]
#[command(
    name = "kokuho-partners",
    about = "Plays 市町村・医療保険者・広域連合・厚生労働大臣"
)]
struct Cli {
    /// The exchange folder of the office.
    #[arg(long)]
    exchange: PathBuf,
    /// residents.csv of the demonstration: who is asked for.
    #[arg(long)]
    residents: PathBuf,
    /// CSV of 宛名番号,fault: what goes wrong with whom.
    #[arg(long)]
    faults: Option<PathBuf>,
    /// Answer what lies there and end.
    #[arg(long)]
    once: bool,
}

fn main() -> Result<()> {
    let cli = Cli::parse();
    let people = People::read(&cli.residents)?;
    let mut partners = Partners::new(&cli.exchange, people);
    if let Some(file) = &cli.faults {
        partners.faults(file)?;
    }
    loop {
        let answered = partners.round()?;
        if answered > 0 {
            println!("{answered} 件に回答しました");
        }
        if cli.once {
            return Ok(());
        }
        std::thread::sleep(Duration::from_secs(1));
    }
}
