//! What can be measured about a network without changing it.
//!
//! A probe reads a network, its state and some samples, and works in buffers of its own: parameters,
//! running statistics and random streams stay as they are, bit for bit.

pub mod boundary;
pub mod landscape;
pub mod layers;

/// The coordinate of point `i` of `points` (two or more) evenly spaced from −`reach` to `reach`.
fn coordinate(i: usize, points: usize, reach: f64) -> f64 {
    reach * (2.0 * i as f64 / (points - 1) as f64 - 1.0)
}
