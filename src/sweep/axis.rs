//! Several values of one field: what a sweep steps through.

use crate::config::Config;
use crate::config::field::{Kind, Text, number};
use crate::config::fields;
use crate::config::fields::FIELDS;
use crate::config::{Problem, shown};

/// A field of [`Config`] and the values that it takes, each as the field writes it.
///
/// As text: `FIELD=VALUES`, where VALUES are single values and ranges, separated by commas.
///
/// | range | values |
/// |---|---|
/// | `2..32*2` | 2, 4, 8, 16, 32: times 2 as long as the end is not passed |
/// | `0..0.9+0.3` | 0, 0.3, 0.6, 0.9: plus 0.3, likewise |
/// | `2..5` | 2, 3, 4, 5: whole numbers, one by one |
///
/// Numbers of a range are kept to 12 significant digits.
#[derive(Clone, Debug, PartialEq)]
pub struct Axis {
    /// The field's name.
    pub field: &'static str,
    /// Its values, no two the same.
    pub values: Vec<String>,
    /// The text that it was read from.
    text: String,
}

/// Most values on an axis.
pub const MOST: usize = 1000;

/// How the grammar is explained where a text does not follow it.
pub(super) const GRAMMAR: &str = "FIELD=VALUES, such as lr=0.01,0.1,1 or lr=0.001..10*2 or depth=2..40+2";

impl Text for Axis {
    fn text(&self) -> &str {
        Axis::text(self)
    }

    fn read(&mut self, text: &str) -> Result<(), Problem> {
        *self = Axis::parse(text)?;
        Ok(())
    }
}

impl Axis {
    /// Reads `FIELD=VALUES`.
    ///
    /// # Errors
    /// The first thing wrong with it: an unknown field, the seed (a sweep counts its seeds itself), a value
    /// that the field does not take, a range that is none, a value given twice, more than [`MOST`] values.
    pub fn parse(text: &str) -> Result<Axis, Problem> {
        let wrong = |allowed: &str, reason: &str| Problem {
            field: "axis".into(),
            value: shown(text),
            allowed: allowed.into(),
            reason: reason.into(),
            ..Problem::default()
        };
        let (name, list) = text.split_once('=').ok_or_else(|| wrong(GRAMMAR, ""))?;
        let name = name.trim();
        let field = fields::named(name).ok_or_else(|| fields::unknown(name, list))?;
        if field.name == "seed" {
            let all = FIELDS.iter().map(|f| f.name).filter(|n| *n != "seed").collect::<Vec<_>>().join(", ");
            return Err(Problem { value: "seed".into(), ..wrong(&all, "a sweep counts its seeds by itself") });
        }
        let whole = matches!(field.kind, Kind::Whole { .. });
        let mut values: Vec<String> = Vec::new();
        for item in list.split(',').map(str::trim) {
            let range = match item.split_once("..") {
                Some((from, rest)) => range(from, rest, whole).map_err(|reason| Problem {
                    field: name.into(),
                    value: shown(item),
                    ..wrong(GRAMMAR, reason)
                })?,
                None => vec![item.to_owned()],
            };
            for value in range {
                // As the field writes it: 1e-1 and 0.1 are one value.
                let mut config = Config::default();
                field.set(&mut config, &value)?;
                let value = field.get(&config);
                if values.contains(&value) {
                    let twice =
                        Problem { field: name.into(), value: shown(&value), ..wrong(GRAMMAR, "it is there twice") };
                    return Err(twice);
                }
                values.push(value);
                if values.len() > MOST {
                    return Err(Problem { field: name.into(), ..wrong(GRAMMAR, "these are more than 1000 values") });
                }
            }
        }
        Ok(Axis { field: field.name, values, text: format!("{name}={}", list.trim()) })
    }

    /// An axis whose text is known to say that.
    pub(super) fn known(field: &'static str, values: impl Iterator<Item = String>, text: &str) -> Axis {
        Axis { field, values: values.collect(), text: text.into() }
    }

    /// The text that it was read from, which [`Axis::parse`] reads back.
    pub fn text(&self) -> &str {
        &self.text
    }
}

