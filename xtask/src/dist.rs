//! What a web server needs, and nothing else, in `dist/`.

use crate::{Outcome, notices, sizes, wasm};
use std::fs;
use std::path::{Path, PathBuf};

/// Endings of what the page loads; type declarations and the like stay behind.
const LOADED: &[&str] = &["html", "js", "css", "svg", "lzma"];

/// What the lab owes to others.
const NOTICES: &str = "THIRD-PARTY.txt";

/// Builds the lab and copies it to `dist/`, with its licences and the notices of what it contains.
///
/// # Errors
/// If building or copying fails.
pub fn dist() -> Outcome {
    wasm::build()?;
    let target = Path::new("dist");
    if target.exists() {
        fs::remove_dir_all(target).map_err(|e| format!("dist: {e}"))?;
    }
    let licences = ["LICENSE-MIT", "LICENSE-APACHE"].map(PathBuf::from);
    for file in files()?.into_iter().chain(licences) {
        let copy = target.join(&file);
        let folder = copy.parent().unwrap_or(target);
        fs::create_dir_all(folder).map_err(|e| format!("{}: {e}", folder.display()))?;
        fs::copy(&file, &copy).map_err(|e| format!("{}: {e}", file.display()))?;
    }
    let notices_file = target.join(NOTICES);
    fs::write(&notices_file, notices::text()?).map_err(|e| format!("{}: {e}", notices_file.display()))?;
    sizes::check()?;
    println!("Packed into dist/: put it on any static web server, under any path.");
    Ok(())
}

/// Every file that the page loads, relative to the repository's root.
///
/// # Errors
/// If a folder cannot be read.
pub fn files() -> Result<Vec<PathBuf>, String> {
    let mut files = vec![PathBuf::from("index.html")];
    let mut folders = vec![PathBuf::from("www")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).map_err(|e| format!("{}: {e}", folder.display()))? {
            let path = entry.map_err(|e| e.to_string())?.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|e| LOADED.iter().any(|l| e == *l)) {
                files.push(path);
            }
        }
    }
    files.sort();
    Ok(files)
}
