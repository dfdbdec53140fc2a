//! The random cases, and what a set of values that share their statistics is.

use crate::common::{self, Alone};
use normlab::kernels::Real;
use normlab::nn::layer::Draw;
use normlab::nn::norm::{Learns, Norm, Over, Parts, Site};
use normlab::rng::Stream;
use proptest::prelude::*;
use proptest::test_runner::{Config, RngSeed};

/// Few and repeatable.
pub fn config() -> Config {
    Config { cases: 200, rng_seed: RngSeed::Fixed(1), failure_persistence: None, ..Config::default() }
}

/// The normalizations that standardize, as [`Case::norm`] sets them: ghost batches are parts of the batch,
/// Lp has p = 2, and nothing is corrected and nothing added.
pub fn standardizing() -> Vec<Norm> {
    common::norms().filter(|norm| norm.card().scale_free).collect()
}

/// The size of an activation, odd and even, and the seed of its values.
#[derive(Clone, Copy, Debug)]
pub struct Case {
    pub positions: usize,
    pub groups: usize,
    pub width: usize,
    pub batch: usize,
    pub seed: u32,
}

/// Up to 24 channels, so that each lane width of the kernels (16, 4, 1) has its turn.
pub fn case() -> impl Strategy<Value = Case> {
    (1..=4usize, 1..=4usize, 1..=6usize, 2..=9usize, any::<u32>())
        .prop_map(|(positions, groups, width, batch, seed)| Case { positions, groups, width, batch, seed })
}

impl Case {
    pub fn channels(&self) -> usize {
        self.groups * self.width
    }

    pub fn len(&self) -> usize {
        self.batch * self.positions * self.channels()
    }

    /// Samples of a ghost batch: parts of the batch, if it can be cut.
    pub fn ghost(&self) -> usize {
        (2..=self.batch).find(|d| self.batch.is_multiple_of(*d)).unwrap_or(self.batch)
    }

    pub fn stream(&self) -> Stream {
        Stream::new(self.seed, "identities")
    }

    /// The site, if the normalization can stand there.
    pub fn site(&self, norm: Norm, eps: Option<f64>) -> Option<Site> {
        let plain = common::site(self.positions, self.channels(), self.groups, self.batch);
        let site = Site { eps, ghost: self.ghost(), ..plain };
        norm.check(&site).is_ok().then_some(site)
    }

    /// The normalization there, if it can stand there, with x̂ as its output.
    pub fn norm<F: Real>(&self, norm: Norm, eps: Option<f64>) -> Option<Alone<F>> {
        let mut alone = Alone::norm(norm, &self.site(norm, eps)?);
        // A batch is cut in training alone.
        alone.draw = (norm.card().parts == Parts::Ghosts).then(Draw::default);
        Some(alone)
    }

    /// Values whose mean and spread differ from channel to channel.
    pub fn input<F: Real>(&self, stream: &mut Stream) -> Vec<F> {
        let channels = self.channels();
        let (mean, spread): (Vec<f64>, Vec<f64>) =
            (0..channels).map(|_| (stream.between(-2.0, 2.0), stream.between(0.5, 2.0))).unzip();
        (0..self.len()).map(|i| F::of(mean[i % channels] + spread[i % channels] * stream.normal())).collect()
    }

    /// For each statistic, the places of the values that it is taken over; by definition, not by the
    /// kernels' own cutting.
    pub fn sets(&self, norm: Norm) -> Vec<Vec<usize>> {
        let key = |i: usize| {
            let (channel, position) = (i % self.channels(), i / self.channels() % self.positions);
            let sample = i / self.channels() / self.positions;
            match norm.card().over {
                Over::Batch if norm.card().parts == Parts::Ghosts => (sample / self.ghost(), 0, channel),
                Over::Batch => (0, 0, channel),
                Over::Token => (sample, position, 0),
                Over::Group => (sample, 0, channel / self.width),
                Over::Channel => (sample, 0, channel),
                Over::Nothing => unreachable!("it has no statistics"),
            }
        };
        let mut sets = std::collections::BTreeMap::<_, Vec<usize>>::new();
        for i in 0..self.len() {
            sets.entry(key(i)).or_default().push(i);
        }
        sets.into_values().collect()
    }
}

/// Mean (for RMSNorm 0) and mean square about it, over a set.
pub fn moments(norm: Norm, x: &[f64], set: &[usize]) -> (f64, f64) {
    let m = set.len() as f64;
    let mean = if norm.card().learns == Learns::Gain { 0.0 } else { set.iter().map(|&i| x[i]).sum::<f64>() / m };
    (mean, set.iter().map(|&i| (x[i] - mean).powi(2)).sum::<f64>() / m)
}

/// Whether two vectors are the same, bit for bit.
pub fn same_bits<F: Real>(a: &[F], b: &[F]) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.to_f64().to_bits() == b.to_f64().to_bits())
}

/// ‖a − b‖/‖b‖
pub fn distance(a: &[f64], b: &[f64]) -> f64 {
    let off: f64 = a.iter().zip(b).map(|(a, b)| (a - b).powi(2)).sum();
    let size: f64 = b.iter().map(|b| b * b).sum();
    if off == 0.0 { 0.0 } else { (off / size).sqrt() }
}
