//! What a sweep tries: a grid over two fields, with several seeds in each of its places.

use crate::choice::choices;
use crate::config::field::{Field, Kind, Scale, Slot, choices};
use crate::edition::Edition;
use crate::sweep::axis::{Axis, GRAMMAR};

choices! {
    /// What every cell gets the same of.
    pub enum Budget {
        Steps: "steps", "Equal steps", "Every cell takes as many training steps; one with larger batches sees more samples.";
        Epochs: "epochs", "Equal epochs", "Every cell sees the training set as often; one with larger batches takes fewer steps.";
    }
}

choices! {
    /// Whether the learning rate follows the batch size.
    pub enum Scaling {
        Off: "off", "As set", "The learning rate stays as it is.";
        Linear: "linear", "With the batch size", "The learning rate is that of the base times its share of the base's batch size, as in Goyal et al. 2017.";
    }
}

choices! {
    /// What a sweep shows of its cells.
    pub enum Metric {
        ValAccuracy: "val_accuracy", "Validation accuracy", "As at inference, after the last step: with running statistics, or with adapted ones where that is set.";
        ValAccuracyBatch: "val_accuracy_batch", "Validation accuracy, batch statistics", "The validation set is one batch with statistics of its own.";
        ValAccuracyPrecise: "val_accuracy_precise", "Validation accuracy, precise statistics", "BatchNorm's statistics are computed anew over the training set for the last weights; others have none.";
        ValLoss: "val_loss", "Validation loss", "As at inference, after the last step.";
        TrainLoss: "recent_loss", "Training loss", "Mean over the last 50 mini-batches, in training mode.";
        StepsTo: "steps_to", "Steps to the threshold", "The first step at which the mean loss of the last 10 mini-batches is no higher than the threshold.";
        Learned: "learned", "Share that learned", "Share of the seeds whose training loss ended no higher than the threshold.";
        Diverged: "diverged", "Share that diverged", "Share of the seeds whose numbers left the finite range.";
    }
}

/// A sweep, but for the base configuration that it varies.
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    /// From left to right.
    pub x: Axis,
    /// From top to bottom; a line each.
    pub y: Axis,
    /// Seeds in each place: the base's, and those after it.
    pub seeds: usize,
    /// What every cell gets the same of,
    pub budget: Budget,
    /// and how much of it.
    pub amount: usize,
    /// Whether the learning rate follows the batch size.
    pub scaling: Scaling,
    /// A training loss counts as learned at this share of that of guessing, [`crate::config::Config::guessing`].
    pub threshold: f64,
}

impl Default for Plan {
    /// Learning rate × normalization, `science.md`'s claim 7.
    fn default() -> Plan {
        let axis = |field, values: &[&str], text| Axis::known(field, values.iter().map(|v| (*v).to_owned()), text);
        let rates = std::iter::successors(Some(1.0 / 512.0), |rate| Some(rate * 2.0)).take(15);
        Plan {
            x: Axis::known("lr", rates.map(crate::config::field::number), "lr=0.001953125..32*2"),
            y: axis("norm", &["none", "batch", "layer"], "norm=none,batch,layer"),
            seeds: 3,
            budget: Budget::Steps,
            amount: 150,
            scaling: Scaling::Off,
            threshold: 0.5,
        }
    }
}

/// Every field of [`Plan`].
pub static PLAN: &[Field<Plan>] = if Edition::Full.is_here() { TABLE } else { &[] };

