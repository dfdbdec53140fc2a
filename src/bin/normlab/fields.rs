//! `normlab fields`

use crate::Failure;
use normlab::config::Config;
use normlab::config::fields::FIELDS;
use std::io::{Write, stdout};

/// Prints the one table of settings as Markdown.
pub fn print() -> Result<(), Failure> {
    let mut text = String::from("| key | default | allowed | meaning |\n|---|---|---|---|\n");
    for field in FIELDS {
        let default = field.get(&Config::default());
        text.push_str(&format!("| `{}` | {default} | {} | {} |\n", field.name, field.allowed(), field.help));
    }
    write_text(&text)
}

/// Writes to standard output; that nobody reads it is no failure.
pub fn write_text(text: &str) -> Result<(), Failure> {
    match stdout().write_all(text.as_bytes()) {
        Err(e) if e.kind() != std::io::ErrorKind::BrokenPipe => Err(Failure::System(e.to_string())),
        _ => Ok(()),
    }
}
