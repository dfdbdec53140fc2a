//! What is saved, changed as other programs change it, and loaded again.

use super::*;
use crate::choice::Choices;
use crate::config::Config;
use crate::data::Data;
use crate::nn::layout::{LARGEST_COUNT, set_count};
use crate::nn::model::{Bias, Family, Skip};
use crate::nn::norm::{Norm, OverTime};
use crate::rng::Stream;
use crate::run::Run;

fn trained(config: Config) -> Run<f32> {
    let mut run = Run::new(config).unwrap();
    for _ in 0..3 {
        run.step();
    }
    run
}

fn layout(config: Config) -> Layout {
    config.architecture().build::<f32>().layout().clone()
}

fn at(n: usize, stream: &mut Stream) -> usize {
    stream.between(0.0, n as f64) as usize
}

/// Every family with every normalization that can stand in it, sizes and options drawn.
fn configurations(stream: &mut Stream) -> Vec<Config> {
    let mut all = Vec::new();
    for &model in Family::ALL {
        for &norm in Norm::ALL {
            let width = [4, 8, 12][at(3, stream)];
            let config = Config {
                model,
                norm,
                data: if matches!(model, Family::Rnn | Family::Transformer) { Data::Recall } else { Data::Digits },
                depth: 1 + at(3, stream),
                width,
                head: width,
                groups: 2,
                heads: 2,
                ghost: 4,
                batch: 8,
                bias: [Bias::Auto, Bias::On][at(2, stream)],
                skip: [Skip::None, Skip::Init][at(2, stream)],
                over_time: [OverTime::Pooled, OverTime::Step][at(2, stream)],
                ..Config::default()
            };
            let plain = Config { skip: Skip::None, over_time: OverTime::Pooled, bias: Bias::Auto, ..config };
            all.extend([config, plain].into_iter().find(|config| config.check().is_empty()));
        }
    }
    assert!(all.len() > 40, "{}", all.len());
    all
}

/// A tensor of a file.
#[derive(Clone)]
struct Stored {
    name: String,
    dtype: Dtype,
    shape: Vec<usize>,
    data: Vec<u8>,
}

fn file(tensors: &[Stored]) -> Vec<u8> {
    let views = tensors.iter().map(|t| (&t.name, TensorView::new(t.dtype, t.shape.clone(), &t.data).unwrap()));
    safetensors::serialize(views, None).unwrap()
}

/// A number of that type, and what single precision makes of it.
fn number(dtype: Dtype, positive: bool, stream: &mut Stream) -> (Vec<u8>, f32) {
    let value = if positive { stream.between(0.01, 9.0) } else { stream.normal() };
    match dtype {
        Dtype::F64 => (value.to_le_bytes().to_vec(), value as f32),
        Dtype::BF16 => {
            let bits = (value as f32).to_bits() >> 16;
            ((bits as u16).to_le_bytes().to_vec(), f32::from_bits(bits << 16))
        }
        Dtype::F16 => {
            let (sign, exponent) = (if positive { 0 } else { at(2, stream) as u16 }, at(31, stream) as u16);
            let fraction = at(1024, stream) as u16;
            let scale = if exponent == 0 { f64::from(fraction) } else { f64::from(1024 + fraction) };
            let value = scale * 2f64.powi(i32::from(exponent.max(1)) - 25) * if sign == 1 { -1.0 } else { 1.0 };
            ((sign << 15 | exponent << 10 | fraction).to_le_bytes().to_vec(), value as f32)
        }
        _ => ((value as f32).to_le_bytes().to_vec(), value as f32),
    }
}

fn count_of(dtype: Dtype, value: u64) -> Vec<u8> {
    match dtype {
        Dtype::I32 => (value as i32).to_le_bytes().to_vec(),
        Dtype::F32 => (value as f32).to_le_bytes().to_vec(),
        Dtype::F64 => (value as f64).to_le_bytes().to_vec(),
        _ => (value as i64).to_le_bytes().to_vec(),
    }
}

/// One way in which a file may differ from what the lab writes.
struct Way {
    prefix: &'static str,
    dtype: Dtype,
    /// Type of counts; none: they are missing.
    count: Option<Dtype>,
    shape: Vec<usize>,
    transposed: bool,
}

const PREFIXES: [&str; 7] =
    ["", "module.", "_orig_mod.", "model.", "module._orig_mod.model.", "model.model.", "net.mine."];

fn way(stream: &mut Stream) -> Way {
    Way {
        prefix: PREFIXES[at(PREFIXES.len(), stream)],
        dtype: [Dtype::F32, Dtype::F16, Dtype::BF16, Dtype::F64][at(4, stream)],
        count: [None, Some(Dtype::I64), Some(Dtype::I32), Some(Dtype::F32), Some(Dtype::F64)][at(5, stream)],
        shape: [vec![], vec![1]][at(2, stream)].clone(),
        transposed: at(2, stream) == 1,
    }
}

