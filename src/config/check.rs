//! Whether a configuration can be trained, and if not, why.

use super::{Config, Problem, Sampling, Shards, ways};
use crate::choice::Choices;
use crate::data::Kind;
use crate::edition::Edition;
use crate::nn::model::Reads;
use crate::nn::norm::Refusal;
use crate::nn::objective::Loss;

impl Config {
    /// Every reason why this cannot be trained, though each field by itself is in range, with every way out:
    /// in the full edition. The first one knows only whether there is a reason, see [`Config::is_trainable`].
    pub fn check(&self) -> Vec<Problem> {
        if !self.edition().is_here() {
            return vec![self.beyond()];
        }
        let faults = self.faults();
        if !Edition::Full.is_here() && !faults.is_empty() {
            return vec![self.beyond()];
        }
        (0..faults.len()).map(|i| ways::problem(self, &faults, i)).collect()
    }

    /// Whether [`Config::check`] would find nothing. That takes longer where it does, for it looks for ways out.
    pub fn is_trainable(&self) -> bool {
        self.edition().is_here() && self.faults().is_empty()
    }

    /// Whether it takes another edition to train this, or to say why it cannot be trained.
    pub fn is_beyond(&self) -> bool {
        !self.edition().is_here() || !Edition::Full.is_here() && !self.is_trainable()
    }

    /// The reasons alone.
    pub(super) fn faults(&self) -> Vec<Refusal> {
        let mut faults = if Edition::Full.is_here() { self.sequence() } else { Vec::new() };
        faults.extend(self.architecture().check().err());
        if Edition::Full.is_here() {
            faults.extend(self.regression());
        }
        let samples = self.train_len();
        if self.batch > samples {
            let plural = if samples == 1 { "" } else { "s" };
            let reason = || format!("the training set has {samples} sample{plural}");
            faults.push(Refusal::new("batch", &["subset"], reason));
        }
        if self.tune_at > 0 && self.tune_samples > 0 && self.batch > self.tune_samples {
            let reason = || format!("each step takes a batch of {} samples", self.batch);
            faults.push(Refusal::new("tune_samples", &["batch"], reason));
        }
        faults
    }

    /// What does not fit the length of a sequence.
    fn sequence(&self) -> Vec<Refusal> {
        let mut faults = Vec::new();
        let cut = match self.data.kind() {
            Kind::Image { side } if self.model.reads() == Reads::Sequences => side * side,
            _ => self.length,
        };
        if !cut.is_multiple_of(self.length) {
            let reason = || format!("an image of {cut} pixels cannot be cut into {} equal steps", self.length);
            faults.push(Refusal::new("length", &[], reason));
        }
        if self.data.is_tokens() && self.shortest > self.length {
            let reason = || format!("the longest sequence has {} tokens", self.length);
            faults.push(Refusal::new("shortest", &["length"], reason));
        }
        faults
    }

    /// The problem with what another edition trains.
    fn beyond(&self) -> Problem {
        Problem {
            field: "model".into(),
            value: self.model.choice().name.into(),
            allowed: "what the first edition trains".into(),
            reason: "the full edition of the lab is not loaded".into(),
            ..Problem::default()
        }
    }

