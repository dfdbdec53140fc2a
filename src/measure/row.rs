//! What one measure is: its words, its form on charts, and where it means something.

use crate::config::Config;
use crate::nn::model::Family;
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
#[derive(Clone, Copy)]
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
    /// What theory expects.
    pub reference: Reference,
    /// Layers at the input for which it says nothing, and which charts leave out.
    pub skipped: usize,
    /// Whether it is an accuracy on the validation set: what shifts its inputs is said with it, and two that are
    /// within chance of each other are not told apart.
    pub validates: bool,
    /// Which instrument takes it; the registry fills it in.
    pub(super) instrument: usize,
}

impl Measure {
    /// What a row leaves out: the commonest of each.
    pub(super) const PLAIN: Measure = Measure {
        name: "",
        label: "",
        noun: "",
        help: "",
        unit: "",
        how: "",
        form: Form::Number,
        log: true,
        contrast: Contrast::Ratio,
        ranked: NEVER,
        usual: false,
        relevant: ALWAYS,
        reference: Reference::None,
        skipped: 0,
        validates: false,
        instrument: 0,
    };

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

// When a measure is relevant.

pub(super) const ALWAYS: fn(&Config) -> bool = |_| true;
pub(super) const RUNNING: fn(&Config) -> bool = |c| c.norm.has_running_statistics();
/// Statistics that leave out padding are of other numbers of values from batch to batch.
pub(super) const EVEN: fn(&Config) -> bool = |c| RUNNING(c) && !c.leaves_out_padding();
pub(super) const SCALE_FREE: fn(&Config) -> bool = |c| c.norm.card().scale_free;

// Between which runs it is ranked.

pub(super) const ANY: fn(&Config, &Config) -> bool = |_, _| true;
pub(super) const NEVER: fn(&Config, &Config) -> bool = |_, _| false;
/// Along the gradient, distances are in learning rates.
pub(super) const SAME_STEPS: fn(&Config, &Config) -> bool = |a, b| a.lr == b.lr;
pub(super) const SAME_STEPS_AND_LOSS: fn(&Config, &Config) -> bool = |a, b| a.lr == b.lr && a.loss == b.loss;
/// The norm of a mean's gradient over a batch goes with 1/√batch.
pub(super) const SAME_SUM: fn(&Config, &Config) -> bool = |a, b| a.batch == b.batch && a.loss == b.loss;
/// How much statistics scatter goes with 1/√batch.
pub(super) const SAME_BATCH: fn(&Config, &Config) -> bool = |a, b| a.batch == b.batch;
/// Some nonlinearities are flat over half of the line, and no unit of others is ever dead.
pub(super) const SAME_ACTIVATION: fn(&Config, &Config) -> bool = |a, b| a.activation == b.activation;
/// There are no more directions than units, which double from one convolution to the next.
pub(super) const SAME_WIDTH: fn(&Config, &Config) -> bool = |a, b| {
    let convolutions = |c: &Config| (c.model == Family::Cnn).then_some(c.depth);
    (a.model, a.width, convolutions(a)) == (b.model, b.width, convolutions(b))
};
