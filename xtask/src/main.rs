//! Builds, serves, tests, measures and packs the lab. `build.sh` calls it from the repository's root.

mod bench;
mod dist;
mod notices;
mod npm;
mod pack;
mod serve;
mod shell;
mod sizes;
mod system;
mod test;
mod wasm;

use std::process::ExitCode;

/// What a task reports when it cannot go on: one sentence, with the remedy where there is one.
type Outcome = Result<(), String>;

const HELP: &str = "\
./build.sh serve          build the lab and serve it at http://127.0.0.1:8080/ (PORT=… for another port)
./build.sh build          build the lab into www/pkg; any static file server can then serve this folder
./build.sh test           run all tests; installs npm packages and, on Debian as root, the browsers
./build.sh test rust      formatting, lints, and the tests of the engine and the headless runner
./build.sh test web       the page: lints, types, Node, and end-to-end in Chromium and Firefox
./build.sh bench          measure speed in headless Chromium, steps against TensorFlow.js and jax-js
./build.sh bench PART …   only steps, families, profile, landscapes, curvature, probes, sweeps or pages
./build.sh dist           pack what a web server needs into dist/
./build.sh help           this list";

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let outcome = match words[..] {
        [] | ["help" | "--help" | "-h"] => {
            println!("{HELP}");
            Ok(())
        }
        ["build"] => wasm::build(),
        ["serve"] => serve::serve(),
        ["test"] => test::rust().and_then(|()| test::web()),
        ["test", "rust"] => test::rust(),
        ["test", "web"] => test::web(),
        ["bench", ref parts @ ..] => bench::bench(parts),
        ["dist"] => dist::dist(),
        _ => Err(format!("There is no task '{}'.\n\n{HELP}", words.join(" "))),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("{message}");
            ExitCode::FAILURE
        }
    }
}
