//! Padding behind sequences that end early: nothing that is computed depends on it.

use crate::cases::{Case, case, config, same_bits};
use crate::common::{Alone, normal, random_state};
use normlab::choice::Choices;
use normlab::kernels::Real;
use normlab::measure::instruments::drift::{DriftProbe, LayerDrift};
use normlab::measure::instruments::units::{LayerUnits, UnitProbe};
use normlab::nn::activation::Activation;
use normlab::nn::init::State;
use normlab::nn::layer::{Draw, Pass, Shape, Statistics};
use normlab::nn::model::{Architecture, Family, Input};
use normlab::nn::network::{Network, Workspace};
use normlab::nn::norm::{Norm, OverTime, Site};
use normlab::probe::Batch;
use normlab::probe::layers::{Layer, LayerProbe};
use normlab::rng::Stream;
use proptest::prelude::*;

const VOCABULARY: usize = 7;

fn plan(family: Family, norm: Norm, length: usize, batch: usize) -> Architecture {
    let input = Input::Tokens { length, vocabulary: VOCABULARY, padded: true };
    let mut plan = Architecture::new(input, 3, batch);
    (plan.family, plan.norm, plan.width, plan.heads) = (family, norm, 12, 3);
    (plan.activation, plan.site.groups, plan.site.masked) = (Activation::Tanh, 4, true);
    plan
}

/// Sequences of those lengths, and padding that looks like random tokens.
fn sequences<F: Real>(length: usize, lengths: &[usize], stream: &mut Stream) -> Vec<F> {
    let mut value = |valid: bool| {
        let token: f64 = stream.below(VOCABULARY as u32).into();
        F::of(if valid { token } else { -1.0 - token })
    };
    lengths.iter().flat_map(|&n| (0..length).map(|t| value(t < n)).collect::<Vec<_>>()).collect()
}

/// The same sequences with other padding.
fn other<F: Real>(x: &[F]) -> Vec<F> {
    let next = |v: f64| -1.0 - (-v % VOCABULARY as f64);
    x.iter().map(|&v| if v < F::ZERO { F::of(next(v.to_f64())) } else { v }).collect()
}

/// Logits, loss, gradient and running statistics of a pass.
fn outcome<F: Real>(network: &Network<F>, state: &State<F>, x: &[F], pass: &Pass<F>) -> [Vec<F>; 4] {
    let labels: Vec<u32> = (0..pass.batch as u32).map(|i| i % 3).collect();
    let mut work = Workspace::to_train(network, pass.batch);
    let mut gradient = vec![F::ZERO; state.params.len()];
    let score = network.gradient(pass, x, &labels, &mut work, &mut gradient, |_, _| {});
    let mut buffers = state.buffers.clone();
    if pass.statistics == Statistics::Batch {
        network.update_buffers(&work, &mut buffers, false);
    }
    let logits = work.value(network.nodes().len() - 1).to_vec();
    [logits, vec![F::of(score.loss)], gradient, buffers]
}

/// In training, with running and with blended statistics.
fn passes<F: Real>(state: &State<F>, batch: usize) -> [Pass<'_, F>; 3] {
    let State { params, buffers } = state;
    let evaluation = |statistics| Pass::evaluation(params, buffers, batch, statistics);
    let training = Pass::training(params, buffers, batch, Draw { seed: 3, step: 7 });
    [training, evaluation(Statistics::Running), evaluation(Statistics::Blended(0.3))]
}

/// Every family that reads sequences, with every normalization that can leave padding out there.
fn plans(length: usize, batch: usize) -> impl Iterator<Item = Architecture> {
    let each =
        [Family::Rnn, Family::Transformer].into_iter().flat_map(|f| Norm::ALL.iter().map(move |&norm| (f, norm)));
    each.flat_map(move |(family, norm)| {
        OverTime::ALL.iter().map(move |&over_time| {
            let mut plan = plan(family, norm, length, batch);
            plan.site.over_time = over_time;
            plan
        })
    })
    .filter(|plan| plan.check().is_ok())
}