/// A file of drawn numbers, and the state that it holds.
fn drawn(layout: &Layout, way: &Way, stream: &mut Stream) -> (Vec<Stored>, State<f32>) {
    let mut stored = Vec::new();
    let mut fill = |table: &Table| {
        let mut values = vec![0.0; table.len()];
        for tensor in table.tensors() {
            let name = format!("{}{}", way.prefix, tensor.name);
            let to = &mut values[tensor.range.clone()];
            if tensor.role == Role::Count {
                let Some(dtype) = way.count else { continue };
                // Whatever the type holds: beyond 2²⁴ too, where it does.
                let largest = match dtype {
                    Dtype::F32 => 1 << 24,
                    Dtype::I32 => i32::MAX as u64,
                    _ => LARGEST_COUNT,
                };
                let count = stream.between(0.0, largest as f64 + 1.0) as u64;
                set_count(to, count as f64);
                stored.push(Stored { name, dtype, shape: way.shape.clone(), data: count_of(dtype, count) });
                continue;
            }
            let numbers: Vec<_> = to.iter().map(|_| number(way.dtype, tensor.role == Role::One, stream)).collect();
            for (value, (_, number)) in to.iter_mut().zip(&numbers) {
                *value = *number;
            }
            let mut shape = tensor.shape.clone();
            let mut order: Vec<usize> = (0..numbers.len()).collect();
            if way.transposed && misfit::is_matrix(tensor) {
                let (rows, columns) = (shape[0], shape[1]);
                order = (0..columns).flat_map(|c| (0..rows).map(move |r| r * columns + c)).collect();
                shape.reverse();
            }
            let data = order.iter().flat_map(|&i| numbers[i].0.clone()).collect();
            stored.push(Stored { name, dtype: way.dtype, shape, data });
        }
        values
    };
    let (params, buffers) = (fill(&layout.params), fill(&layout.buffers));
    (stored, State { params, buffers })
}

#[test]
fn whatever_pytorch_made_of_a_file_it_loads_to_the_last_bit() {
    let mut stream = Stream::new(1, "weights");
    let mut plain = 0;
    for config in configurations(&mut stream).into_iter().flat_map(|config| [config; 6]) {
        let layout = layout(config);
        let mut way = way(&mut stream);
        let mut matrices = layout.params.tensors().iter().filter(|t| misfit::is_matrix(t));
        way.transposed &= matrices.any(|t| t.shape[0] != t.shape[1]);
        let counted = layout.buffers.tensors().iter().any(|t| t.role == Role::Count);
        let (tensors, state) = drawn(&layout, &way, &mut stream);
        let loaded = load(&layout, &file(&tensors)).unwrap_or_else(|e| panic!("{e}: {config:?}"));
        assert!(loaded.state.values().iter().map(|v| v.to_bits()).eq(state.values().iter().map(|v| v.to_bits())));
        let note = loaded.note.unwrap_or_default();
        assert_eq!(
            note.contains(&format!("the prefix “{}” was taken off", way.prefix)),
            !way.prefix.is_empty(),
            "{note}"
        );
        assert_eq!(note.contains(&format!("{:?} was", way.dtype)), way.dtype != Dtype::F32, "{note}");
        assert_eq!(note.contains("transposed"), way.transposed, "{note}");
        assert_eq!(note.contains("num_batches_tracked is missing"), counted && way.count.is_none(), "{note}");
        let unusual = way.count.is_some_and(|dtype| dtype != Dtype::I64 || !way.shape.is_empty());
        assert_eq!(note.contains("was read as a count"), counted && unusual, "{note}");
        assert!(note.len() < 400 && (note.is_empty() || note.ends_with('.')), "{note}");
        plain += usize::from(note.is_empty());
        // What the lab makes of it, it writes and reads without a word.
        let again = load(&layout, &save(&layout, &state).unwrap()).unwrap();
        assert_eq!(again, Loaded { state, note: None });
    }
    assert!(plain > 0);
}

