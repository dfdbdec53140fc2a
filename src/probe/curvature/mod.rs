//! Curvature: leading eigenvalues of the Hessian, the density of all of them, and how much of the
//! gradient lies along the leading ones.
//!
//! Eigenvalues by [`lanczos`] on products with the [`hessian`]; their density by stochastic Lanczos
//! quadrature (Ghorbani, Krishnan & Xiao 2019, arXiv:1901.10159, §2; Ubaru, Chen & Saad 2017): for a
//! random unit vector v, the eigenvalues of T with the squares of their vectors' first entries as weights
//! stand for all n eigenvalues. One product at a time, so that whoever computes can listen in between.

pub mod hessian;
pub mod lanczos;

use super::finite;
use crate::kernels::reduce;
use crate::rng::Stream;
use hessian::Hessian;
use lanczos::{Lanczos, Ritz};

/// How much to compute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Plan {
    /// Products for each start vector, 1 or more. With 20 the largest eigenvalue does not depend on the start
    /// vector any more, to 10⁻³ of the largest magnitude, with 30 nor does the smallest (`tests/curvature.rs`);
    /// with 10 both do.
    pub steps: usize,
    /// Random start vectors, 1 or more: leading eigenvalues come from the first, the density from all.
    pub vectors: usize,
    /// Of the start vectors.
    pub seed: u32,
}

/// An eigenvalue that was found, and a bound of its error; see [`lanczos::Ritz`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Eigenvalue {
    /// The value.
    pub value: f64,
    /// The Hessian has an eigenvalue no further from it than this; which one, it does not say: λ_max may be larger
    /// than the largest one found.
    pub error: f64,
}

/// What is known of the spectrum.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Spectrum {
    /// From the largest down: the first ones are the leading eigenvalues, λ_max first once there are products
    /// enough. From the other end, the most negative. In between they stand for many that are there.
    pub eigenvalues: Vec<Eigenvalue>,
    /// ‖P_k g‖²/‖g‖² for k = 1, 2, …, in that order: the share of the gradient g in the space of the k
    /// leading eigenvectors (Gur-Ari, Roberts & Dyer 2018, arXiv:1812.04754). Empty if g = 0.
    pub gradient_share: Vec<f64>,
    /// Nodes λ and weights w of the density: Σ w·f(λ) estimates the mean of f over all eigenvalues.
    /// Weights add up to 1.
    pub quadrature: Vec<(f64, f64)>,
    /// The mean over the start vectors of n·vᵀHv, an estimate of the trace.
    pub trace: Option<f64>,
}

/// The computation, product by product.
pub struct Curvature {
    hessian: Hessian,
    plan: Plan,
    loss: f64,
    gradient: Vec<f64>,
    lanczos: Lanczos,
    /// Of the first start vector, once it is done.
    leading: Option<(Vec<Ritz>, Vec<f64>)>,
    /// Nodes and weights of each start vector that is done.
    rules: Vec<Vec<(f64, f64)>>,
    failed: bool,
}

impl Curvature {
    /// Prepares, at the cost of one gradient.
    pub fn new(mut hessian: Hessian, plan: Plan) -> Curvature {
        let mut gradient = vec![0.0; hessian.len()];
        let loss = hessian.gradient(&mut gradient);
        let lanczos = start(&hessian, plan.seed, 0);
        Curvature { hessian, plan, loss, gradient, lanczos, leading: None, rules: Vec::new(), failed: false }
    }

    /// Computes one product. False once all is done.
    pub fn step(&mut self) -> bool {
        if self.is_done() {
            return false;
        }
        let hessian = &mut self.hessian;
        self.lanczos.step(|v, out| hessian.times(v, out));
        if self.lanczos.is_exhausted() || self.lanczos.steps() == self.plan.steps {
            self.close();
        }
        true
    }

    /// Takes in what one start vector has found, and begins with the next.
    fn close(&mut self) {
        let ritz = self.lanczos.ritz();
        self.failed = ritz.is_empty();
        self.rules.push(ritz.iter().map(|r| (r.value, r.vector[0] * r.vector[0])).collect());
        if self.leading.is_none() {
            let along = self.lanczos.basis().iter().map(|q| reduce::dot(q, &self.gradient)).collect();
            self.leading = Some((ritz, along));
        }
        self.lanczos = start(&self.hessian, self.plan.seed, self.rules.len());
    }

