//! Too few values for a statistic: what is refused for that really has one value only, what is accepted never.

use crate::draw;
use normlab::choice::Choices;
use normlab::config::Config;
use normlab::data::{Data, Kind};
use normlab::nn::activation::Activation;
use normlab::nn::init::{Init, State};
use normlab::nn::layer::{Draw, Pass};
use normlab::nn::model::Family;
use normlab::nn::network::{Part, Source, Workspace};
use normlab::nn::norm::Norm;
use normlab::rng::Stream;
use normlab::run::Run;

/// Names of the normalizations whose outputs all are β, whatever they read: of one value, nothing is left but
/// its mean. As the network does it in a training step, on random samples; β starts at 0.
fn silenced(config: &Config) -> Vec<String> {
    // Of a batch that cannot be cut, the whole.
    let ghost = if config.batch.is_multiple_of(config.ghost) { config.ghost } else { config.batch };
    // Of a single unit, one group.
    let groups = if config.model == Family::Cnn && config.head == 1 { 1 } else { config.groups };
    let network = Config { ghost, groups, ..*config }.architecture().build::<f64>();
    let state = State::<f64>::initial(network.layout(), Init::He, 0.0, 7);
    let pass = Pass::training(&state.params, &state.buffers, config.batch, Draw { seed: 1, step: 1 });
    let mut stream = Stream::new(5, "samples");
    let mut sample = || match config.data.kind() {
        Kind::Tokens { vocabulary } => f64::from(stream.below(vocabulary as u32)),
        _ => stream.normal(),
    };
    let x: Vec<f64> = (0..config.batch * network.input().len()).map(|_| sample()).collect();
    let mut work = Workspace::to_train(&network, config.batch);
    network.forward(&pass, &x, &mut work);
    let values = |i: usize| &work.value(i)[..config.batch * network.nodes()[i].shape.len()];
    let nodes = network.nodes().iter().enumerate().filter(|(i, node)| {
        let Source::Node(before) = node.from else { return false };
        let reads = values(before).iter().any(|v| *v != 0.0);
        node.part == Part::Norm && reads && values(*i).iter().all(|y| *y == 0.0)
    });
    nodes.map(|(_, node)| node.name.clone()).collect()
}

/// A configuration whose networks are small and never silent by themselves: no dead units, no noise behind.
fn draw(stream: &mut Stream) -> Config {
    let config = draw::config(stream);
    let family = Family::ALL[stream.below(4) as usize];
    let data = match family {
        Family::Mlp => Data::Xor,
        Family::Transformer if stream.below(2) == 0 => Data::Recall,
        _ => Data::Digits,
    };
    Config {
        model: family,
        data,
        loss: Config::default().loss,
        sampling: Config::default().sampling,
        depth: 1 + config.depth % 2,
        width: [2, 3, 4, 8][stream.below(4) as usize],
        head: stream.below(4) as usize,
        heads: 1,
        groups: 1 + stream.below(8) as usize,
        batch: 1 + stream.below(8) as usize,
        devices: 1 + stream.below(8) as usize,
        ghost: 1 + stream.below(8) as usize,
        length: [4, 8, 16][stream.below(3) as usize],
        shortest: 0,
        subset: 0,
        tune_at: 0,
        activation: Activation::Identity,
        dropout: 0.0,
        noise_scale: 0.0,
        ..config
    }
}

#[test]
fn refused_for_want_of_values_is_what_has_a_single_one() {
    let mut stream = Stream::new(4, "refusals");
    let (mut refused, mut accepted) = (0, 0);
    for _ in 0..6000 {
        let config = draw(&mut stream);
        match &config.check()[..] {
            [] => {
                assert_eq!(silenced(&config), Vec::<String>::new(), "{config:?}");
                accepted += usize::from(config.norm != Norm::None);
            }
            [problem]
                if problem.reason.contains("every output would be β") || problem.reason.contains("make every") =>
            {
                assert_ne!(silenced(&config), Vec::<String>::new(), "{problem}: {config:?}");
                refused += 1;
            }
            _ => {}
        }
    }
    assert!(refused > 300 && accepted > 1000, "{refused} {accepted}");
}

