//! Builds, serves, tests, measures and packs the lab. `build.sh` calls it.

mod wasm;

use std::process::ExitCode;

fn main() -> ExitCode {
    match wasm::build() {
        Ok(_) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("{message}");
            ExitCode::FAILURE
        }
    }
}