    /// What takes classes, where there are none.
    fn regression(&self) -> Vec<Refusal> {
        if self.data.variance().is_none() {
            return vec![];
        }
        let mut faults = vec![];
        if self.loss != Loss::Mse {
            let reason = || "the targets of this data set are numbers, not classes".into();
            faults.push(Refusal::new("loss", &["data"], reason));
        }
        let unsorted = || "this data set has no classes to sort by".into();
        if self.sampling == Sampling::Sorted {
            faults.push(Refusal::new("sampling", &["data"], unsorted));
        }
        if self.devices > 1 && self.shards == Shards::Sorted {
            faults.push(Refusal::new("shards", &["devices", "data"], unsorted));
        }
        faults
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::fields;
    use crate::data::Data;
    use crate::nn::model::{Family, Padding};
    use crate::nn::norm::{Norm, OverTime};

    #[test]
    fn the_default_can_be_trained() {
        assert_eq!(Config::default().check(), []);
    }

    /// Each has one problem, and the fix that is proposed for it is one.
    fn assert_mended(cases: &[(Config, &str, &str)]) {
        for (config, field, fix) in cases {
            let problems = config.check();
            assert_eq!(problems.len(), 1, "{problems:?}");
            assert_eq!((problems[0].field.as_str(), problems[0].fix.as_deref()), (*field, Some(*fix)));
            let mut mended = *config;
            fields::set(&mut mended, field, fix).unwrap();
            assert_eq!(mended.check(), []);
        }
    }

    #[test]
    fn impossible_combinations_are_named_with_a_way_out() {
        let regression = Config { data: Data::Linear, loss: Loss::Mse, ..Config::default() };
        let cases = [
            (Config { batch: 1, ..Config::default() }, "batch", "2"),
            (Config { norm: Norm::Group, groups: 7, ..Config::default() }, "groups", "8"),
            (Config { norm: Norm::Instance, ..Config::default() }, "norm", "layer"),
            (Config { norm: Norm::Ghost, ghost: 1, ..Config::default() }, "ghost", "2"),
            (Config { norm: Norm::Lp, batch: 1, ..Config::default() }, "batch", "2"),
            (Config { norm: Norm::Renorm, batch: 1, ..Config::default() }, "batch", "2"),
            (Config { norm: Norm::Noisy, batch: 1, ..Config::default() }, "batch", "2"),
            (Config { data: Data::Xor, batch: 512, ..Config::default() }, "batch", "400"),
            (Config { subset: 20, ..Config::default() }, "batch", "20"),
            (Config { tune_at: 9, tune_samples: 31, ..Config::default() }, "tune_samples", "32"),
            (Config { data: Data::Linear, ..Config::default() }, "loss", "mse"),
            (Config { sampling: Sampling::Sorted, ..regression }, "sampling", "shuffled"),
            (Config { shards: Shards::Sorted, devices: 4, ..regression }, "shards", "random"),
            (Config { model: Family::Cnn, ..regression }, "model", "mlp"),
            (Config { model: Family::Rnn, ..regression }, "model", "mlp"),
            (Config { batch: 1433, norm: Norm::Ghost, ghost: 16, ..Config::default() }, "ghost", "1433"),
        ];
        assert_mended(&cases);
        let image = Config { model: Family::Cnn, depth: 2, width: 8, ..Config::default() };
        let cases = [
            (Config { depth: 40, ..image }, "depth", "6"),
            (Config { padding: Padding::Valid, depth: 5, ..image }, "depth", "2"),
            (Config { width: 256, depth: 4, ..image }, "width", "128"),
            (Config { norm: Norm::Instance, padding: Padding::Valid, ..image }, "padding", "zero"),
            (Config { norm: Norm::Group, groups: 5, head: 30, ..image }, "groups", "2"),
            (Config { data: Data::Spirals, ..image }, "model", "mlp"),
        ];
        assert_mended(&cases);
        let padded =
            Config { data: Data::Recall, model: Family::Transformer, depth: 2, shortest: 5, ..Config::default() };
        let cases = [
            (Config { shortest: 17, ..padded }, "shortest", "16"),
            (Config { norm: Norm::Ghost, ..padded }, "masked", "off"),
            (Config { devices: 4, ..padded }, "masked", "off"),
            (Config { over_time: OverTime::Step, ..padded }, "over_time", "pooled"),
        ];
        assert_mended(&cases);
        let two = Config { data: Data::Xor, batch: 512, norm: Norm::Instance, ..Config::default() };
        assert_eq!(two.check().len(), 2);
        let never_tuned = Config { tune_samples: 1, ..Config::default() };
        assert_eq!(never_tuned.check(), []);
    }
}
