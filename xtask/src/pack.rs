//! Modules as LZMA, a fifth smaller than by gzip, which is what web servers know. `www/unpack.js` reads it.

use crate::Outcome;
use lzma_rust2::{LzmaOptions, LzmaWriter};
use std::io::Write;
use std::path::Path;

/// What a packed file's name ends in, behind its old name.
const ENDING: &str = "lzma";

/// Writes a file once more, packed, beside it.
///
/// # Errors
/// If it cannot be read, or the other not written.
pub fn pack(file: &Path) -> Outcome {
    let problem = |e: std::io::Error| format!("{}: {e}", file.display());
    let bytes = std::fs::read(file).map_err(problem)?;
    // WebAssembly has no alignment to speak of: no place in it is like every fourth other.
    let options = LzmaOptions { pb: 0, ..LzmaOptions::with_preset(9) };
    let mut packer = LzmaWriter::new_use_header(Vec::new(), &options, Some(bytes.len() as u64)).map_err(problem)?;
    packer.write_all(&bytes).map_err(problem)?;
    let packed = packer.finish().map_err(problem)?;
    std::fs::write(format!("{}.{ENDING}", file.display()), packed).map_err(problem)
}
