//! Products with the Hessian of networks in training, kinks and all, against PyTorch's second derivatives;
//! `curvature.py` made what is compared with, and says along which vectors and of which loss.

use crate::Worst;
use crate::families::{by_name, cases, digest};
use normlab::choice::Choices;
use normlab::config::Config;
use normlab::nn::activation::Activation;
use normlab::nn::layer::Statistics;
use normlab::nn::model::Family;
use normlab::nn::norm::Norm;
use normlab::run::Run;
use normlab::run::twin::hessian;
use std::collections::BTreeMap;

const STEPS: usize = 20;
const SAMPLES: usize = 16;

#[test]
fn hessian_products_in_training_with_relu() {
    let mut worst = Worst::default();
    for (case, config) in cases("curvature") {
        let mut run = Run::<f32>::new(config).unwrap();
        for _ in 0..STEPS {
            run.step();
        }
        for (name, statistics) in [("batch", Statistics::Batch), ("running", Statistics::Running)] {
            if !case.holds(name) {
                continue;
            }
            let mut hessian = hessian(&run, SAMPLES, statistics);
            let (mut v, mut product) = (vec![0.0; hessian.len()], vec![0.0; hessian.len()]);
            let table = &run.network().layout().params;
            let ranges: BTreeMap<&str, _> = table.tensors().iter().map(|t| (&*t.name, t.range.clone())).collect();
            for (k, range) in ranges.into_values().enumerate() {
                v[range].iter_mut().zip(1..).for_each(|(v, i)| *v = (1.7 * f64::from(i) + k as f64).sin());
            }
            hessian.times(&v, &mut product);
            let ours = digest(&by_name(table, &product).collect());
            worst.compare(&format!("{case}: {name}"), &ours, case.values(name));
        }
    }
    worst.assert_below("Hessian products of all families in training", 1e-11);
}

#[test]
fn no_family_norm_or_nonlinearity_is_missing() {
    let cases = cases("curvature");
    for &model in Family::ALL {
        for &norm in Norm::ALL {
            let possible = cases.iter().any(|(_, config)| Config { norm, model, ..*config }.check().is_empty());
            let there = cases.iter().any(|(_, c)| (c.model, c.norm, c.activation) == (model, norm, Activation::Relu));
            assert_eq!(there, possible, "{} with {}", model.choice().name, norm.choice().name);
        }
    }
    for &activation in Activation::ALL {
        assert!(cases.iter().any(|(_, config)| config.activation == activation), "{activation:?}");
    }
    assert!(cases.iter().filter(|(case, _)| case.holds("batch")).count() > 60);
}
