//! Sweeps worth knowing.

use crate::choice::choices;
use crate::config::{Config, Problem, fields};
use crate::sweep::plan::{Metric, Plan};
use crate::sweep::spec::{Spec, set_plan};

choices! {
    /// A sweep from the literature, in the size of this lab.
    pub enum Preset {
        LearningRate: "learning-rate", "Learning rate × normalization", "How large a learning rate each normalization bears.";
        BatchSize: "batch-size", "Batch size × normalization", "Whether small batches break it: a small convolutional network for six epochs.";
        Depth: "depth", "Depth × normalization", "How deep a network still trains from PyTorch's initialization.";
        Regularization: "regularization", "Ghost batches × dropout", "Whether the noise of small batches' statistics regularizes: 200 images. It takes many seeds to see: over 40, ghosts of 10 gave 1.1 ± 0.2 points more than BatchNorm, dropout 1.1 ± 0.2.";
    }
}

/// Names and values of some fields.
type Settings = &'static [(&'static str, &'static str)];

impl Preset {
    /// What to look at first.
    pub fn metric(self) -> Metric {
        match self {
            Preset::LearningRate => Metric::TrainLoss,
            Preset::BatchSize | Preset::Depth | Preset::Regularization => Metric::ValAccuracy,
        }
    }

    /// Settings of the base configuration, and of the plan.
    pub fn settings(self) -> (Settings, Settings) {
        match self {
            Preset::LearningRate => (
                &[
                    ("data", "digits"),
                    ("model", "mlp"),
                    ("depth", "5"),
                    ("width", "64"),
                    ("init", "he"),
                    ("batch", "64"),
                ],
                &[
                    ("sweep_x", "lr=0.001953125..32*2"),
                    ("sweep_y", "norm=none,batch,layer"),
                    ("sweep_seeds", "3"),
                    ("sweep_budget", "steps"),
                    ("sweep_amount", "150"),
                    ("sweep_scaling", "off"),
                ],
            ),
            Preset::BatchSize => (
                &[
                    ("data", "digits"),
                    ("model", "cnn"),
                    ("depth", "2"),
                    ("width", "8"),
                    ("head", "32"),
                    ("groups", "4"),
                    ("batch", "32"),
                    ("lr", "0.1"),
                ],
                &[
                    ("sweep_x", "batch=2..32*2"),
                    ("sweep_y", "norm=batch,group,layer"),
                    ("sweep_seeds", "3"),
                    ("sweep_budget", "epochs"),
                    ("sweep_amount", "6"),
                    ("sweep_scaling", "linear"),
                ],
            ),
            Preset::Depth => (
                &[
                    ("data", "digits"),
                    ("model", "mlp"),
                    ("width", "32"),
                    ("init", "pytorch"),
                    ("batch", "128"),
                    ("lr", "0.1"),
                ],
                &[
                    ("sweep_x", "depth=2,5,10,20,40"),
                    ("sweep_y", "norm=none,batch,layer"),
                    ("sweep_seeds", "3"),
                    ("sweep_budget", "steps"),
                    ("sweep_amount", "300"),
                    ("sweep_scaling", "off"),
                ],
            ),
            Preset::Regularization => (
                &[
                    ("data", "digits"),
                    ("subset", "200"),
                    ("model", "mlp"),
                    ("depth", "3"),
                    ("norm", "ghost"),
                    ("batch", "200"),
                    ("lr", "0.1"),
                ],
                &[
                    ("sweep_x", "ghost=4,5,8,10,20,40,50,100,200"),
                    ("sweep_y", "dropout=0,0.15"),
                    ("sweep_seeds", "3"),
                    ("sweep_budget", "steps"),
                    ("sweep_amount", "600"),
                    ("sweep_scaling", "off"),
                ],
            ),
        }
    }

    /// The sweep; all that it does not speak of is at its default.
    ///
    /// # Errors
    /// None: a test reads all of them.
    pub fn spec(self) -> Result<Spec, Vec<Problem>> {
        let (mut base, mut plan) = (Config::default(), Plan::default());
        let (sets, plans) = self.settings();
        let base = sets.iter().try_for_each(|(name, text)| fields::set(&mut base, name, text)).map(|()| base);
        let base = base
            .and_then(|base| plans.iter().try_for_each(|(name, text)| set_plan(&mut plan, name, text)).map(|()| base));
        Spec::new(base.map_err(|problem| vec![problem])?, plan)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::choice::Choices;

    #[test]
    fn every_preset_can_be_trained_in_every_place() {
        for (preset, cells) in Preset::ALL.iter().zip([15 * 3 * 3, 5 * 3 * 3, 5 * 3 * 3, 9 * 2 * 3]) {
            let spec = preset.spec().unwrap();
            assert_eq!(spec.len(), cells);
            assert!((0..cells).all(|i| spec.cell(i).config.is_ok()), "{preset:?}");
        }
        let small = Preset::BatchSize.spec().unwrap().cell(0);
        assert_eq!((small.steps, small.config.unwrap().lr), (4308, 0.00625));
    }
}
