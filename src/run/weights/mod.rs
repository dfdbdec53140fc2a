//! Weights in and out: safetensors under PyTorch's `state_dict` names and shapes.
//!
//! What comes out of here is F32, and I64 for counts of batches. What comes in may be what PyTorch users
//! have: with the prefixes of wrappers before its names, in half or double precision, without counts, or
//! with matrices the other way round. Whatever is done to it is said in one note, and whatever cannot be
//! read is refused in one sentence that names the cause.

mod format;
mod misfit;
mod names;
mod values;

use crate::nn::init::State;
use crate::nn::layout::{Layout, Role, Table, Tensor, count};
use names::Names;
use safetensors::tensor::TensorView;
use safetensors::{Dtype, SafeTensors};
use std::collections::BTreeMap;

/// Parameters and buffers as the bytes of a safetensors file: F32, and I64 for counts of batches.
///
/// # Errors
/// The library's, in words. None is expected.
pub fn save(layout: &Layout, state: &State<f32>) -> Result<Vec<u8>, String> {
    let all = tensors(layout, state);
    let bytes: Vec<(&Tensor, Dtype, Vec<u8>)> = all
        .map(|(tensor, values)| match tensor.role {
            Role::Count => (tensor, Dtype::I64, (count(values) as i64).to_le_bytes().to_vec()),
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

/// A file of weights that fits.
#[derive(Clone, Debug, PartialEq)]
pub struct Loaded {
    /// Its parameters and buffers.
    pub state: State<f32>,
    /// What was done to read it, one sentence; none, if it is as [`save`] writes it.
    pub note: Option<String>,
}

/// Reads the bytes of a safetensors file that holds this layout's tensors and nothing else.
///
/// Names may stand behind the prefixes of `nn.DataParallel`, `torch.compile` and the like; numbers may be F16
/// and BF16, which are widened, and F64, which are rounded; counts of batches may be missing, and are 0 then,
/// or any whole numbers. Where all matrices that are not square are stored as `[inputs, outputs]`, all are
/// transposed, square ones too: no file mixes both. Where all are square, nothing tells, and they are
/// PyTorch's `[outputs, inputs]`.
///
/// # Errors
/// One sentence with the cause: another format, another network, or a number that cannot be, such as NaN
/// or a negative variance. No state is allocated before all of it fits.
pub fn load(layout: &Layout, bytes: &[u8]) -> Result<Loaded, String> {
    let file = SafeTensors::deserialize(bytes).map_err(|e| format::unreadable(bytes, &e))?;
    // Not collected: that would sort, with a sort of its own for every type.
    let mut views = BTreeMap::new();
    views.extend(file.iter());
    let wanted: Vec<&Tensor> = layout.params.tensors().iter().chain(layout.buffers.tensors()).collect();
    let names = Names::find(&wanted, views.keys().copied().collect())?;
    let found = |tensor: &Tensor| names.found.get(tensor.name.as_str()).and_then(|name| views.get(name));
    let transposed = misfit::check(&wanted, &names, &views)?;
    values::check(wanted.iter().filter_map(|tensor| Some((*tensor, found(tensor)?))))?;
    let read = |table: &Table| {
        let mut state = vec![0.0; table.len()];
        for tensor in table.tensors() {
            if let Some(view) = found(tensor) {
                values::read(tensor, view, transposed, &mut state[tensor.range.clone()]);
            }
        }
        state
    };
    let state = State { params: read(&layout.params), buffers: read(&layout.buffers) };
    let mut done: Vec<String> = names.note.iter().cloned().collect();
    done.extend(
        transposed.then(|| "its matrices are stored as [inputs, outputs] and were transposed, square ones too".into()),
    );
    done.extend(conversions(&wanted, found));
    let note = (!done.is_empty()).then(|| format!("Read with changes: {}.", done.join("; ")));
    Ok(Loaded { state, note })
}

/// What was done to types and counts.
fn conversions<'a>(wanted: &[&'a Tensor], found: impl Fn(&Tensor) -> Option<&'a TensorView<'a>>) -> Vec<String> {
    let (counts, others): (Vec<&Tensor>, Vec<&Tensor>) = wanted.iter().partition(|t| t.role == Role::Count);
    let mut done: Vec<String> = [Dtype::F16, Dtype::BF16, Dtype::F64]
        .into_iter()
        .filter(|&dtype| others.iter().filter_map(|t| found(t)).any(|view| view.dtype() == dtype))
        .map(|dtype| format!("{dtype:?} was {} to F32", if dtype == Dtype::F64 { "rounded" } else { "widened" }))
        .collect();
    done.extend(
        counts.iter().any(|t| found(t).is_none()).then(|| "num_batches_tracked is missing and counts from 0".into()),
    );
    let usual = |view: &&TensorView| view.dtype() == Dtype::I64 && view.shape().is_empty();
    let unusual = counts.iter().filter_map(|t| found(t)).find(|view| !usual(view));
    done.extend(unusual.map(|view| {
        format!("num_batches_tracked, of type {:?} and shape {:?}, was read as a count", view.dtype(), view.shape())
    }));
    done
}

#[cfg(test)]
mod tests;
