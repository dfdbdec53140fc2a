//! What standardizing does to values and to gradients.

use crate::cases::{case, config, distance, moments, standardizing};
use crate::common::{Alone, fully_connected, normal, random_state, small};
use normlab::choice::Choices;
use normlab::nn::activation::Activation;
use normlab::nn::layer::{Draw, Pass, Statistics};
use normlab::nn::network::Workspace;
use normlab::nn::norm::{Norm, Power, Site};
use normlab::rng::Stream;
use proptest::prelude::*;

const EPS: f64 = 1e-5;

proptest! {
    #![proptest_config(config())]

    /// Σx̂ = 0, mean x̂² = v/(v + ε), |x̂| ≤ √(m − 1). Without centring: v the mean square, |x̂| ≤ √m.
    #[test]
    fn standardized_values_have_mean_zero_and_almost_unit_variance(case in case()) {
        let x = case.input::<f64>(&mut case.stream());
        for norm in standardizing() {
            let Some(alone) = case.norm::<f64>(norm, Some(EPS)) else { continue };
            let (y, _) = alone.forward(&x);
            for set in case.sets(norm) {
                let m = set.len() as f64;
                let (_, v) = moments(norm, &x, &set);
                let (sum, square) = set.iter().fold((0.0, 0.0), |(s, q), &i| (s + y[i], q + y[i] * y[i]));
                let bound = if norm == Norm::Rms { m } else { m - 1.0 };
                assert!(norm == Norm::Rms || sum.abs() < 1e-11 * m, "{norm:?}: Σx̂ = {sum}");
                assert!((square / m - v / (v + EPS)).abs() < 1e-11, "{norm:?}: mean x̂² = {}", square / m);
                assert!(set.iter().all(|&i| y[i].abs() <= bound.sqrt() * (1.0 + 1e-11)), "{norm:?}: |x̂| > √{bound}");
            }
        }
    }

    /// Σx̂ = 0 and s(x̂) = s/√(s² + ε), s the scale that divides: the mean or the largest distance from μ.
    #[test]
    fn lp_norm_makes_its_own_scale_one(case in case()) {
        let x = case.input::<f64>(&mut case.stream());
        for &power in Power::ALL {
            let site = Site { power, ..case.site(Norm::Lp, Some(EPS)).expect("two samples or more") };
            let y = Alone::<f64>::norm(Norm::Lp, &site).forward(&x).0;
            for set in case.sets(Norm::Lp) {
                let scale = |v: &[f64]| {
                    let mean = set.iter().map(|&i| v[i]).sum::<f64>() / set.len() as f64;
                    let distances = || set.iter().map(|&i| (v[i] - mean).abs());
                    let mean_of = |p: i32| distances().map(|d| d.powi(p)).sum::<f64>() / set.len() as f64;
                    match power {
                        Power::One => mean_of(1),
                        Power::Two => mean_of(2).sqrt(),
                        Power::Max => distances().fold(0.0, f64::max),
                    }
                };
                let (before, after) = (scale(&x), scale(&y));
                assert!(set.iter().map(|&i| y[i]).sum::<f64>().abs() < 1e-11 * set.len() as f64, "{power:?}");
                assert!((after - before / (before * before + EPS).sqrt()).abs() < 1e-12, "{power:?}: {after}");
            }
        }
    }

    /// γ = √(v + ε), β = μ gives y = x: on the very values that μ and v came from, and, with running
    /// statistics, on any values.
    #[test]
    fn gain_and_shift_can_undo_fixed_statistics(mut case in case()) {
        let mut stream = case.stream();
        let x = case.input::<f64>(&mut stream);
        let mut batch = case.norm::<f64>(Norm::Batch, Some(EPS)).expect("two samples or more");
        undo(&mut batch, &x, &case.sets(Norm::Batch), Norm::Batch);
        assert!(distance(&batch.forward(&x).0, &x) < 1e-12);

        let channels = case.channels();
        batch.statistics = Statistics::Running;
        batch.state = random_state(&batch.layout, &mut stream);
        let (mean, variance) = batch.state.buffers[..2 * channels].split_at(channels);
        let (mean, variance) = (mean.to_vec(), variance.to_vec());
        batch.param("bias").copy_from_slice(&mean);
        batch.param("weight").iter_mut().zip(&variance).for_each(|(g, v)| *g = (v + EPS).sqrt());
        assert!(distance(&batch.forward(&x).0, &x) < 1e-12);

        // γ and β are the same for all samples and positions: these can undo the statistics of one alone.
        (case.batch, case.positions) = (1, 1);
        let x = &x[..channels];
        for norm in [Norm::Layer, Norm::Group, Norm::Rms] {
            let Some(mut alone) = case.norm::<f64>(norm, Some(EPS)) else {
                assert!(norm == Norm::Group && case.width == 1, "all but groups of a single value can stand anywhere");
                continue;
            };
            undo(&mut alone, x, &case.sets(norm), norm);
            assert!(distance(&alone.forward(x).0, x) < 1e-12, "{norm:?}");
        }
    }

    /// Of two samples, one is always 1 and the other −1 (ε → 0), whatever the input: no gradient is left.
    #[test]
    fn batch_norm_of_two_samples_passes_no_gradient(mut case in case(), apart in 0.1..2.0f64) {
        (case.batch, case.positions) = (2, 1);
        let mut stream = case.stream();
        let channels = case.channels();
        let first = case.input::<f64>(&mut stream)[..channels].to_vec();
        let sides: Vec<f64> = first.iter().map(|_| if stream.uniform() < 0.5 { apart } else { -apart }).collect();
        let x: Vec<f64> = first.iter().copied().chain(first.iter().zip(&sides).map(|(x, d)| x + d)).collect();
        let alone = case.norm::<f64>(Norm::Batch, Some(0.0)).expect("two samples");
        let y = alone.forward(&x).0;
        for c in 0..channels {
            assert!((y[c] + sides[c].signum()).abs() < 1e-12 && (y[channels + c] - sides[c].signum()).abs() < 1e-12);
        }
        let dy: Vec<f64> = normal(x.len(), &mut stream);
        let dx = alone.backward(&x, &dy, &mut vec![0.0; alone.state.params.len()]);
        assert!(dx.iter().all(|dx| dx.abs() < 1e-11), "{dx:?}");
    }

    /// ‖dx‖² = (‖g‖² − ⟨1,g⟩²/m − ⟨x̂,g⟩²/m)/σ² at ε = 0, with g = γ·dy: the gradient loses its mean
    /// (not in RMSNorm) and its component along x̂.
    #[test]
    fn gradients_lose_their_mean_and_their_component_along_the_output(case in case()) {
        let mut stream = case.stream();
        let x = case.input::<f64>(&mut stream);
        let dy: Vec<f64> = normal(x.len(), &mut stream);
        for norm in standardizing() {
            let sets = case.sets(norm);
            if sets[0].len() < 2 {
                continue;
            }
            let Some(mut alone) = case.norm::<f64>(norm, Some(0.0)) else { continue };
            let hat = alone.forward(&x).0;
            alone.state = random_state(&alone.layout, &mut stream);
            let gamma = alone.param("weight").to_vec();
            let dx = alone.backward(&x, &dy, &mut vec![0.0; alone.state.params.len()]);
            for set in sets {
                let m = set.len() as f64;
                let g = |i: usize| gamma[i % gamma.len()] * dy[i];
                let sum = |f: &dyn Fn(usize) -> f64| set.iter().map(|&i| f(i)).sum::<f64>();
                let (_, variance) = moments(norm, &x, &set);
                let whole = sum(&|i| g(i) * g(i));
                let mean = if norm == Norm::Rms { 0.0 } else { sum(&g).powi(2) / m };
                let want = (whole - mean - sum(&|i| hat[i] * g(i)).powi(2) / m) / variance;
                let got = sum(&|i| dx[i] * dx[i]);
                assert!((got - want).abs() < 1e-9 * whole / variance, "{norm:?}: {got} against {want}");
            }
        }
    }
}

