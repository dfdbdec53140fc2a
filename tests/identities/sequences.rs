//! What passes from one position of a sequence to another, and what the steps in time share.

use crate::cases::{moments, same_bits};
use crate::common::{Alone, normal, random_state};
use normlab::choice::Choices;
use normlab::kernels::Real;
use normlab::nn::activation::Activation;
use normlab::nn::attention::Attention;
use normlab::nn::init::State;
use normlab::nn::layer::{Draw, Pass, Statistics};
use normlab::nn::layout::Layout;
use normlab::nn::model::{Architecture, Bias, Family, Input, Placement};
use normlab::nn::network::{Network, Workspace};
use normlab::nn::norm::{Norm, OverTime};
use normlab::rng::Stream;

const VOCABULARY: usize = 7;

fn plan(family: Family, norm: Norm, length: usize, batch: usize) -> Architecture {
    let mut plan = Architecture::new(Input::Tokens { length, vocabulary: VOCABULARY, padded: false }, 3, batch);
    (plan.family, plan.norm, plan.width, plan.heads) = (family, norm, 12, 3);
    (plan.activation, plan.site.groups) = (Activation::Tanh, 4);
    plan
}

fn tokens<F: Real>(n: usize, stream: &mut Stream) -> Vec<F> {
    (0..n).map(|_| F::of(stream.below(VOCABULARY as u32).into())).collect()
}

/// Another token than it was.
fn other<F: Real>(token: F) -> F {
    F::of((token.to_f64() + 1.0) % VOCABULARY as f64)
}

/// Every node's output.
fn values<F: Real>(network: &Network<F>, state: &State<F>, x: &[F], statistics: Statistics) -> Vec<Vec<F>> {
    let batch = x.len() / network.input().len();
    let mut work = Workspace::to_train(network, batch);
    network.forward(&Pass::evaluation(&state.params, &state.buffers, batch, statistics), x, &mut work);
    (0..network.nodes().len()).map(|i| work.value(i).to_vec()).collect()
}

/// Whether each node's values at the first `t` positions of the sequences named are the same, bit for
/// bit. A node of one position stands where its name says: at a step, or at the end.
fn past_is_same<F: Real>(
    network: &Network<F>,
    before: &[Vec<F>],
    after: &[Vec<F>],
    t: usize,
    samples: &[usize],
) -> bool {
    let mut compared = 0;
    let mut same = true;
    for (i, node) in network.nodes().iter().enumerate() {
        let name = node.name.strip_prefix("step").and_then(|rest| rest.split('.').next()?.parse::<usize>().ok());
        let positions = match name {
            Some(step) => usize::from(step <= t),
            None if node.shape.positions > 1 => t,
            None => 0,
        };
        let (len, early) = (node.shape.len(), positions * node.shape.channels);
        for &n in samples {
            compared += early;
            same &= same_bits(&before[i][n * len..][..early], &after[i][n * len..][..early]);
        }
    }
    assert!(compared > 0);
    same
}

/// Token t of the first sequence changes. Without the batch's statistics, nothing before it moves,
/// unless the normalization itself pools a sequence's positions; and no other sequence moves at all.
fn causality<F: Real>() {
    let (length, batch) = (6, 3);
    for family in [Family::Rnn, Family::Transformer] {
        for norm in [Norm::None, Norm::Batch, Norm::Layer, Norm::Group, Norm::Instance, Norm::Rms] {
            for (&placement, &over_time) in
                Placement::ALL.iter().flat_map(|p| OverTime::ALL.iter().map(move |o| (p, o)))
            {
                for statistics in [Statistics::Batch, Statistics::Running] {
                    let mut plan = plan(family, norm, length, batch);
                    (plan.placement, plan.site.over_time) = (placement, over_time);
                    if plan.check().is_err() {
                        assert_eq!((family, norm), (Family::Rnn, Norm::Instance));
                        continue;
                    }
                    let network = plan.build::<F>();
                    let mut stream = Stream::new(5, "causality");
                    let state = random_state(network.layout(), &mut stream);
                    let x = tokens(batch * length, &mut stream);
                    let before = values(&network, &state, &x, statistics);
                    let pooled = norm == Norm::Batch && statistics == Statistics::Batch;
                    for t in 1..length {
                        let mut changed = x.clone();
                        changed[t] = other(x[t]);
                        let after = values(&network, &state, &changed, statistics);
                        let name = format!("{family:?} {norm:?} {placement:?} {over_time:?} {statistics:?}, token {t}");
                        let leaks = family == Family::Transformer
                            && (pooled && over_time == OverTime::Pooled
                                || matches!(norm, Norm::Group | Norm::Instance));
                        assert_eq!(past_is_same(&network, &before, &after, t, &[0]), !leaks, "{name}");
                        assert_eq!(past_is_same(&network, &before, &after, length, &[1, 2]), !pooled, "{name}");
                        // The change does arrive where it may.
                        assert!(!past_is_same(&network, &before, &after, t + 1, &[0]), "{name}");
                    }
                }
            }
        }
    }
}

