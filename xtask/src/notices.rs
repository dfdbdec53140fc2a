//! The notices that must travel with the lab: of the data and of the crates in the WebAssembly module.

use crate::{shell, wasm};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Begins the file. The standard library is in the module too, but in no list of crates.
const HEAD: &str = "\
Normalization Lab contains the work of others.

Handwritten digits: E. Alpaydin and C. Kaynak, \"Optical Recognition of Handwritten Digits\", UCI
Machine Learning Repository, https://doi.org/10.24432/C50P49. Licence: Creative Commons Attribution
4.0 International (CC BY 4.0), https://creativecommons.org/licenses/by/4.0/. Changed: its test part,
as packaged with scikit-learn, packed into fewer bits and split anew into training and validation.

Rust's standard library, by the Rust project: MIT OR Apache-2.0, https://github.com/rust-lang/rust.

The crates in the WebAssembly module, and behind the list the texts of their licences:
";

/// How the names of files begin that hold a licence or a notice.
const TEXTS: [&str; 6] = ["LICENSE", "LICENCE", "COPYING", "COPYRIGHT", "NOTICE", "UNLICENSE"];

/// A crate in the module.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Package {
    name: String,
    version: String,
    licence: String,
    authors: String,
    folder: PathBuf,
}

/// The text of the file: credits, crates with their versions and licences, and each licence text once.
///
/// # Errors
/// If cargo cannot tell what the module is made of, or a licence cannot be read.
pub fn text() -> Result<String, String> {
    let packages = linked(&metadata()?, "normlab").ok_or("cargo metadata does not have the form it had.")?;
    let mut text = String::from(HEAD);
    let mut users: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for package in &packages {
        let name = format!("{} {}", package.name, package.version);
        text.push_str(&format!("\n  {name}: {}", package.licence));
        for licence in licences(package, &packages)? {
            users.entry(licence).or_default().push(name.clone());
        }
    }
    text.push('\n');
    for (licence, names) in users {
        text.push_str(&format!("\n{}\n{}\n\n{licence}\n", "-".repeat(78), names.join(", ")));
    }
    Ok(text)
}

/// What cargo knows of the workspace's crates for the module's target.
fn metadata() -> Result<Value, String> {
    let arguments = ["metadata", "--format-version", "1", "--locked", "--filter-platform", wasm::TARGET];
    serde_json::from_str(&shell::output("cargo", &arguments)).map_err(|e| format!("cargo metadata: {e}"))
}

/// The crates that end up in what is built from `root`: what it depends on, and so on, but neither what
/// only runs while building (build scripts, procedural macros) nor what only tests use.
fn linked(metadata: &Value, root: &str) -> Option<BTreeSet<Package>> {
    let packages = metadata["packages"].as_array()?;
    let nodes = metadata["resolve"]["nodes"].as_array()?;
    let package = |id: &Value| packages.iter().find(|p| p["id"] == *id);
    let mut waiting = vec![&packages.iter().find(|p| p["name"] == *root)?["id"]];
    let mut seen = Vec::new();
    let mut found = BTreeSet::new();
    while let Some(id) = waiting.pop() {
        if seen.contains(&id) {
            continue;
        }
        seen.push(id);
        let this = package(id)?;
        if this["targets"].as_array()?.iter().any(|target| target["kind"][0] == "proc-macro") {
            continue;
        }
        for dependency in nodes.iter().find(|node| node["id"] == *id)?["deps"].as_array()? {
            if dependency["dep_kinds"].as_array()?.iter().any(|kind| kind["kind"].is_null()) {
                waiting.push(&dependency["pkg"]);
            }
        }
        if this["name"] != *root {
            found.insert(Package {
                name: this["name"].as_str()?.into(),
                version: this["version"].as_str()?.into(),
                licence: this["license"].as_str().unwrap_or("see the text below").replace('/', " OR "),
                authors: this["authors"].to_string(),
                folder: Path::new(this["manifest_path"].as_str()?).parent()?.into(),
            });
        }
    }
    Some(found)
}

/// A package's licence texts; where it brings none, those of another by the same authors under the same
/// licence.
///
/// # Errors
/// If a file cannot be read, or there is no such text.
fn licences(package: &Package, all: &BTreeSet<Package>) -> Result<BTreeSet<String>, String> {
    let kin = all.iter().filter(|other| other.authors == package.authors && other.licence == package.licence);
    for candidate in std::iter::once(package).chain(kin) {
        let texts = texts(&candidate.folder)?;
        if !texts.is_empty() {
            return Ok(texts);
        }
    }
    Err(format!("{} {} brings no licence text, nor does another by its authors.", package.name, package.version))
}