/// The values of `from..to`, `from..to*factor` or `from..to+step`, or why there are none.
fn range(from: &str, rest: &str, whole: bool) -> Result<Vec<String>, &'static str> {
    let operator = rest.rfind(['*', '+']).filter(|&i| i > 0 && !rest[..i].ends_with(['e', 'E']));
    let (to, operator, by) = match operator {
        Some(i) => (&rest[..i], &rest[i..=i], &rest[i + 1..]),
        None if whole => (rest, "+", "1"),
        None => return Err("a range of fractions needs its step: *2 or +0.1"),
    };
    let read = |text: &str| text.trim().parse::<f64>().ok().filter(|v| v.is_finite()).ok_or("a range has numbers");
    let (from, to, by) = (read(from)?, read(to)?, read(by)?);
    if from > to {
        return Err("a range goes upwards");
    }
    let grows = if operator == "*" { by > 1.0 && from > 0.0 } else { by > 0.0 };
    if !grows {
        return Err("a range grows: from above 0 by a factor above 1, or by a step above 0");
    }
    // A little beyond the end is still the end: 0.3 + 0.6 is not 0.9.
    let end = to + 1e-9 * to.abs().max(by.abs().min(1.0) * 1e-3);
    let mut values = Vec::new();
    let (mut value, mut i) = (from, 0.0);
    while value <= end {
        values.push(written(value, whole));
        if values.len() > MOST {
            return Err("these are more than 1000 values");
        }
        i += 1.0;
        // Products of products, sums in one step: neither depends on a machine's power function.
        value = if operator == "*" { value * by } else { from + i * by };
    }
    Ok(values)
}

/// A number of a range: 12 significant digits, in digits alone for whole fields.
fn written(value: f64, whole: bool) -> String {
    let rounded = format!("{value:.11e}").parse().unwrap_or(value);
    if whole { format!("{rounded}") } else { number(rounded) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(text: &str) -> Vec<String> {
        Axis::parse(text).unwrap().values
    }

    #[test]
    fn lists_and_ranges() {
        for (text, want) in [
            ("lr=0.01, 1e-1,1", "0.01 0.1 1"),
            ("lr=0.1..0.8*2", "0.1 0.2 0.4 0.8"),
            ("lr=1e-4..1e-1*10", "1e-4 0.001 0.01 0.1"),
            ("weight_decay=0..0.9+0.3", "0 0.3 0.6 0.9"),
            ("weight_decay=0..0.3+0.1,0.5", "0 0.1 0.2 0.3 0.5"),
            ("depth=2..5", "2 3 4 5"),
            ("batch=2..33*2", "2 4 8 16 32"),
            ("batch=1,16..18", "1 16 17 18"),
            ("norm=none,batch,layer", "none batch layer"),
            ("eps=auto,1e-3", "auto 0.001"),
            ("shift_offset=-1..1+0.5", "-1 -0.5 0 0.5 1"),
            ("lr=3..3*2", "3"),
            ("lr=1e-3..1e+0*10", "0.001 0.01 0.1 1"),
        ] {
            assert_eq!(values(text).join(" "), want, "{text}");
        }
        assert_eq!(values("lr=0.001953125..32*2").len(), 15);
    }

    #[test]
    fn its_text_reads_back() {
        let axis = Axis::parse(" lr = 0.1..0.8*2 ").unwrap();
        assert_eq!((axis.field, axis.text()), ("lr", "lr=0.1..0.8*2"));
        assert_eq!(Axis::parse(axis.text()), Ok(axis));
    }

    #[test]
    fn whatever_is_wrong_is_named() {
        for (text, field, word) in [
            ("", "axis", "FIELD=VALUES"),
            ("lr", "axis", "FIELD=VALUES"),
            ("lr:1", "axis", "FIELD=VALUES"),
            ("depht=1,2", "depht", "there is no such setting"),
            ("seed=1,2", "axis", "counts its seeds"),
            ("depth=2,41", "depth", "from 1 to 40"),
            ("depth=38..44", "depth", "from 1 to 40"),
            ("depth=2..5*1.5", "depth", "from 1 to 40"),
            ("norm=batch,bach", "norm", "layer"),
            ("norm=none..layer", "norm", "needs its step"),
            ("lr=", "lr", "from 1e-5 to 100"),
            ("lr=1,,2", "lr", "from 1e-5 to 100"),
            ("lr=0.1,1e-1", "lr", "twice"),
            ("lr=0.1..1", "lr", "needs its step"),
            ("lr=1..0.1*2", "lr", "upwards"),
            ("lr=0.1..1*1", "lr", "grows"),
            ("lr=0..1*2", "lr", "grows"),
            ("lr=0.1..1+-1", "lr", "grows"),
            ("lr=0.1..1+0", "lr", "grows"),
            ("lr=0.1..NaN+1", "lr", "numbers"),
            ("lr=0.1..inf*2", "lr", "numbers"),
            ("lr=0.001..100+1e-9", "lr", "more than 1000"),
            ("lr=a..b*2", "lr", "numbers"),
            ("subset=0..600,601..1200", "subset", "more than 1000"),
        ] {
            let problem = Axis::parse(text).unwrap_err();
            assert_eq!(problem.field, field, "{text}: {problem}");
            assert!(problem.to_string().contains(word), "{text}: {problem}");
        }
        assert!(Axis::parse(&format!("lr={}", "9,".repeat(1 << 20))).unwrap_err().to_string().len() < 600);
    }
}