#[test]
fn later_tokens_leave_earlier_positions_alone_in_double_precision() {
    causality::<f64>();
}

#[test]
fn later_tokens_leave_earlier_positions_alone_in_single_precision() {
    causality::<f32>();
}

/// How far the first sequence's first position moves, behind the first BatchNorm, when another
/// sequence's last token changes; a mean over draws.
fn leak(batch: usize, length: usize) -> f64 {
    let network = plan(Family::Transformer, Norm::Batch, length, batch).build::<f64>();
    let at = network.nodes().iter().position(|n| n.name == "block1.norm1").expect("the first normalization");
    let draws = 40;
    let moved: f64 = (0..draws)
        .map(|seed| {
            let mut stream = Stream::new(seed, "leak");
            let state = random_state(network.layout(), &mut stream);
            let x: Vec<f64> = tokens(batch * length, &mut stream);
            let mut changed = x.clone();
            changed[2 * length - 1] = other(x[2 * length - 1]);
            let [before, after] = [x, changed].map(|x| values(&network, &state, &x, Statistics::Batch)[at].clone());
            before[..12].iter().zip(&after[..12]).map(|(a, b)| (a - b).abs()).sum::<f64>()
        })
        .sum();
    moved / (12.0 * f64::from(draws))
}

#[test]
fn batch_norm_leaks_a_later_token_of_another_sequence_in_proportion_to_its_share() {
    let (near, far) = (leak(4, 8), leak(16, 32));
    assert!(near > 1e-3, "{near}");
    let ratio = near / far;
    assert!((ratio / 16.0 - 1.0).abs() < 0.2, "{near} and {far}: 16 times as many tokens, {ratio} times less");
}

#[test]
fn attention_rows_are_causal_and_sum_to_one() {
    let (length, width, heads, batch) = (6, 8, 2, 3);
    let mut stream = Stream::new(1, "rows");
    let layer = Box::new(Attention::new(length, width, heads));
    let alone = Alone::<f64>::new(layer, Layout::default(), batch, &mut stream);
    // Scores of up to a thousand: exponentials that are not taken from the largest on would overflow.
    for size in [1.0, 30.0] {
        let x: Vec<f64> = normal::<f64>(batch * length * 3 * width, &mut stream).iter().map(|v| size * v).collect();
        let (_, cache) = alone.forward_to(&x, batch * length * width);
        for (row, p) in cache[..batch * heads * length * length].chunks(length).enumerate() {
            let i = row % length;
            assert!((p.iter().sum::<f64>() - 1.0).abs() < 1e-14);
            assert!(p[..=i].iter().all(|&v| (0.0..=1.0).contains(&v)) && p[i + 1..].iter().all(|&v| v == 0.0));
        }
    }
}

/// The formula, one head and position after the other.
#[test]
fn attention_is_its_definition() {
    let (length, width, heads, batch) = (5, 6, 3, 2);
    let d = width / heads;
    let mut stream = Stream::new(1, "definition");
    let layer = Box::new(Attention::new(length, width, heads));
    let alone = Alone::<f64>::new(layer, Layout::default(), batch, &mut stream);
    let x: Vec<f64> = normal(batch * length * 3 * width, &mut stream);
    let (y, _) = alone.forward_to(&x, batch * length * width);
    let at = |n: usize, t: usize, which: usize, c: usize| x[((n * length + t) * 3 + which) * width + c];
    for n in 0..batch {
        for i in 0..length {
            for c in 0..width {
                let first = c / d * d;
                let weight = |j: usize| {
                    let score: f64 = (first..first + d).map(|c| at(n, i, 0, c) * at(n, j, 1, c)).sum();
                    (score / (d as f64).sqrt()).exp()
                };
                let total: f64 = (0..=i).map(weight).sum();
                let want: f64 = (0..=i).map(|j| weight(j) / total * at(n, j, 2, c)).sum();
                assert!((y[(n * length + i) * width + c] - want).abs() < 1e-13);
            }
        }
    }
}

#[test]
fn all_steps_in_time_have_one_set_of_weights() {
    let tensors = |length: usize, over_time: OverTime| {
        let mut plan = plan(Family::Rnn, Norm::Batch, length, 4);
        plan.site.over_time = over_time;
        let network = plan.build::<f64>();
        let names = |table: &normlab::nn::layout::Table| -> Vec<(String, Vec<usize>)> {
            table.tensors().iter().map(|t| (t.name.clone(), t.shape.clone())).collect()
        };
        (names(&network.layout().params), names(&network.layout().buffers))
    };
    let (short, long) = (tensors(4, OverTime::Pooled), tensors(9, OverTime::Pooled));
    assert_eq!(short, long);
    let names: Vec<&str> = short.0.iter().map(|t| t.0.as_str()).collect();
    let layers = |l: &str| ["input.weight", "hidden.weight"].map(|w| format!("rnn{l}.{w}")).to_vec();
    let norm = |l: &str| ["weight", "bias"].map(|w| format!("norm{l}.{w}")).to_vec();
    let want = [
        vec!["embedding.weight".into()],
        layers("1"),
        norm("1"),
        layers("2"),
        norm("2"),
        vec!["head.weight".into(), "head.bias".into()],
    ];
    assert_eq!(names, want.concat());
    let (params, buffers) = tensors(4, OverTime::Step);
    assert_eq!(params, short.0, "γ and β are shared even where statistics are not");
    assert_eq!(buffers.len(), 4 * short.1.len());
    assert!(buffers.contains(&("norm2.step4.running_var".into(), vec![12])), "{buffers:?}");
}