    fn is_done(&self) -> bool {
        self.failed || self.rules.len() == self.plan.vectors
    }

    /// Products computed, and all that there will be at most. A start vector that exhausts its space
    /// leaves out the rest of its own.
    pub fn progress(&self) -> (usize, usize) {
        let all = self.plan.steps * self.plan.vectors;
        let done = self.plan.steps * self.rules.len() + self.lanczos.steps();
        (if self.is_done() { all } else { done }, all)
    }

    /// The loss at which curvature is measured.
    pub fn loss(&self) -> f64 {
        self.loss
    }

    /// What is known so far: of start vectors that are done. Empty if the network overflows.
    pub fn spectrum(&self) -> Spectrum {
        let Some((ritz, along)) = self.leading.as_ref().filter(|_| !self.failed) else {
            return Spectrum::default();
        };
        let size = reduce::dot(&self.gradient, &self.gradient);
        let mut share = 0.0;
        let shares = ritz.iter().map(|r| {
            share += reduce::dot(&r.vector, along).powi(2) / size;
            share
        });
        let parts = self.rules.len() as f64;
        let quadrature: Vec<(f64, f64)> = self.rules.iter().flatten().map(|&(l, w)| (l, w / parts)).collect();
        let mean: f64 = quadrature.iter().map(|(l, w)| l * w).sum();
        Spectrum {
            eigenvalues: ritz.iter().map(|r| Eigenvalue { value: r.value, error: r.error }).collect(),
            gradient_share: if size > 0.0 { shares.collect() } else { Vec::new() },
            trace: finite(mean * self.hessian.len() as f64),
            quadrature,
        }
    }
}

