//! Configurations drawn at random over the whole table of fields.

use normlab::choice::Choices;
use normlab::config::field::{Kind, Scale};
use normlab::config::fields::{self, FIELDS};
use normlab::config::{Config, field::Field};
use normlab::export::export;
use normlab::nn::model::Family;
use normlab::nn::norm::Norm;
use normlab::rng::Stream;

/// Steps that each run takes.
pub const STEPS: usize = 40;

/// What keeps a run cheap, and what begins at a step within it. All other fields have their whole range.
const MOST: &[(&str, u64)] = &[
    ("batch", 64),
    ("ghost", 64),
    ("depth", 8),
    ("width", 32),
    ("head", 64),
    ("groups", 32),
    ("freeze", STEPS as u64),
    ("tune_at", STEPS as u64),
    ("warmup", STEPS as u64),
];

/// Any number from 0 to 1; sometimes just 0 or 1.
fn share(stream: &mut Stream) -> f64 {
    match stream.below(16) {
        0 => 0.0,
        1 => 1.0,
        _ => stream.uniform(),
    }
}

fn spread(stream: &mut Stream, min: f64, max: f64, scale: Scale) -> f64 {
    let share = share(stream);
    match scale {
        // A range that begins at 0 has no logarithm there: from a millionth of it on.
        Scale::Log if share > 0.0 => {
            let low = min.max(1e-6 * max);
            (low * (max / low).powf(share)).clamp(min, max)
        }
        _ => min + (max - min) * share,
    }
}

/// Any value of that field, as text.
fn value(stream: &mut Stream, field: &Field<Config>) -> String {
    match field.kind {
        Kind::Choice(all) => all()[stream.below(all().len() as u32) as usize].name.into(),
        Kind::Whole { min, max, scale } => {
            let max = MOST.iter().find(|(name, _)| *name == field.name).map_or(max, |(_, most)| *most);
            let drawn = spread(stream, min as f64, max as f64, scale).round();
            // What must divide something else would hardly ever do so.
            let even = scale == Scale::Log && stream.below(2) == 0;
            (if even { drawn.max(1.0).log2().round().exp2() } else { drawn }).to_string()
        }
        Kind::Real { absent: Some(word), .. } if stream.below(4) == 0 => word.into(),
        Kind::Real { min, max, scale, .. } => format!("{:.2e}", spread(stream, min, max, scale)),
        Kind::Names(_) | Kind::Text(_) => unreachable!("no field of a run is of that kind"),
    }
}

/// One that a script can say, of that family and normalization; each other field is drawn or, as often,
/// at its default.
fn one(stream: &mut Stream, family: Family, norm: Norm) -> Config {
    loop {
        let mut config = Config { model: family, norm, ..Config::default() };
        for field in FIELDS.iter().filter(|f| !["model", "norm"].contains(&f.name)) {
            if field.name == "data" || stream.below(2) == 0 {
                field.set(&mut config, &value(stream, field)).unwrap();
            } else if let Some((name, most)) = MOST.iter().find(|(name, _)| *name == field.name) {
                let default: u64 = field.get(&config).parse().unwrap();
                fields::set(&mut config, name, &default.min(*most).to_string()).unwrap();
            }
        }
        if config.is_trainable() && export(config, 0, "run.safetensors").is_ok() {
            return config;
        }
    }
}

/// So many of every normalization in every family that can have it.
pub fn configurations(seed: u32, each: u32) -> Vec<Config> {
    let mut stream = Stream::new(seed, "exported configurations");
    let mut all = Vec::new();
    for _ in 0..each {
        for &family in Family::ALL {
            for &norm in Norm::ALL {
                // The one pair that is never possible: a sample with a single value in each channel.
                if norm != Norm::Instance || matches!(family, Family::Cnn | Family::Transformer) {
                    all.push(one(&mut stream, family, norm));
                }
            }
        }
    }
    all
}

/// A configuration as the settings that it takes to repeat it.
pub fn text(config: &Config) -> String {
    let default = Config::default();
    let set = FIELDS.iter().filter(|f| f.get(config) != f.get(&default));
    set.map(|f| format!("{}={}", f.name, f.get(config))).collect::<Vec<_>>().join(" ")
}
