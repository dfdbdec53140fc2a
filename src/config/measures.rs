//! The one table of what can be measured while a run trains.

use super::Config;
use crate::edition::Edition;
use crate::nn::model::Family;
use crate::nn::norm::Over;
use crate::optim::Optimizer;
use std::fmt;

/// What one measurement is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// A number.
    Number,
    /// A smallest and a largest number.
    Range,
    /// A number for each layer.
    Layers,
    /// How many of very many numbers lie where.
    Density,
}

/// What measures: whatever comes from the same instrument costs one measurement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Instrument {
    /// [`crate::probe::along`].
    Along,
    /// [`crate::probe::shift`].
    Shift,
    /// [`crate::probe::drift`].
    Drift,
    /// [`crate::probe::units`].
    Units,
    /// [`crate::probe::rates`].
    Rates,
    /// [`crate::probe::offset`].
    Offset,
    /// [`crate::probe::statistics`], over several batches.
    Noise,
    /// [`crate::probe::statistics`], of running averages.
    Gap,
    /// [`crate::experiment::evaluate`].
    Accuracy,
    /// [`crate::probe::curvature`].
    Curvature,
}

impl Instrument {
    /// The heading under which its measures stand.
    pub fn group(self) -> &'static str {
        match self {
            Instrument::Along => "Along the gradient",
            Instrument::Shift | Instrument::Drift => "Covariate shift",
            Instrument::Units | Instrument::Rates | Instrument::Offset => "Layer by layer",
            Instrument::Noise | Instrument::Gap | Instrument::Accuracy => "Batch statistics",
            Instrument::Curvature => "Curvature",
        }
    }

    /// How many times rarer than others it is asked: the dear ones would take all of the time.
    pub fn rarity(self) -> u64 {
        match self {
            Instrument::Noise | Instrument::Accuracy | Instrument::Curvature => 4,
            _ => 1,
        }
    }
}

/// What theory expects.
#[derive(Clone, Copy)]
pub enum Reference {
    /// Nothing.
    None,
    /// A number, in words and as it follows from the configuration; where it does, that is.
    Fixed(&'static str, fn(&Config) -> Option<f64>),
    /// What another measure of the same instrument expects, by its name.
    Measured(&'static str),
}

/// How far apart two values are, on the one scale that all measures have in common: the logarithm of a factor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Contrast {
    /// Of numbers above 0, by their ratio.
    Ratio,
    /// Of shares, by the ratio of their odds: of small shares almost their ratio, and the same of a share and of
    /// what it leaves.
    Odds,
    /// Of cosines c, by the odds of (1 + c)/2.
    Cosine,
    /// Of what is the logarithm of a factor already, by the difference.
    Logarithm,
}

/// The unit of shares, which are read as percentages.
pub const SHARE: &str = "share";

/// Something that can be measured.
pub struct Measure {
    /// Its key in JSON and `--probes`.
    pub name: &'static str,
    /// The words on the page, and of a chart's axis.
    pub label: &'static str,
    /// The same within a sentence, of which a number is said; of a range, how far it reaches.
    pub noun: &'static str,
    /// One sentence that says what it means.
    pub help: &'static str,
    /// The unit; empty for a plain ratio, [`SHARE`] for what is read as a percentage.
    pub unit: &'static str,
    /// One sentence that says how it was measured, for the caption.
    pub how: &'static str,
    /// One number, two, one per layer, or a density.
    pub form: Form,
    /// Whether its axis is logarithmic.
    pub log: bool,
    /// How far apart two values are.
    pub contrast: Contrast,
    /// Whether it may be named as what separates two such runs most. Not what follows from their settings, nor
    /// what weights of another length alone would change: behind a normalization that length means nothing, and
    /// the scale-free companion stands for it.
    pub ranked: fn(&Config, &Config) -> bool,
    /// Whether it is measured unless something else is asked for.
    pub usual: bool,
    /// Whether there is anything to measure in such a run.
    pub relevant: fn(&Config) -> bool,
    /// What measures it.
    pub instrument: Instrument,
    /// What theory expects.
    pub reference: Reference,
}

impl Measure {
    /// Whether there is a number for each layer.
    pub const fn is_by_layer(&self) -> bool {
        matches!(self.form, Form::Layers)
    }