/// Synchronized statistics are those of the whole batch, however few samples a device holds: the run is
/// BatchNorm's on one device to the last bit.
#[test]
fn synchronized_statistics_take_one_sample_on_each_device() {
    let families = [(Family::Mlp, 3), (Family::Cnn, 2), (Family::Rnn, 1), (Family::Transformer, 1)];
    for (model, depth) in families {
        let config = Config { model, depth, width: 8, batch: 8, ..Config::default() };
        let after = |config: Config| {
            let mut run = Run::<f32>::new(config).unwrap();
            for _ in 0..25 {
                run.step();
            }
            (run.fingerprint(), run.state().buffers.clone())
        };
        let whole = after(Config { norm: Norm::Batch, devices: 1, ..config });
        for devices in [1, 2, 8] {
            assert_eq!(after(Config { norm: Norm::Sync, devices, ..config }), whole, "{model:?} on {devices}");
        }
        let split = Config { norm: Norm::Batch, devices: 8, ..config };
        // Where there are pixels or tokens beside the samples, each device has more than one value.
        assert_eq!(split.is_trainable(), model == Family::Transformer, "{model:?}");
    }
}

/// Batch renormalization brings a single value back, but as a constant.
#[test]
fn batch_renormalization_of_one_value_learns_nothing_in_front() {
    let gradient = |batch| {
        let config = Config { norm: Norm::Renorm, warmup: 0, batch, data: Data::Xor, depth: 1, ..Config::default() };
        let network = config.architecture().build::<f64>();
        let state = State::<f64>::initial(network.layout(), Init::He, 0.0, 7);
        let pass = Pass::training(&state.params, &state.buffers, batch, Draw { seed: 1, step: 9 });
        let mut stream = Stream::new(5, "samples");
        let x: Vec<f64> = (0..2 * batch).map(|_| stream.normal()).collect();
        let mut gradient = vec![0.0; state.params.len()];
        let mut work = Workspace::to_train(&network, batch);
        network.gradient(&pass, &x, &vec![0; batch], &mut work, &mut gradient, |_, _| {});
        assert!(work.value(1).iter().any(|y| *y != 0.0), "not β");
        let weights = &network.layout().params.tensors()[0];
        (config.check(), gradient[weights.range.clone()].iter().any(|g| *g != 0.0))
    };
    let (problems, learns) = gradient(1);
    assert!(problems[0].reason.contains("passes no gradient on") && !learns, "{problems:?}");
    assert_eq!(gradient(2), (vec![], true));
}

/// RMSNorm subtracts no mean: of a single value it leaves the sign, whatever its size.
#[test]
fn a_head_of_one_unit_takes_no_normalization_of_single_samples() {
    for norm in [Norm::Layer, Norm::Group, Norm::Rms] {
        let config = Config { model: Family::Cnn, depth: 1, width: 8, head: 1, norm, ..Config::default() };
        let problems = config.check();
        assert_eq!(problems.iter().map(|p| p.field.as_str()).collect::<Vec<_>>(), ["head"], "{norm:?}");
        let ways: Vec<&str> = problems[0].or.iter().map(|way| way.field.as_str()).collect();
        assert_eq!(ways, ["head_norm", "norm"], "{norm:?}");
    }
}

/// A sequence without its padding may be of a single token, and a batch of one such sequence too.
#[test]
fn sequences_of_one_token_have_one_value() {
    let padded = Config {
        model: Family::Transformer,
        data: Data::Recall,
        depth: 1,
        width: 8,
        groups: 8,
        heads: 2,
        shortest: 1,
        ..Config::default()
    };
    for (norm, batch, field) in
        [(Norm::Instance, 32, "shortest"), (Norm::Group, 32, "groups"), (Norm::Batch, 1, "batch")]
    {
        let config = Config { norm, batch, ..padded };
        let problems = config.check();
        assert_eq!(problems.iter().map(|p| p.field.as_str()).collect::<Vec<_>>(), [field], "{norm:?}");
        assert!(Config { shortest: 2, ..config }.is_trainable(), "{norm:?}");
        assert!(problems[0].to_string().contains("masked: off"), "{}", problems[0]);
    }
}
