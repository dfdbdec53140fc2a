//! Layer by layer: silent units, flat spots, how many directions are in use, and the gradient by depth.

use crate::kernels::{Real, matmul, reduce};
use crate::measure::row::{ANY, SAME_ACTIVATION, SAME_SUM, SAME_WIDTH};
use crate::measure::value::layers;
use crate::measure::{Contrast, Form, Instrument, Measure, Moment, Reference, Row, SHARE, Value};
use crate::nn::layer::Back;
use crate::nn::network::{Network, Node, Part, Source, Workspace};
use crate::probe::valid::valid;
use crate::probe::{Batch, finite};
use crate::run::Run;

/// What its measures have in common.
const COMMON: Measure =
    Measure { how: "On the next mini-batch, in training mode.", form: Form::Layers, usual: true, ..Measure::PLAIN };

impl Instrument for UnitProbe<f32> {
    const GROUP: &'static str = "Layer by layer";
    type Found = Vec<LayerUnits>;
    const ROWS: &'static [Row<Self::Found>] = &[
        Row {
            measure: Measure {
                name: "gradient_norm",
                label: "Gradient by layer",
                noun: "the gradient's norm",
                help: "How much gradient reaches each layer's output on its way back.",
                ranked: SAME_SUM,
                ..COMMON
            },
            read: |f, _| layers(f, |u| (&u.name, u.gradient)),
        },
        Row {
            measure: Measure {
                name: "gradient_slope",
                label: "Gradient growth per layer",
                noun: "the gradient's growth per layer",
                help: "Slope of the logarithm of the gradient over depth: below 0, gradients explode on their way back.",
                unit: "per layer",
                how: "On the next mini-batch, in training mode; a straight line fitted over all layers.",
                form: Form::Number,
                log: false,
                contrast: Contrast::Logarithm,
                ranked: ANY,
                reference: Reference::Fixed("0: neither grows nor shrinks", |_| Some(0.0)),
                ..COMMON
            },
            read: |f, _| Value::Number(gradient_slope(f)),
        },
        Row {
            measure: Measure {
                name: "dead",
                label: "Dead units",
                noun: "the share of dead units",
                help: "Share of a layer's units that no sample of the batch moves: of ReLU, never above 0.",
                unit: SHARE,
                log: false,
                contrast: Contrast::Odds,
                ranked: SAME_ACTIVATION,
                ..COMMON
            },
            read: |f, _| layers(f, |u| (&u.name, u.dead)),
        },
        Row {
            measure: Measure {
                name: "saturated",
                label: "Saturated values",
                noun: "the share of saturated values",
                help: "Share of the values at which the nonlinearity is almost flat: below 5 % of its steepest slope.",
                unit: SHARE,
                log: false,
                contrast: Contrast::Odds,
                ranked: SAME_ACTIVATION,
                ..COMMON
            },
            read: |f, _| layers(f, |u| (&u.name, u.saturated)),
        },
        Row {
            measure: Measure {
                name: "rank",
                label: "Effective rank",
                noun: "the effective rank",
                help: "How many directions a layer's outputs use: 1 if all samples look alike to it.",
                unit: "directions",
                ranked: SAME_WIDTH,
                ..COMMON
            },
            read: |f, _| layers(f, |u| (&u.name, u.rank)),
        },
    ];

    fn new(run: &Run<f32>) -> Self {
        UnitProbe::new(run.network(), run.config().batch)
    }

    fn advance(&mut self, now: &Moment) -> Option<Self::Found> {
        Some(self.measure(now.network(), &now.batch()))
    }
}

/// A value is saturated where the nonlinearity's slope is below this share of its largest.
pub const FLAT: f64 = 0.05;

/// One nonlinearity on one batch: its input h, its output y = φ(h), `[rows × units]`, without the padding
/// behind sequences that end early. At a step in time that none reaches, all is missing but the gradient, 0.
#[derive(Clone, Debug, PartialEq)]
pub struct LayerUnits {
    /// The nonlinearity's name, such as `relu3`.
    pub name: String,
    /// Share of the units whose slope φ′ is 0 at every value: of ReLU, those that are never positive.
    pub dead: Option<f64>,
    /// Share of the values with |φ′| < 0.05·max |φ′|.
    pub saturated: Option<f64>,
    /// (Tr M)² / Tr M² with M = YᵀY/rows: 1 if all rows are multiples of one, `units` if all directions
    /// are equally strong (the participation ratio of M's eigenvalues). Missing if all outputs are 0.
    pub rank: Option<f64>,
    /// ‖∂L/∂y‖₂ over the batch, L its mean loss.
    pub gradient: Option<f64>,
}

/// Room for measuring networks of one architecture.
pub struct UnitProbe<F> {
    work: Workspace<F>,
    gradient: Vec<F>,
}

