//! Configurations at random.

use normlab::config::Config;
use normlab::config::field::{Field, Kind, Scale};
use normlab::config::fields::FIELDS;
use normlab::rng::Stream;

/// Any value of a field, as text. Small numbers are as likely as large ones.
fn value(field: &Field<Config>, stream: &mut Stream) -> String {
    match field.kind {
        Kind::Choice(all) => all()[stream.below(all().len() as u32) as usize].name.into(),
        Kind::Whole { min, max, .. } => {
            let spread = ((max - min + 1) as f64).ln();
            (min + stream.between(0.0, spread).exp() as u64 - 1).min(max).to_string()
        }
        Kind::Real { absent: Some(word), .. } if stream.below(2) == 0 => word.into(),
        Kind::Real { min, max, scale: Scale::Log, .. } => {
            let low = min.max(1e-8);
            (low * stream.between(0.0, (max / low).ln()).exp()).clamp(min, max).to_string()
        }
        Kind::Real { min, max, .. } => stream.between(min, max).to_string(),
        Kind::Names(_) | Kind::Text(_) => unreachable!("no field of a run"),
    }
}

/// The default with a few fields at random, or all of them.
pub fn config(stream: &mut Stream) -> Config {
    let mut config = Config::default();
    let share = [0.1, 0.3, 1.0][stream.below(3) as usize];
    for field in FIELDS {
        if stream.uniform() < share {
            field.set(&mut config, &value(field, stream)).unwrap();
        }
    }
    config
}
