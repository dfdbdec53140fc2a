//! How far running statistics are from those of a batch, see [`crate::probe::statistics`].

use crate::measure::row::{ANY, EVEN};
use crate::measure::value::layers;
use crate::measure::{Form, Instrument, Measure, Moment, Row};
use crate::probe::statistics::{LayerGap, StatisticsProbe};
use crate::run::Run;

/// The instrument, with its room.
pub struct Gap(StatisticsProbe<f32>);

/// What its measures have in common.
const COMMON: Measure = Measure {
    how: "On the next mini-batch, in training mode.",
    form: Form::Layers,
    ranked: ANY,
    usual: true,
    relevant: EVEN,
    ..Measure::PLAIN
};

impl Instrument for Gap {
    const GROUP: &'static str = "Batch statistics";
    type Found = Vec<LayerGap>;
    const ROWS: &'static [Row<Self::Found>] = &[
        Row {
            measure: Measure {
                name: "mean_gap",
                label: "Running mean against batch mean",
                noun: "the gap between running and batch means",
                help: "How far inference's means are from those of training, in standard deviations.",
                unit: "σ",
                ..COMMON
            },
            read: |f, _| layers(f, |g| (&g.name, g.mean)),
        },
        Row {
            measure: Measure {
                name: "deviation_gap",
                label: "Running deviation against batch deviation",
                noun: "the gap between running and batch deviations",
                help: "How far inference's standard deviations are from those of training, as a share of them.",
                ..COMMON
            },
            read: |f, _| layers(f, |g| (&g.name, g.deviation)),
        },
    ];

    fn new(run: &Run<f32>) -> Self {
        Gap(StatisticsProbe::new(run.network(), run.config().batch))
    }

    fn advance(&mut self, now: &Moment) -> Option<Self::Found> {
        Some(self.0.gap(now.network(), &now.batch()))
    }
}
