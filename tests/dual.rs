//! Networks in dual numbers: their values are f64's to the bit, and no derivative is lost on the way.

#![allow(clippy::unwrap_used)] // a run that cannot be built fails the test

use normlab::choice::Choices;
use normlab::config::Config;
use normlab::config::field::Kind;
use normlab::config::fields::{FIELDS, get, set};
use normlab::data::Data;
use normlab::nn::activation::Activation;
use normlab::nn::layer::{Pass, Statistics};
use normlab::nn::model::Family;
use normlab::nn::network::{Network, Workspace};
use normlab::nn::norm::Norm;
use normlab::nn::objective::Objective;
use normlab::run::Run;
use normlab::run::twin::hessian;

const SAMPLES: usize = 16;

/// Every family with every normalization that can stand in it; each with every alternative of every field.
fn configurations() -> Vec<Config> {
    let small = Config {
        depth: 2,
        width: 4,
        batch: 12,
        groups: 2,
        ghost: 4,
        heads: 2,
        length: 5,
        shortest: 2,
        head: 6,
        subset: 60,
        activation: Activation::Tanh,
        ..Config::default()
    };
    let mut all = Vec::new();
    for &model in Family::ALL {
        let data = if matches!(model, Family::Rnn | Family::Transformer) { Data::Recall } else { Data::Digits };
        for &norm in Norm::ALL {
            let base = Config { model, data, norm, ..small };
            all.push(base);
            for field in FIELDS.iter().filter(|field| !["model", "norm", "optimizer"].contains(&field.name)) {
                let Kind::Choice(choices) = field.kind else { continue };
                for choice in choices() {
                    let mut config = base;
                    set(&mut config, field.name, choice.name).unwrap();
                    if get(&base, field.name).as_deref() != Some(choice.name) && (field.relevant)(&config) {
                        all.push(config);
                    }
                }
            }
        }
    }
    all.retain(|config| config.check().is_empty());
    assert!(all.len() > 500, "{}", all.len());
    all
}

fn wide(values: &[f32]) -> Vec<f64> {
    values.iter().map(|&v| f64::from(v)).collect()
}

/// The loss that the Hessian is of, in plain double precision.
struct Plain {
    network: Network<f64>,
    statistics: Statistics,
    params: Vec<f64>,
    buffers: Vec<f64>,
    x: Vec<f64>,
    labels: Vec<u32>,
    work: Workspace<f64>,
}

impl Plain {
    fn new(run: &Run<f32>, statistics: Statistics) -> Plain {
        let network = run.config().architecture().build::<f64>();
        let network = match &run.data().targets {
            Some(targets) => network.towards(Objective::Values(wide(targets))),
            None => network.towards(Objective::of(run.config().loss, run.data().classes)),
        };
        let train = &run.data().train;
        Plain {
            work: Workspace::to_train(&network, SAMPLES),
            params: wide(&run.state().params),
            buffers: wide(&run.state().buffers),
            x: wide(&train.x[..SAMPLES * network.input().len()]),
            labels: train.y[..SAMPLES].to_vec(),
            network,
            statistics,
        }
    }

    /// Loss and gradient at θ + h·v.
    fn at(&mut self, h: f64, v: &[f64]) -> (f64, Vec<f64>) {
        let params: Vec<f64> = self.params.iter().zip(v).map(|(p, v)| p + h * v).collect();
        let pass = Pass::evaluation(&params, &self.buffers, SAMPLES, self.statistics);
        let mut gradient = vec![0.0; params.len()];
        let score = self.network.gradient(&pass, &self.x, &self.labels, &mut self.work, &mut gradient, |_, _| {});
        (score.loss, gradient)
    }
}

fn norm(v: &[f64]) -> f64 {
    v.iter().map(|v| v * v).sum::<f64>().sqrt()
}

#[test]
fn values_are_f64s_and_slopes_are_differences() {
    for config in configurations() {
        let mut run = Run::<f32>::new(config).unwrap();
        for _ in 0..3 {
            run.step();
        }
        for statistics in [Statistics::Batch, Statistics::Running] {
            let (mut plain, mut hessian) = (Plain::new(&run, statistics), hessian(&run, SAMPLES, statistics));
            let v: Vec<f64> = (0..hessian.len()).map(|i| (1.7 * i as f64).sin()).collect();
            let (mut gradient, mut product) = (v.clone(), v.clone());
            hessian.times(&v, &mut product);
            let loss = hessian.gradient(&mut gradient);
            let (want, slope) = plain.at(0.0, &v);
            let bits = |v: &[f64]| v.iter().map(|v| v.to_bits()).collect::<Vec<_>>();
            assert_eq!((loss.to_bits(), bits(&gradient)), (want.to_bits(), bits(&slope)), "{config:?}");

            if config.activation == Activation::Relu {
                // A dead channel behind a normalization lies on the kink itself, where differences do not tell.
                continue;
            }
            let h = 1e-7;
            let ((_, ahead), (_, behind)) = (plain.at(h, &v), plain.at(-h, &v));
            let off: Vec<f64> =
                ahead.iter().zip(&behind).zip(&product).map(|((a, b), p)| (a - b) / (2.0 * h) - p).collect();
            let (off, size) = (norm(&off), norm(&product).max(norm(&slope)));
            assert!(off <= 1e-5 * size && product.iter().all(|p| p.is_finite()), "{config:?}: {off} of {size}");
        }
    }
}
