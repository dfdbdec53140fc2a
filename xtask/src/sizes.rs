//! What a first visit transfers, gzipped, and the limit that it must keep.

use crate::Outcome;
use crate::dist;
use flate2::Compression;
use flate2::write::GzEncoder;
use std::fs;
use std::io::Write;

/// Most bytes of a first load, gzipped.
const LIMIT: usize = 300 * 1024;

/// Prints raw and gzipped sizes of all that the page loads.
///
/// # Errors
/// If the sum is over the limit.
pub fn check() -> Outcome {
    let mut total = 0;
    println!("{:>9} {:>9}  file", "raw", "gzipped");
    for path in dist::files()? {
        let bytes = fs::read(&path).map_err(|e| format!("{}: {e}", path.display()))?;
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        let packed = encoder.write_all(&bytes).and_then(|()| encoder.finish()).map_err(|e| e.to_string())?;
        println!("{:>9} {:>9}  {}", bytes.len(), packed.len(), path.display());
        total += packed.len();
    }
    println!("first load: {:.1} KB gzipped of {} KB allowed", total as f64 / 1024.0, LIMIT / 1024);
    if total > LIMIT {
        return Err(format!("A first load transfers {total} bytes gzipped; the limit is {LIMIT}."));
    }
    Ok(())
}
