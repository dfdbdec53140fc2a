//! The house keeps its order: which module may know which; and what is said twice agrees.
//!
//! `#[cfg(test)]` modules are left out of the first, for a test may build whatever it needs.

#![allow(clippy::unwrap_used)] // a file that cannot be read fails the test

mod circles;
mod colors;
mod norms;
mod promises;
mod source;

use source::{module, paths, resolve, tokens, without_tests};
use std::path::{Path, PathBuf};

/// What each module may import besides its own: whole modules, or single names of one.
const MAY_IMPORT: &[(&str, &[&str])] = &[
    ("choice", &[]),
    ("edition", &[]),
    ("mark", &[]),
    ("order", &[]),
    ("rng", &[]),
    ("kernels", &["edition"]),
    ("nn", &["kernels", "choice", "edition", "mark", "order", "rng"]),
    ("optim", &["kernels", "choice"]),
    ("data", &["kernels", "choice", "edition", "rng", "nn::layer::Shape"]),
    ("probe", &["nn", "kernels", "order", "rng", "data", "choice"]),
    (
        // The words of what it configures, and nothing that computes.
        "config",
        &[
            "choice",
            "edition",
            "data::Data",
            "data::Kind",
            "data::Recipe",
            "nn::activation::Activation",
            "nn::init::Init",
            "nn::model",
            "nn::norm::Learns",
            "nn::norm::Norm",
            "nn::norm::Over",
            "nn::norm::OverTime",
            "nn::norm::Power",
            "nn::norm::Site",
            "nn::norm::Refusal",
            "nn::objective::Loss",
            "optim::Optimizer",
            "optim::Rule",
        ],
    ),
    ("run", &["config", "nn", "optim", "data", "probe", "kernels", "choice", "rng"]),
    ("measure", &["run", "config", "nn", "optim", "probe", "kernels", "edition"]),
    ("session", &["measure", "run", "config", "nn", "data", "probe", "kernels", "edition"]),
    ("sweep", &["run", "config", "nn::network::Score", "choice", "edition"]),
    (
        "state",
        &[
            "sweep::plan",
            "measure::Measure",
            "measure::MEASURES",
            "config",
            "choice",
            "edition",
            "data::Data",
            "data::Kind",
            "nn::model",
            "nn::norm::Norm",
            "nn::objective::Loss",
            "probe::landscape::Cut",
            "probe::landscape::Policy",
        ],
    ),
    ("export", &["config", "run", "session", "data::Split", "nn", "optim", "choice"]),
    ("chart", &["edition", "mark", "order"]),
    (
        "scene",
        &["chart", "state", "sweep", "session", "measure", "run", "config", "probe", "data", "nn", "choice", "edition"],
    ),
    (
        "web",
        &[
            "export", "scene", "chart", "state", "sweep", "session", "measure", "run", "config", "probe", "data", "nn",
            "optim", "kernels", "choice", "rng",
        ],
    ),
];

/// Words of the outside world, and the only modules that may say them.
const RESERVED: &[(&[&str], &[&str])] = &[
    // The browser.
    (&["wasm_bindgen", "js_sys", "web_sys", "plotters_canvas", "console_error_panic_hook"], &["web"]),
    // Matrix products and random numbers have one owner each.
    (&["ndarray", "matrixmultiply"], &["kernels"]),
    (&["rand_xoshiro"], &["rng"]),
    // A run depends on its configuration alone: no clock, and no collection in random order.
    (&["Instant", "SystemTime", "HashMap", "HashSet"], &["web"]),
];

struct File {
    /// Below `src/`.
    path: PathBuf,
    text: String,
}

fn files(folder: &str) -> Vec<File> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let mut found = Vec::new();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == "rs") {
                let text = std::fs::read_to_string(&path).unwrap();
                found.push(File { path: path.strip_prefix(&root).unwrap().to_owned(), text });
            }
        }
    }
    found.sort_by(|a, b| a.path.cmp(&b.path));
    found
}

/// Imports of one file that go against [`MAY_IMPORT`].
fn forbidden_imports(file: &File) -> Vec<String> {
    let here = module(&file.path);
    // The crate's root only says which modules there are.
    let Some(home) = here.first() else {
        return vec![];
    };
    let allowed = match MAY_IMPORT.iter().find(|(name, _)| name == home) {
        Some((_, allowed)) => *allowed,
        None => {
            return vec![format!("{}: no rule says what {home} may import", file.path.display())];
        }
    };
    let named = paths(&without_tests(&tokens(&file.text)));
    let inside = named.iter().filter_map(|path| resolve(path, &here)).map(|path| path.join("::"));
    let within = |path: &str, of: &str| path == of || path.strip_prefix(of).is_some_and(|rest| rest.starts_with("::"));
    inside
        .filter(|path| !within(path, home) && !allowed.iter().any(|a| within(path, a)))
        .map(|path| format!("{}: {home} must not know {path}", file.path.display()))
        .collect()
}

