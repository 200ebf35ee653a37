//! The project's chores: `cargo xtask run | test | bench | bite | dist`.

mod bench;
mod bite;
mod count;
mod demonstration;
mod fuzz;
mod machine;
mod pages;
mod process;
mod run;
mod stamp;
mod test;
mod tools;

use clap::{Parser, Subcommand};
use std::process::ExitCode;

#[derive(Parser)]
#[command(name = "cargo xtask", about = "Chores of kokuho")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Builds what is needed, creates the demonstration city on the first start, and serves it.
    Run(run::Options),
    /// Prints the code that a login of the demonstration needs to sign in.
    Code { login: String },
    /// Runs every check and test; ends with `N passed, N failed`.
    Test(test::Options),
    /// Measures the product beside its floors.
    Bench(bench::Options),
    /// Takes away what prevents each incident and wants its test to fail.
    Bite(bite::Options),
    /// Sends random requests to every route (needs Python 3).
    Fuzz(fuzz::Options),
    /// Builds the pages and the optimised server into `dist/`.
    Dist,
}

fn main() -> ExitCode {
    let done = match Cli::parse().command {
        Command::Run(options) => run::run(&options).map(|()| true),
        Command::Code { login } => run::code(&login).map(|()| true),
        Command::Test(options) => test::test(&options),
        Command::Bench(options) => bench::bench(&options),
        Command::Bite(options) => bite::bite(&options),
        Command::Fuzz(options) => fuzz::fuzz(&options).map(|()| true),
        Command::Dist => run::dist().map(|()| true),
    };
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