/// A start vector of its own stream.
fn start(hessian: &Hessian, seed: u32, index: usize) -> Lanczos {
    let mut stream = Stream::new(seed, &format!("curvature/{index}"));
    Lanczos::new((0..hessian.len()).map(|_| stream.normal()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::choice::Choices;
    use crate::data::Split;
    use crate::kernels::{Dual, Real};
    use crate::nn::activation::Activation;
    use crate::nn::init::{Init, State};
    use crate::nn::layer::{Pass, Statistics};
    use crate::nn::model::{Architecture, Input};
    use crate::nn::network::{Network, Workspace};
    use crate::nn::norm::Norm;

    fn setting<F: Real>(norm: Norm) -> (Network<F>, State<f64>, Split<f64>) {
        setting_with(norm, Activation::Tanh)
    }

    fn setting_with<F: Real>(norm: Norm, activation: Activation) -> (Network<F>, State<f64>, Split<f64>) {
        let mut plan = Architecture::new(Input::Vector(4), 3, 12);
        (plan.depth, plan.width, plan.activation) = (2, 5, activation);
        (plan.norm, plan.site.eps) = (norm, Some(0.0));
        let network = plan.build();
        let state = State::initial(network.layout(), Init::He, 0.0, 3);
        let x = (0..48).map(|i| (f64::from(i) * 1.3).sin()).collect();
        (network, state, Split { x, y: (0..12).map(|i| i % 3).collect() })
    }

    fn hessian(norm: Norm, change: impl Fn(&Network<Dual>, &mut [f64])) -> Hessian {
        let (network, mut state, split) = setting(norm);
        change(&network, &mut state.params);
        Hessian::new(network, &state, &split, 12, Statistics::Batch)
    }

    fn unchanged(_: &Network<Dual>, _: &mut [f64]) {}

    /// Column by column: the whole matrix.
    fn matrix(hessian: &mut Hessian) -> Vec<f64> {
        let n = hessian.len();
        let mut all = vec![0.0; n * n];
        for (i, row) in all.chunks_exact_mut(n).enumerate() {
            let mut e = vec![0.0; n];
            e[i] = 1.0;
            hessian.times(&e, row);
        }
        all
    }

    #[test]
    fn products_are_symmetric_and_linear() {
        let mut hessian = hessian(Norm::Layer, unchanged);
        let n = hessian.len();
        let h = matrix(&mut hessian);
        let largest = h.iter().fold(0.0, |m: f64, v| m.max(v.abs()));
        for i in 0..n {
            for j in 0..i {
                assert!((h[i * n + j] - h[j * n + i]).abs() < 1e-13 * largest, "{i} {j}");
            }
        }
        let v: Vec<f64> = (0..n).map(|i| (i as f64).cos()).collect();
        let mut product = vec![0.0; n];
        hessian.times(&v, &mut product);
        for i in 0..n {
            let want = reduce::dot(&h[i * n..][..n], &v);
            assert!((product[i] - want).abs() < 1e-13 * largest, "{} {want}", product[i]);
        }
    }

    /// Eigenvalues, their vectors' share of the gradient and the trace, against the whole matrix.
    #[test]
    fn enough_steps_find_what_the_whole_matrix_has() {
        for norm in [Norm::None, Norm::Batch, Norm::Layer] {
            let mut whole = hessian(norm, unchanged);
            let n = whole.len();
            let h = matrix(&mut whole);
            let (values, vectors) = crate::probe::eigen::symmetric(h.clone(), n);
            let mut gradient = vec![0.0; n];
            whole.gradient(&mut gradient);
            let mut curvature = Curvature::new(whole, Plan { steps: n, vectors: 1, seed: 1 });
            while curvature.step() {}
            let spectrum = curvature.spectrum();
            let mut share = 0.0;
            for k in 0..5 {
                let found = spectrum.eigenvalues[k];
                assert!((found.value - values[k]).abs() < 1e-12 * values[0], "{norm:?}: {found:?} {}", values[k]);
                share += reduce::dot(&vectors[k], &gradient).powi(2) / reduce::dot(&gradient, &gradient);
                assert!((spectrum.gradient_share[k] - share).abs() < 1e-9, "{norm:?} {k}");
            }
            let lowest = spectrum.eigenvalues.last().unwrap().value;
            assert!((lowest - values[n - 1]).abs() < 1e-12 * values[0], "{norm:?}: {lowest} {}", values[n - 1]);
            assert!(lowest < 0.0, "a saddle: the sign counts");
        }
    }

    /// Whatever the number of products: an eigenvalue of the whole matrix lies within each bound, no bound is below
    /// rounding, and no value beyond the extreme eigenvalues by more than its bound.
    #[test]
    fn bounds_hold_against_the_whole_matrix() {
        for norm in [Norm::None, Norm::Batch, Norm::Layer, Norm::Rms] {
            for &activation in Activation::ALL {
                let new = || {
                    let (network, mut state, split) = setting_with(norm, activation);
                    // Off its start, where some biases are 0 and some units on their kink.
                    state.params.iter_mut().enumerate().for_each(|(i, p)| *p += 0.1 * (i as f64 * 0.9).sin());
                    Hessian::new(network, &state, &split, 12, Statistics::Batch)
                };
                let mut whole = new();
                let n = whole.len();
                let (values, _) = crate::probe::eigen::symmetric(matrix(&mut whole), n);
                let size = values[0].max(-values[n - 1]);
                // How well the whole matrix's own eigenvalues are known.
                let known = n as f64 * f64::EPSILON * size;
                for steps in [1, 2, 5, 10, 20, n] {
                    let mut curvature = Curvature::new(new(), Plan { steps, vectors: 1, seed: 1 });
                    while curvature.step() {}
                    for found in curvature.spectrum().eigenvalues {
                        let nearest = values.iter().map(|v| (v - found.value).abs()).fold(f64::INFINITY, f64::min);
                        let place = format!("{norm:?} {activation:?}, {steps} products: {found:?}, {nearest}");
                        assert!(nearest <= found.error + known, "{place}");
                        assert!(found.error >= f64::EPSILON * size.min(found.value.abs()), "{place}");
                        assert!(found.value <= values[0] + found.error + known, "{place}");
                        assert!(found.value >= values[n - 1] - found.error - known, "{place}");
                    }
                }
            }
        }
    }

    #[test]
    fn quadrature_adds_up_and_finds_the_trace() {
        let mut whole = hessian(Norm::Layer, unchanged);
        let n = whole.len();
        let h = matrix(&mut whole);
        let trace: f64 = (0..n).map(|i| h[i * n + i]).sum();
        // Of the estimate by V Gaussian directions on the sphere: Var = 2(Σλ² − (Σλ)²/n)·n/(n + 2)/V.
        let square: f64 = h.iter().map(|v| v * v).sum();
        let sd = (2.0 * (square - trace * trace / n as f64) / 200.0).sqrt();
        let mut curvature = Curvature::new(whole, Plan { steps: 8, vectors: 200, seed: 1 });
        while curvature.step() {}
        let spectrum = curvature.spectrum();
        assert!((spectrum.trace.unwrap() - trace).abs() < 3.0 * sd, "{:?} {trace} ± {sd}", spectrum.trace);
        assert!(sd < 0.2 * trace.abs());
        assert!((spectrum.quadrature.iter().map(|q| q.1).sum::<f64>() - 1.0).abs() < 1e-9);
    }

    /// Weights in front of a norm times c, directions in them too: c⁻² times the curvature at ε = 0.
    #[test]
    fn curvature_goes_with_the_inverse_square_of_the_scale_of_weights_before_a_norm() {
        let of = |c: f64| {
            let scale = |network: &Network<Dual>, params: &mut [f64]| {
                for t in network.layout().params.tensors().iter().filter(|t| t.name.starts_with("linear")) {
                    params[t.range.clone()].iter_mut().for_each(|w| *w *= c);
                }
            };
            let mut hessian = hessian(Norm::Batch, scale);
            let weights = hessian.network().layout().params.tensors()[0].range.clone();
            let mut v = vec![0.0; hessian.len()];
            v[weights.clone()].iter_mut().enumerate().for_each(|(i, v)| *v = (i as f64 * 0.7).sin());
            let mut product = vec![0.0; hessian.len()];
            hessian.times(&v, &mut product);
            reduce::dot(&v, &product)
        };
        let ratio = of(1.0) / of(3.0);
        assert!((ratio - 9.0).abs() < 1e-11, "{ratio}");
    }

    /// Along the weights in front of a norm the loss is constant: w·∇L = 0, so that H·w = −∇L there.
    #[test]
    fn the_hessian_along_scale_free_weights_is_the_gradient_reversed() {
        let mut hessian = hessian(Norm::Batch, unchanged);
        let (n, weights) = (hessian.len(), hessian.network().layout().params.tensors()[0].range.clone());
        let (mut gradient, mut product, mut w) = (vec![0.0; n], vec![0.0; n], vec![0.0; n]);
        hessian.gradient(&mut gradient);
        w[weights.clone()].copy_from_slice(&setting::<f64>(Norm::Batch).1.params[weights.clone()]);
        hessian.times(&w, &mut product);
        for i in weights {
            assert!((product[i] + gradient[i]).abs() < 1e-13, "{} {}", product[i], gradient[i]);
        }
    }

    #[test]
    fn progress_counts_products_and_overflow_ends_it_empty() {
        let mut curvature = Curvature::new(hessian(Norm::Batch, unchanged), Plan { steps: 4, vectors: 3, seed: 1 });
        for done in 0..12 {
            assert_eq!(curvature.progress(), (done, 12));
            assert!(curvature.step());
        }
        assert!(!curvature.step());
        assert_eq!((curvature.progress(), curvature.spectrum().quadrature.len()), ((12, 12), 12));
        let broken = hessian(Norm::None, |_, params| params.fill(f64::NAN));
        let mut curvature = Curvature::new(broken, Plan { steps: 4, vectors: 3, seed: 1 });
        while curvature.step() {}
        assert_eq!((curvature.spectrum(), curvature.progress()), (Spectrum::default(), (12, 12)));
        assert!(curvature.loss().is_nan());
    }

    /// The state is read, never written.
    #[test]
    fn measuring_leaves_the_gradient_as_it_was() {
        let (network, state, split) = setting::<f64>(Norm::Batch);
        let mut work = Workspace::to_train(&network, 12);
        let mut want = vec![0.0; state.params.len()];
        let pass = Pass::evaluation(&state.params, &state.buffers, 12, Statistics::Batch);
        network.gradient(&pass, &split.x, &split.y, &mut work, &mut want, |_, _| {});
        let mut hessian = hessian(Norm::Batch, unchanged);
        let (mut gradient, mut product) = (vec![0.0; want.len()], vec![0.0; want.len()]);
        hessian.times(&want, &mut product);
        hessian.gradient(&mut gradient);
        assert_eq!(gradient, want);
    }
}
