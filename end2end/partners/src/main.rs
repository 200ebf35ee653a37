//! Plays the outside parties beside a running office until it is told to stop.

use anyhow::{Context, Result};
use clap::Parser;
use kokuho_partners::http::Shared;
use kokuho_partners::{Partners, People, Register};
use std::path::PathBuf;
use std::time::Duration;

#[derive(Parser)]
#[command(
    name = "kokuho-partners",
    about = "Plays 市町村・医療保険者・広域連合・厚生労働大臣・国保連合会・日本年金機構・本市住基・本市税務"
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
    /// 本市税務 asks what somebody wrote on 所得申告書: 宛名番号,所得年.
    #[arg(long)]
    ask_income_report: Option<String>,
    /// 日本年金機構 lists, as of a day, every head of household who is 66 to 74.
    #[arg(long, value_name = "YYYY-MM-DD")]
    list_pensions: Option<String>,
    /// Answer what lies there and end.
    #[arg(long)]
    once: bool,
    /// Serve the folder over HTTP as well, at this address.
    #[arg(long, requires = "token")]
    listen: Option<std::net::SocketAddr>,
    /// The token that the office shows.
    #[arg(long)]
    token: Option<String>,
}

fn main() -> Result<()> {
    let cli = Cli::parse();
    let people = People::read(&cli.residents)?;
    let mut partners = Partners::new(&cli.exchange, people);
    let incomes = cli.residents.with_file_name("incomes.csv");
    let incomes = if incomes.exists() {
        Register::read(&incomes)?
    } else {
        Register::default()
    };
    partners.registers(Register::read(&cli.residents)?, incomes);
    if let Some(question) = &cli.ask_income_report {
        let (resident, year) = question.split_once(',').context("宛名番号,所得年")?;
        let number = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH)?;
        partners.ask_income_reports(&[(number.as_secs(), resident, year.parse()?)])?;
    }
    if let Some(day) = &cli.list_pensions {
        partners.list_heads(day)?;
    }
    if let Some(file) = &cli.faults {
        partners.faults(file)?;
    }
    if let (Some(address), Some(token)) = (cli.listen, cli.token) {
        let shared = Shared {
            folder: cli.exchange.clone().into(),
            token: token.into(),
        };
        std::thread::spawn(move || listen(address, shared));
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

fn listen(address: std::net::SocketAddr, shared: Shared) {
    let serve = async {
        let listener = tokio::net::TcpListener::bind(address).await?;
        println!("http://{}", listener.local_addr()?);
        kokuho_partners::http::serve(listener, shared).await
    };
    let served = tokio::runtime::Runtime::new().map(|runtime| runtime.block_on(serve));
    if let Ok(Err(error)) = served {
        eprintln!("{error:#}");
        std::process::exit(1);
    }
}
