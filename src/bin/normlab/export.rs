//! `normlab export-pytorch`

use crate::{Failure, Source, check_writable, write_file};
use clap::Args;
use normlab::export;
use normlab::state::pair::Asked;
use std::path::PathBuf;

#[derive(Args)]
pub struct Options {
    #[command(flatten)]
    source: Source,
    /// Steps that the script repeats
    #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    steps: u32,
    /// The script; the tensors go beside it, with the ending .safetensors
    #[arg(long, value_name = "FILE.py", default_value = "normlab_run.py")]
    out: PathBuf,
}

pub fn write(options: &Options) -> Result<(), Failure> {
    let config = match options.source.read()? {
        Asked::One(config) => config,
        Asked::Two(_) => {
            return Err(Failure::Input(vec![
                "a script holds one run, not a pair: leave out the settings that begin with a. or b.".into(),
            ]));
        }
    };
    if options.out.extension().is_none_or(|e| e != "py") {
        return Err(Failure::Input(vec![format!("--out {}: a script's name ends in .py", options.out.display())]));
    }
    let tensors = options.out.with_extension("safetensors");
    check_writable(&options.out)?;
    check_writable(&tensors)?;
    let name = tensors.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    let export = export::export(*config, options.steps as usize, &name).map_err(|failure| match failure {
        export::Failure::Config(problems) => Failure::Input(problems.iter().map(ToString::to_string).collect()),
        export::Failure::File(message) => Failure::System(message),
    })?;
    write_file(&options.out, export.script.as_bytes())?;
    write_file(&tensors, &export.tensors)
}
