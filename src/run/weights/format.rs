//! What a file is that is not safetensors.

use crate::config::shown;
use safetensors::SafeTensorError;

const PYTORCH: &str = "a PyTorch pickle (.pt, .pth), not safetensors: save the weights with \
                       safetensors.torch.save_file(model.state_dict(), \"weights.safetensors\")";
const NUMPY: &str = "a file of NumPy arrays (.npy, .npz), not safetensors: save them with safetensors.numpy.save_file under PyTorch's names";

/// Why these bytes are not read, one sentence.
pub(super) fn unreadable(bytes: &[u8], error: &SafeTensorError) -> String {
    match recognised(bytes) {
        Some(what) => format!("this is {what}"),
        None => format!("not a whole safetensors file: {}", shown(&error.to_string())),
    }
}

/// What the first bytes give away.
fn recognised(bytes: &[u8]) -> Option<&'static str> {
    // Where archives keep the names of what is in them: at the beginning of each member, and at the end.
    let head = &bytes[..bytes.len().min(1 << 12)];
    let holds = |text: &str| head.windows(text.len()).any(|w| w == text.as_bytes());
    let text = head.trim_ascii_start();
    Some(match head {
        [b'P', b'K', 3, 4, ..] if holds("data.pkl") => PYTORCH,
        [b'P', b'K', 3, 4, ..] if holds(".npy") => NUMPY,
        [b'P', b'K', 3, 4, ..] if holds(".keras") || holds("config.json") => "a Keras file (.keras), not safetensors",
        [b'P', b'K', 3, 4, ..] => "a zip archive, not safetensors",
        [0x80, 2..=5, ..] => PYTORCH,
        [0x93, b'N', b'U', b'M', b'P', b'Y', ..] => NUMPY,
        [0x89, b'H', b'D', b'F', ..] => "an HDF5 file (.h5, as Keras writes), not safetensors",
        [b'G', b'G', b'U', b'F', ..] => "a GGUF file, not safetensors",
        [_, _, _, _, b'T', b'F', b'L', b'3', ..] => "a TensorFlow Lite model, not safetensors",
        [0x1f, 0x8b, ..] => "a gzip archive, not safetensors: unpack it first",
        [8, 1..=32, 0x12, ..] => "an ONNX model, not safetensors",
        [0x81..=0x8f, 0xa1..=0xbf, ..] if holds("params") || holds("kernel") => {
            "a Flax checkpoint (msgpack), not safetensors"
        }
        _ if text.starts_with(b"version https://git-lfs") => {
            "a Git LFS pointer, not the file that it stands for: fetch that with git lfs pull"
        }
        _ if text.starts_with(b"<") => "a web page or XML, not safetensors",
        _ if text.starts_with(b"{") || text.starts_with(b"[") => "JSON, not safetensors",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_formats_are_named_by_their_first_bytes() {
        let zip = |name: &str| [b"PK\x03\x04\0\0\x08\x08\0\0", name.as_bytes(), &[0; 80]].concat();
        for (bytes, what) in [
            (zip("archive/data.pkl"), "a PyTorch pickle"),
            (b"\x80\x02\x8a\x0al\xfc\x9cF\xf9 j\xa8P\x19.\x80\x02M".to_vec(), "a PyTorch pickle"),
            (zip("linear1.weight.npy"), "a file of NumPy arrays"),
            (b"\x93NUMPY\x01\0v\0{'descr'".to_vec(), "a file of NumPy arrays"),
            (zip("config.json"), "a Keras file"),
            (zip("letter.docx"), "a zip archive"),
            (b"\x89HDF\r\n\x1a\n\0\0\0\0".to_vec(), "an HDF5 file"),
            (b"GGUF\x03\0\0\0\0\0\0\0".to_vec(), "a GGUF file"),
            (b"\x1c\0\0\0TFL3\x14\0\x20\0".to_vec(), "a TensorFlow Lite model"),
            (b"\x1f\x8b\x08\0\0\0\0\0\0\x03".to_vec(), "a gzip archive"),
            (b"\x08\x08\x12\x07pytorch\x1a\x05".to_vec(), "an ONNX model"),
            (b"\x81\xa6params\x82\xa7Dense_0".to_vec(), "a Flax checkpoint"),
            (b"version https://git-lfs.github.com/spec/v1\noid sha256:".to_vec(), "a Git LFS pointer"),
            (b"\n<!DOCTYPE html><html>".to_vec(), "a web page"),
            (b" {\"linear1.weight\": [[0.1]]}".to_vec(), "JSON"),
        ] {
            let error = safetensors::SafeTensors::deserialize(&bytes).unwrap_err();
            let said = unreadable(&bytes, &error);
            assert!(said.starts_with(&format!("this is {what}")), "{said}");
        }
        let error = safetensors::SafeTensors::deserialize(b"\x10\0\0\0\0\0\0\0{}").unwrap_err();
        assert!(unreadable(b"\x10\0\0\0\0\0\0\0{}", &error).starts_with("not a whole safetensors file"));
    }
}
