//! The normalizations, one file each.
//!
//! To add one: write a file like `layer.rs` and add a line to the table below. Everything else asks its
//! card. `docs/normalization.md` walks through it.

mod affine;
mod card;
mod lp_scale;
mod masked;
mod per_batch;
mod per_sample;

pub use card::{Card, Learns, Over, Parts, Script};

use super::layer::{Layer, Shape};
use super::layout::Layout;
use crate::choice::{Choice, Choices, choices};
use crate::edition::Edition;
use crate::kernels::Real;

choices! {
    /// The norm whose mean is the scale of an Lp normalization.
    pub enum Power {
        One: "1", "1", "The mean distance from the mean.";
        Two: "2", "2", "The root of the mean square: BatchNorm.";
        Max: "max", "∞", "The largest distance from the mean.";
    }
}

choices! {
    /// How BatchNorm keeps statistics over a sequence.
    pub enum OverTime {
        Pooled: "pooled", "Pooled", "One running average for all steps in time.";
        Step: "step", "Per step", "Each step in time has its own.";
    }
}

/// Where a normalization stands, and its settings.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Site {
    /// The activation that it normalizes.
    pub shape: Shape,
    /// Whether positions are tokens, which LayerNorm and RMSNorm standardize one by one, or pixels, which
    /// they take together.
    pub tokens: bool,
    /// Whether sequences may end early and statistics leave out the padding behind them.
    pub masked: bool,
    /// Positions of the shortest sequence, where they do.
    pub shortest: usize,
    /// Samples in a training batch.
    pub batch: usize,
    /// Groups of channels, for GroupNorm.
    pub groups: usize,
    /// ε; without one, each normalization's default in PyTorch.
    pub eps: Option<f64>,
    /// ρ, the weight of the new value in running statistics; without one, a cumulative mean.
    pub momentum: Option<f64>,
    /// Whether γ and β are learned.
    pub affine: bool,
    /// How many devices share a training batch.
    pub devices: usize,
    /// Samples in a ghost batch.
    pub ghost: usize,
    /// Of the Lp normalization.
    pub power: Power,
    /// Of noise after a normalization: 1 is Santurkar et al.'s.
    pub noise: f64,
    /// Largest correction of the scale in batch renormalization.
    pub r_max: f64,
    /// Largest correction of the mean in batch renormalization.
    pub d_max: f64,
    /// Steps during which batch renormalization corrects nothing.
    pub warmup: usize,
    /// How statistics are kept over a sequence.
    pub over_time: OverTime,
    /// The step in time at which it stands, where each step has a place of its own.
    pub step: Option<usize>,
    /// Which random layer of the network it is: layers at different places draw different noise.
    pub place: u64,
}

impl Site {
    /// PyTorch's defaults.
    pub fn new(shape: Shape, batch: usize) -> Site {
        Site {
            shape,
            tokens: true,
            masked: false,
            shortest: shape.positions,
            batch,
            groups: 1,
            eps: None,
            momentum: Some(0.1),
            affine: true,
            devices: 1,
            ghost: batch,
            power: Power::Two,
            noise: 1.0,
            r_max: 3.0,
            d_max: 5.0,
            warmup: 0,
            over_time: OverTime::Pooled,
            step: None,
            place: 0,
        }
    }
}

/// Why a network cannot be built, or a normalization cannot stand at a site. What would be possible instead
/// is found by trying: see `config/ways.rs`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The configuration field to change.
    pub field: &'static str,
    /// Other fields, a change of which may be a way out too; the nearest first.
    pub others: &'static [&'static str],
    /// The reason, one clause.
    pub reason: String,
}

