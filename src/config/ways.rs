//! The ways out of what cannot be trained. They are found by trying every value of the fields that may help,
//! so that a message never leaves out what is possible, nor offers what is not.

use super::field::Kind;
use super::fields::{self, named};
use super::{Config, Problem, Way};
use crate::choice::Choices;
use crate::nn::norm::{Norm, Refusal};

/// The `i`th fault of `config` with the ways out of it. If a single change of one field is no way out, these
/// are the values that take this fault away and leave or bring another.
pub(super) fn problem(config: &Config, faults: &[Refusal], i: usize) -> Problem {
    let fault = &faults[i];
    // The same fault has other numbers in its reason elsewhere, but the same fields to change.
    let has = |faults: &[Refusal], one: &Refusal| faults.iter().any(|f| (f.field, f.others) == (one.field, one.others));
    let gone = |now: &[Refusal]| !has(now, fault);
    let mended = |now: &[Refusal]| gone(now) && now.iter().all(|f| has(faults, f));
    let names = || std::iter::once(fault.field).chain(fault.others.iter().copied());
    let mut ways: Vec<Way> = names().filter_map(|name| way(config, name, &mended)).collect();
    if ways.is_empty() {
        let other = |way: Way| Way { allowed: format!("{}, with another setting changed too", way.allowed), ..way };
        ways.extend(names().find_map(|name| way(config, name, &gone)).map(other));
    }
    let mut ways = ways.into_iter();
    let Way { field, allowed, fix } = ways.next().unwrap_or_default();
    let value = fields::get(config, &field).unwrap_or_default();
    Problem { field, value, allowed, reason: fault.reason.clone(), fix, or: ways.collect() }
}

/// The values of a field that do; none if there is none.
fn way(config: &Config, name: &str, does: &dyn Fn(&[Refusal]) -> bool) -> Option<Way> {
    let field = named(name)?;
    let tried = |value: &str| {
        let mut changed = *config;
        field.set(&mut changed, value).is_ok() && does(&changed.faults())
    };
    let (allowed, fix) = match field.kind {
        Kind::Choice(all) => {
            let names: Vec<&str> = all().iter().map(|c| c.name).filter(|name| tried(name)).collect();
            let fix = names.iter().find(|name| **name == Norm::SAFEST.choice().name).or(names.first())?;
            (names.join(", "), (*fix).to_owned())
        }
        Kind::Whole { min, max, .. } => {
            let now: u64 = field.get(config).parse().ok()?;
            let values: Vec<u64> = (min..=max).filter(|value| tried(&value.to_string())).collect();
            let fix = values.iter().min_by_key(|value| value.abs_diff(now))?;
            (list(&values), fix.to_string())
        }
        Kind::Real { .. } | Kind::Names(_) | Kind::Text(_) => return None,
    };
    Some(Way { field: name.into(), allowed, fix: Some(fix) })
}

/// Ascending numbers in words, evenly spaced ones by their ends: `1, 2, 4 to 9` and `64, 96, … 1408`.
fn list(values: &[u64]) -> String {
    let mut words = Vec::new();
    let mut rest = values;
    while let [first, others @ ..] = rest {
        let step = others.first().map_or(0, |second| second - first);
        let even = 1 + rest.windows(2).take_while(|pair| pair[1] - pair[0] == step).count();
        let last = rest[even - 1];
        let (said, taken) = match (step, even) {
            (1, 3..) => (format!("{first} to {last}"), even),
            (_, 5..) => (format!("{first}, {}, … {last}", first + step), even),
            _ => (first.to_string(), 1),
        };
        words.push(said);
        rest = &rest[taken..];
    }
    words.join(", ")
}

#[cfg(test)]
mod tests {
    use super::list;

    #[test]
    fn numbers_are_listed_in_few_words() {
        let text = |values: &[u64]| list(values);
        assert_eq!(text(&[7]), "7");
        assert_eq!(text(&[1, 2]), "1, 2");
        assert_eq!(text(&[1, 2, 3, 4, 6]), "1 to 4, 6");
        assert_eq!(text(&[0, 32, 33, 34]), "0, 32 to 34");
        assert_eq!(text(&[1, 2, 4, 8, 16]), "1, 2, 4, 8, 16");
        assert_eq!(text(&(2..45).map(|n| 32 * n).collect::<Vec<_>>()), "64, 96, … 1408");
        assert_eq!(text(&[2, 4, 6, 8]), "2, 4, 6, 8");
    }
}
