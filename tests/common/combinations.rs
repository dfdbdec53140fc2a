//! Small runs of every family with every normalization.

use normlab::choice::Choices;
use normlab::config::Config;
use normlab::data::Data;
use normlab::nn::model::Family;
use normlab::nn::norm::Norm;

/// A network of each kind that trains in no time.
pub fn small() -> Config {
    Config { depth: 2, width: 8, batch: 12, groups: 2, ghost: 4, heads: 2, length: 4, head: 8, ..Config::default() }
}

/// A configuration in every family, with every normalization that can stand in it.
pub fn combinations(like: Config) -> Vec<Config> {
    let mut all = Vec::new();
    for &model in Family::ALL {
        let data = if matches!(model, Family::Rnn | Family::Transformer) { Data::Recall } else { Data::Digits };
        let with = |norm: &Norm| Config { model, data, norm: *norm, ..like };
        all.extend(Norm::ALL.iter().map(with).filter(|config| config.check().is_empty()));
    }
    assert!(all.len() > 40, "{}", all.len());
    all
}
