//! All tests.

use crate::{Outcome, npm, shell, sizes, system, wasm};

/// Where the page's tests live.
pub const WEB: &str = "tests/web";

/// Formatting, lints, and everything that runs without a browser.
///
/// # Errors
/// The first that fails.
pub fn rust() -> Outcome {
    shell::run(".", "cargo", &["fmt", "--all", "--check"])?;
    norms_are_formatted()?;
    shell::run(".", "cargo", &["clippy", "--quiet", "--workspace", "--all-targets", "--", "--deny", "warnings"])?;
    shell::run(".", "cargo", &["test", "--quiet", "--workspace"])
}

/// `cargo fmt` does not see modules that a macro declares: those of `src/nn/norm/`.
fn norms_are_formatted() -> Outcome {
    let folder = std::fs::read_dir("src/nn/norm").map_err(|e| format!("src/nn/norm: {e}"))?;
    let paths = folder.filter_map(|entry| Some(entry.ok()?.path().to_string_lossy().into_owned()));
    let files: Vec<String> = paths.filter(|path| path.ends_with(".rs")).collect();
    let arguments = ["--edition", "2024", "--check"].into_iter().chain(files.iter().map(String::as_str));
    shell::run(".", "rustfmt", &arguments.collect::<Vec<&str>>())
}

/// The page: its size, its format, lints and types, the module in Node, and both browsers.
///
/// # Errors
/// The first that fails.
pub fn web() -> Outcome {
    system::browsers()?;
    wasm::build()?;
    let lint = ["clippy", "--quiet", "--release", "--lib", "--target", wasm::TARGET, "--no-default-features"];
    for features in ["--features=", "--features=full"] {
        let denied = ["--", "--deny", "warnings", "--deny", "clippy::disallowed_methods"];
        shell::run(".", "cargo", &[&lint[..], &[features], &denied].concat())?;
    }
    sizes::check()?;
    npm::install(WEB)?;
    shell::run(WEB, "npm", &["run", "--silent", "lint"])?;
    shell::run(WEB, "npm", &["run", "--silent", "types"])?;
    shell::run(WEB, "npm", &["run", "--silent", "test"])
}