fn undo(alone: &mut Alone<f64>, x: &[f64], sets: &[Vec<usize>], norm: Norm) {
    let channels = alone.param("weight").len();
    for set in sets {
        let (mean, v) = moments(norm, x, set);
        for i in set {
            alone.param("weight")[i % channels] = (v + EPS).sqrt();
            if norm != Norm::Rms {
                alone.param("bias")[i % channels] = mean;
            }
        }
    }
}

/// The same in whole networks: with batches of two and statistics over them, nothing before the last
/// normalization learns. With any other normalization, everything does.
#[test]
fn with_two_samples_no_layer_before_a_batch_norm_learns() {
    for norm in fully_connected() {
        for seed in 1..6 {
            let mut stream = Stream::new(seed, "two samples");
            let mut architecture = small(norm, Activation::Tanh, 3, 2);
            architecture.site.eps = Some(0.0);
            let net = architecture.build::<f64>();
            let state = random_state(net.layout(), &mut stream);
            let x: Vec<f64> = normal(2 * net.input().len(), &mut stream);
            let mut gradient = vec![0.0; state.params.len()];
            let pass = Pass::training(&state.params, &state.buffers, 2, Draw::default());
            net.gradient(&pass, &x, &[0, 1], &mut Workspace::to_train(&net, 2), &mut gradient, |_, _| {});
            for tensor in net.layout().params.tensors().iter().filter(|t| t.name.starts_with("linear")) {
                let largest = gradient[tensor.range.clone()].iter().fold(0.0, |m: f64, g| m.max(g.abs()));
                assert_eq!(norm.has_running_statistics(), largest < 1e-9, "{norm:?} {}: {largest}", tensor.name);
            }
        }
    }
}
