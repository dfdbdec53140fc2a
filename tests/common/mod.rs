//! What the numerical tests share: random tensors, layers on their own, and small networks.

#![allow(dead_code)] // each test binary takes what it needs
#![allow(clippy::expect_used)] // what is not there fails the test

pub mod combinations;

use normlab::choice::Choices;
use normlab::kernels::Real;
use normlab::nn::activation::Activation;
use normlab::nn::init::State;
use normlab::nn::layer::{Back, Draw, Layer, Pass, Shape, Statistics};
use normlab::nn::layout::{Layout, Role, Table};
use normlab::nn::model::{Architecture, Input};
use normlab::nn::norm::{Norm, Over, OverTime, Power, Site};
use normlab::rng::Stream;

/// Standard normal values.
pub fn normal<F: Real>(n: usize, stream: &mut Stream) -> Vec<F> {
    (0..n).map(|_| F::of(stream.normal())).collect()
}

/// A state in the middle of some training: no γ is 1, no β is 0, no running statistic is at its start.
pub fn random_state<F: Real>(layout: &Layout, stream: &mut Stream) -> State<F> {
    let mut draw = |table: &Table| {
        let mut values = Vec::with_capacity(table.len());
        for tensor in table.tensors() {
            for i in 0..tensor.range.len() {
                values.push(F::of(match tensor.role {
                    Role::Weight { fan_in, .. } => stream.normal() / (fan_in as f64).sqrt(),
                    Role::Embedding | Role::Position => stream.normal(),
                    Role::Gain | Role::One | Role::Slope => stream.between(0.5, 1.5),
                    Role::Bias { .. } | Role::Shift | Role::Zero => 0.3 * stream.normal(),
                    Role::Count if i == 0 => 3.0,
                    Role::Count => 0.0,
                }));
            }
        }
        values
    };
    State { params: draw(&layout.params), buffers: draw(&layout.buffers) }
}

/// A layer outside any network.
pub struct Alone<F> {
    pub layer: Box<dyn Layer<F>>,
    pub layout: Layout,
    pub state: State<F>,
    pub batch: usize,
    pub statistics: Statistics,
    /// Present where something is random, or cut into parts.
    pub draw: Option<Draw>,
    /// Present where sequences end early.
    pub lengths: Option<Vec<u32>>,
}

impl<F: Real> Alone<F> {
    /// In training, with a random state.
    pub fn new(layer: Box<dyn Layer<F>>, layout: Layout, batch: usize, stream: &mut Stream) -> Alone<F> {
        let state = random_state(&layout, stream);
        Alone { layer, layout, state, batch, statistics: Statistics::Batch, draw: None, lengths: None }
    }

    /// A normalization in training; γ = 1, β = 0 and fresh running statistics, so that its output is x̂.
    pub fn norm(norm: Norm, site: &Site) -> Alone<F> {
        let mut layout = Layout::default();
        let layer = norm.build(site, "norm", &mut layout).expect("a layer for this normalization");
        let state = State::initial(&layout, normlab::nn::init::Init::He, 0.0, 0);
        Alone { layer, layout, state, batch: site.batch, statistics: Statistics::Batch, draw: None, lengths: None }
    }

    fn pass(&self) -> Pass<'_, F> {
        let State { params, buffers } = &self.state;
        let pass = Pass::evaluation(params, buffers, self.batch, self.statistics);
        Pass { draw: self.draw, lengths: self.lengths.as_deref(), ..pass }
    }

    /// The output, of as many values as the input, and the cache.
    pub fn forward(&self, x: &[F]) -> (Vec<F>, Vec<F>) {
        self.forward_to(x, x.len())
    }

    /// The output, of `len` values, and the cache. Both start as NaN: each value must be written.
    pub fn forward_to(&self, x: &[F], len: usize) -> (Vec<F>, Vec<F>) {
        let not_written = F::of(f64::NAN);
        let mut y = vec![not_written; len];
        let mut cache = vec![not_written; self.layer.cache_len(self.batch)];
        self.layer.forward(&self.pass(), x, &mut y, &mut cache);
        (y, cache)
    }

    /// dx, and the gradient of the parameters added to `gradient`.
    pub fn backward(&self, x: &[F], dy: &[F], gradient: &mut [F]) -> Vec<F> {
        let (y, mut cache) = self.forward_to(x, dy.len());
        let mut dx = vec![F::of(f64::NAN); x.len()];
        self.layer.backward(&self.pass(), Back { x, y: &y, dy }, &mut cache, Some(&mut dx), gradient);
        dx
    }

    /// Moves the running statistics by those of one batch.
    pub fn see(&mut self, x: &[F], cumulative: bool) {
        let (_, cache) = self.forward(x);
        self.layer.update_buffers(self.batch, &cache, &mut self.state.buffers, cumulative);
    }

    /// The parameters of that name, `weight` or `bias`.
    pub fn param(&mut self, name: &str) -> &mut [F] {
        let tensor = self.layout.params.tensors().iter().find(|t| t.name.ends_with(name)).expect(name);
        &mut self.state.params[tensor.range.clone()]
    }
}

/// A site for a normalization: PyTorch's defaults but for what is given.
pub fn site(positions: usize, channels: usize, groups: usize, batch: usize) -> Site {
    Site { groups, ..Site::new(Shape { positions, channels }, batch) }
}

/// The settings at this site that change what a normalization computes, each where it can stand: γ and
/// β, devices, ghost batches, powers, noise, statistics per step; and what it draws from.
pub fn variants(norm: Norm, site: Site) -> Vec<(Site, Option<Draw>)> {
    let draw = Some(Draw { seed: 3, step: 7 });
    let mut sites = vec![(site, None)];
    if norm.has("devices") {
        sites.extend([1, 2, 4].map(|devices| (Site { devices, ..site }, draw)));
    }
    if norm.has("ghost") {
        sites.extend((1..=site.batch).map(|ghost| (Site { ghost, ..site }, draw)));
    }
    if norm.has("power") {
        sites.extend(Power::ALL.iter().map(|&power| (Site { power, ..site }, draw)));
    }
    // While it is BatchNorm: what comes later has constants in its gradient that are none.
    if norm.has("warmup") {
        sites.push((Site { warmup: 7, ..site }, draw));
    }
    if norm.has("noise_scale") {
        sites.extend([0.0, 1.0, 3.0].map(|noise| (Site { noise, ..site }, draw)));
    }
    if norm.has_running_statistics() {
        sites.push((Site { over_time: OverTime::Step, power: Power::Max, ..site }, None));
    }
    let both = |(site, draw)| [true, false].map(|affine| (Site { affine, ..site }, draw));
    sites.into_iter().flat_map(both).filter(|(site, _)| norm.check(site).is_ok()).collect()
}

/// Every normalization but none at all.
pub fn norms() -> impl Iterator<Item = Norm> {
    Norm::ALL.iter().copied().filter(|norm| *norm != Norm::None)
}

/// Six inputs, three classes, two hidden layers of `groups` × 4 units.
pub fn small(norm: Norm, activation: Activation, groups: usize, batch: usize) -> Architecture {
    let mut plan = Architecture::new(Input::Vector(6), 3, batch);
    (plan.width, plan.activation, plan.norm, plan.site.groups) = (4 * groups, activation, norm, groups);
    // With p = 2 it would be BatchNorm once more.
    plan.site.power = Power::One;
    plan
}

/// The normalizations that a fully connected network can hold.
pub fn fully_connected() -> impl Iterator<Item = Norm> {
    Norm::ALL.iter().copied().filter(|norm| norm.card().over != Over::Channel)
}