impl Refusal {
    /// A refusal for that reason, which the full edition words.
    pub fn new(field: &'static str, others: &'static [&'static str], reason: impl FnOnce() -> String) -> Refusal {
        let reason = if Edition::Full.is_here() { reason() } else { String::new() };
        Refusal { field, others, reason }
    }
}

/// Declares [`Norm`] from one line per normalization: its module, which has `CARD`, `check` and `build`, and
/// the edition that it belongs to. (What `cargo fmt` cannot see in a macro, `./build.sh test` formats.)
macro_rules! normalizations {
    ($($(#[$when:meta])* $variant:ident => $module:ident in $edition:ident,)+) => {
        $($(#[$when])* mod $module;)+

        /// Which normalization stands before each nonlinearity.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Norm {
            $($(#[$when])* #[doc = concat!("See the file `", stringify!($module), ".rs`.")] $variant,)+
        }

        impl Choices for Norm {
            const ALL: &'static [Norm] = &[$($(#[$when])* Norm::$variant),+];
            const TABLE: &'static [Choice] = &[$($(#[$when])* $module::CARD.choice),+];

            fn choice(self) -> Choice {
                self.card().choice
            }
        }

        impl Norm {
            /// What is known of it.
            pub fn card(self) -> &'static Card {
                static CARDS: &[Card] = &[$($(#[$when])* $module::CARD),+];
                &CARDS[self as usize]
            }

            /// The edition that can compute it.
            pub fn edition(self) -> Edition {
                match self {
                    $($(#[$when])* Norm::$variant => Edition::$edition,)+
                }
            }

            /// Whether it can stand there, and if not, why.
            pub fn check(self, site: &Site) -> Result<(), Refusal> {
                if Edition::Full.is_here() && site.masked && self.has_running_statistics() {
                    masked::check(self.card(), site)?;
                }
                match self {
                    $($(#[$when])* Norm::$variant if Edition::$edition.is_here() => $module::check(site),)+
                    // Of another edition: no configuration that asks for it gets here.
                    _ => none::check(site),
                }
            }

            /// The layer, its tensors registered under `name`; none for [`Norm::None`].
            pub fn build<F: Real>(self, site: &Site, name: &str, layout: &mut Layout) -> Option<Box<dyn Layer<F>>> {
                if Edition::Full.is_here() && site.masked && self.has_running_statistics() {
                    let vectors = Site { masked: false, shape: Shape::vector(site.shape.channels), ..*site };
                    return self.build(&vectors, name, layout).map(|inside| masked::build(site, inside));
                }
                match self {
                    $($(#[$when])* Norm::$variant if Edition::$edition.is_here() => $module::build(site, name, layout),)+
                    _ => none::build(site, name, layout),
                }
            }
        }
    };
}

normalizations! {
    None => none in First,
    Batch => batch in First,
    Sync => sync in Full,
    Ghost => ghost in Full,
    Layer => layer in First,
    Group => group in First,
    Instance => instance in First,
    Rms => rms in First,
    Renorm => renorm in Full,
    Lp => lp in Full,
    Noisy => noisy in Full,
    Noise => noise in Full,
    Dyt => dyt in Full,
    // Added as anybody would add one; there in this crate's own tests alone.
    #[cfg(test)]
    Added => added in Full,
}

impl Site {
    /// Rows of what LayerNorm and RMSNorm take together.
    fn sample_rows(&self) -> usize {
        if self.tokens { 1 } else { self.shape.positions }
    }

    /// Positions that surely count in a sample's statistics.
    fn positions(&self) -> usize {
        if self.masked { self.shape.positions.min(self.shortest) } else { self.shape.positions }
    }

    /// ε, or the normalization's default.
    fn eps(&self, card: &Card) -> f64 {
        self.eps.or(card.eps).unwrap_or(0.0)
    }
}

impl Norm {
    /// What to offer first where another cannot stand: it stands everywhere.
    pub const SAFEST: Norm = Norm::Layer;

    /// Whether it keeps running statistics, so that training and inference differ.
    pub fn has_running_statistics(self) -> bool {
        self.card().running
    }

    /// Whether it pools positions of a sequence, so that padding would be in its statistics.
    pub fn pools(self) -> bool {
        matches!(self.card().over, Over::Batch | Over::Group | Over::Channel)
    }

    /// Whether the configuration's field of that name is a setting of its own.
    #[inline(never)] // many ask, and a first visit loads whatever is written out for each
    pub fn has(self, setting: &str) -> bool {
        self.card().settings.contains(&setting)
    }
}
