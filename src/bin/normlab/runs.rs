//! What the commands that train and then measure share.

use crate::{Failure, Source};
use normlab::config::fields::FIELDS;
use normlab::config::{Config, Problem};
use normlab::run::Run;
use normlab::state::pair::Asked;
use serde_json::{Map, Value, json};

/// One run, or both of a pair by name.
pub fn sides(source: &Source) -> Result<Vec<(Option<&'static str>, Config)>, Failure> {
    Ok(match source.read()? {
        Asked::One(config) => vec![(None, *config)],
        Asked::Two(pair) => vec![(Some("a"), pair.a), (Some("b"), pair.b)],
    })
}

/// Problems of a configuration, one message each.
pub fn refused(problems: Vec<Problem>) -> Failure {
    Failure::Input(problems.iter().map(ToString::to_string).collect())
}

/// A run after so many steps, or where it diverged; `seen` before each step and at the end.
pub fn train(config: Config, steps: u64, mut seen: impl FnMut(&Run<f32>)) -> Result<Run<f32>, Failure> {
    let mut run = Run::new(config).map_err(refused)?;
    seen(&run);
    while run.steps() < steps && run.divergence().is_none() {
        run.step();
        seen(&run);
    }
    Ok(run)
}

/// All settings, as text.
pub fn settings(config: &Config) -> Value {
    Value::Object(FIELDS.iter().map(|f| (f.name.to_owned(), Value::String(f.get(config)))).collect::<Map<_, _>>())
}

/// How far a run has come.
pub fn trained(run: &Run<f32>) -> Value {
    json!({
        "steps": run.steps(),
        "diverged_at": run.divergence().map(|d| d.step),
        "diverged_layer": run.divergence().map(|d| d.layer.clone()),
        "fingerprint": run.fingerprint().digits(),
    })
}

/// The first line of what was measured: by which version, how, and of which run.
pub fn header(side: Option<&str>, command: &str, what: Value, config: &Config) -> Value {
    let mut line = json!({ "normlab": env!("CARGO_PKG_VERSION"), command: what, "config": settings(config) });
    if let Some(side) = side {
        line["run"] = side.into();
    }
    line
}