const TABLE: &[Field<Plan>] = &[
    Field {
        name: "sweep_x",
        label: "From left to right",
        help: "A setting and its values: single ones, or ranges such as 0.01..10*2 (doubling) and 2..40+2 (in steps of 2).",
        group: "Sweep",
        kind: Kind::Text(GRAMMAR),
        slot: |p| Slot::Text(&mut p.x),
        ..Field::PLAIN
    },
    Field {
        name: "sweep_y",
        label: "One line each",
        help: "A second setting and its values, written in the same way.",
        group: "Sweep",
        kind: Kind::Text(GRAMMAR),
        slot: |p| Slot::Text(&mut p.y),
        ..Field::PLAIN
    },
    Field {
        name: "sweep_seeds",
        label: "Seeds",
        help: "How many times each cell is trained, each time from another seed.",
        group: "Sweep",
        kind: Kind::Whole { min: 1, max: 100, scale: Scale::Linear },
        slot: |p| Slot::Whole(&mut p.seeds),
        ..Field::PLAIN
    },
    Field {
        name: "sweep_budget",
        label: "Each cell gets",
        help: "What every cell gets the same of; with different batch sizes this decides the picture.",
        group: "Sweep",
        kind: Kind::Choice(choices::<Budget>),
        slot: |p| Slot::Choice(&mut p.budget),
        ..Field::PLAIN
    },
    Field {
        name: "sweep_amount",
        label: "How many",
        help: "Training steps or epochs for each cell.",
        group: "Sweep",
        kind: Kind::Whole { min: 1, max: 100_000, scale: Scale::Log },
        slot: |p| Slot::Whole(&mut p.amount),
        ..Field::PLAIN
    },
    Field {
        name: "sweep_scaling",
        label: "Learning rate",
        help: "Whether it is scaled with the batch size, from the base's learning rate at the base's batch size.",
        group: "Sweep",
        kind: Kind::Choice(choices::<Scaling>),
        slot: |p| Slot::Choice(&mut p.scaling),
        ..Field::PLAIN
    },
    Field {
        name: "sweep_threshold",
        label: "Threshold",
        help: "A run has learned when its training loss is at most this share of the loss of guessing: ln 10 = 2.30 with ten classes, the variance of a target in a regression.",
        group: "Sweep",
        kind: Kind::Real { min: 0.0, max: 1.0, scale: Scale::Linear, absent: None },
        slot: |p| Slot::Real(&mut p.threshold),
        ..Field::PLAIN
    },
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::fields::FIELDS;
    use crate::state::view::VIEW;

    #[test]
    fn every_field_of_the_struct_stands_in_the_table_once() {
        let plain = |f: &Field<Plan>| f.name.strip_prefix("sweep_").unwrap();
        let own = ["x", "y", "seeds", "budget", "amount", "scaling", "threshold"];
        assert_eq!(PLAN.iter().map(plain).collect::<Vec<_>>(), own);
        let Plan { x: _, y: _, seeds: _, budget: _, amount: _, scaling: _, threshold: _ } = Plan::default();
        let others = FIELDS.iter().map(|f| f.name).chain(VIEW.iter().map(|f| f.name));
        assert!(others.into_iter().all(|name| PLAN.iter().all(|f| f.name != name)), "a key cannot mean two things");
    }

    #[test]
    fn the_default_axes_are_what_their_texts_say() {
        let plan = Plan::default();
        assert_eq!(Axis::parse(plan.x.text()), Ok(plan.x));
        assert_eq!(Axis::parse(plan.y.text()), Ok(plan.y));
    }

    #[test]
    fn values_read_back_and_problems_change_nothing() {
        for (field, text) in PLAN.iter().zip(["depth=2..5", "batch=2,4", "5", "epochs", "6", "linear", "0.25"]) {
            let mut plan = Plan::default();
            field.set(&mut plan, text).unwrap();
            assert_eq!(field.get(&plan), text);
            let changed = plan.clone();
            let problem = field.set(&mut plan, "<b>=").unwrap_err();
            assert_eq!(plan, changed);
            assert!(!problem.allowed.is_empty(), "{}", field.name);
        }
        let problem = PLAN[0].set(&mut Plan::default(), "depth=2,99").unwrap_err();
        assert_eq!((problem.field.as_str(), problem.value.as_str()), ("sweep_x", "99"));
    }
}
