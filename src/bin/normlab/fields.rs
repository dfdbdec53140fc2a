//! `normlab fields`

use normlab::config::Config;
use normlab::config::fields::FIELDS;

/// The one table of settings as Markdown.
pub fn markdown() -> String {
    let mut text = String::from("| key | default | allowed | meaning |\n|---|---|---|---|\n");
    for field in FIELDS {
        let default = field.get(&Config::default());
        text.push_str(&format!("| `{}` | {default} | {} | {} |\n", field.name, field.allowed(), field.help));
    }
    text
}