impl<F: Real> UnitProbe<F> {
    /// Room for mini-batches of that size.
    pub fn new(network: &Network<F>, batch: usize) -> UnitProbe<F> {
        UnitProbe { work: Workspace::to_train(network, batch), gradient: vec![F::ZERO; network.layout().params.len()] }
    }

    /// Every nonlinearity, from input to output, but those at a step in time that no sequence reaches. Costs one gradient, and a product per layer.
    pub fn measure(&mut self, network: &Network<F>, batch: &Batch<F>) -> Vec<LayerUnits> {
        let Batch { pass, x, labels } = *batch;
        let nodes = network.nodes();
        let mut norms = vec![0.0; nodes.len()];
        self.gradient.fill(F::ZERO);
        network.gradient(&pass, x, labels, &mut self.work, &mut self.gradient, |i, dy| {
            norms[i] = reduce::norm(dy);
        });
        let hidden = nodes.iter().enumerate().filter(|(_, node)| node.part == Part::Activation);
        let units = hidden.filter_map(|(i, node)| match node.from {
            Source::Input => None,
            Source::Node(j) => {
                let of = |i| valid(network, &self.work, i, node.step, pass.batch);
                let (h, y) = (&of(j)[..], &of(i)[..]);
                if h.is_empty() {
                    return None;
                }
                let slopes = slopes(node, batch, h);
                let channels = node.shape.channels;
                // ReLU's slope at NaN is 0: not a unit that is dead.
                let known = h.iter().chain(&slopes).all(|v| v.is_finite());
                Some(LayerUnits {
                    name: node.name.clone(),
                    dead: known.then(|| dead(&slopes, channels)),
                    saturated: known.then(|| saturated(&slopes, steepest(node, batch))),
                    rank: finite(rank(y, channels)),
                    gradient: finite(norms[i]),
                })
            }
        });
        units.collect()
    }
}

/// φ′ at each value: what a gradient of 1 behind becomes in front.
fn slopes<F: Real>(node: &Node<F>, batch: &Batch<F>, h: &[F]) -> Vec<F> {
    let (ones, mut y) = (vec![F::ONE; h.len()], vec![F::ZERO; h.len()]);
    // A nonlinearity caches a number for each value, or none.
    let (mut cache, mut slopes) = (y.clone(), y.clone());
    node.layer.forward(&batch.pass, h, &mut y, &mut cache);
    node.layer.backward(&batch.pass, Back { x: h, y: &y, dy: &ones }, &mut cache, Some(&mut slopes), &mut []);
    slopes
}

/// max |φ′|, to five digits: every nonlinearity's is within ±8.
fn steepest<F: Real>(node: &Node<F>, batch: &Batch<F>) -> f64 {
    let h: Vec<F> = (-800..=800).map(|i| F::of(f64::from(i) / 100.0)).collect();
    slopes(node, batch, &h).iter().map(|s| s.to_f64().abs()).fold(0.0, f64::max)
}

fn dead<F: Real>(slopes: &[F], units: usize) -> f64 {
    let mut alive = vec![false; units];
    for row in slopes.chunks_exact(units) {
        for (alive, &slope) in alive.iter_mut().zip(row) {
            *alive |= slope != F::ZERO;
        }
    }
    alive.iter().filter(|&&a| !a).count() as f64 / units as f64
}

fn saturated<F: Real>(slopes: &[F], steepest: f64) -> f64 {
    let flat = slopes.iter().filter(|s| s.to_f64().abs() < FLAT * steepest).count();
    flat as f64 / slopes.len() as f64
}

fn rank<F: Real>(y: &[F], units: usize) -> f64 {
    // Its size drops out, and squares of squares must not.
    let size = reduce::norm(y);
    let unit: Vec<F> = y.iter().map(|v| F::of(v.to_f64() / size)).collect();
    let mut m = vec![F::ZERO; units * units];
    matmul::weight_gradient(&unit, &unit, &mut m, units, units);
    let trace: f64 = (0..units).map(|i| m[i * units + i].to_f64()).sum();
    trace * trace / m.iter().map(|v| v.to_f64() * v.to_f64()).sum::<f64>()
}