    /// Whether the panels of each run can show its newest measurement.
    pub const fn has_panels(&self) -> bool {
        matches!(self.form, Form::Layers | Form::Density)
    }
}

/// There is one of each name.
impl PartialEq for Measure {
    fn eq(&self, other: &Measure) -> bool {
        self.name == other.name
    }
}

impl fmt::Debug for Measure {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(self.name)
    }
}

/// A sentence that the first edition does without: its menu names what can be measured, and the full edition,
/// which measures it, explains it.
const fn full(text: &'static str) -> &'static str {
    if Edition::Full.is_here() { text } else { "" }
}

const ALWAYS: fn(&Config) -> bool = |_| true;
const RUNNING: fn(&Config) -> bool = |c| c.norm.has_running_statistics();
/// Statistics that leave out padding are of other numbers of values from batch to batch.
const EVEN: fn(&Config) -> bool = |c| RUNNING(c) && !c.leaves_out_padding();
const SCALE_FREE: fn(&Config) -> bool = |c| c.norm.card().scale_free;

/// Where plain gradient descent turns unstable.
const EDGE: fn(&Config) -> Option<f64> = |c| (c.optimizer == Optimizer::Sgd).then(|| 2.0 / c.lr);
const ANY: fn(&Config, &Config) -> bool = |_, _| true;
const NEVER: fn(&Config, &Config) -> bool = |_, _| false;
/// Along the gradient, distances are in learning rates.
const SAME_STEPS: fn(&Config, &Config) -> bool = |a, b| a.lr == b.lr;
const SAME_STEPS_AND_LOSS: fn(&Config, &Config) -> bool = |a, b| a.lr == b.lr && a.loss == b.loss;
/// The norm of a mean's gradient over a batch goes with 1/√batch.
const SAME_SUM: fn(&Config, &Config) -> bool = |a, b| a.batch == b.batch && a.loss == b.loss;
/// How much statistics scatter goes with 1/√batch.
const SAME_BATCH: fn(&Config, &Config) -> bool = |a, b| a.batch == b.batch;
/// Some nonlinearities are flat over half of the line, and no unit of others is ever dead.
const SAME_ACTIVATION: fn(&Config, &Config) -> bool = |a, b| a.activation == b.activation;
/// There are no more directions than units, which double from one convolution to the next.
const SAME_WIDTH: fn(&Config, &Config) -> bool = |a, b| {
    let convolutions = |c: &Config| (c.model == Family::Cnn).then_some(c.depth);
    (a.model, a.width, convolutions(a)) == (b.model, b.width, convolutions(b))
};

const ALONG: &str = full(
    "On the next mini-batch, in training mode, at steps of half to four learning rates along the \
                     negative gradient.",
);
const NEXT: &str = full("On the next mini-batch, in training mode.");
const STEP: &str = full("Before and after the optimizer's next step, on its mini-batch.");
const BATCHES: &str = full("Over the training set's first batches, with the weights as they are.");
const VALIDATION: &str = full("On the validation set.");
const HESSIAN: &str = full(
    "Hessian of the loss on the first training samples as one batch with its own statistics: exact \
                       products in double precision, between ReLU's kinks, and what Lanczos' method finds in them.",
);

/// Every measure, in the order in which the page shows them.
pub static MEASURES: &[Measure] = &[
    Measure {
        name: "loss_range",
        label: "Loss along the gradient",
        noun: full("the variation of the loss along the gradient"),
        help: full("How far the loss varies when the step along the gradient is made smaller or larger."),
        unit: "nats",
        how: ALONG,
        form: Form::Range,
        log: true,
        contrast: Contrast::Ratio,
        ranked: SAME_STEPS_AND_LOSS,
        usual: true,
        relevant: ALWAYS,
        instrument: Instrument::Along,
        reference: Reference::None,
    },
    Measure {
        name: "predictiveness",
        label: "Gradient change along the gradient",
        noun: full("the variation of the gradient's change along the gradient"),
        help: full("How far the gradient after a step is from the one that predicted it; small is predictable."),
        unit: "",
        how: ALONG,
        form: Form::Range,
        log: true,
        contrast: Contrast::Ratio,
        ranked: NEVER,
        usual: true,
        relevant: ALWAYS,
        instrument: Instrument::Along,
        reference: Reference::None,
    },
    Measure {
        name: "smoothness",
        label: "Effective smoothness β",
        noun: full("the effective smoothness β"),
        help: full("The largest change of the gradient per distance moved along it; small is smooth."),
        unit: "",
        how: ALONG,
        form: Form::Number,
        log: true,
        contrast: Contrast::Ratio,
        ranked: NEVER,
        usual: true,
        relevant: ALWAYS,
        instrument: Instrument::Along,
        reference: Reference::None,
    },
    Measure {
        name: "smoothness_lr",
        label: "β · learning rate",
        noun: full("β times the learning rate"),
        help: full("Smoothness in steps of the learning rate: comparable between nets of different weight scale."),
        unit: "",
        how: ALONG,
        form: Form::Number,
        log: true,
        contrast: Contrast::Ratio,
        ranked: SAME_STEPS,
        usual: false,
        relevant: ALWAYS,
        instrument: Instrument::Along,
        reference: Reference::None,
    },
    Measure {
        name: "gradient_cosine",
        label: "Gradient direction kept",
        noun: full("the cosine that the gradient keeps along itself"),
        help: full("The smallest cosine between the gradient and the one after a step: 1 is the same direction."),
        unit: "",
        how: ALONG,
        form: Form::Number,
        log: false,
        contrast: Contrast::Cosine,
        ranked: SAME_STEPS,
        usual: true,
        relevant: ALWAYS,
        instrument: Instrument::Along,
        reference: Reference::Fixed("0: at right angles", |_| Some(0.0)),
    },
    Measure {
        name: "gradient_change",
        label: "Relative gradient change",
        noun: full("the relative change of the gradient along itself"),
        help: full("The largest change of the gradient after a step, in lengths of the gradient."),
        unit: "",
        how: ALONG,
        form: Form::Number,
        log: true,
        contrast: Contrast::Ratio,
        ranked: SAME_STEPS,
        usual: false,
        relevant: ALWAYS,
        instrument: Instrument::Along,
        reference: Reference::None,
    },
    Measure {
        name: "shift",
        label: "Covariate shift of gradients",
        noun: full("the covariate shift ‖G − G′‖"),
        help: full("How far a layer's gradient moves when the layers before it take their step."),
        unit: "",
        how: STEP,
        form: Form::Layers,
        log: true,
        contrast: Contrast::Ratio,
        ranked: NEVER,
        usual: true,
        relevant: ALWAYS,
        instrument: Instrument::Shift,
        reference: Reference::None,
    },
    Measure {
        name: "shift_cosine",
        label: "Gradient direction kept by layer",
        noun: full("the cosine between a layer's gradients before and after the earlier layers' step"),
        help: full("Cosine between a layer's gradient before and after the earlier layers take their step."),
        unit: "",
        how: STEP,
        form: Form::Layers,
        log: false,
        contrast: Contrast::Cosine,
        ranked: ANY,
        usual: true,
        relevant: ALWAYS,
        instrument: Instrument::Shift,
        reference: Reference::Fixed("0: at right angles", |_| Some(0.0)),
    },
    Measure {
        name: "mean_drift",
        label: "Drift of input means",
        noun: full("the drift of the inputs' means"),
        help: full("How far one step moves the means of a layer's inputs, in their standard deviations."),
        unit: "σ",
        how: STEP,
        form: Form::Layers,
        log: true,
        contrast: Contrast::Ratio,
        ranked: ANY,
        usual: false,
        relevant: ALWAYS,
        instrument: Instrument::Drift,
        reference: Reference::None,
    },
    Measure {
        name: "variance_drift",
        label: "Drift of input variances",
        noun: full("the drift of the inputs' variances"),
        help: full("How much one step changes the variances of a layer's inputs, as a share of them."),
        unit: "",
        how: STEP,
        form: Form::Layers,
        log: true,
        contrast: Contrast::Ratio,
        ranked: ANY,
        usual: false,
        relevant: ALWAYS,
        instrument: Instrument::Drift,
        reference: Reference::None,
    },
    Measure {
        name: "gradient_norm",
        label: "Gradient by layer",
        noun: full("the gradient's norm"),
        help: full("How much gradient reaches each layer's output on its way back."),
        unit: "",
        how: NEXT,
        form: Form::Layers,
        log: true,
        contrast: Contrast::Ratio,
        ranked: SAME_SUM,
        usual: true,
        relevant: ALWAYS,
        instrument: Instrument::Units,
        reference: Reference::None,
    },
    Measure {
        name: "gradient_slope",
        label: "Gradient growth per layer",
        noun: full("the gradient's growth per layer"),
        help: full("Slope of the logarithm of the gradient over depth: below 0, gradients explode on their way back."),
        unit: "per layer",
        how: full("On the next mini-batch, in training mode; a straight line fitted over all layers."),
        form: Form::Number,
        log: false,
        contrast: Contrast::Logarithm,
        ranked: ANY,
        usual: true,
        relevant: ALWAYS,
        instrument: Instrument::Units,
        reference: Reference::Fixed("0: neither grows nor shrinks", |_| Some(0.0)),
    },
    Measure {
        name: "dead",
        label: "Dead units",
        noun: full("the share of dead units"),
        help: full("Share of a layer's units that no sample of the batch moves: of ReLU, never above 0."),
        unit: SHARE,
        how: NEXT,
        form: Form::Layers,
        log: false,
        contrast: Contrast::Odds,
        ranked: SAME_ACTIVATION,
        usual: true,
        relevant: ALWAYS,
        instrument: Instrument::Units,
        reference: Reference::None,
    },
    Measure {
        name: "saturated",
        label: "Saturated values",
        noun: full("the share of saturated values"),
        help: full("Share of the values at which the nonlinearity is almost flat: below 5 % of its steepest slope."),
        unit: SHARE,
        how: NEXT,
        form: Form::Layers,
        log: false,
        contrast: Contrast::Odds,
        ranked: SAME_ACTIVATION,
        usual: true,
        relevant: ALWAYS,
        instrument: Instrument::Units,
        reference: Reference::None,
    },
    Measure {
        name: "rank",
        label: "Effective rank",
        noun: full("the effective rank"),
        help: full("How many directions a layer's outputs use: 1 if all samples look alike to it."),
        unit: "directions",
        how: NEXT,
        form: Form::Layers,
        log: true,
        contrast: Contrast::Ratio,
        ranked: SAME_WIDTH,
        usual: true,
        relevant: ALWAYS,
        instrument: Instrument::Units,
        reference: Reference::None,
    },
    Measure {
        name: "effective_lr",
        label: "Effective learning rate",
        noun: full("the effective learning rate"),
        help: full(
            "The learning rate over the squared length of the weights, whose direction alone counts before a \
               normalization.",
        ),
        unit: "",
        how: full("From the weights."),
        form: Form::Layers,
        log: true,
        contrast: Contrast::Ratio,
        ranked: NEVER,
        usual: true,
        relevant: SCALE_FREE,
        instrument: Instrument::Rates,
        reference: Reference::None,
    },
    Measure {
        name: "offset",
        label: "|mean| / rms before the norm",
        noun: full("the share of the mean in what is normalized"),
        help: full("How much of its root mean square a token's mean is: at 0 RMSNorm and LayerNorm are the same."),
        unit: "",
        how: NEXT,
        form: Form::Layers,
        log: false,
        contrast: Contrast::Odds,
        ranked: NEVER,
        usual: false,
        relevant: |c| c.norm.card().over == Over::Token,
        instrument: Instrument::Offset,
        reference: Reference::None,
    },
    Measure {
        name: "mean_noise",
        label: "Noise of batch means",
        noun: full("the scatter of batch means"),
        help: full("How much the means of mini-batches scatter, in standard deviations of the values."),
        unit: "σ",
        how: BATCHES,
        form: Form::Layers,
        log: true,
        contrast: Contrast::Ratio,
        ranked: SAME_BATCH,
        usual: false,
        relevant: EVEN,
        instrument: Instrument::Noise,
        reference: Reference::Measured("mean_noise_expected"),
    },
    Measure {
        name: "mean_noise_expected",
        label: "Noise of batch means, expected",
        noun: full("the expected scatter of batch means"),
        help: full("One over the root of the number of values: how much means scatter if values are independent."),
        unit: "σ",
        how: BATCHES,
        form: Form::Layers,
        log: true,
        contrast: Contrast::Ratio,
        ranked: NEVER,
        usual: false,
        relevant: EVEN,
        instrument: Instrument::Noise,
        reference: Reference::None,
    },
    Measure {
        name: "deviation_noise",
        label: "Noise of batch deviations",
        noun: full("the scatter of batch deviations"),
        help: full("How much the standard deviations of mini-batches scatter, as a share of them."),
        unit: "σ",
        how: BATCHES,
        form: Form::Layers,
        log: true,
        contrast: Contrast::Ratio,
        ranked: SAME_BATCH,
        usual: false,
        relevant: EVEN,
        instrument: Instrument::Noise,
        reference: Reference::Measured("deviation_noise_expected"),
    },
    Measure {
        name: "deviation_noise_expected",
        label: "Noise of batch deviations, expected",
        noun: full("the expected scatter of batch deviations"),
        help: full("How much deviations scatter if values are independent, given how heavy their tails are."),
        unit: "σ",
        how: BATCHES,
        form: Form::Layers,
        log: true,
        contrast: Contrast::Ratio,
        ranked: NEVER,
        usual: false,
        relevant: EVEN,
        instrument: Instrument::Noise,
        reference: Reference::None,
    },
    Measure {
        name: "mean_gap",
        label: "Running mean against batch mean",
        noun: full("the gap between running and batch means"),
        help: full("How far inference's means are from those of training, in standard deviations."),
        unit: "σ",
        how: NEXT,
        form: Form::Layers,
        log: true,
        contrast: Contrast::Ratio,
        ranked: ANY,
        usual: true,
        relevant: EVEN,
        instrument: Instrument::Gap,
        reference: Reference::None,
    },
    Measure {
        name: "deviation_gap",
        label: "Running deviation against batch deviation",
        noun: full("the gap between running and batch deviations"),
        help: full("How far inference's standard deviations are from those of training, as a share of them."),
        unit: "",
        how: NEXT,
        form: Form::Layers,
        log: true,
        contrast: Contrast::Ratio,
        ranked: ANY,
        usual: true,
        relevant: EVEN,
        instrument: Instrument::Gap,
        reference: Reference::None,
    },
    Measure {
        name: "accuracy_running",
        label: "Accuracy, running statistics",
        noun: full("the accuracy with running statistics"),
        help: full("Share of right answers with the running averages of training, the usual way at inference."),
        unit: SHARE,
        how: VALIDATION,
        form: Form::Number,
        log: false,
        contrast: Contrast::Odds,
        ranked: NEVER,
        usual: false,
        relevant: ALWAYS,
        instrument: Instrument::Accuracy,
        reference: Reference::None,
    },
    Measure {
        name: "accuracy_batch",
        label: "Accuracy, batch statistics",
        noun: full("the accuracy with batch statistics"),
        help: full("Share of right answers if the validation set is one batch with statistics of its own."),
        unit: SHARE,
        how: VALIDATION,
        form: Form::Number,
        log: false,
        contrast: Contrast::Odds,
        ranked: ANY,
        usual: false,
        relevant: RUNNING,
        instrument: Instrument::Accuracy,
        reference: Reference::None,
    },
    Measure {
        name: "accuracy_precise",
        label: "Accuracy, precise statistics",
        noun: full("the accuracy with precise statistics"),
        help: full(
            "Share of right answers with statistics computed over the training set for the weights as they are.",
        ),
        unit: SHARE,
        how: VALIDATION,
        form: Form::Number,
        log: false,
        contrast: Contrast::Odds,
        ranked: ANY,
        usual: false,
        relevant: RUNNING,
        instrument: Instrument::Accuracy,
        reference: Reference::None,
    },
    Measure {
        name: "sharpness",
        label: "Sharpness λ_max",
        noun: full("the sharpness λ_max"),
        help: full("The largest eigenvalue of the Hessian: the curvature in the steepest direction."),
        unit: "",
        how: HESSIAN,
        form: Form::Number,
        log: true,
        contrast: Contrast::Ratio,
        ranked: NEVER,
        usual: false,
        relevant: ALWAYS,
        instrument: Instrument::Curvature,
        reference: Reference::Fixed("2/η", EDGE),
    },
    Measure {
        name: "spectrum",
        label: "Eigenvalues of the Hessian",
        noun: full("the largest eigenvalue of the Hessian"),
        help: full("How many eigenvalues lie where: most directions are flat, few are steep."),
        unit: "",
        how: full("Of the Hessian on the first training samples, by Lanczos: one number per product stands for many."),
        form: Form::Density,
        log: false,
        contrast: Contrast::Ratio,
        ranked: NEVER,
        usual: false,
        relevant: ALWAYS,
        instrument: Instrument::Curvature,
        reference: Reference::Fixed("2/η", EDGE),
    },
    Measure {
        name: "stability",
        label: "Sharpness · learning rate / 2",
        noun: full("the sharpness in units of 2/η"),
        help: full("Above 1, plain gradient descent overshoots in the steepest direction: the edge of stability."),
        unit: "",
        how: HESSIAN,
        form: Form::Number,
        log: true,
        contrast: Contrast::Ratio,
        ranked: SAME_STEPS,
        usual: false,
        relevant: ALWAYS,
        instrument: Instrument::Curvature,
        reference: Reference::Fixed("1: edge of stability", |_| Some(1.0)),
    },
    Measure {
        name: "leading_share",
        label: "Gradient in the leading directions",
        noun: full("the gradient's share in the leading directions"),
        help: full("Share of the gradient along as many leading eigenvectors of the Hessian as there are classes."),
        unit: SHARE,
        how: HESSIAN,
        form: Form::Number,
        log: false,
        contrast: Contrast::Odds,
        ranked: ANY,
        usual: false,
        relevant: ALWAYS,
        instrument: Instrument::Curvature,
        reference: Reference::None,
    },
];

/// The measure of that name.
pub fn named(name: &str) -> Option<&'static Measure> {
    MEASURES.iter().find(|m| m.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn names_are_keys_and_words_are_sentences() {
        let names: BTreeSet<&str> = MEASURES.iter().map(|m| m.name).collect();
        assert_eq!(names.len(), MEASURES.len());
        for measure in MEASURES {
            assert!(measure.name.chars().all(|c| c.is_ascii_lowercase() || c == '_'), "{}", measure.name);
            for sentence in [measure.help, measure.how] {
                assert!(sentence.ends_with('.') && !sentence.contains("  "), "{}: {sentence}", measure.name);
            }
            let labels = MEASURES.iter().filter(|m| m.label == measure.label).count();
            assert!(labels == 1 && !measure.label.ends_with('.'), "{}", measure.label);
            assert_eq!(named(measure.name).map(|m| m.label), Some(measure.label));
        }
        assert!(named("nonsense").is_none());
    }
}
