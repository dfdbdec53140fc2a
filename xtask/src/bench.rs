//! Speed against TensorFlow.js, in one run of headless Chromium.

use crate::{Outcome, npm, shell, system, test, wasm};

const BENCHES: &str = "benches/web";

/// What can be measured by itself.
const PARTS: [&str; 4] = ["steps", "families", "landscapes", "pages"];

/// Builds the module with its measuring exports and prints the tables: of some parts, or of all.
///
/// # Errors
/// If something is missing, a page fails, or there is no such part.
pub fn bench(parts: &[&str]) -> Outcome {
    if let Some(unknown) = parts.iter().find(|p| !PARTS.contains(p)) {
        return Err(format!("There is no bench '{unknown}'; there are {}.", PARTS.join(", ")));
    }
    system::chromium()?;
    wasm::build()?;
    wasm::build_into("target/bench-pkg", &["full", "bench"])?;
    // The driver of the browser is that of the tests.
    npm::install(test::WEB)?;
    npm::install(BENCHES)?;
    shell::run(BENCHES, "node", &[&["bench.mjs"], parts].concat())
}
