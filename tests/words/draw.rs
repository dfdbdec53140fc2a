//! Configurations at random that train within milliseconds.

use normlab::choice::Choices;
use normlab::config::Config;
use normlab::config::field::{Field, Kind, Scale};
use normlab::config::fields::{self, FIELDS};
use normlab::data::Data;
use normlab::nn::model::Family;
use normlab::nn::norm::Norm;
use normlab::nn::objective::Loss;
use normlab::rng::Stream;

/// What keeps a run cheap, and what begins at a step within it. All other fields have their whole range.
const MOST: &[(&str, u64)] = &[
    ("batch", 16),
    ("ghost", 16),
    ("devices", 4),
    ("depth", 3),
    ("width", 8),
    ("head", 8),
    ("groups", 4),
    ("heads", 4),
    ("length", 8),
    ("shortest", 8),
    ("freeze", 20),
    ("tune_at", 20),
    ("warmup", 20),
];

/// Other settings without which one says nothing, with the share of draws that have them.
const CONTEXT: &[(&str, &[&str])] = &[
    ("adapt", &["0", "8"]),
    ("prior", &["0", "16"]),
    ("devices", &["1", "2"]),
    ("shift_scale", &["1", "0.3"]),
    ("shift_noise", &["0", "1"]),
    ("freeze", &["0", "10"]),
    ("tune_at", &["0", "12"]),
    ("weight_decay", &["0", "0.1"]),
    ("optimizer", &["sgd", "momentum"]),
    ("init", &["pytorch", "normal"]),
    ("shortest", &["0", "4"]),
    ("subset", &["0", "100"]),
];

/// Draws before a pair is taken for impossible.
const PATIENCE: usize = 60;

pub fn pick<'a, T>(stream: &mut Stream, of: &'a [T]) -> &'a T {
    &of[stream.below(of.len() as u32) as usize]
}

/// Any value of that field, as text.
pub fn value(stream: &mut Stream, field: &Field<Config>) -> String {
    match field.kind {
        Kind::Choice(all) => pick(stream, all()).name.into(),
        Kind::Whole { min, max, .. } => {
            let max = MOST.iter().find(|(name, _)| *name == field.name).map_or(max, |(_, most)| *most);
            // Small numbers are as likely as large ones.
            let spread = ((max - min + 1) as f64).ln();
            (min + stream.between(0.0, spread).exp() as u64 - 1).min(max).to_string()
        }
        Kind::Real { absent: Some(word), .. } if stream.below(3) == 0 => word.into(),
        Kind::Real { min, max, scale: Scale::Log, .. } => {
            let low = min.max(1e-6 * max);
            (low * (max / low).powf(stream.uniform())).clamp(min, max).to_string()
        }
        Kind::Real { min, max, .. } => stream.between(min, max).to_string(),
        Kind::Names(_) | Kind::Text(_) => unreachable!("no field of a run is of that kind"),
    }
}

/// A small run of that family and normalization, with some of the settings that others need.
pub fn small(stream: &mut Stream, family: Family, norm: Norm) -> Config {
    let data = match family {
        Family::Mlp => *pick(stream, &[Data::Xor, Data::Spirals, Data::Digits, Data::Linear]),
        Family::Cnn => *pick(stream, &[Data::Digits, Data::Shapes]),
        Family::Rnn => *pick(stream, &[Data::Digits, Data::Majority]),
        Family::Transformer => *pick(stream, &[Data::Majority, Data::Recall, Data::Digits]),
    };
    let loss = if data == Data::Linear { Loss::Mse } else { Loss::CrossEntropy };
    let mut config = Config {
        model: family,
        norm,
        data,
        loss,
        depth: if family == Family::Mlp { 2 } else { 1 },
        width: 8,
        head: 8,
        batch: 8,
        ghost: 4,
        groups: 2,
        heads: 2,
        length: 8,
        ..Config::default()
    };
    for (name, values) in CONTEXT {
        if stream.below(2) == 0 {
            fields::set(&mut config, name, pick::<&str>(stream, values)).unwrap();
        }
    }
    config
}

/// Two runs of that family and normalization that can be trained and differ in that field alone; none, if there
/// are none.
pub fn pair(stream: &mut Stream, family: Family, norm: Norm, field: &Field<Config>) -> Option<[Config; 2]> {
    (0..PATIENCE).find_map(|_| {
        let base = small(stream, family, norm);
        let mut two = [base; 2];
        for config in &mut two {
            field.set(config, &value(stream, field)).unwrap();
        }
        let trains = two.iter().all(|config| config.check().is_empty());
        (trains && field.get(&two[0]) != field.get(&two[1])).then_some(two)
    })
}

/// Any run that can be trained: each field is drawn, or, more often, as in [`small`].
pub fn any(stream: &mut Stream) -> Config {
    loop {
        let (family, norm) = (*pick(stream, Family::ALL), *pick(stream, Norm::ALL));
        let mut config = small(stream, family, norm);
        for field in FIELDS.iter().filter(|f| !["model", "norm", "data", "loss"].contains(&f.name)) {
            if stream.below(4) == 0 {
                field.set(&mut config, &value(stream, field)).unwrap();
            }
        }
        if config.check().is_empty() {
            return config;
        }
    }
}
