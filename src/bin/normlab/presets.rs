//! `normlab presets`, and what `--preset` asks for.

use crate::Failure;
use normlab::config::shown;
use normlab::state::pair::Page;
use normlab::state::presets::{self, PRESETS, Preset};

/// The table of experiments as Markdown; `docs/presets.md` holds it.
pub fn markdown() -> String {
    let mut text = String::from("| name | question | settings | literature |\n|---|---|---|---|\n");
    for Preset { name, title, question, state, source, .. } in PRESETS {
        text.push_str(&format!("| `{name}` | **{title}.** {question} | `{state}` | {source} |\n"));
    }
    text
}

/// The pair and view of a preset.
pub fn page(name: &str) -> Result<Page, Failure> {
    presets::named(name).map(Preset::page).ok_or_else(|| {
        let names: Vec<&str> = PRESETS.iter().map(|p| p.name).collect();
        Failure::Input(vec![format!(
            "--preset {}: there is none of that name; there are {}",
            shown(name),
            names.join(", ")
        )])
    })
}