/// The slope of ln ‖∂L/∂y‖ over the layers' places 1, 2, …, by least squares: how many times e the
/// gradient grows from each layer to the next, so negative where it explodes on its way back. Missing
/// if a norm is missing or 0, or if there is only one layer.
///
/// Freshly initialized ReLU networks with BatchNorm are expected at −½ ln(π/(π−1)) ≈ −0.192 (Yang et
/// al. 2019, arXiv:1902.08129).
pub fn gradient_slope(layers: &[LayerUnits]) -> Option<f64> {
    let logs: Option<Vec<f64>> = layers.iter().map(|l| finite(libm::log(l.gradient?))).collect();
    let logs = logs.filter(|l| l.len() > 1)?;
    let n = logs.len() as f64;
    let (mean, middle) = (logs.iter().sum::<f64>() / n, (n - 1.0) / 2.0);
    let along = logs.iter().enumerate().map(|(i, l)| (i as f64 - middle) * (l - mean)).sum::<f64>();
    let spread = (0..logs.len()).map(|i| (i as f64 - middle).powi(2)).sum::<f64>();
    finite(along / spread)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::choice::Choices;
    use crate::nn::activation::Activation;
    use crate::nn::init::{Init, State};
    use crate::nn::layer::{Pass, Statistics};
    use crate::nn::model::{Architecture, Input};

    fn measure(activation: Activation, change: impl Fn(&mut [f64])) -> Vec<LayerUnits> {
        let mut plan = Architecture::new(Input::Vector(3), 2, 40);
        (plan.depth, plan.width, plan.activation) = (2, 6, activation);
        let network = plan.build::<f64>();
        let mut state = State::initial(network.layout(), Init::He, 0.0, 3);
        change(&mut state.params);
        let x: Vec<f64> = (0..120).map(|i| (f64::from(i) * 1.3).sin()).collect();
        let labels: Vec<u32> = (0..40).map(|i| i % 2).collect();
        let pass = Pass::evaluation(&state.params, &state.buffers, 40, Statistics::Batch);
        UnitProbe::new(&network, 40).measure(&network, &Batch { pass, x: &x, labels: &labels })
    }

    /// The first layer's weights are 6 × 3 values, its biases the 6 behind them.
    #[test]
    fn relu_units_pushed_below_zero_are_dead() {
        let layers = measure(Activation::Relu, |p| p[18..20].fill(-50.0));
        assert_eq!((layers[0].name.as_str(), layers[0].dead), ("relu1", Some(2.0 / 6.0)));
        let all = measure(Activation::Relu, |p| p[18..24].fill(-50.0));
        assert_eq!((all[0].dead, all[0].saturated, all[0].rank), (Some(1.0), Some(1.0), None));
        assert_eq!(measure(Activation::Relu, |_| {})[0].dead, Some(0.0));
    }

    #[test]
    fn values_on_flat_ground_are_saturated() {
        // All of one unit of six, and nothing else: the inputs are at most 1, and tanh′(2.2) is 0.048.
        let layers = measure(Activation::Tanh, |p| {
            p[..18].iter_mut().for_each(|w| *w *= 0.1);
            p[18] = 3.5;
        });
        assert_eq!((layers[0].saturated, layers[0].dead), (Some(1.0 / 6.0), Some(0.0)));
    }

    #[test]
    fn the_steepest_slope_of_each_nonlinearity() {
        for &activation in Activation::ALL {
            let want = match activation {
                Activation::Sigmoid => 0.25,
                Activation::Gelu => 1.128904,
                Activation::Silu => 1.099839,
                _ => 1.0,
            };
            let mut plan = Architecture::new(Input::Vector(3), 2, 4);
            plan.activation = activation;
            let network = plan.build::<f64>();
            let state = State::initial(network.layout(), Init::He, 0.0, 3);
            let pass = Pass::evaluation(&state.params, &state.buffers, 4, Statistics::Batch);
            let node = network.nodes().iter().find(|n| n.part == Part::Activation).unwrap();
            let found = steepest(node, &Batch { pass, x: &[], labels: &[] });
            assert!((found - want).abs() < 1e-5, "{activation:?}: {found}");
        }
    }

    #[test]
    fn rank_counts_directions() {
        assert!((rank(&[1.0, 2.0, 2.0, 4.0, -3.0, -6.0], 2) - 1.0).abs() < 1e-12, "one direction");
        assert!((rank(&[1.0, 0.0, 0.0, 1.0], 2) - 2.0).abs() < 1e-12, "two alike");
        // Eigenvalues 4 and 1: 25/17.
        assert!((rank(&[2e30f32, 0.0, 0.0, 1e30], 2) - 25.0 / 17.0).abs() < 1e-6);
    }

    #[test]
    fn the_slope_of_a_geometric_series_is_its_rate() {
        let layer = |gradient| LayerUnits { name: String::new(), dead: None, saturated: None, rank: None, gradient };
        let series = |rate: f64, n: i32| (0..n).map(|l| layer(Some(3.0 * (rate * f64::from(l)).exp()))).collect();
        let of = |layers: Vec<LayerUnits>| gradient_slope(&layers);
        assert!((of(series(-0.192, 7)).unwrap() + 0.192).abs() < 1e-12);
        assert_eq!((of(series(0.1, 1)), of(vec![layer(Some(1.0)), layer(None)])), (None, None));
        assert_eq!(of(vec![layer(Some(1.0)), layer(Some(0.0))]), None);
    }
}
