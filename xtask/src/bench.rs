//! Speed against TensorFlow.js, in one run of headless Chromium.

use crate::{Outcome, npm, shell, system, test, wasm};

const BENCHES: &str = "benches/web";

/// Builds the module with its measuring exports and prints the tables.
///
/// # Errors
/// If something is missing or a page fails.
pub fn bench() -> Outcome {
    system::chromium()?;
    wasm::build()?;
    wasm::build_into("target/bench-pkg", &["bench"])?;
    // The driver of the browser is that of the tests.
    npm::install(test::WEB)?;
    npm::install(BENCHES)?;
    shell::run(BENCHES, "node", &["bench.mjs"])
}
