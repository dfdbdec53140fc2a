//! The npm packages of a folder, installed as its lock file says.

use crate::{Outcome, shell};
use std::fs;
use std::path::Path;

/// Installs the packages, unless the lock file has not changed since the last time.
///
/// # Errors
/// If npm fails.
pub fn install(folder: &str) -> Outcome {
    let folder_path = Path::new(folder);
    let lock =
        fs::read(folder_path.join("package-lock.json")).map_err(|e| format!("{folder}/package-lock.json: {e}"))?;
    let stamp = folder_path.join("node_modules/.installed-lock.json");
    if fs::read(&stamp).is_ok_and(|installed| installed == lock) {
        return Ok(());
    }
    shell::run(folder, "npm", &["ci", "--ignore-scripts", "--no-audit", "--no-fund"])?;
    fs::write(&stamp, lock).map_err(|e| format!("{}: {e}", stamp.display()))
}
