//! What can be measured about a network without changing it.
//!
//! A probe reads a network, its state and some samples, and works in buffers of its own: parameters,
//! running statistics and random streams stay as they are, bit for bit. Norms, products and moments are
//! summed in double precision, whatever the network computes in. What is not a finite number is missing:
//! `None`, never some other number.
//!
//! What is measured of a run while it trains is in [`crate::measure`]; here is what several of its instruments,
//! the landscapes and the layers' charts share.
//!
//! | module | computes |
//! |---|---|
//! | [`layers`] | what enters each nonlinearity, and how much gradient comes back |
//! | [`statistics`] | the noise of batch statistics; running averages against them |
//! | [`population`] | statistics over a whole training set |
//! | [`curvature`] | eigenvalues of the Hessian |
//! | [`landscape`] | the loss on planes through the weights |
//! | [`boundary`] | the answers on a plane of inputs |

pub mod boundary;
pub mod curvature;
mod eigen;
pub mod landscape;
pub mod layers;
pub(crate) mod moments;
pub mod population;
pub mod statistics;
pub(crate) mod valid;
pub(crate) mod vectors;

use crate::nn::layer::Pass;

/// What a probe sends through a network.
#[derive(Clone, Copy)]
pub struct Batch<'a, F> {
    /// Parameters, buffers and mode.
    pub pass: Pass<'a, F>,
    /// Inputs, `[pass.batch × values per sample]`.
    pub x: &'a [F],
    /// A class per sample.
    pub labels: &'a [u32],
}

/// The number, if it is finite.
pub(crate) fn finite(value: f64) -> Option<f64> {
    value.is_finite().then_some(value)
}

/// The coordinate of point `i` of `points` (two or more) evenly spaced from −`reach` to `reach`.
fn coordinate(i: usize, points: usize, reach: f64) -> f64 {
    reach * (2.0 * i as f64 / (points - 1) as f64 - 1.0)
}