/// h_t = tanh(W·x_t + U·h_{t−1} + b), written out; at the first step too the bias is there.
#[test]
fn the_recurrent_network_is_its_recurrence() {
    for bias in [Bias::On, Bias::Off] {
        let (length, batch, width) = (5, 3, 12);
        let mut plan = plan(Family::Rnn, Norm::None, length, batch);
        (plan.depth, plan.bias) = (1, bias);
        let network = plan.build::<f64>();
        let mut stream = Stream::new(2, "recurrence");
        let state = random_state(network.layout(), &mut stream);
        let param = |name: &str| {
            let tensor = network.layout().params.tensors().iter().find(|t| t.name == name);
            tensor.map(|t| &state.params[t.range.clone()])
        };
        let of = |name: &str| param(name).expect(name);
        assert_eq!(param("rnn1.hidden.bias").is_some(), bias == Bias::On);
        let x: Vec<f64> = tokens(batch * length, &mut stream);
        let values = values(&network, &state, &x, Statistics::Batch);
        let product = |w: &[f64], v: &[f64], o: usize| -> f64 {
            w[o * v.len()..][..v.len()].iter().zip(v).map(|(w, v)| w * v).sum()
        };
        for n in 0..batch {
            let mut h = vec![0.0; width];
            for t in 0..length {
                let token = &of("embedding.weight")[x[n * length + t] as usize * width..][..width];
                h = (0..width)
                    .map(|o| {
                        let b = param("rnn1.hidden.bias").map_or(0.0, |b| b[o]);
                        let a = product(of("rnn1.input.weight"), token, o) + product(of("rnn1.hidden.weight"), &h, o);
                        (a + b).tanh()
                    })
                    .collect();
                let name = format!("step{}.tanh1", t + 1);
                let node = network.nodes().iter().position(|n| n.name == name).expect("a step's nonlinearity");
                let ours = &values[node][n * width..][..width];
                assert!(h.iter().zip(ours).all(|(a, b)| (a - b).abs() < 1e-13), "{name}");
            }
        }
    }
}

/// With all weights shared and one running average, a batch moves it once per step in time, in order.
#[test]
fn pooled_running_averages_move_at_every_step_in_time() {
    let (length, batch, width) = (4, 6, 12);
    for over_time in [OverTime::Pooled, OverTime::Step] {
        let mut plan = plan(Family::Rnn, Norm::Batch, length, batch);
        (plan.depth, plan.site.over_time) = (1, over_time);
        let network = plan.build::<f64>();
        let mut stream = Stream::new(3, "pooled");
        let state = random_state(network.layout(), &mut stream);
        let x: Vec<f64> = tokens(batch * length, &mut stream);
        let mut work = Workspace::to_train(&network, batch);
        let pass = Pass::training(&state.params, &state.buffers, batch, Draw::default());
        network.forward(&pass, &x, &mut work);
        let mut buffers = state.buffers.clone();
        network.update_buffers(&work, &mut buffers, false);
        let range = |name: &str| {
            let tensor = network.layout().buffers.tensors().iter().find(|t| t.name == name);
            tensor.expect(name).range.clone()
        };
        let mut expected = state.buffers.clone();
        for t in 1..=length {
            let place = if over_time == OverTime::Step { format!("norm1.step{t}") } else { "norm1".into() };
            let name = format!("step{t}.rnn1.{}", if t == 1 { "input" } else { "hidden" });
            let node = network.nodes().iter().position(|n| n.name == name).expect("what enters the norm");
            let (mean, variance) = (range(&format!("{place}.running_mean")), range(&format!("{place}.running_var")));
            for c in 0..width {
                let column: Vec<usize> = (0..batch).map(|n| n * width + c).collect();
                let (m, v) = moments(Norm::Batch, work.value(node), &column);
                let unbiased = v * batch as f64 / (batch as f64 - 1.0);
                expected[mean.start + c] = 0.9 * expected[mean.start + c] + 0.1 * m;
                expected[variance.start + c] = 0.9 * expected[variance.start + c] + 0.1 * unbiased;
            }
            expected[range(&format!("{place}.num_batches_tracked")).start] += 1.0;
        }
        assert!(buffers.iter().zip(&expected).all(|(a, b)| (a - b).abs() < 1e-12), "{over_time:?}");
        assert_ne!(buffers, state.buffers);
    }
}
