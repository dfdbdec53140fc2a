//! Speed, in one run of headless Chromium.

use crate::{Outcome, npm, shell, system, test, wasm};

const BENCHES: &str = "benches/web";

/// Builds the module with its measuring exports and prints the tables: of some parts, or of all.
///
/// # Errors
/// If something is missing, a page fails, or there is no such part.
pub fn bench(parts: &[&str]) -> Outcome {
    system::chromium()?;
    wasm::build()?;
    wasm::build_into("target/bench-pkg", &["full", "bench"])?;
    // The driver of the browser is that of the tests.
    npm::install(test::WEB)?;
    npm::install(BENCHES)?;
    shell::run(BENCHES, "node", &[&["bench.mjs"], parts].concat())
}
