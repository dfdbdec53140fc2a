//! Eigenvalues of the Hessian, see [`crate::probe::curvature`].

use crate::config::Config;
use crate::measure::row::{ANY, SAME_STEPS};
use crate::measure::{Contrast, Form, Instrument, Measure, Moment, Reference, Row, SHARE, Value};
use crate::nn::layer::Statistics;
use crate::optim::Optimizer;
use crate::probe::curvature::{Curvature, Plan, Spectrum};
use crate::run::Run;
use crate::run::twin::hessian;

/// The instrument. A piece of its measurement is one product with the Hessian.
pub struct Spectra {
    under_way: Option<Curvature>,
}

/// Where plain gradient descent turns unstable.
const EDGE: fn(&Config) -> Option<f64> = |c| (c.optimizer == Optimizer::Sgd).then(|| 2.0 / c.lr);

/// What its measures have in common.
const COMMON: Measure = Measure {
    how: "Hessian of the loss on the first training samples as one batch with its own statistics: exact products in double precision, between ReLU's kinks, and what Lanczos' method finds in them.",
    form: Form::Number,
    reference: Reference::Fixed("2/η", EDGE),
    ..Measure::PLAIN
};

impl Instrument for Spectra {
    const GROUP: &'static str = "Curvature";
    const RARITY: u64 = 4;
    type Found = Spectrum;
    const ROWS: &'static [Row<Self::Found>] = &[
        Row {
            measure: Measure {
                name: "sharpness",
                label: "Sharpness λ_max",
                noun: "the sharpness λ_max",
                help: "The largest eigenvalue of the Hessian: the curvature in the steepest direction.",
                ..COMMON
            },
            read: |s, _| Value::Number(sharpness(s)),
        },
        Row {
            measure: Measure {
                name: "spectrum",
                label: "Eigenvalues of the Hessian",
                noun: "the largest eigenvalue of the Hessian",
                help: "How many eigenvalues lie where: most directions are flat, few are steep.",
                how: "Of the Hessian on the first training samples, by Lanczos: one number per product stands for many.",
                form: Form::Density,
                log: false,
                ..COMMON
            },
            read: |s, _| Value::Density(s.quadrature.clone()),
        },
        Row {
            measure: Measure {
                name: "stability",
                label: "Sharpness · learning rate / 2",
                noun: "the sharpness in units of 2/η",
                help: "Above 1, plain gradient descent overshoots in the steepest direction: the edge of stability.",
                ranked: SAME_STEPS,
                reference: Reference::Fixed("1: edge of stability", |_| Some(1.0)),
                ..COMMON
            },
            read: |s, now| Value::Number(sharpness(s).map(|s| s * now.lr() / 2.0)),
        },
        Row {
            measure: Measure {
                name: "leading_share",
                label: "Gradient in the leading directions",
                noun: "the gradient's share in the leading directions",
                help: "Share of the gradient along as many leading eigenvectors of the Hessian as there are classes.",
                unit: SHARE,
                log: false,
                contrast: Contrast::Odds,
                ranked: ANY,
                reference: Reference::None,
                ..COMMON
            },
            read: |s, now| Value::Number(s.gradient_share.get(now.run().data().classes - 1).copied()),
        },
    ];

    fn new(_run: &Run<f32>) -> Self {
        Spectra { under_way: None }
    }

    fn advance(&mut self, now: &Moment) -> Option<Self::Found> {
        let curvature = self.under_way.get_or_insert_with(|| begin(now));
        if curvature.step() {
            return None;
        }
        let spectrum = curvature.spectrum();
        self.under_way = None;
        Some(spectrum)
    }

    fn progress(&self) -> Option<(usize, usize)> {
        self.under_way.as_ref().map(Curvature::progress)
    }

    fn cancel(&mut self) {
        self.under_way = None;
    }
}

fn begin(now: &Moment) -> Curvature {
    let hessian = hessian(now.run(), now.settings().samples, Statistics::Batch);
    Curvature::new(hessian, Plan { steps: now.settings().products, vectors: 1, seed: now.run().config().seed })
}

fn sharpness(spectrum: &Spectrum) -> Option<f64> {
    spectrum.eigenvalues.first().map(|e| e.value)
}
