//! What a first visit transfers, gzipped, what is loaded on demand, and the limits of both.

use crate::{Outcome, dist, wasm};
use flate2::Compression;
use flate2::write::GzEncoder;
use std::fs;
use std::io::Write;

/// Most bytes of a first load, gzipped.
const FIRST: usize = 300 * 1024;

/// What is loaded when somebody asks for it, and not before.
const ON_DEMAND: [&str; 3] = [wasm::FULL, "www/dialogs", "www/sweep"];

/// Most bytes of that, gzipped.
const LATER: usize = 500 * 1024;

/// Prints raw and gzipped sizes of all that the page loads.
///
/// # Errors
/// If a sum is over its limit.
pub fn check() -> Outcome {
    let (mut first, mut later) = (0, 0);
    println!("{:>9} {:>9}  file", "raw", "gzipped");
    for path in dist::files()? {
        let bytes = fs::read(&path).map_err(|e| format!("{}: {e}", path.display()))?;
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        let packed = encoder.write_all(&bytes).and_then(|()| encoder.finish()).map_err(|e| e.to_string())?;
        println!("{:>9} {:>9}  {}", bytes.len(), packed.len(), path.display());
        let on_demand = ON_DEMAND.iter().any(|part| path.starts_with(part));
        *(if on_demand { &mut later } else { &mut first }) += packed.len();
    }
    keep("A first load", first, FIRST)?;
    keep("What is loaded on demand", later, LATER)
}

fn keep(what: &str, bytes: usize, limit: usize) -> Outcome {
    println!("{what}: {:.1} KB gzipped of {} KB allowed", bytes as f64 / 1024.0, limit / 1024);
    if bytes > limit {
        return Err(format!("{what} transfers {bytes} bytes gzipped; the limit is {limit}."));
    }
    Ok(())
}
