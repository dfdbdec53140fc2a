//! Directions through the weights.

use crate::kernels::{Real, reduce};
use crate::nn::layout::{Role, Table};
use crate::probe::vectors::dot;
use crate::rng::Stream;
use std::fmt;

/// There is no plane: one of its directions leads nowhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ZeroDirection {
    /// Which direction.
    pub what: &'static str,
    /// What is wrong with it.
    pub why: &'static str,
}

impl fmt::Display for ZeroDirection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}: it spans no plane", self.what, self.why)
    }
}

/// A filter-normalized random direction, laid out as the parameters.
///
/// Each tensor's draws come from a stream of its own, so that networks that differ in their
/// normalization alone are cut along the same directions.
pub fn direction<F: Real>(table: &Table, params: &[F], name: &str, seed: u32) -> Vec<F> {
    let mut direction = vec![F::ZERO; params.len()];
    for tensor in table.tensors() {
        let Role::Weight { fan_in, .. } = tensor.role else {
            continue;
        };
        let mut stream = Stream::new(seed, &format!("landscape/{name}/{}", tensor.name));
        let rows = direction[tensor.range.clone()].chunks_exact_mut(fan_in);
        for (row, weights) in rows.zip(params[tensor.range.clone()].chunks_exact(fan_in)) {
            for value in row.iter_mut() {
                *value = F::of(stream.normal());
            }
            let scale = F::of(reduce::norm(weights) / (reduce::norm(row) + 1e-10));
            for value in row.iter_mut() {
                *value *= scale;
            }
        }
    }
    direction
}

/// The random direction of that seed, made orthogonal to `u` and as long: the plane of both is not
/// distorted. `what` is u, for the message.
pub(super) fn across<F: Real>(
    table: &Table,
    params: &[F],
    u: &[F],
    seed: u32,
    what: &'static str,
) -> Result<Vec<F>, ZeroDirection> {
    check(u, what)?;
    let drawn = direction(table, params, "v", seed);
    let square = dot(u, u);
    let along = dot(&drawn, u) / square;
    let rest: Vec<f64> = drawn.iter().zip(u).map(|(v, u)| v.to_f64() - along * u.to_f64()).collect();
    check(&rest, "the random direction across")?;
    let scale = square.sqrt() / reduce::norm(&rest);
    Ok(rest.iter().map(|&v| F::of(v * scale)).collect())
}

/// Whether it leads somewhere.
pub(super) fn check<F: Real>(direction: &[F], what: &'static str) -> Result<(), ZeroDirection> {
    match reduce::norm(direction) {
        length if !length.is_finite() => Err(ZeroDirection { what, why: "is not finite" }),
        0.0 => Err(ZeroDirection { what, why: "is 0" }),
        _ => Ok(()),
    }
}