/// One number of one tensor that cannot be: refused by tensor and place, whatever else was done to the file.
#[test]
fn a_damaged_number_is_named() {
    let mut stream = Stream::new(2, "damage");
    let mut seen = BTreeMap::new();
    for config in configurations(&mut stream).into_iter().flat_map(|config| [config; 8]) {
        let layout = layout(config);
        let (mut tensors, _) = drawn(&layout, &Way { transposed: false, ..way(&mut stream) }, &mut stream);
        let which = at(tensors.len(), &mut stream);
        let stored = &mut tensors[which];
        let wanted = layout.params.tensors().iter().chain(layout.buffers.tensors());
        let tensor = wanted.into_iter().find(|t| stored.name.ends_with(&t.name)).unwrap();
        let size = stored.data.len() / stored.dtype.bitsize() * 8;
        let i = at(size, &mut stream);
        let (value, why) = match (tensor.role, stored.dtype) {
            (Role::Count, Dtype::F32 | Dtype::F64) => {
                [(-1.0, "no count"), (0.5, "no count"), (f64::NAN, "no count"), (1e30, "more batches")]
                    [at(4, &mut stream)]
            }
            (Role::Count, _) => (-3.0, "no count"),
            (Role::One, _) if at(2, &mut stream) == 0 => (-0.25, "no variance is negative"),
            (_, Dtype::F64) if at(2, &mut stream) == 0 => (-1e39, "beyond single precision"),
            _ => [(f64::NAN, "NaN"), (f64::INFINITY, "infinite")][at(2, &mut stream)],
        };
        let bytes = match stored.dtype {
            Dtype::F64 => value.to_le_bytes().to_vec(),
            Dtype::I64 => (value as i64).to_le_bytes().to_vec(),
            Dtype::I32 => (value as i32).to_le_bytes().to_vec(),
            Dtype::F32 => (value as f32).to_le_bytes().to_vec(),
            Dtype::BF16 => (((value as f32).to_bits() >> 16) as u16).to_le_bytes().to_vec(),
            _ if value.is_nan() => 0x7e00u16.to_le_bytes().to_vec(),
            _ if value.is_infinite() => 0x7c00u16.to_le_bytes().to_vec(),
            _ => 0xb400u16.to_le_bytes().to_vec(),
        };
        stored.data[i * bytes.len()..][..bytes.len()].copy_from_slice(&bytes);
        let mut left = i;
        let mut index: Vec<usize> = stored.shape.iter().rev().map(|&n| (left % n, left /= n).0).collect();
        index.reverse();
        let place = if index.is_empty() { String::new() } else { format!("{index:?}") };
        let said = load(&layout, &file(&tensors)).unwrap_err();
        assert!(said.starts_with(&format!("{}{place} is ", tensor.name)) && said.contains(why), "{said}");
        *seen.entry(why).or_insert(0) += 1;
    }
    assert_eq!(seen.len(), 6, "{seen:?}");
}

#[test]
fn what_is_saved_loads_back_bit_for_bit() {
    let run = trained(Config::default());
    let bytes = save(run.network().layout(), run.state()).unwrap();
    assert_eq!(load(run.network().layout(), &bytes).unwrap(), Loaded { state: run.state().clone(), note: None });
    let file = SafeTensors::deserialize(&bytes).unwrap();
    assert_eq!(file.tensor("linear1.weight").unwrap().shape(), [64, 64]);
    assert_eq!(file.tensor("norm5.num_batches_tracked").unwrap().dtype(), Dtype::I64);
}

/// Whatever the pair of networks: one sentence, and it says what tells them apart.
#[test]
fn another_network_is_told_in_one_sentence() {
    let mut stream = Stream::new(3, "others");
    let all = configurations(&mut stream);
    let mut said = 0;
    for (i, &config) in all.iter().enumerate() {
        let ours = layout(config);
        let other = all[(i + 1 + at(all.len() - 1, &mut stream)) % all.len()];
        let theirs = layout(other);
        let (tensors, _) = drawn(&theirs, &way(&mut stream), &mut stream);
        if ours == theirs {
            continue;
        }
        let Err(sentence) = load(&ours, &file(&tensors)) else { continue };
        assert!(sentence.len() < 300 && !sentence.contains('\n'), "{sentence}");
        if config.model != other.model {
            assert!(sentence.starts_with("it is of another network: that has "), "{sentence}");
        } else if config.depth != other.depth && sentence.starts_with("it is of") {
            assert!(sentence.contains(&format!("depth {}", other.depth)), "{sentence}");
        }
        said += 1;
    }
    assert!(said > 30, "{said}");
}

