//! From the pieces in `pytorch/` to a script that holds only what one run needs.
//!
//! A line that ends in `#? a !b` is there for runs that have the trait `a` and not `b`; the mark itself
//! never is. Then whatever nobody speaks of goes: functions, classes and constants alike.

use std::collections::BTreeSet;

/// What is said of a run: the traits that it has.
pub(super) type Traits = BTreeSet<&'static str>;

const MARK: &str = "  #? ";

/// The lines of a piece that are there for runs with these traits.
pub(super) fn chosen(piece: &str, traits: &Traits) -> String {
    let lines = piece.lines().filter_map(|line| match line.split_once(MARK) {
        None => Some(line),
        Some((line, marks)) => marks.split(' ').all(|mark| holds(mark, traits)).then_some(line),
    });
    lines.flat_map(|line| [line, "\n"]).collect()
}

fn holds(mark: &str, traits: &Traits) -> bool {
    match mark.strip_prefix('!') {
        None => traits.contains(mark),
        Some(mark) => !traits.contains(mark),
    }
}

/// A statement at the beginning of a line, and what it gives a name to.
struct Statement<'a> {
    text: &'a str,
    name: Option<&'a str>,
}

impl Statement<'_> {
    fn of(text: &str) -> Statement<'_> {
        let code = text.lines().find(|line| !line.is_empty() && !line.starts_with('#')).unwrap_or_default();
        let imported = code.contains("import ").then(|| code.rsplit(' ').next()).flatten();
        let named = code.strip_prefix("class ").or_else(|| code.strip_prefix("def ")).or(imported);
        let name = named.or_else(|| code.split_once(" = ").map(|_| code));
        let end = |name: &str| name.find(|c| !word(c)).unwrap_or(name.len());
        Statement { text, name: name.map(|name| &name[..end(name)]) }
    }
}

fn word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// Whether `name` is one of the words of `text`.
fn speaks_of(text: &str, name: &str) -> bool {
    text.split(|c| !word(c)).any(|w| w == name)
}

/// The statements of `text` without those that give a name to what neither `main` nor anything that
/// it needs speaks of. Statements stand apart by two empty lines; imports and constants may follow each other.
pub(super) fn needed(text: &str) -> String {
    // Where a statement's end was not chosen, more than two lines are left empty.
    let mut text = text.to_owned();
    while text.contains("\n\n\n\n") {
        text = text.replace("\n\n\n\n", "\n\n\n");
    }
    let mut statements = Vec::new();
    for block in text.split_inclusive("\n\n\n") {
        let many = block.lines().next().is_some_and(|line| line.contains(" = ") || line.starts_with("import "));
        if many {
            statements.extend(block.split_inclusive('\n').map(Statement::of));
        } else {
            statements.push(Statement::of(block));
        }
    }
    let mut kept: Vec<bool> = statements.iter().map(|s| s.name.is_none() || s.name == Some("main")).collect();
    loop {
        let spoken = |name| statements.iter().zip(&kept).any(|(s, kept)| *kept && speaks_of(s.text, name));
        let more: Vec<usize> =
            (0..kept.len()).filter(|&i| !kept[i] && statements[i].name.is_some_and(spoken)).collect();
        if more.is_empty() {
            break;
        }
        more.into_iter().for_each(|i| kept[i] = true);
    }
    statements.iter().zip(kept).filter(|(_, kept)| *kept).map(|(s, _)| s.text).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_there_for_whom_they_are_marked() {
        let piece = "a\n    b  #? x\nc  #? !x\nd  #? x !y\ne  #? y !x\n";
        let with = |traits: &[&'static str]| chosen(piece, &traits.iter().copied().collect());
        assert_eq!(with(&[]), "a\nc\n");
        assert_eq!(with(&["x"]), "a\n    b\nd\n");
        assert_eq!(with(&["x", "y"]), "a\n    b\n");
        assert_eq!(with(&["y"]), "a\nc\ne\n");
    }

    #[test]
    fn what_nobody_needs_goes() {
        let text = "import x\nfrom y import z\n\nA = 1\nB = 2\nC = A\n\n\ndef f():\n    return C\n\n\nclass G(H):\n    pass\n\n\nclass H:\n    B\n\n\n\
                    def main():\n    f(x)\n\n\nmain()\n";
        let want = "import x\n\nA = 1\nC = A\n\n\ndef f():\n    return C\n\n\ndef main():\n    f(x)\n\n\nmain()\n";
        assert_eq!(needed(text), want);
    }
}
