//! What layers are called on charts.

use crate::chart::ridges::PART;

/// Layers of different kinds, by their own names: `linear 1`, `head`.
pub(super) fn placed(layers: &[&str]) -> Vec<String> {
    let parts: Vec<(&str, &str)> = layers.iter().map(|name| name.split_once('.').unwrap_or(("", name))).collect();
    let alike = parts.iter().all(|(_, own)| *own == parts[0].1);
    let name = |(part, own): &(&str, &str)| match (part.is_empty(), alike) {
        (true, _) => numbered(own),
        (_, true) => numbered(part),
        _ => format!("{}{PART}{}", numbered(part), numbered(own)),
    };
    parts.iter().map(name).collect()
}

/// `tanh1` as `tanh 1`.
fn numbered(name: &str) -> String {
    let word = name.trim_end_matches(|c: char| c.is_ascii_digit());
    let number = &name[word.len()..];
    if word.is_empty() || number.is_empty() { name.into() } else { format!("{word} {number}") }
}
