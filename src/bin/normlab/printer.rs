//! What goes to standard output or to a file: JSON, line by line, for as long as somebody reads.

use crate::Failure;
use serde_json::Value;
use std::fs::File;
use std::io::{BufWriter, ErrorKind, Write, stdout};

/// Standard output, or a file.
pub struct Printer {
    out: BufWriter<Box<dyn Write>>,
    /// The reader has gone away, as `head` does once it has its lines.
    gone: bool,
}

impl Printer {
    pub fn new() -> Printer {
        Printer { out: BufWriter::new(Box::new(stdout())), gone: false }
    }

    /// Goes on at a file's present place.
    pub fn to(file: File) -> Printer {
        Printer { out: BufWriter::new(Box::new(file)), gone: false }
    }

    /// Writes a text as it is.
    pub fn write(&mut self, text: &str) -> Result<(), Failure> {
        if self.gone {
            return Ok(());
        }
        let written = self.out.write_all(text.as_bytes());
        self.note(written)
    }

    /// Writes one line of JSON. That nobody reads it is no failure: see [`Printer::is_unread`].
    pub fn print(&mut self, line: &Value) -> Result<(), Failure> {
        self.print_text(&line.to_string())
    }

    /// Writes one line of any text.
    pub fn print_text(&mut self, line: &str) -> Result<(), Failure> {
        self.write(&format!("{line}\n"))
    }

    /// Sends on whatever has not been sent yet.
    pub fn finish(&mut self) -> Result<(), Failure> {
        if self.gone {
            return Ok(());
        }
        let flushed = self.out.flush();
        self.note(flushed)
    }

    /// Whether the reader has gone away.
    pub fn is_unread(&self) -> bool {
        self.gone
    }

    fn note(&mut self, done: std::io::Result<()>) -> Result<(), Failure> {
        match done {
            Err(e) if e.kind() == ErrorKind::BrokenPipe => {
                self.gone = true;
                Ok(())
            }
            done => done.map_err(|e| Failure::System(e.to_string())),
        }
    }
}

/// Prints a whole text.
pub fn table(text: &str) -> Result<(), Failure> {
    match stdout().write_all(text.as_bytes()) {
        Err(e) if e.kind() != ErrorKind::BrokenPipe => Err(Failure::System(e.to_string())),
        _ => Ok(()),
    }
}