/// Words of one file that are not its module's to say.
fn forbidden_words(file: &File) -> Vec<String> {
    let home = module(&file.path).first().cloned().unwrap_or_default();
    let words = without_tests(&tokens(&file.text));
    let reserved = RESERVED.iter().filter(|(_, owners)| !owners.contains(&home.as_str()));
    let all = reserved.flat_map(|(reserved, _)| *reserved);
    all.filter(|word| words.iter().any(|w| w == *word))
        .map(|word| format!("{}: {word} is not for {home}", file.path.display()))
        .collect()
}

fn library() -> Vec<File> {
    let all = files("src");
    assert!(all.len() > 40 && all.iter().any(|f| f.path.ends_with("nn/network.rs")), "the source is read");
    all.into_iter().filter(|f| !f.path.starts_with("bin")).collect()
}

#[test]
fn imports_run_in_one_direction() {
    let problems: Vec<String> = library().iter().flat_map(forbidden_imports).collect();
    assert!(problems.is_empty(), "{problems:#?}");
}

#[test]
fn reserved_words_stay_with_their_owners() {
    let problems: Vec<String> = library().iter().flat_map(forbidden_words).collect();
    assert!(problems.is_empty(), "{problems:#?}");
}

#[test]
fn nobody_imports_the_web_module() {
    assert!(MAY_IMPORT.iter().all(|(_, allowed)| !allowed.contains(&"web")));
    for file in files("src/bin") {
        let named = paths(&tokens(&file.text));
        assert!(!named.iter().any(|p| p[0] == "normlab" && p[1] == "web"), "{}", file.path.display());
    }
}

/// The checks above, on files that break each rule.
#[test]
fn each_rule_catches_its_offender() {
    let imports = |path: &str, text: &str| forbidden_imports(&File { path: path.into(), text: text.into() }).len();
    for (path, text, problems) in [
        ("kernels/a.rs", "use crate::nn::layer::Shape;", 1),
        ("kernels/a.rs", "use super::Real; use crate::kernels::reduce;", 0),
        ("nn/norm/a.rs", "use crate::{kernels::Real, choice::Choice, rng::*};", 0),
        ("nn/norm/a.rs", "use crate::{kernels::{Real, tiles}, session::{frame::Frame, trace}};", 2),
        ("nn/norm/a.rs", "use super::super::layer::Layer; use super::super::super::optim::Rule;", 1),
        ("nn/norm/a.rs", "fn f(x: &crate::probe::Layers) {}", 1),
        ("optim.rs", "use super::rng::Stream;", 1),
        ("optim.rs", "use super::kernels::Real;", 0),
        ("data/a.rs", "use crate::nn::layer::{Layer, Shape as Size};", 1),
        ("data/a.rs", "use crate::nn::layer::*;", 1),
        ("config/a.rs", "use crate::nn::network::Network;", 1),
        ("probe/a.rs", "use crate::run::Run;", 1),
        ("run/a.rs", "use crate::chart::Chart;", 1),
        ("chart/a.rs", "use crate::nn::norm::Norm as _;", 1),
        (
            "run/a.rs",
            "// crate::web\n /* crate::chart /* */ */ const A: &str = \"crate::web\"; const B: char = '\"';",
            0,
        ),
        ("run/a.rs", "const A: &str = r#\"\"crate::web\"#; fn f<'a>(x: &'a crate::web::W) {}", 1),
        (
            "chart/a.rs",
            "fn f() {} #[cfg(test)] mod tests { use crate::nn::init; fn g() { {} } } use crate::nn::init;",
            1,
        ),
        ("nowhere/a.rs", "", 1),
        ("web/a.rs", "use crate::session::Session;", 0),
        ("lib.rs", "pub mod nn; pub mod web;", 0),
    ] {
        assert_eq!(imports(path, text), problems, "{path}: {text}");
    }
    let words = |path: &str, text: &str| forbidden_words(&File { path: path.into(), text: text.into() }).len();
    for (path, text, problems) in [
        ("web/mod.rs", "use wasm_bindgen::prelude::*;", 0),
        ("nn/a.rs", "#[wasm_bindgen] pub fn f() {}", 1),
        ("chart/a.rs", "use plotters_canvas::CanvasBackend; // web_sys", 1),
        ("lib.rs", "extern crate js_sys;", 1),
        ("nn/a.rs", "use ndarray::Array2;", 1),
        ("run/a.rs", "let start = std::time::Instant::now();", 1),
    ] {
        assert_eq!(words(path, text), problems, "{path}: {text}");
    }
}

/// Lines of a file but for its tests, at most; tables may be longer.
const LONGEST: usize = 400;
const TABLES: &[&str] = &["config/fields.rs"];

#[test]
fn no_file_is_long() {
    let long = |file: &&File| {
        let lines = file.text.lines().take_while(|line| !line.starts_with("#[cfg(test)]")).count();
        lines > LONGEST && !TABLES.iter().any(|table| file.path.ends_with(table))
    };
    let all = files("src");
    let found: Vec<_> = all.iter().filter(long).map(|file| &file.path).collect();
    assert!(found.is_empty(), "longer than {LONGEST} lines: {found:?}");
}