/// The licence texts in a folder, without blanks around them.
fn texts(folder: &Path) -> Result<BTreeSet<String>, String> {
    let failed = |e: std::io::Error| format!("{}: {e}", folder.display());
    let mut texts = BTreeSet::new();
    for entry in fs::read_dir(folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        let name = path.file_name().map(|name| name.to_string_lossy().to_uppercase()).unwrap_or_default();
        if path.is_file() && TEXTS.iter().any(|begin| name.starts_with(begin)) {
            let text = fs::read_to_string(&path).map_err(failed)?.replace('\r', "").trim().to_owned();
            // A link that was packed as a file holds nothing but the path to where it led.
            if text.lines().count() > 1 {
                texts.insert(text);
            }
        }
    }
    Ok(texts)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn package(name: &str, kind: &str) -> Value {
        let targets = json!([{ "kind": [kind] }]);
        let manifest = format!("/registry/{name}/Cargo.toml");
        json!({ "id": name, "name": name, "version": "1.0.0", "license": "MIT/Apache-2.0",
                "authors": [], "manifest_path": manifest, "targets": targets })
    }

    fn node(name: &str, deps: &[(&str, Option<&str>)]) -> Value {
        let dep = |(name, kind): &(&str, Option<&str>)| json!({ "pkg": name, "dep_kinds": [{ "kind": kind }] });
        json!({ "id": name, "deps": deps.iter().map(dep).collect::<Vec<_>>() })
    }

    #[test]
    fn only_what_is_linked_is_named() {
        let names = ["lab", "plot", "deep", "tester", "builder", "under-macro", "elsewhere"];
        let mut packages: Vec<Value> = names.iter().map(|name| package(name, "lib")).collect();
        packages.push(package("macro", "proc-macro"));
        let lab = [("plot", None), ("tester", Some("dev")), ("builder", Some("build")), ("macro", None)];
        let mut nodes = vec![node("lab", &lab), node("plot", &[("deep", None)]), node("deep", &[("plot", None)])];
        nodes.push(node("macro", &[("under-macro", None)]));
        nodes.extend(["tester", "builder", "under-macro", "elsewhere"].map(|name| node(name, &[])));
        let found = linked(&json!({ "packages": packages, "resolve": { "nodes": nodes } }), "lab").unwrap();
        let names: Vec<&str> = found.iter().map(|p| p.name.as_str()).collect();
        assert_eq!(names, ["deep", "plot"]);
        let plot = found.last().unwrap();
        assert_eq!((plot.licence.as_str(), plot.folder.as_path()), ("MIT OR Apache-2.0", Path::new("/registry/plot")));
    }

    #[test]
    fn the_lab_credits_its_data_and_its_crates() {
        let text = text().unwrap();
        for credit in ["E. Alpaydin", "C. Kaynak", "10.24432/C50P49", "CC BY 4.0"] {
            assert!(text.contains(credit), "{credit}");
        }
        for name in ["ndarray", "matrixmultiply", "plotters", "wasm-bindgen", "safetensors", "serde", "libm"] {
            assert!(text.contains(&format!("\n  {name} ")), "{name} is in the module");
        }
        for name in ["clap", "proptest", "xtask", "syn", "serde_derive", "wasm-bindgen-macro", "normlab"] {
            assert!(!text.contains(&format!("\n  {name} ")), "{name} is not");
        }
        for begin in ["Permission is hereby granted", "TERMS AND CONDITIONS FOR USE, REPRODUCTION, AND DISTRIBUTION"] {
            assert!(text.contains(begin), "the text of a licence: {begin}");
        }
    }

    /// plotters packs a link in place of its licence; plotters-canvas, by the same hand, has the text.
    #[test]
    fn who_brings_no_text_has_that_of_its_kin() {
        let packages = linked(&metadata().unwrap(), "normlab").unwrap();
        let plotters = packages.iter().find(|p| p.name == "plotters").unwrap();
        assert!(licences(plotters, &packages).unwrap().iter().all(|text| text.contains("Hao Hou")));
        let stranger = Package { authors: "[]".into(), ..plotters.clone() };
        assert!(licences(&stranger, &packages).unwrap_err().contains("plotters 0."));
    }
}
