//! The normalizations, one file each.
//!
//! To add one: write a file like [`layer`] and add a line to the table below. Its name then appears
//! in the configuration, the URL, the page and the headless runner.

mod batch;
mod group;
mod instance;
mod layer;
mod none;
mod per_sample;
mod rms;

use super::layer::{Layer, Shape};
use super::layout::Layout;
use crate::choice::{Choice, Choices};
use crate::kernels::Real;

/// Where a normalization stands, and its settings.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Site {
    /// The activation that it normalizes.
    pub shape: Shape,
    /// Samples in a training batch.
    pub batch: usize,
    /// Groups of channels, for GroupNorm.
    pub groups: usize,
    /// ε; without one, each normalization's default in PyTorch.
    pub eps: Option<f64>,
    /// ρ, the weight of the new value in running statistics; without one, a cumulative mean.
    pub momentum: Option<f64>,
}

/// Why a normalization cannot stand at a site.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The configuration field to change.
    pub field: &'static str,
    /// What would be possible.
    pub allowed: String,
    /// The reason, one clause.
    pub reason: String,
    /// The nearest value that would do.
    pub fix: String,
}

/// Declares [`Norm`] from one line per normalization. Each module has `CHOICE`, `check` and `build`.
macro_rules! normalizations {
    ($($variant:ident => $module:ident,)+) => {
        /// Which normalization stands before each nonlinearity.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Norm {
            $(#[doc = concat!("See the file `", stringify!($module), ".rs`.")] $variant,)+
        }

        impl Choices for Norm {
            const ALL: &'static [Norm] = &[$(Norm::$variant),+];

            fn choice(self) -> Choice {
                match self { $(Norm::$variant => $module::CHOICE,)+ }
            }
        }

        impl Norm {
            /// Whether it can stand there, and if not, why.
            pub fn check(self, site: &Site) -> Result<(), Refusal> {
                match self { $(Norm::$variant => $module::check(site),)+ }
            }

            /// The layer, its tensors registered under `name`; none for [`Norm::None`].
            pub fn build<F: Real>(self, site: &Site, name: &str, layout: &mut Layout) -> Option<Box<dyn Layer<F>>> {
                match self { $(Norm::$variant => $module::build(site, name, layout),)+ }
            }
        }
    };
}

normalizations! {
    None => none,
    Batch => batch,
    Layer => layer,
    Group => group,
    Instance => instance,
    Rms => rms,
}
