//! Accuracy on the validation set, by the statistics that normalizations use there.

use crate::measure::row::{ALWAYS, ANY, NEVER, RUNNING};
use crate::measure::{Contrast, Form, Instrument, Measure, Moment, Row, SHARE, Value};
use crate::nn::init::State;
use crate::run::Run;
use crate::run::evaluate::Policy;
use crate::run::precise::precise;
use crate::run::scores::score;

/// The instrument. Each accuracy is computed when it is read: precise statistics take a pass over the whole
/// training set.
pub struct Accuracy;

/// What its measures have in common.
const COMMON: Measure = Measure {
    unit: SHARE,
    how: "On the validation set.",
    form: Form::Number,
    log: false,
    contrast: Contrast::Odds,
    ranked: ANY,
    relevant: RUNNING,
    validates: true,
    ..Measure::PLAIN
};

impl Instrument for Accuracy {
    const GROUP: &'static str = "Batch statistics";
    const RARITY: u64 = 4;
    type Found = ();
    const ROWS: &'static [Row<Self::Found>] = &[
        Row {
            measure: Measure {
                name: "accuracy_running",
                label: "Accuracy, running statistics",
                noun: "the accuracy with running statistics",
                help: "Share of right answers with the running averages of training, the usual way at inference.",
                ranked: NEVER,
                relevant: ALWAYS,
                ..COMMON
            },
            read: |(), now| Value::Number(accuracy(now, now.run().state(), Policy::Running)),
        },
        Row {
            measure: Measure {
                name: "accuracy_batch",
                label: "Accuracy, batch statistics",
                noun: "the accuracy with batch statistics",
                help: "Share of right answers if the validation set is one batch with statistics of its own.",
                ..COMMON
            },
            read: |(), now| Value::Number(accuracy(now, now.run().state(), Policy::Batch)),
        },
        Row {
            measure: Measure {
                name: "accuracy_precise",
                label: "Accuracy, precise statistics",
                noun: "the accuracy with precise statistics",
                help: "Share of right answers with statistics computed over the training set for the weights as they are.",
                ..COMMON
            },
            read: |(), now| Value::Number(precise(now.run()).and_then(|state| accuracy(now, &state, Policy::Running))),
        },
    ];

    fn new(_run: &Run<f32>) -> Self {
        Accuracy
    }

    fn advance(&mut self, _now: &Moment) -> Option<Self::Found> {
        Some(())
    }
}

fn accuracy(now: &Moment, state: &State<f32>, policy: Policy) -> Option<f64> {
    score(now.run(), state, &now.run().data().validation, policy).accuracy()
}
