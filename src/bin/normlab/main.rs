//! The headless runner: the page's experiments from a terminal.
//!
//! Exit codes: 0 done, 1 the system failed (a full disk, say), 2 bad input, with one message per
//! problem on stderr and nothing written.

mod curvature;
mod data;
mod export;
mod fields;
mod json;
mod landscape;
mod presets;
mod printer;
mod probe;
mod run;
mod runs;
mod sweep;

use clap::{Args, Parser, Subcommand};
use normlab::config::shown;
use normlab::state::pair::{Asked, read};
use runs::refused;
use std::path::PathBuf;
use std::process::ExitCode;

#[derive(Parser)]
#[command(name = "normlab", about = "Normalization experiments from a terminal", version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Train one configuration, or a matched pair; print JSON lines, the last one a summary
    Run(run::Options),
    /// Train, and measure at every so many steps; print JSON lines
    Probe(probe::Options),
    /// Train, and print the losses on a plane through the weights
    Landscape(landscape::Options),
    /// Train, and print the leading eigenvalues of the loss's Hessian
    Curvature(curvature::Options),
    /// Write a data set's tensors to a safetensors file
    Data(data::Options),
    /// Write a run as a PyTorch script and the safetensors file that it reads
    ExportPytorch(export::Options),
    /// Train a grid over two settings, several seeds in each place; print a JSON line per cell
    Sweep(sweep::Options),
    /// Print the table of all settings
    Fields,
    /// Print the table of experiments that `run --preset` repeats
    Presets,
}

/// Where a configuration comes from.
#[derive(Args)]
struct Source {
    /// A JSON object of settings
    #[arg(long, value_name = "FILE.json")]
    config: Option<PathBuf>,
    /// One setting, as in the page's URL; wins over --config; `a.` or `b.` before the key makes a pair
    #[arg(long, value_name = "KEY=VALUE")]
    set: Vec<String>,
}

/// Most problems that are told one by one.
const MOST_MESSAGES: usize = 50;

/// Why the runner stops.
enum Failure {
    /// The input is at fault: one message per problem.
    Input(Vec<String>),
    /// The system is.
    System(String),
}

impl Source {
    fn read(&self) -> Result<Asked, Failure> {
        self.read_onto(None)
    }

    /// Reads what changes `base`, if there is one.
    fn read_onto(&self, base: Option<Asked>) -> Result<Asked, Failure> {
        self.read_unchecked(base)?.check().map_err(refused)
    }

    /// The same, without asking whether the whole can be trained.
    fn read_unchecked(&self, base: Option<Asked>) -> Result<Asked, Failure> {
        let json = match &self.config {
            None => None,
            Some(path) => Some(json::read(path)?),
        };
        let mut problems = Vec::new();
        let mut sets: Vec<(String, String)> = Vec::new();
        for entry in &self.set {
            match entry.split_once('=') {
                Some((key, value)) => {
                    let (key, value) = (key.trim().to_owned(), value.to_owned());
                    if let Some((_, first)) = sets.iter().find(|(other, _)| *other == key) {
                        let (key, first, value) = (shown(&key), shown(first), shown(&value));
                        problems.push(format!(
                            "--set {key}: given twice, as “{first}” and “{value}”; allowed: each key once"
                        ));
                    } else {
                        sets.push((key, value));
                    }
                }
                None => problems.push(format!("--set {}: expected KEY=VALUE, such as --set depth=5", shown(entry))),
            }
        }
        match read(base, json.as_ref(), &sets) {
            Ok(asked) if problems.is_empty() => Ok(asked),
            Ok(_) => Err(Failure::Input(problems)),
            Err(more) => {
                problems.extend(more.iter().map(ToString::to_string));
                Err(Failure::Input(problems))
            }
        }
    }
}

/// A file's bytes; a file that cannot be read is bad input.
fn read_file(path: &PathBuf) -> Result<Vec<u8>, Failure> {
    std::fs::read(path).map_err(|e| Failure::Input(vec![format!("{}: {e}", path.display())]))
}

/// Checks before any work that a file can be put there: opens it, and leaves no trace.
fn check_writable(path: &PathBuf) -> Result<(), Failure> {
    let existed = path.exists();
    let opened = std::fs::OpenOptions::new().append(true).create(true).open(path);
    opened.map_err(|e| Failure::Input(vec![format!("{}: {e}", path.display())]))?;
    if !existed {
        std::fs::remove_file(path).map_err(|e| Failure::System(format!("{}: {e}", path.display())))?;
    }
    Ok(())
}

fn write_file(path: &PathBuf, bytes: &[u8]) -> Result<(), Failure> {
    std::fs::write(path, bytes).map_err(|e| Failure::System(format!("{}: {e}", path.display())))
}

fn main() -> ExitCode {
    let done = match Cli::parse().command {
        Command::Run(options) => run::run(&options),
        Command::Probe(options) => probe::probe(&options),
        Command::Landscape(options) => landscape::landscape(&options),
        Command::Curvature(options) => curvature::curvature(&options),
        Command::Data(options) => data::write(&options),
        Command::ExportPytorch(options) => export::write(&options),
        Command::Sweep(options) => sweep::run(&options),
        Command::Fields => printer::table(&fields::markdown()),
        Command::Presets => printer::table(&presets::markdown()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure::System(message)) => {
            eprintln!("normlab: {message}");
            ExitCode::from(1)
        }
        Err(Failure::Input(problems)) => {
            for problem in problems.iter().take(MOST_MESSAGES) {
                eprintln!("normlab: {problem}");
            }
            if problems.len() > MOST_MESSAGES {
                eprintln!("normlab: and {} more problems", problems.len() - MOST_MESSAGES);
            }
            ExitCode::from(2)
        }
    }
}
