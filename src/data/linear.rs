//! Regression: ten Gaussian inputs, and ten targets that are a fixed linear map of them.
//!
//! The data of deep linear networks (Saxe, McClelland & Ganguli 2014, arXiv:1312.6120; Santurkar et al.
//! 2018, arXiv:1805.11604). Nothing is random between input and target: one matrix product learns it all.

use super::{DataSet, Split};
use crate::kernels::{Real, reduce};
use crate::rng::Stream;

/// Inputs, and targets, of a sample.
pub(super) const WIDTH: usize = 10;
pub(super) const TRAIN: usize = 1000;
const VALIDATION: usize = 250;

/// Of each target over all inputs: what answering 0 costs.
pub(super) const VARIANCE: f64 = WIDTH as f64;

/// x ~ N(0, 1) and t = M·x, with the rows of M, `[targets × inputs]`, in random directions and of length
/// √[`VARIANCE`], as rows of N(0, 1) have it on average.
pub(super) fn load<F: Real>(seed: u32) -> DataSet<F> {
    let mut stream = Stream::new(seed, "data/linear/map");
    let mut map: Vec<f64> = (0..WIDTH * WIDTH).map(|_| stream.normal()).collect();
    for row in map.chunks_exact_mut(WIDTH) {
        let scale = VARIANCE.sqrt() / reduce::norm(row);
        row.iter_mut().for_each(|m| *m *= scale);
    }
    let mut stream = Stream::new(seed, "data/linear/inputs");
    let x: Vec<f64> = (0..(TRAIN + VALIDATION) * WIDTH).map(|_| stream.normal()).collect();
    let images = x.chunks_exact(WIDTH).flat_map(|x| map.chunks_exact(WIDTH).map(|row| reduce::dot(row, x)));
    let split = |from: usize, to: usize| Split {
        x: x[from * WIDTH..to * WIDTH].iter().map(|&v| F::of(v)).collect(),
        y: (from as u32..to as u32).collect(),
    };
    DataSet {
        features: WIDTH,
        classes: WIDTH,
        targets: Some(images.map(F::of).collect()),
        train: split(0, TRAIN),
        validation: split(TRAIN, TRAIN + VALIDATION),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_are_a_linear_map_of_the_inputs_whose_cost_is_known() {
        let set = load::<f64>(5);
        let targets = set.targets.unwrap();
        assert_eq!(targets.len(), (TRAIN + VALIDATION) * WIDTH);
        let rows = |x: &[f64]| x.chunks_exact(WIDTH).map(<[f64]>::to_vec).collect::<Vec<_>>();
        let (x, t) = (rows(&set.train.x), rows(&targets));
        // Any eleven inputs are linearly dependent, and their targets by the same coefficients.
        let mut system: Vec<Vec<f64>> = (0..=WIDTH).map(|i| [&x[i][..], &t[i][..]].concat()).collect();
        for k in 0..WIDTH {
            let pivot = (k..=WIDTH).max_by(|&a, &b| system[a][k].abs().total_cmp(&system[b][k].abs())).unwrap();
            system.swap(k, pivot);
            let above = system[k].clone();
            for row in &mut system[k + 1..] {
                let factor = row[k] / above[k];
                row.iter_mut().zip(&above).for_each(|(v, above)| *v -= factor * above);
            }
        }
        assert!(system[WIDTH].iter().all(|v| v.abs() < 1e-9), "{:?}", system[WIDTH]);
        // Of 12,500 values: a standard error of 1.3 % or somewhat more, since a sample's are not independent.
        let cost = targets.iter().map(|t| t * t).sum::<f64>() / targets.len() as f64;
        assert!((cost / VARIANCE - 1.0).abs() < 0.1, "{cost}");
    }
}
