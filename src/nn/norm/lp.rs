//! Lp normalization (Santurkar et al. 2018, arXiv:1805.11604, §3.3): BatchNorm with another scale.
//!
//! y = γ·(x − μ)/√(s² + ε) + β with μ the mean over samples and positions, and s the mean ℓp norm of the
//! distances from it: mean |x − μ| for p = 1, √(mean (x − μ)²) for p = 2, which is BatchNorm to the bit,
//! and max |x − μ| for p = ∞. ε stands where BatchNorm has it, so that a constant channel becomes β at
//! every p.
//!
//! Tensors are BatchNorm's, `per_batch.rs`; `running_var` follows s². For p = 2 that is the unbiased
//! variance, as there; for the others s² as it is.
//!
//! Backward over m values, with g = γ·dy, x̂ = (x − μ)·k and k = 1/√(s² + ε):
//! dx = k·(g − mean(g) − Σ(g·x̂)·s·k·(t − mean(t))) with t = ∂s/∂(x − μ): sign(x − μ)/m for p = 1; for ∞
//! the sign of the most distant value at its place, the first of equals, and 0 elsewhere.

use super::per_batch::{self, PerBatch, Spec};
use super::{Card, Learns, Over, Parts, Refusal, Script, Site};
use crate::choice::Choice;
use crate::kernels::Real;
use crate::mark::{Marker, mark};
use crate::nn::layer::Layer;
use crate::nn::layout::Layout;

pub(super) const CARD: Card = Card {
    choice: Choice {
        name: "lp",
        label: "Lp-norm",
        help: "BatchNorm that divides by another average of the distances from the mean.",
    },
    over: Over::Batch,
    running: true,
    scale_free: true,
    replaces_bias: true,
    learns: Learns::GainAndShift,
    eps: Some(1e-5),
    parts: Parts::Whole,
    settings: &["power"],
    script: Script::of(&["settles"], PYTORCH),
    mark: mark((20, 110, 60), (104, 196, 128), Some((4, 2)), Marker::Diamond),
};

/// The layer in an exported script.
const PYTORCH: &str = r#"

class LpNorm(Running):
    """Santurkar et al. 2018: BatchNorm with another average of the distances from the mean."""

    def forward(self, x):
        mean, square = self.running_mean, self.running_var
        if self.training:
            mean, square = moments(x)
            self.follow(mean, square)  #? !lp2
            count = x.numel() / x.shape[1]  #? lp2
            self.follow(mean, square * count / (count - 1))  #? lp2
        return self.affine((x - per_channel(mean, x)) / per_channel((square + EPS).sqrt(), x))


def normalization(channels):
    return LpNorm(channels)
"#;

pub(super) fn check(site: &Site) -> Result<(), Refusal> {
    per_batch::check_count(site, 1, "batch", CARD.choice.label)
}

pub(super) fn build<F: Real>(site: &Site, name: &str, layout: &mut Layout) -> Option<Box<dyn Layer<F>>> {
    Some(PerBatch::boxed(site, Spec { power: site.power, ..Spec::of(&CARD, site) }, name, layout))
}
