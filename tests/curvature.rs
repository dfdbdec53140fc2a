//! Curvature is a property of the loss: whoever measures it, from wherever he starts, finds the same.

#![allow(clippy::unwrap_used)] // a run that cannot be built fails the test

#[path = "common/combinations.rs"]
mod combinations;

use combinations::{combinations, small};
use normlab::choice::Choices;
use normlab::config::Config;
use normlab::nn::activation::Activation;
use normlab::nn::layer::Statistics;
use normlab::nn::norm::Norm;
use normlab::probe::curvature::{Curvature, Plan, Spectrum};
use normlab::run::Run;
use normlab::run::twin::hessian;

/// Every family with every normalization and nonlinearity that can stand in it.
fn configurations() -> Vec<Config> {
    let every = |config: Config| Activation::ALL.iter().map(move |&activation| Config { activation, ..config });
    combinations(Config { subset: 60, ..small() }).into_iter().flat_map(every).collect()
}

fn trained(config: Config, steps: usize) -> Run<f32> {
    let mut run = Run::new(config).unwrap();
    for _ in 0..steps {
        run.step();
    }
    run
}

fn spectrum(run: &Run<f32>, samples: usize, plan: Plan) -> Spectrum {
    let mut curvature = Curvature::new(hessian(run, samples, Statistics::Batch), plan);
    while curvature.step() {}
    curvature.spectrum()
}

/// The largest and the smallest eigenvalue, from each of that many start vectors.
fn ends(run: &Run<f32>, samples: usize, steps: usize, vectors: u32) -> Vec<[f64; 2]> {
    let of = |seed| {
        let found = spectrum(run, samples, Plan { steps, vectors: 1, seed }).eigenvalues;
        [found[0].value, found.last().unwrap().value]
    };
    (1..=vectors).map(of).collect()
}

fn assert_agree(ends: &[[f64; 2]], place: &str) {
    let size = ends.iter().flatten().fold(0.0, |m: f64, v| m.max(v.abs()));
    assert!(size > 0.0, "{place}");
    for other in &ends[1..] {
        for (a, b) in ends[0].iter().zip(other) {
            assert!((a - b).abs() <= 1e-3 * size, "{place}: {ends:?}");
        }
    }
}

#[test]
fn start_vectors_agree_in_training() {
    for config in configurations() {
        let place = format!("{:?} {:?} {:?}", config.model, config.norm, config.activation);
        let run = trained(config, 3);
        let page = ends(&run, 24, 20, 2);
        let all = ends(&run, 24, 30, 2);
        assert_agree(&all, &place);
        // As many as the page takes: enough for the largest.
        let size = all[0].iter().fold(0.0, |m: f64, v| m.max(v.abs()));
        for [largest, _] in &page {
            assert!((largest - all[0][0]).abs() <= 1e-3 * size, "{place}: {page:?} {all:?}");
        }
    }
}

/// The largest eigenvalues of the page's first two networks in training, to the digits that power iteration with
/// PyTorch's second derivatives gives at the same weights.
#[test]
fn known_values_with_relu() {
    let known = [
        (Norm::None, 100, "0.2150"),
        (Norm::Batch, 100, "5.904"),
        (Norm::None, 1000, "5.073"),
        (Norm::Batch, 1000, "0.6801"),
    ];
    for (norm, steps, want) in known {
        let run = trained(Config { norm, ..Config::default() }, steps);
        let ends = ends(&run, 256, 30, 3);
        assert_agree(&ends, want);
        let digits = want.len() - want.find('.').unwrap() - 1;
        for [largest, _] in ends {
            assert_eq!(format!("{largest:.digits$}"), want, "{norm:?} after {steps} steps");
        }
    }
}

/// No error is smaller than rounding, and with more products no eigenvalue is found outside of what the bounds of
/// the extreme ones left open.
#[test]
fn bounds_hold_where_more_products_find_the_eigenvalues() {
    for norm in [Norm::None, Norm::Batch, Norm::Layer] {
        let run = trained(Config { norm, ..Config::default() }, 100);
        let exact = spectrum(&run, 64, Plan { steps: 120, vectors: 1, seed: 9 }).eigenvalues;
        let size = exact[0].value.max(-exact[exact.len() - 1].value);
        for steps in [5, 10, 20, 30] {
            let found = spectrum(&run, 64, Plan { steps, vectors: 1, seed: 1 }).eigenvalues;
            for found in [&found[0], &found[found.len() - 1]] {
                assert!(found.error >= f64::EPSILON * size, "{norm:?}: {found:?}");
                let gap = |e: &normlab::probe::curvature::Eigenvalue| (e.value - found.value).abs() - e.error;
                let nearest = exact.iter().map(gap).fold(f64::INFINITY, f64::min);
                assert!(nearest <= found.error, "{norm:?} after {steps} products: {found:?}, nearest {nearest}");
            }
        }
    }
}
