//! What is wrong with a configuration, in words that say what to do.

use serde::Serialize;
use std::fmt;

/// One thing wrong with one field.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// The field's key, with `a.` or `b.` where it was written so.
    pub field: String,
    /// What was asked for, shortened and without control characters.
    pub value: String,
    /// What is possible.
    pub allowed: String,
    /// Why; empty where `allowed` says it all.
    pub reason: String,
    /// The nearest value that would do.
    pub fix: Option<String>,
    /// Other fields, a change of which would do as well.
    pub or: Vec<Way>,
}

/// A way out by another field.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Way {
    /// The field's key, with `a.` or `b.` where the problem's is so.
    pub field: String,
    /// What is possible.
    pub allowed: String,
    /// The nearest value that would do.
    pub fix: Option<String>,
}

/// Longest piece of somebody's input that a message repeats.
const SHOWN: usize = 40;

/// Input made fit to be shown: shortened, with control characters replaced.
pub fn shown(text: &str) -> String {
    let plain = |c: char| if c.is_control() { '\u{fffd}' } else { c };
    let mut short: String = text.chars().take(SHOWN).map(plain).collect();
    if text.chars().nth(SHOWN).is_some() {
        short.push('…');
    }
    short
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: “{}” is not possible here", self.field, self.value)?;
        if !self.reason.is_empty() {
            write!(f, ", because {}", self.reason)?;
        }
        write!(f, "; allowed: {}", self.allowed)?;
        for way in &self.or {
            write!(f, "; or {}: {}", way.field, way.allowed)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::shown;

    #[test]
    fn a_megabyte_is_shortened_and_escapes_are_harmless() {
        assert!(shown(&"x".repeat(1 << 20)).chars().count() <= 41);
        assert_eq!(shown("a\u{1b}[31m\n"), "a\u{fffd}[31m\u{fffd}");
    }
}
