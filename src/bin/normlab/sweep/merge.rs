//! `normlab sweep --merge`

use super::{Format, unusable};
use crate::printer::Printer;
use crate::{Failure, read_file};
use normlab::sweep::lines;
use normlab::sweep::record::Record;
use std::path::PathBuf;

/// Prints the sweep that these files are parts of.
pub fn print(files: &[PathBuf], format: Format, mut out: Printer) -> Result<(), Failure> {
    let mut record: Option<Record> = None;
    for path in files {
        let text = String::from_utf8_lossy(&read_file(path)?).into_owned();
        record = Some(lines::read(&text, record.take()).map_err(|why| unusable(path, &why))?.record);
    }
    let Some(record) = record else { return Ok(()) };
    match format {
        Format::Json => out.print(&lines::document(&record))?,
        Format::Csv => out.write(&lines::csv(&record))?,
    }
    out.finish()?;
    let (missing, all) = (record.missing().len(), record.spec().len());
    if missing > 0 {
        eprintln!("normlab: {missing} of {all} cells are missing");
    }
    Ok(())
}