/// What stands in a padded position changes no bit of anything. The last steps are reached by one sample,
/// and then by none.
fn nothing_reads_padding<F: Real>() {
    let (length, lengths) = (7, [3, 5, 1, 4, 6]);
    let mut covered = std::collections::BTreeSet::new();
    for plan in plans(length, lengths.len()) {
        let mut stream = Stream::new(1, "padding");
        let network = plan.build::<F>();
        let state = random_state(network.layout(), &mut stream);
        let x = sequences::<F>(length, &lengths, &mut stream);
        for pass in passes(&state, lengths.len()) {
            let (before, after) = (outcome(&network, &state, &x, &pass), outcome(&network, &state, &other(&x), &pass));
            for (before, after) in before.iter().zip(&after) {
                assert!(before.iter().all(|v| v.is_finite()), "{:?} {:?}", plan.family, plan.norm);
                assert!(same_bits(before, after), "{:?} {:?} {:?}", plan.family, plan.norm, pass.statistics);
            }
        }
        covered.insert((plan.family.choice().name, plan.norm.choice().name));
    }
    assert!(covered.len() >= 2 * Norm::ALL.len() - 3, "{covered:?}");
}

#[test]
fn nothing_reads_padding_in_double_precision() {
    nothing_reads_padding::<f64>();
}

#[test]
fn nothing_reads_padding_in_single_precision() {
    nothing_reads_padding::<f32>();
}

/// The control: with the padding in their statistics, those that pool samples or positions do depend on it.
#[test]
fn statistics_with_padding_depend_on_it() {
    let (length, lengths) = (7, [3, 5, 2, 4, 6]);
    for mut plan in plans(length, lengths.len()).filter(|plan| plan.site.over_time == OverTime::Pooled) {
        plan.site.masked = false;
        let (network, state, x) = at_random(&plan, length, &lengths, "padding");
        let pass = &passes(&state, lengths.len())[0];
        let (before, after) = (outcome(&network, &state, &x, pass), outcome(&network, &state, &other(&x), pass));
        let samples = plan.norm.has_running_statistics();
        let positions = plan.family == Family::Transformer && plan.norm.pools();
        assert_eq!(!same_bits(&before[0], &after[0]), samples || positions, "{:?} {:?}", plan.family, plan.norm);
    }
}

/// A network with random weights, and sequences for it of those lengths; `stream` names what is random.
fn at_random(
    plan: &Architecture,
    length: usize,
    lengths: &[usize],
    stream: &str,
) -> (Network<f64>, State<f64>, Vec<f64>) {
    let mut stream = Stream::new(1, stream);
    let network = plan.build::<f64>();
    let state = random_state(network.layout(), &mut stream);
    let x = sequences::<f64>(length, lengths, &mut stream);
    (network, state, x)
}

/// The network for sequences of exactly that many tokens.
fn unpadded(plan: &Architecture, length: usize) -> Network<f64> {
    let input = Input::Tokens { length, vocabulary: VOCABULARY, padded: false };
    Architecture { input, site: Site { masked: false, ..plan.site }, ..*plan }.build()
}

/// The state of a network for shorter sequences: the same tensors, and of the positions the first.
fn shortened(from: &Network<f64>, state: &State<f64>, to: &Network<f64>) -> State<f64> {
    let mut params = vec![0.0; to.layout().params.len()];
    for tensor in to.layout().params.tensors() {
        let all = from.layout().params.tensors().iter().find(|t| t.name == tensor.name).expect("the same tensors");
        let start = all.range.start;
        params[tensor.range.clone()].copy_from_slice(&state.params[start..start + tensor.range.len()]);
    }
    State { params, buffers: state.buffers.clone() }
}

/// A sequence that ends early gives the logits that it gives by itself, in a network of its length, bit for
/// bit: in evaluation with every normalization, in training with those of single samples.
#[test]
fn a_padded_sequence_is_the_sequence_by_itself() {
    let (length, lengths) = (7, [3, 5, 4, 7, 6, 2]);
    for plan in plans(length, lengths.len()).filter(|plan| plan.site.over_time == OverTime::Pooled) {
        let (network, state, x) = at_random(&plan, length, &lengths, "alone");
        let mut statistics = vec![Statistics::Running];
        if !plan.norm.has_running_statistics() {
            statistics.push(Statistics::Batch);
        }
        for statistics in statistics {
            let of = |s: &State<f64>, network: &Network<f64>, x: &[f64]| {
                let batch = x.len() / network.input().len();
                let pass = Pass::evaluation(&s.params, &s.buffers, batch, statistics);
                network.forward(&pass, x, &mut Workspace::to_evaluate(network, batch)).to_vec()
            };
            let logits = of(&state, &network, &x);
            for (i, &n) in lengths.iter().enumerate() {
                let short = unpadded(&plan, n);
                let own = of(&shortened(&network, &state, &short), &short, &x[i * length..][..n]);
                assert!(same_bits(&own, &logits[3 * i..][..3]), "{:?} {:?} of {n}", plan.family, plan.norm);
            }
        }
    }
}

