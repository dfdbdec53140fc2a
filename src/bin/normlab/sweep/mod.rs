//! `normlab sweep`

mod ask;
mod merge;
mod train;

use crate::printer::Printer;
use crate::{Failure, read_file};
use ask::Asked;
use clap::{Args, ValueEnum};
use normlab::sweep::lines::{self, Reading};
use normlab::sweep::record::Record;
use std::collections::BTreeSet;
use std::fs::{File, OpenOptions};
use std::io::{Seek, SeekFrom};
use std::path::{Path, PathBuf};

#[derive(Args)]
pub struct Options {
    #[command(flatten)]
    asked: Asked,
    /// Train only this part of the cells, such as 2/8 for the second of eight
    #[arg(long, value_name = "I/N", value_parser = shard)]
    shard: Option<(usize, usize)>,
    /// Cells trained at the same time; one per core if left out
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..=1024))]
    jobs: Option<u16>,
    /// Where the lines go instead of standard output; a new file
    #[arg(long, value_name = "FILE", conflicts_with = "resume")]
    out: Option<PathBuf>,
    /// Go on with a file that a sweep was written to, or begin it; without settings, with the file's own
    #[arg(long, value_name = "FILE")]
    resume: Option<PathBuf>,
    /// Go ahead, however many cells there are
    #[arg(long)]
    yes: bool,
    /// Put files of the same sweep together instead, and print the whole
    #[arg(long, value_name = "FILE", num_args = 1.., conflicts_with_all = TRAINING)]
    merge: Vec<PathBuf>,
    /// How the whole is printed
    #[arg(long, value_enum, default_value_t = Format::Json, requires = "merge")]
    format: Format,
}

/// What makes no sense where nothing is trained.
const TRAINING: [&str; 14] = [
    "shard",
    "jobs",
    "resume",
    "yes",
    "preset",
    "config",
    "set",
    "x",
    "y",
    "seeds",
    "steps",
    "epochs",
    "scaling",
    "threshold",
];

/// How a whole sweep is printed.
#[derive(Clone, Copy, ValueEnum)]
enum Format {
    /// One JSON document
    Json,
    /// A row per cell
    Csv,
}

/// `2/8` as the second of eight parts, counted from 0.
fn shard(text: &str) -> Result<(usize, usize), String> {
    let parts = text.split_once('/').and_then(|(i, n)| Some((i.parse::<usize>().ok()?, n.parse::<usize>().ok()?)));
    match parts {
        Some((i, n)) if (1..=n).contains(&i) => Ok((i - 1, n)),
        _ => Err("expected I/N, such as 2/8, with I from 1 to N".into()),
    }
}

pub fn run(options: &Options) -> Result<(), Failure> {
    if !options.merge.is_empty() {
        return merge::print(&options.merge, options.format, new_file(options)?);
    }
    let Reading { record, cells, bytes } = begin(options)?;
    let (part, parts) = options.shard.unwrap_or((0, 1));
    let todo: Vec<usize> = (part..record.spec().len()).step_by(parts).filter(|i| !cells.contains(i)).collect();
    let jobs = options.jobs.map_or_else(|| std::thread::available_parallelism().map_or(1, |n| n.get()), usize::from);
    if !options.yes {
        ask::about_time(record.spec(), &todo, jobs)?;
    }
    let mut out = match &options.resume {
        Some(path) => Printer::to(reopen(path, bytes).map_err(|e| unusable(path, &e))?),
        None => new_file(options)?,
    };
    if bytes == 0 {
        out.print(&lines::head(record.spec()))?;
    }
    train::all(record, &todo, jobs, &mut out)
}

/// What is known already.
fn begin(options: &Options) -> Result<Reading, Failure> {
    let asked = options.asked.spec()?;
    let file = options.resume.as_ref().filter(|path| path.exists());
    match (asked, file) {
        (None, None) => Err(Failure::Input(vec!["a sweep needs --preset, or --x and --y".into()])),
        (Some(spec), None) => Ok(Reading { record: Record::new(spec), cells: BTreeSet::new(), bytes: 0 }),
        (spec, Some(path)) => {
            let text = String::from_utf8_lossy(&read_file(path)?).into_owned();
            lines::read(&text, spec.map(Record::new)).map_err(|why| unusable(path, &why))
        }
    }
}

/// Standard output, or the new file that was asked for: hours of work are never written over.
fn new_file(options: &Options) -> Result<Printer, Failure> {
    let Some(path) = &options.out else {
        return Ok(Printer::new());
    };
    let file = OpenOptions::new().write(true).create_new(true).open(path);
    file.map(Printer::to).map_err(|e| match e.kind() {
        std::io::ErrorKind::AlreadyExists => unusable(path, &"it is there already; --resume goes on with a sweep"),
        _ => unusable(path, &e),
    })
}

/// The file, cut behind its last whole line.
fn reopen(path: &Path, bytes: usize) -> std::io::Result<File> {
    let mut file = OpenOptions::new().write(true).create(true).truncate(false).open(path)?;
    file.set_len(bytes as u64)?;
    file.seek(SeekFrom::End(0))?;
    Ok(file)
}

fn unusable(path: &Path, why: &impl std::fmt::Display) -> Failure {
    Failure::Input(vec![format!("{}: {why}", path.display())])
}
