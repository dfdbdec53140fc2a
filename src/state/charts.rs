//! What the large chart and the layer panels can show: some things always, and whatever can be measured.

use crate::choice::{Choice, Choices};
use crate::edition::Edition;
use crate::measure::{MEASURES, Measure};

/// What the large chart plots.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Curve {
    /// The loss by step.
    Loss,
    /// Share of samples classified correctly, by step.
    Accuracy,
    /// A measurement, by step.
    Measure(&'static Measure),
}

/// What the layer panels show.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Layers {
    /// Histogram of what enters each nonlinearity.
    Activations,
    /// Size of the loss's gradient at each layer's output.
    Gradients,
    /// What the network answers at each point of the plane.
    Boundary,
    /// The newest measurement, by layer or of the whole.
    Measure(&'static Measure),
}

const LOSS: Choice = Choice { name: "loss", label: "Loss", help: "Cross-entropy by step." };
const ACCURACY: Choice =
    Choice { name: "accuracy", label: "Accuracy", help: "Share of samples classified correctly, by step." };
const ACTIVATIONS: Choice =
    Choice { name: "activations", label: "Activations", help: "Histogram of what enters each nonlinearity." };
const GRADIENTS: Choice =
    Choice { name: "gradients", label: "Gradients", help: "Size of the loss's gradient at each layer's output." };
const BOUNDARY: Choice = Choice {
    name: "boundary",
    label: "Boundary",
    help: "What the network answers at each point of the plane; for 2-D data.",
};

const fn choice(measure: &Measure) -> Choice {
    Choice { name: measure.name, label: measure.label, help: measure.help }
}

/// The measures that the panels can show.
const IN_PANELS: usize = {
    let (mut count, mut i) = (0, 0);
    while i < MEASURES.len() {
        count += MEASURES[i].has_panels() as usize;
        i += 1;
    }
    count
};

const CURVES: usize = 2 + MEASURES.len();
const LAYERS: usize = 3 + IN_PANELS;

static CURVE_ALL: [Curve; CURVES] = {
    let mut all = [Curve::Loss; CURVES];
    all[1] = Curve::Accuracy;
    let mut i = 0;
    while i < MEASURES.len() {
        all[2 + i] = Curve::Measure(&MEASURES[i]);
        i += 1;
    }
    all
};

static CURVE_TABLE: [Choice; CURVES] = {
    let mut table = [LOSS; CURVES];
    table[1] = ACCURACY;
    let mut i = 0;
    while i < MEASURES.len() {
        table[2 + i] = choice(&MEASURES[i]);
        i += 1;
    }
    table
};

static LAYERS_ALL: [Layers; LAYERS] = {
    let mut all = [Layers::Activations; LAYERS];
    (all[1], all[2]) = (Layers::Gradients, Layers::Boundary);
    let (mut next, mut i) = (3, 0);
    while i < MEASURES.len() {
        if MEASURES[i].has_panels() {
            all[next] = Layers::Measure(&MEASURES[i]);
            next += 1;
        }
        i += 1;
    }
    all
};

static LAYERS_TABLE: [Choice; LAYERS] = {
    let mut table = [ACTIVATIONS; LAYERS];
    (table[1], table[2]) = (GRADIENTS, BOUNDARY);
    let (mut next, mut i) = (3, 0);
    while i < MEASURES.len() {
        if MEASURES[i].has_panels() {
            table[next] = choice(&MEASURES[i]);
            next += 1;
        }
        i += 1;
    }
    table
};

impl Choices for Curve {
    const ALL: &'static [Curve] = &CURVE_ALL;
    const TABLE: &'static [Choice] = &CURVE_TABLE;

    fn choice(self) -> Choice {
        match self {
            Curve::Loss => LOSS,
            Curve::Accuracy => ACCURACY,
            Curve::Measure(measure) => choice(measure),
        }
    }
}

impl Choices for Layers {
    const ALL: &'static [Layers] = &LAYERS_ALL;
    const TABLE: &'static [Choice] = &LAYERS_TABLE;

    fn choice(self) -> Choice {
        match self {
            Layers::Activations => ACTIVATIONS,
            Layers::Gradients => GRADIENTS,
            Layers::Boundary => BOUNDARY,
            Layers::Measure(measure) => choice(measure),
        }
    }
}

impl Curve {
    /// The edition that can show it.
    pub fn edition(self) -> Edition {
        match self {
            Curve::Loss | Curve::Accuracy => Edition::First,
            Curve::Measure(_) => Edition::Full,
        }
    }

    /// What is measured for it, if it is that and can be measured here.
    pub fn measure(self) -> Option<&'static Measure> {
        match self {
            Curve::Measure(measure) => Some(measure).filter(|_| Edition::Full.is_here()),
            Curve::Loss | Curve::Accuracy => None,
        }
    }
}

impl Layers {
    /// The edition that can show them.
    pub fn edition(self) -> Edition {
        match self {
            Layers::Activations | Layers::Gradients | Layers::Boundary => Edition::First,
            Layers::Measure(_) => Edition::Full,
        }
    }

    /// What is measured for them, if it is that and can be measured here.
    pub fn measure(self) -> Option<&'static Measure> {
        match self {
            Layers::Measure(measure) => Some(measure).filter(|_| Edition::Full.is_here()),
            Layers::Activations | Layers::Gradients | Layers::Boundary => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_measures_can_be_shown_over_steps_and_some_in_the_panels() {
        for measure in MEASURES {
            assert_eq!(Curve::named(measure.name), Some(Curve::Measure(measure)));
            let layers = measure.has_panels().then_some(Layers::Measure(measure));
            assert_eq!(Layers::named(measure.name), layers, "{measure:?}");
        }
        assert_eq!(
            (Curve::named("accuracy"), Layers::named("boundary")),
            (Some(Curve::Accuracy), Some(Layers::Boundary))
        );
        fn agree<T: Choices + std::fmt::Debug>() {
            for (one, words) in T::ALL.iter().zip(T::TABLE) {
                assert_eq!((one.choice(), T::named(words.name)), (*words, Some(*one)));
            }
        }
        agree::<Curve>();
        agree::<Layers>();
    }
}