/// What the probes that look at values say of a pass, and of a step that halves all parameters.
fn seen(network: &Network<f64>, pass: &Pass<f64>, x: &[f64]) -> (Vec<Layer>, Vec<LayerUnits>, Vec<LayerDrift>) {
    let labels: Vec<u32> = (0..pass.batch as u32).map(|i| i % 3).collect();
    let batch = Batch { pass: *pass, x, labels: &labels };
    let next: Vec<f64> = pass.params.iter().map(|p| 0.5 * p).collect();
    (
        LayerProbe::new(network, pass.batch).measure(network, pass, x, &labels, 2.0),
        UnitProbe::new(network, pass.batch).measure(network, &batch),
        DriftProbe::new(network, pass.batch).measure(network, &batch, &next),
    )
}

/// What stands in the padding is in no histogram, in no share of units, and in no input's mean or variance.
#[test]
fn no_probe_sees_padding() {
    let (length, lengths) = (7, [3, 5, 1, 4, 6]);
    for plan in plans(length, lengths.len()) {
        let (network, state, x) = at_random(&plan, length, &lengths, "probes");
        for pass in passes(&state, lengths.len()) {
            // As text: where there is no value at all, NaN is not equal to itself.
            assert_eq!(
                format!("{:?}", seen(&network, &pass, &x)),
                format!("{:?}", seen(&network, &pass, &other(&x))),
                "{:?} {:?}",
                plan.family,
                plan.norm
            );
        }
    }
}

/// Padding behind a whole batch changes nothing that probes say of it, bit for bit.
#[test]
fn probes_of_a_padded_batch_are_those_of_the_batch() {
    let (length, short) = (7, 4);
    for plan in plans(length, 6).filter(|plan| plan.site.over_time == OverTime::Pooled) {
        let (network, state, x) = at_random(&plan, length, &[short; 6], "batch");
        let cut: Vec<f64> = x.chunks_exact(length).flat_map(|x| x[..short].to_vec()).collect();
        let own = unpadded(&plan, short);
        let own_state = shortened(&network, &state, &own);
        let [pass, own_pass] =
            [&state, &own_state].map(|s| Pass::evaluation(&s.params, &s.buffers, 6, Statistics::Batch));
        let (layers, units, drifts) = seen(&network, &pass, &x);
        let (own_layers, own_units, own_drifts) = seen(&own, &own_pass, &cut);
        let what = format!("{:?} {:?}", plan.family, plan.norm);
        // Nodes of later steps in time see no sequence at all: their histograms are empty, and of their units and
        // inputs nothing is said.
        assert_eq!(layers[..own_layers.len()], own_layers, "{what}");
        assert!(layers[own_layers.len()..].iter().all(|l| l.counts.iter().all(|&c| c == 0) && l.beyond == [0, 0]));
        assert_eq!((units, drifts), (own_units, own_drifts), "{what}");
    }
}

/// The histograms of sequences of different length are those of each by itself, put together.
#[test]
fn histograms_count_each_sequence_as_if_alone() {
    let (length, lengths) = (7, [3, 5, 4, 7, 6, 2]);
    for plan in plans(length, lengths.len()).filter(|plan| plan.site.over_time == OverTime::Pooled) {
        let (network, state, x) = at_random(&plan, length, &lengths, "alone");
        let pass = Pass::evaluation(&state.params, &state.buffers, lengths.len(), Statistics::Running);
        let mut left = seen(&network, &pass, &x).0;
        for (i, &n) in lengths.iter().enumerate() {
            let own = unpadded(&plan, n);
            let state = shortened(&network, &state, &own);
            let pass = Pass::evaluation(&state.params, &state.buffers, 1, Statistics::Running);
            for layer in seen(&own, &pass, &x[i * length..][..n]).0 {
                let all = left.iter_mut().find(|l| l.name == layer.name).expect("the same layers");
                let counts = all.counts.iter_mut().zip(&layer.counts).chain(all.beyond.iter_mut().zip(&layer.beyond));
                counts.for_each(|(all, own)| *all -= own);
            }
        }
        for layer in left {
            let none = layer.counts.iter().chain(&layer.beyond).all(|&count| count == 0);
            assert!(none && layer.not_finite == 0, "{:?} {:?}: {}", plan.family, plan.norm, layer.name);
        }
    }
}

