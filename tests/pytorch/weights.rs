//! Files of weights as PyTorch users have them, which `weights.py` wrote.

use normlab::config::Config;
use normlab::data::Data;
use normlab::nn::layout::{Layout, Role, count};
use normlab::run::weights::load;
use safetensors::{Dtype, SafeTensors};
use std::fs;
use std::path::PathBuf;

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/pytorch/fixtures")
}

fn layout() -> Layout {
    let config = Config { data: Data::Xor, depth: 2, width: 8, ..Config::default() };
    config.architecture().build::<f32>().layout().clone()
}

#[test]
fn what_pytorch_saved_is_loaded_to_the_last_bit_and_the_note_says_how() {
    let bytes = fs::read(folder().join("weights.safetensors")).unwrap();
    let wanted = SafeTensors::deserialize(&bytes).unwrap();
    let layout = layout();
    for (file, note) in [
        ("plain", ""),
        ("data_parallel", "the prefix “module.” was taken off its names"),
        ("compiled", "the prefix “_orig_mod.” was taken off its names"),
        ("compiled_data_parallel", "the prefix “_orig_mod.module.” was taken off its names"),
        ("attribute", "the prefix “model._orig_mod.” was taken off its names"),
        ("partly_compiled", "the prefix “_orig_mod.” was taken off its names"),
        ("half", "F16 was widened to F32"),
        ("bfloat16", "BF16 was widened to F32"),
        ("double", "F64 was rounded to F32"),
        ("transposed", "its matrices are stored as [inputs, outputs] and were transposed, square ones too"),
        ("without_counts", "num_batches_tracked is missing and counts from 0"),
        ("counts_in_a_list", "num_batches_tracked, of type I64 and shape [1], was read as a count"),
        ("counts_as_floats", "num_batches_tracked, of type F32 and shape [], was read as a count"),
        ("counts_beyond_single", ""),
    ] {
        let loaded = load(&layout, &fs::read(folder().join(format!("weights/{file}.safetensors"))).unwrap());
        let loaded = loaded.unwrap_or_else(|e| panic!("{file}: {e}"));
        let said = if note.is_empty() { None } else { Some(format!("Read with changes: {note}.")) };
        assert_eq!(loaded.note, said, "{file}");
        let tables = [(&layout.params, &loaded.state.params), (&layout.buffers, &loaded.state.buffers)];
        for (tensor, values) in tables.iter().flat_map(|(table, all)| table.tensors().iter().map(move |t| (t, all))) {
            let ours = &values[tensor.range.clone()];
            let theirs = wanted.tensor(&format!("{file}.{}", tensor.name));
            if tensor.role == Role::Count {
                let theirs = theirs.map_or(0.0, |t| f64::from_le_bytes(t.data().try_into().unwrap()));
                assert_eq!(count(ours), theirs, "{file}: {}", tensor.name);
                continue;
            }
            let theirs = theirs.unwrap();
            assert_eq!((theirs.dtype(), theirs.shape()), (Dtype::F32, &tensor.shape[..]), "{file}: {}", tensor.name);
            let theirs: Vec<u32> = theirs.data().as_chunks().0.iter().map(|b| u32::from_le_bytes(*b)).collect();
            assert_eq!(ours.iter().map(|v| v.to_bits()).collect::<Vec<_>>(), theirs, "{file}: {}", tensor.name);
        }
    }
}

#[test]
fn what_is_not_safetensors_is_named() {
    for (file, what) in [
        ("zip.pt", "this is a PyTorch pickle (.pt, .pth), not safetensors: save the weights with safetensors.torch"),
        ("legacy.pt", "this is a PyTorch pickle"),
        ("arrays.npz", "this is a file of NumPy arrays"),
    ] {
        let said = load(&layout(), &fs::read(folder().join("weights").join(file)).unwrap()).unwrap_err();
        assert!(said.starts_with(what), "{file}: {said}");
    }
}
