//! Running other programs.

use crate::Outcome;
use std::path::Path;
use std::process::Command;

/// Whether a program can be found.
pub fn has(program: &str) -> bool {
    std::env::var_os("PATH").is_some_and(|path| std::env::split_paths(&path).any(|dir| dir.join(program).is_file()))
}

/// Runs a program in a folder and shows what it prints.
///
/// # Errors
/// If it cannot be started or does not succeed.
pub fn run(folder: &str, program: &str, arguments: &[&str]) -> Outcome {
    let line = format!("{program} {}", arguments.join(" "));
    println!("· {line}");
    let status = Command::new(program).args(arguments).current_dir(Path::new(folder)).status();
    match status {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("{line} failed ({status}).")),
        Err(error) => Err(format!("{program} could not be started: {error}.")),
    }
}

/// What a program prints; nothing if it cannot be had.
pub fn output(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).output();
    output.map(|o| String::from_utf8_lossy(&o.stdout).trim().to_owned()).unwrap_or_default()
}
