//! What can be measured about a network without changing it.
//!
//! A probe reads a network, its state and some samples, and works in buffers of its own: parameters,
//! running statistics and random streams stay as they are, bit for bit. Norms, products and moments are
//! summed in double precision, whatever the network computes in. What is not a finite number is missing:
//! `None`, never some other number.
//!
//! | module | measures |
//! |---|---|
//! | [`layers`] | what enters each nonlinearity, and how much gradient comes back |
//! | [`units`] | dead and saturated units, effective rank, gradients by depth |
//! | [`along`] | loss and gradient along the gradient |
//! | [`shift`], [`drift`] | internal covariate shift: of gradients, of inputs |
//! | [`rates`] | effective learning rates |
//! | [`offset`] | how much of what a normalization reads is its mean |
//! | [`statistics`] | the noise of batch statistics; running averages against them |
//! | [`curvature`] | eigenvalues of the Hessian |
//! | [`landscape`] | the loss on planes through the weights |
//! | [`boundary`] | the answers on a plane of inputs |

pub mod along;
pub mod boundary;
pub mod curvature;
pub mod drift;
mod eigen;
pub mod landscape;
pub mod layers;
mod moments;
pub mod offset;
pub mod population;
pub mod rates;
pub mod shift;
pub mod statistics;
pub mod units;
mod valid;
mod vectors;

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
fn finite(value: f64) -> Option<f64> {
    value.is_finite().then_some(value)
}

/// The coordinate of point `i` of `points` (two or more) evenly spaced from −`reach` to `reach`.
fn coordinate(i: usize, points: usize, reach: f64) -> f64 {
    reach * (2.0 * i as f64 / (points - 1) as f64 - 1.0)
}
