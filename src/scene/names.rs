//! What a run is called: by what sets it apart.

use crate::chart::Mark;
use crate::choice::Choices;
use crate::config::Config;
use crate::config::fields::FIELDS;
use crate::config::pair::{Pair, Side};
use crate::nn::norm::Norm;

/// The normalization in a word or two.
pub fn norm(norm: Norm) -> &'static str {
    match norm {
        Norm::None => "no norm",
        other => other.choice().label,
    }
}

/// The run's name, short enough for the end of a line: the normalization where the two differ in
/// it, else the first setting in which they do, else A or B.
pub fn short(pair: &Pair, side: Side) -> String {
    let own = pair.of(side);
    if pair.a.norm != pair.b.norm {
        return norm(own.norm).into();
    }
    let letter = if side == Side::B { "B" } else { "A" };
    match FIELDS.iter().find(|f| pair.differs(f)) {
        Some(field) => format!("{letter}: {} {}", field.label.to_ascii_lowercase(), field.get(own)),
        None => letter.into(),
    }
}

/// Its colours; the second of two runs of the same normalization has its own shade.
pub fn mark(pair: &Pair, side: Side) -> Mark {
    let mark = Mark::of(pair.of(side).norm.choice().name);
    if side == Side::B && pair.a.norm == pair.b.norm { mark.second() } else { mark }
}

/// What a run was, in the words of whatever changed.
pub fn former(old: &Config, new: &Config) -> String {
    let changed = FIELDS.iter().filter(|f| f.name != "norm" && f.get(old) != f.get(new));
    let mut words = vec![norm(old.norm).to_owned()];
    words.extend(changed.take(2).map(|f| format!("{} {}", f.label.to_ascii_lowercase(), f.get(old))));
    words.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_are_named_by_their_difference() {
        let pair = Pair::default();
        assert_eq!((short(&pair, Side::A), short(&pair, Side::B)), ("no norm".into(), "BatchNorm".into()));
        let same = Pair { a: Config { batch: 2, ..Config::default() }, b: Config::default() };
        assert_eq!(
            (short(&same, Side::A), short(&same, Side::B)),
            ("A: batch size 2".into(), "B: batch size 32".into())
        );
        assert_ne!(mark(&same, Side::A), mark(&same, Side::B));
        assert_eq!(former(&same.b, &same.a), "BatchNorm, batch size 32");
    }
}
