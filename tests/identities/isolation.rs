//! Whether one sample's output depends on the other samples of its batch.

use crate::cases::{case, config, same_bits};
use crate::common::{fully_connected, normal, norms, random_state, small};
use normlab::choice::Choices;
use normlab::kernels::Real;
use normlab::nn::activation::Activation;
use normlab::nn::layer::{Draw, Pass, Statistics};
use normlab::nn::network::Workspace;
use normlab::nn::norm::Norm;
use normlab::rng::Stream;
use proptest::prelude::*;

/// In training statistics over the batch tie the samples together; in evaluation, and in all others, not
/// one bit passes from one sample to another.
fn networks<F: Real>(groups: usize, batch: usize, seed: u32) {
    for norm in fully_connected() {
        for &activation in Activation::ALL {
            for statistics in [Statistics::Batch, Statistics::Running] {
                let mut stream = Stream::new(seed, "isolation");
                let net = small(norm, activation, groups, batch).build::<F>();
                let state = random_state(net.layout(), &mut stream);
                let (features, classes) = (net.input().len(), net.classes());
                let x: Vec<F> = normal(batch * features, &mut stream);
                let other = stream.below(batch as u32) as usize;
                let mut changed = x.clone();
                changed[other * features..][..features].copy_from_slice(&normal::<F>(features, &mut stream));
                let [before, after] = [x, changed].map(|x| {
                    let pass = Pass::evaluation(&state.params, &state.buffers, batch, statistics);
                    net.forward(&pass, &x, &mut Workspace::to_evaluate(&net, batch)).to_vec()
                });
                for i in (0..batch).filter(|&i| i != other) {
                    let logits = i * classes..(i + 1) * classes;
                    let same = same_bits(&before[logits.clone()], &after[logits]);
                    let tied = norm.has_running_statistics() && statistics == Statistics::Batch;
                    // ReLU may silence all the units through which the change would show.
                    let may_be_same = !tied || activation == Activation::Relu;
                    assert!(
                        if same { may_be_same } else { tied },
                        "{norm:?} {activation:?} {statistics:?}: sample {i} of {batch}"
                    );
                }
            }
        }
    }
}

/// The same for images and sequences, layer by layer.
fn layers<F: Real>(case: crate::cases::Case) {
    let mut stream = case.stream();
    let x: Vec<F> = case.input(&mut stream);
    let per_sample = x.len() / case.batch;
    let mut changed = x.clone();
    changed[..per_sample].copy_from_slice(&normal::<F>(per_sample, &mut stream));
    for norm in norms() {
        let Some(mut alone) = case.norm::<F>(norm, None) else {
            continue;
        };
        alone.state = random_state(&alone.layout, &mut stream);
        // Renormalized values are tied as far as they are clipped: see the relatives.
        let draws = if norm == Norm::Renorm { vec![None] } else { vec![alone.draw, Some(Draw { seed: 1, step: 1 })] };
        for draw in draws {
            alone.draw = draw;
            let same = same_bits(&alone.forward(&x).0[per_sample..], &alone.forward(&changed).0[per_sample..]);
            assert_eq!(same, !norm.has_running_statistics(), "{norm:?} {draw:?}");
        }
        // Across ghost batches nothing passes.
        if norm == Norm::Ghost {
            let rest = case.ghost() * per_sample;
            assert!(same_bits(&alone.forward(&x).0[rest..], &alone.forward(&changed).0[rest..]));
        }
    }
}

proptest! {
    #![proptest_config(config())]

    // Three samples or more: of two, BatchNorm makes ±1 whatever they are.
    #[test]
    fn networks_in_double_precision(groups in 1..5usize, batch in 3..9usize, seed in any::<u32>()) {
        networks::<f64>(groups, batch, seed);
    }

    #[test]
    fn networks_in_single_precision(groups in 1..5usize, batch in 3..9usize, seed in any::<u32>()) {
        networks::<f32>(groups, batch, seed);
    }

    #[test]
    fn layers_in_double_precision(case in case()) {
        layers::<f64>(case);
    }

    #[test]
    fn layers_in_single_precision(case in case()) {
        layers::<f32>(case);
    }
}