/// A normalization of sequences that end early, and their lengths.
fn masked(case: &Case, norm: Norm, stream: &mut Stream) -> Option<(Alone<f64>, Vec<u32>)> {
    let site = Site { masked: true, ..case.site(norm, None)? };
    if norm.check(&site).is_err() {
        return None;
    }
    let mut alone = Alone::norm(norm, &site);
    alone.state = random_state(&alone.layout, stream);
    let lengths: Vec<u32> = (0..case.batch).map(|_| 1 + stream.below(case.positions as u32)).collect();
    alone.lengths = Some(lengths.clone());
    Some((alone, lengths))
}

proptest! {
    #![proptest_config(config())]

    /// Statistics over the batch are those of the valid tokens put end to end, bit for bit: output, both
    /// gradients, and running statistics.
    #[test]
    fn batch_statistics_are_those_of_the_valid_tokens(case in case()) {
        for norm in [Norm::Batch, Norm::Sync, Norm::Lp, Norm::Renorm, Norm::Noisy] {
            let mut stream = case.stream();
            let (mut padded, lengths) = masked(&case, norm, &mut stream).expect("two samples or more");
            padded.draw = Some(Draw { seed: 3, step: 7 });
            let (x, dy) = (case.input::<f64>(&mut stream), normal::<f64>(case.len(), &mut stream));
            let channels = case.channels();
            let valid = |all: &[f64]| -> Vec<f64> {
                let samples = all.chunks_exact(case.positions * channels).zip(&lengths);
                samples.flat_map(|(sample, &n)| sample[..n as usize * channels].to_vec()).collect()
            };
            let rows = lengths.iter().sum::<u32>() as usize;
            let shape = Shape::vector(channels);
            let mut packed = Alone::norm(norm, &Site { shape, batch: rows, ..case.site(norm, None).expect("as above") });
            (packed.state, packed.draw) = (padded.state.clone(), padded.draw);
            let (mut ours, mut theirs) = (vec![0.0; padded.state.params.len()], vec![0.0; padded.state.params.len()]);
            let (y, dx) = (padded.forward(&x).0, padded.backward(&x, &dy, &mut ours));
            let packed_y = packed.forward(&valid(&x)).0;
            let packed_dx = packed.backward(&valid(&x), &valid(&dy), &mut theirs);
            assert!(same_bits(&valid(&y), &packed_y) && same_bits(&valid(&dx), &packed_dx), "{norm:?}");
            assert!(same_bits(&ours, &theirs), "{norm:?}: gradient");
            padded.see(&x, false);
            packed.see(&valid(&x), false);
            assert!(same_bits(&padded.state.buffers, &packed.state.buffers), "{norm:?}: running statistics");
        }
    }

    /// Statistics of a sample are those of its valid part by itself, bit for bit.
    #[test]
    fn a_samples_statistics_are_those_of_its_valid_part(case in case()) {
        for norm in [Norm::Group, Norm::Instance, Norm::Layer, Norm::Rms] {
            let mut stream = case.stream();
            let Some((padded, lengths)) = masked(&case, norm, &mut stream) else { continue };
            let (x, dy) = (case.input::<f64>(&mut stream), normal::<f64>(case.len(), &mut stream));
            let mut gradient = vec![0.0; padded.state.params.len()];
            let (y, dx) = (padded.forward(&x).0, padded.backward(&x, &dy, &mut gradient));
            let len = case.positions * case.channels();
            for (i, &n) in lengths.iter().enumerate() {
                let own = Site { batch: 1, shape: Shape { positions: n as usize, channels: case.channels() }, ..case.site(norm, None).expect("as above") };
                let mut alone = Alone::norm(norm, &own);
                alone.state = padded.state.clone();
                let part = i * len..i * len + n as usize * case.channels();
                let (own_y, own_dx) = (alone.forward(&x[part.clone()]).0, alone.backward(&x[part.clone()], &dy[part.clone()], &mut gradient));
                assert!(same_bits(&own_y, &y[part.clone()]) && same_bits(&own_dx, &dx[part]), "{norm:?}");
            }
        }
    }
}
