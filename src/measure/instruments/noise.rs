//! How much the statistics of mini-batches scatter, see [`crate::probe::statistics`].

use crate::measure::row::{EVEN, NEVER, SAME_BATCH};
use crate::measure::value::layers;
use crate::measure::{Form, Instrument, Measure, Moment, Reference, Row};
use crate::nn::init::State;
use crate::probe::statistics::{LayerNoise, StatisticsProbe};
use crate::run::Run;

/// The instrument, with its room.
pub struct Noise(StatisticsProbe<f32>);

/// What its measures have in common.
const COMMON: Measure = Measure {
    unit: "σ",
    how: "Over the training set's first batches, with the weights as they are.",
    form: Form::Layers,
    ranked: SAME_BATCH,
    relevant: EVEN,
    ..Measure::PLAIN
};

impl Instrument for Noise {
    const GROUP: &'static str = "Batch statistics";
    const RARITY: u64 = 4;
    type Found = Vec<LayerNoise>;
    const ROWS: &'static [Row<Self::Found>] = &[
        Row {
            measure: Measure {
                name: "mean_noise",
                label: "Noise of batch means",
                noun: "the scatter of batch means",
                help: "How much the means of mini-batches scatter, in standard deviations of the values.",
                reference: Reference::Measured("mean_noise_expected"),
                ..COMMON
            },
            read: |f, _| layers(f, |n| (&n.name, n.mean)),
        },
        Row {
            measure: Measure {
                name: "mean_noise_expected",
                label: "Noise of batch means, expected",
                noun: "the expected scatter of batch means",
                help: "One over the root of the number of values: how much means scatter if values are independent.",
                ranked: NEVER,
                ..COMMON
            },
            read: |f, _| layers(f, |n| (&n.name, n.mean_expected)),
        },
        Row {
            measure: Measure {
                name: "deviation_noise",
                label: "Noise of batch deviations",
                noun: "the scatter of batch deviations",
                help: "How much the standard deviations of mini-batches scatter, as a share of them.",
                reference: Reference::Measured("deviation_noise_expected"),
                ..COMMON
            },
            read: |f, _| layers(f, |n| (&n.name, n.deviation)),
        },
        Row {
            measure: Measure {
                name: "deviation_noise_expected",
                label: "Noise of batch deviations, expected",
                noun: "the expected scatter of batch deviations",
                help: "How much deviations scatter if values are independent, given how heavy their tails are.",
                ranked: NEVER,
                ..COMMON
            },
            read: |f, _| layers(f, |n| (&n.name, n.deviation_expected)),
        },
    ];

    fn new(run: &Run<f32>) -> Self {
        Noise(StatisticsProbe::new(run.network(), run.config().batch))
    }

    fn advance(&mut self, now: &Moment) -> Option<Self::Found> {
        let (run, size) = (now.run(), now.run().config().batch);
        let train = &run.data().train.x;
        let x = &train[..train.len().min(now.settings().batches * size * run.data().features)];
        let State { params, buffers } = run.state();
        Some(self.0.noise(run.network(), params, buffers, x, size))
    }
}