#[test]
fn the_cause_is_named() {
    let ours = layout(Config { depth: 2, width: 16, ..Config::default() });
    let of = |config: Config| {
        let run = trained(config);
        save(run.network().layout(), run.state()).unwrap()
    };
    let why = |bytes: &[u8]| load(&ours, bytes).unwrap_err();
    let usual = Config { depth: 2, width: 16, ..Config::default() };
    let norm = "normalization layers with running statistics";
    for (config, what) in [
        (Config { depth: 3, width: 32, ..usual }, "that has depth 3, width 32; this one has depth 2, width 16".into()),
        (
            Config { data: Data::Xor, ..usual },
            "that has 2 inputs, 2 outputs; this one has 64 inputs, 10 outputs".into(),
        ),
        (
            Config { norm: Norm::None, bias: Bias::Off, ..usual },
            format!("that has no normalization layers that learn or count anything; this one has {norm}"),
        ),
        (Config { model: Family::Cnn, ..usual }, "that has convolutions; this one has fully connected layers".into()),
    ] {
        assert_eq!(why(&of(config)), format!("it is of another network: {what}"));
    }
    let tensor = |name: &str, shape: &[usize]| Stored {
        name: name.into(),
        dtype: Dtype::F32,
        shape: shape.to_vec(),
        data: vec![0; 4 * shape.iter().product::<usize>()],
    };
    let flax = ["Dense_0/kernel", "Dense_0/bias", "Dense_1/kernel", "Dense_1/bias", "Dense_2/kernel"];
    let flax: Vec<Stored> = flax.iter().map(|name| tensor(name, &[1])).collect();
    assert_eq!(
        why(&file(&flax)),
        "its names are not this network's: it has “Dense_0/bias”, “Dense_0/kernel”, “Dense_1/bias” and 2 more; \
         expected are linear1.weight, norm1.weight, norm1.bias and 11 more"
    );
    assert_eq!(why(&file(&[])), "it holds no tensors");
    let (whole, _) = drawn(
        &ours,
        &Way { prefix: "", dtype: Dtype::F32, count: None, shape: vec![], transposed: false },
        &mut Stream::new(1, ""),
    );
    let with = |more: &[Stored]| [&whole[..], more].concat();
    assert_eq!(why(&file(&with(&[tensor("step", &[1])]))), "it has “step”, which this network has not");
    assert_eq!(
        why(&file(&with(&[tensor("module.head.bias", &[10])]))),
        "“head.bias” and “module.head.bias” are both in it, and either could be head.bias"
    );
    let without: Vec<Stored> = whole.iter().filter(|t| t.name != "norm2.bias").cloned().collect();
    assert_eq!(why(&file(&without)), "it lacks norm2.bias");
    let mut mixed = whole.clone();
    mixed.iter_mut().find(|t| t.name == "head.weight").unwrap().shape.reverse();
    assert!(
        why(&file(&mixed)).starts_with("head.weight is stored as [inputs, outputs] and linear1.weight as [outputs")
    );
    let copies = ["model_a.", "model_b."].map(|prefix| {
        whole.iter().map(move |t| Stored { name: format!("{prefix}{}", t.name), ..t.clone() }).collect::<Vec<_>>()
    });
    assert_eq!(
        why(&file(&copies.concat())),
        "it holds several networks, under “model_a.” and “model_b.”: save the one that is meant by itself"
    );
    for end in [0, 7, 100, 1000] {
        assert!(why(&of(usual)[..end]).starts_with("not a whole safetensors file"));
    }
}

/// The length of a header is what a file says it is; its tensors are as large as it says.
#[test]
fn a_file_that_promises_much_is_refused_before_anything_is_made_of_it() {
    let run = trained(Config { depth: 1, ..Config::default() });
    let layout = run.network().layout();
    let file = |length: u64, header: &str, data: usize| {
        [&length.to_le_bytes()[..], header.as_bytes(), &vec![0; data]].concat()
    };
    let refused = |bytes: &[u8]| load(layout, bytes).unwrap_err();
    for length in [1 << 20, 99_999_999, 100_000_001, 1 << 40, u64::MAX] {
        assert!(refused(&file(length, "{}", 64)).len() < 200, "{length}");
    }
    let exabytes =
        r#"{"head.bias":{"dtype":"F32","shape":[1152921504606846976],"data_offsets":[0,4611686018427387904]}}"#;
    assert!(refused(&file(exabytes.len() as u64, exabytes, 64)).starts_with("not a whole safetensors file"));
    let overflow = r#"{"head.bias":{"dtype":"F32","shape":[4294967296,4294967296,4294967296],"data_offsets":[0,64]}}"#;
    assert!(refused(&file(overflow.len() as u64, overflow, 64)).starts_with("not a whole safetensors file"));
    // Megabytes of header that are what they say: a hundred thousand tensors of nothing, each with a prefix.
    let entry = |i| format!(r#""t{i}.linear1.weight":{{"dtype":"F32","shape":[0],"data_offsets":[0,0]}}"#);
    let header = format!("{{{}}}", (0..100_000).map(entry).collect::<Vec<_>>().join(","));
    let said = refused(&file(header.len() as u64, &header, 0));
    assert!(said.starts_with("it holds several networks, under “t0.”") && said.len() < 200, "{said}");
    let said = refused(&file(header.len() as u64, &header.replace("linear1", "linear7"), 0));
    assert!(said.contains("and 99997 more; expected are") && said.len() < 300, "{said}");
    // Nothing but blanks, up to the largest header that the format allows.
    let blanks = format!("{{}}{}", " ".repeat(50_000_000));
    assert_eq!(refused(&file(blanks.len() as u64, &blanks, 0)), "it holds no tensors");
}
