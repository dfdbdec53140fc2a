//! What goes to standard output: JSON, line by line, for as long as somebody reads.

use crate::Failure;
use serde_json::Value;
use std::io::{BufWriter, ErrorKind, Stdout, Write, stdout};

/// Standard output.
pub struct Printer {
    out: BufWriter<Stdout>,
    /// The reader has gone away, as `head` does once it has its lines.
    gone: bool,
}

impl Printer {
    pub fn new() -> Printer {
        Printer { out: BufWriter::new(stdout()), gone: false }
    }

    /// Writes one line of JSON. That nobody reads it is no failure: see [`Printer::is_unread`].
    pub fn print(&mut self, line: &Value) -> Result<(), Failure> {
        self.print_text(&line.to_string())
    }

    /// Writes one line of any text.
    pub fn print_text(&mut self, line: &str) -> Result<(), Failure> {
        if self.gone {
            return Ok(());
        }
        let written = writeln!(self.out, "{line}");
        self.note(written)
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
