//! Weights in and out: safetensors under PyTorch's `state_dict` names and shapes.

use crate::config::shown;
use crate::nn::init::State;
use crate::nn::layout::{Layout, Role, Table, Tensor};
use safetensors::tensor::TensorView;
use safetensors::{Dtype, SafeTensors};
use std::collections::BTreeSet;

/// Parameters and buffers as the bytes of a safetensors file: F32, and I64 for counts of batches.
///
/// # Errors
/// The library's, in words. None is expected.
pub fn save(layout: &Layout, state: &State<f32>) -> Result<Vec<u8>, String> {
    let all = tensors(layout, state);
    let bytes: Vec<(&Tensor, Dtype, Vec<u8>)> = all
        .map(|(tensor, values)| match tensor.role {
            Role::Count => (tensor, Dtype::I64, values.iter().flat_map(|&v| (v as i64).to_le_bytes()).collect()),
            _ => (tensor, Dtype::F32, values.iter().flat_map(|v| v.to_le_bytes()).collect()),
        })
        .collect();
    let views = bytes
        .iter()
        .map(|(t, dtype, data)| Ok((t.name.as_str(), TensorView::new(*dtype, t.shape.clone(), data)?)))
        .collect::<Result<Vec<_>, safetensors::SafeTensorError>>()
        .map_err(|e| e.to_string())?;
    safetensors::serialize(views, None).map_err(|e| e.to_string())
}

fn tensors<'a>(layout: &'a Layout, state: &'a State<f32>) -> impl Iterator<Item = (&'a Tensor, &'a [f32])> {
    let of = |table: &'a Table, values: &'a [f32]| table.tensors().iter().map(move |t| (t, &values[t.range.clone()]));
    of(&layout.params, &state.params).chain(of(&layout.buffers, &state.buffers))
}

/// Most misfits of one file that are named one by one.
const MESSAGES: usize = 20;

/// Reads the bytes of a safetensors file that holds exactly this layout's tensors.
///
/// # Errors
/// Everything that does not fit: a broken file, missing or foreign names, wrong shapes or types.
/// Nothing is allocated before all of it fits.
pub fn load(layout: &Layout, bytes: &[u8]) -> Result<State<f32>, Vec<String>> {
    let file = SafeTensors::deserialize(bytes).map_err(|e| vec![format!("not a whole safetensors file: {e}")])?;
    let wanted = || layout.params.tensors().iter().chain(layout.buffers.tensors());
    let mut problems = Vec::new();
    for tensor in wanted() {
        let dtype = if tensor.role == Role::Count { Dtype::I64 } else { Dtype::F32 };
        match file.tensor(&tensor.name) {
            Err(_) => problems.push(format!("{} is missing", tensor.name)),
            Ok(view) if view.shape() != tensor.shape => {
                let found = shown(&format!("{:?}", view.shape()));
                problems.push(format!("{} has shape {found}; this network's is {:?}", tensor.name, tensor.shape));
            }
            Ok(view) if view.dtype() != dtype => {
                problems.push(format!("{} is of type {:?}; it must be {dtype:?}", tensor.name, view.dtype()));
            }
            Ok(_) => {}
        }
    }
    let known: BTreeSet<&str> = wanted().map(|t| t.name.as_str()).collect();
    let foreign = file.names().into_iter().filter(|name| !known.contains(name));
    problems.extend(foreign.map(|name| format!("{} is not part of this network", shown(name))));
    if !problems.is_empty() {
        problems.sort();
        let more = problems.len().saturating_sub(MESSAGES);
        problems.truncate(MESSAGES);
        problems.extend((more > 0).then(|| format!("and {more} more problems of this kind")));
        return Err(problems);
    }
    let read = |table: &Table| {
        let mut values = vec![0.0; table.len()];
        for tensor in table.tensors() {
            if let Ok(view) = file.tensor(&tensor.name) {
                decode(view.data(), tensor.role, &mut values[tensor.range.clone()]);
            }
        }
        values
    };
    Ok(State { params: read(&layout.params), buffers: read(&layout.buffers) })
}

