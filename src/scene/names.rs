//! What a run is called: by what sets it apart.

use crate::chart::Mark;
use crate::choice::Choices;
use crate::config::Config;
use crate::config::field::{Field, Kind};
use crate::config::fields::FIELDS;
use crate::nn::norm::Norm;
use crate::state::pair::{Pair, Side};

/// The normalization in a word or two.
pub fn norm(norm: Norm) -> &'static str {
    match norm {
        Norm::None => "no norm",
        other => other.choice().label,
    }
}

/// A or B.
pub fn letter(side: Side) -> &'static str {
    if side == Side::B { "B" } else { "A" }
}

/// The settings that make the difference: those in which the runs differ, and that matter to both. One
/// that matters to a single run, such as the groups of GroupNorm, is part of another difference.
pub fn differences(pair: &Pair) -> Vec<&'static Field<Config>> {
    let matters = |f: &&Field<Config>| (f.relevant)(&pair.a) && (f.relevant)(&pair.b);
    FIELDS.iter().filter(|f| pair.differs(f)).filter(matters).collect()
}

/// A setting's label within a sentence.
pub fn label(field: &Field<Config>) -> String {
    field.label.to_ascii_lowercase()
}

/// A setting and its value: `batch size 32`.
pub fn setting(field: &Field<Config>, config: &Config) -> String {
    let value = field.get(config);
    let shown = match field.kind {
        Kind::Choice(all) => all().iter().find(|c| c.name == value).map_or(value, |c| c.label.into()),
        _ => value,
    };
    format!("{} {shown}", label(field))
}

/// What a run is told apart by, where that is one thing.
enum Apart {
    Norm(&'static str),
    Setting(String),
    Nothing,
}

impl Apart {
    fn of(pair: &Pair, side: Side) -> Apart {
        match differences(pair)[..] {
            [field] if field.name == "norm" => Apart::Norm(norm(pair.of(side).norm)),
            [field] => Apart::Setting(setting(field, pair.of(side))),
            _ => Apart::Nothing,
        }
    }
}

/// The run's name, short enough for the end of a line: the one thing that sets it apart, else its letter.
pub fn short(pair: &Pair, side: Side) -> String {
    match Apart::of(pair, side) {
        Apart::Norm(norm) => norm.into(),
        Apart::Setting(setting) => format!("{}: {setting}", letter(side)),
        Apart::Nothing => letter(side).into(),
    }
}

/// The same within a sentence.
pub fn spoken(pair: &Pair, side: Side) -> String {
    match Apart::of(pair, side) {
        Apart::Norm(norm) => norm.into(),
        Apart::Setting(setting) => format!("{} ({setting})", letter(side)),
        Apart::Nothing => letter(side).into(),
    }
}

/// Its colours; the second of two runs of the same normalization has its own shade.
pub fn mark(pair: &Pair, side: Side) -> Mark {
    let mark = pair.of(side).norm.card().mark;
    if side == Side::B && pair.a.norm == pair.b.norm { mark.second() } else { mark }
}

/// What a run was, in the words of whatever changed.
pub fn former(old: &Config, new: &Config) -> String {
    let changed = FIELDS.iter().filter(|f| f.name != "norm" && f.get(old) != f.get(new));
    let mut words = vec![norm(old.norm).to_owned()];
    words.extend(changed.take(2).map(|f| setting(f, old)));
    words.join(", ")
}

/// With a capital at its beginning.
pub fn capital(words: &str) -> String {
    let mut chars = words.chars();
    chars.next().map_or_else(String::new, |c| c.to_uppercase().chain(chars).collect())
}

/// The opposite: within a sentence, or as an axis' name.
pub fn lower(words: &str) -> String {
    let mut chars = words.chars();
    chars.next().map_or_else(String::new, |c| c.to_lowercase().chain(chars).collect())
}

/// `a`, `a and b`, `a, b and c`.
pub fn list(words: &[String]) -> String {
    match words {
        [] => String::new(),
        [one] => one.clone(),
        [most @ .., last] => format!("{} and {last}", most.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::optim::Optimizer;

    #[test]
    fn runs_are_named_by_their_difference() {
        let pair = Pair::default();
        assert_eq!((short(&pair, Side::A), short(&pair, Side::B)), ("no norm".into(), "BatchNorm".into()));
        let same = Pair { a: Config { batch: 2, ..Config::default() }, b: Config::default() };
        assert_eq!(
            (short(&same, Side::A), short(&same, Side::B)),
            ("A: batch size 2".into(), "B: batch size 32".into())
        );
        assert_eq!(spoken(&same, Side::A), "A (batch size 2)");
        assert_ne!(mark(&same, Side::A), mark(&same, Side::B));
        assert_eq!(former(&same.b, &same.a), "BatchNorm, batch size 32");
    }

    #[test]
    fn of_several_differences_none_gives_the_name() {
        let pair = Pair {
            a: Config { norm: Norm::None, optimizer: Optimizer::Adam, ..Config::default() },
            b: Config { batch: 16, ..Config::default() },
        };
        let names: Vec<String> = differences(&pair).into_iter().map(label).collect();
        assert_eq!(list(&names), "batch size, optimizer and normalization");
        assert_eq!((short(&pair, Side::A), spoken(&pair, Side::B)), ("A".into(), "B".into()));
        assert_eq!(setting(differences(&pair)[1], &pair.a), "optimizer Adam");
    }

    #[test]
    fn a_setting_that_matters_to_one_run_alone_is_no_difference_of_its_own() {
        let group = Config { norm: Norm::Group, groups: 4, momentum: 0.5, ..Config::default() };
        let pair = Pair { a: group, b: Config::default() };
        assert_eq!(differences(&pair).iter().map(|f| f.name).collect::<Vec<_>>(), ["norm"]);
        let pair = Pair { a: group, b: Config { groups: 8, ..group } };
        assert_eq!(short(&pair, Side::A), "A: groups 4");
    }
}
