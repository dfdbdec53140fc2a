//! Whatever measures a network leaves it as it was, to the last bit.

#![allow(clippy::unwrap_used)] // a run that cannot be built fails the test

#[path = "common/combinations.rs"]
mod combinations;

use combinations::{combinations, small};
use normlab::choice::Choices;
use normlab::config::Config;
use normlab::measure::MEASURES;
use normlab::measure::{Monitor, Settings};
use normlab::nn::layer::Statistics;
use normlab::nn::norm::Norm;
use normlab::optim::Optimizer;
use normlab::probe::curvature::{Curvature, Plan};
use normlab::probe::landscape::{Plane, Policy, Survey};
use normlab::run::Run;
use normlab::run::twin::hessian;

/// Every family with every normalization that can stand in it; with what is random, and with momentum,
/// which has a memory.
fn configurations() -> Vec<Config> {
    combinations(Config { dropout: 0.2, optimizer: Optimizer::Adam, lr: 0.003, subset: 60, warmup: 2, ..small() })
}

fn look(run: &Run<f32>) -> usize {
    let settings = Settings { points: 2, batches: 2, products: 2, samples: 24, ..Settings::default() };
    let mut seen = Monitor::new(run, MEASURES.iter().collect(), settings).measure(run).len();
    let layout = run.network().layout();
    for policy in Policy::ALL {
        let mut survey = Survey::on(run.config().architecture().build(), &run.data().train, 24);
        if *policy == Policy::Precise {
            survey = survey.recomputing(&run.data().train, run.config().batch, vec![0.0; run.state().buffers.len()]);
        }
        let mut plane = Plane::random(layout, run.state().clone(), policy.statistics(), 1);
        seen += usize::from(survey.loss(&mut plane, 0.2, 0.1).is_finite());
    }
    let mut curvature = Curvature::new(hessian(run, 24, Statistics::Running), Plan { steps: 2, vectors: 1, seed: 1 });
    while curvature.step() {}
    seen + usize::from(curvature.spectrum().trace.is_some())
}

#[test]
fn a_measured_run_is_the_run_that_nobody_looked_at() {
    for config in configurations() {
        let (mut plain, mut watched) = (Run::<f32>::new(config).unwrap(), Run::<f32>::new(config).unwrap());
        for _ in 0..4 {
            let before = (watched.fingerprint(), watched.state().clone(), watched.indices().to_vec());
            let draw = watched.next_draw();
            assert!(look(&watched) > MEASURES.len(), "{config:?}");
            assert_eq!((watched.fingerprint(), watched.state().clone(), watched.indices().to_vec()), before);
            assert_eq!(watched.next_draw(), draw);
            assert_eq!(
                (plain.step().loss.to_bits(), plain.indices()),
                (watched.step().loss.to_bits(), watched.indices())
            );
        }
        assert_eq!(plain.fingerprint(), watched.fingerprint(), "{config:?}");
        assert_eq!(plain.state(), watched.state(), "{config:?}");
    }
}

/// Looking twice gives the same numbers: no probe has a memory.
#[test]
fn a_measurement_depends_on_the_run_alone() {
    for norm in [Norm::Batch, Norm::Layer, Norm::Noisy] {
        let mut run = Run::<f32>::new(Config { depth: 2, width: 8, norm, dropout: 0.2, ..Config::default() }).unwrap();
        let settings = Settings { products: 5, samples: 64, ..Settings::default() };
        let mut first = Monitor::new(&run, MEASURES.iter().collect(), settings.clone());
        first.measure(&run);
        for _ in 0..3 {
            run.step();
        }
        let again = first.measure(&run);
        assert_eq!(again, first.measure(&run));
        assert_eq!(again, Monitor::new(&run, MEASURES.iter().collect(), settings).measure(&run));
    }
}
