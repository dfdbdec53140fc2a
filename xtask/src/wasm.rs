//! The WebAssembly modules and their JavaScript glue, into `www/pkg`: the first edition, and below it the
//! full one, see `src/edition.rs`.

use crate::{Outcome, pack, shell};
use std::path::Path;
use wasm_bindgen_cli_support::Bindgen;

/// What the compiler makes.
pub const TARGET: &str = "wasm32-unknown-unknown";
/// Where the page expects the first edition.
pub const FIRST: &str = "www/pkg";
/// Where the page expects the full edition.
pub const FULL: &str = "www/pkg/full";

/// Builds both editions as the page uses them.
///
/// # Errors
/// If the compiler's WebAssembly target cannot be had, or the module does not compile.
pub fn build() -> Outcome {
    build_into(FIRST, &[])?;
    build_into(FULL, &["full"])
}

/// Builds the module with some features into a folder.
///
/// # Errors
/// As [`build`].
pub fn build_into(folder: &str, features: &[&str]) -> Outcome {
    add_target()?;
    // A folder for each set of features: in one, each build would undo the other's.
    let target = format!("target/{}", features.join("-"));
    let features = features.join(",");
    let module = ["build", "--release", "--lib", "--target", TARGET, "--no-default-features"];
    shell::run(".", "cargo", &[&module[..], &["--features", &features, "--target-dir", &target]].concat())?;
    let mut glue = Bindgen::new();
    let glued = glue
        .input_path(Path::new(&target).join(TARGET).join("release/normlab.wasm"))
        .typescript(true)
        .web(true)
        .and_then(|glue| glue.omit_default_module_path(true).remove_name_section(true).generate(folder));
    glued.map_err(|error| format!("The JavaScript glue could not be made: {error:#}"))?;
    strip_comments(&Path::new(folder).join("normlab.js"))?;
    pack::pack(&Path::new(folder).join("normlab_bg.wasm"))
}

/// Takes comments and indentation out of the glue, over a quarter of what it transfers; its type declarations
/// keep theirs.
fn strip_comments(glue: &Path) -> Outcome {
    let problem = |e: std::io::Error| format!("{}: {e}", glue.display());
    let text = std::fs::read_to_string(glue).map_err(problem)?;
    let code = |line: &&str| !["/**", "*", "//"].iter().any(|comment| line.starts_with(comment));
    let kept: Vec<&str> = text.lines().map(str::trim_start).filter(code).collect();
    std::fs::write(glue, kept.join("\n") + "\n").map_err(problem)
}

/// Makes sure that the compiler can make WebAssembly.
fn add_target() -> Outcome {
    let library = shell::output("rustc", &["--print", "target-libdir", "--target", TARGET]);
    if Path::new(&library).is_dir() {
        return Ok(());
    }
    if !shell::has("rustup") {
        return Err(format!(
            "This Rust cannot make WebAssembly: install its target {TARGET}. With Rust from https://rustup.rs this happens by itself."
        ));
    }
    shell::run(".", "rustup", &["target", "add", TARGET])
}