fn decode(data: &[u8], role: Role, values: &mut [f32]) {
    if role == Role::Count {
        for (value, bytes) in values.iter_mut().zip(data.as_chunks::<8>().0) {
            *value = i64::from_le_bytes(*bytes) as f32;
        }
    } else {
        for (value, bytes) in values.iter_mut().zip(data.as_chunks::<4>().0) {
            *value = f32::from_le_bytes(*bytes);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;
    use crate::experiment::run::Run;
    use crate::nn::norm::Norm;

    fn trained(config: Config) -> Run<f32> {
        let mut run = Run::new(config).unwrap();
        for _ in 0..3 {
            run.step();
        }
        run
    }

    #[test]
    fn what_is_saved_loads_back_bit_for_bit() {
        let run = trained(Config::default());
        let bytes = save(run.network().layout(), run.state()).unwrap();
        assert_eq!(load(run.network().layout(), &bytes).unwrap(), *run.state());
        let file = SafeTensors::deserialize(&bytes).unwrap();
        assert_eq!(file.tensor("linear1.weight").unwrap().shape(), [64, 64]);
        assert_eq!(file.tensor("norm5.num_batches_tracked").unwrap().dtype(), Dtype::I64);
    }

    #[test]
    fn every_misfit_is_named() {
        let run = trained(Config { depth: 2, ..Config::default() });
        let bytes = save(run.network().layout(), run.state()).unwrap();
        let layout = |config: Config| config.architecture().build::<f32>().layout().clone();
        for end in [0, 7, 100, bytes.len() - 1] {
            assert_eq!(load(run.network().layout(), &bytes[..end]).unwrap_err().len(), 1);
        }
        assert_eq!(load(run.network().layout(), b"PK\x03\x04 a foreign file, long enough").unwrap_err().len(), 1);
        let wide = load(&layout(Config { depth: 2, width: 32, ..Config::default() }), &bytes).unwrap_err();
        assert!(
            wide.iter().any(|p| p.contains("linear2.weight has shape [64, 64]; this network's is [32, 32]")),
            "{wide:?}"
        );
        let plain = load(&layout(Config { depth: 2, norm: Norm::None, ..Config::default() }), &bytes).unwrap_err();
        assert!(plain.contains(&"linear1.bias is missing".to_owned()));
        assert!(plain.contains(&"norm1.running_var is not part of this network".to_owned()));
    }

    /// The length of a header is what a file says it is; its tensors are as large as it says.
    #[test]
    fn a_file_that_promises_much_is_refused_before_anything_is_made_of_it() {
        let run = trained(Config { depth: 1, ..Config::default() });
        let layout = run.network().layout();
        let file = |length: u64, header: &str, data: usize| {
            [&length.to_le_bytes()[..], header.as_bytes(), &vec![0; data]].concat()
        };
        let problems = |bytes: &[u8]| load(layout, bytes).unwrap_err();
        for length in [1 << 20, 99_999_999, 100_000_001, 1 << 40, u64::MAX] {
            assert_eq!(problems(&file(length, "{}", 64)).len(), 1, "{length}");
        }
        let exabytes =
            r#"{"head.bias":{"dtype":"F32","shape":[1152921504606846976],"data_offsets":[0,4611686018427387904]}}"#;
        assert_eq!(problems(&file(exabytes.len() as u64, exabytes, 64)).len(), 1);
        let overflow =
            r#"{"head.bias":{"dtype":"F32","shape":[4294967296,4294967296,4294967296],"data_offsets":[0,64]}}"#;
        assert_eq!(problems(&file(overflow.len() as u64, overflow, 64)).len(), 1);
        // Megabytes of header that are what they say: a hundred thousand tensors of nothing.
        let entry = |i| format!(r#""t{i}":{{"dtype":"F32","shape":[0],"data_offsets":[0,0]}}"#);
        let header = format!("{{{}}}", (0..100_000).map(entry).collect::<Vec<_>>().join(","));
        let found = problems(&file(header.len() as u64, &header, 0));
        assert_eq!(found.len(), MESSAGES + 1);
        assert!(found[MESSAGES].starts_with("and 9"), "{}", found[MESSAGES]);
        // Nothing but blanks, up to the largest header that the format allows.
        let blanks = format!("{{}}{}", " ".repeat(50_000_000));
        assert!(problems(&file(blanks.len() as u64, &blanks, 0)).iter().all(|p| p.ends_with("is missing")));
    }
}
