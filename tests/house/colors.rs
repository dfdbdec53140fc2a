//! Charts are drawn in Rust, the page around them in CSS: their neutral colours are the same.

use normlab::chart::Theme;
use plotters::style::RGBColor;
use std::path::{Path, PathBuf};

/// All style sheets in a folder and below it.
fn styles(folder: &Path) -> String {
    let mut paths: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let text = |path: &PathBuf| match path.extension() {
        _ if path.is_dir() => styles(path),
        Some(end) if end == "css" => std::fs::read_to_string(path).unwrap(),
        _ => String::new(),
    };
    paths.iter().map(text).collect()
}

/// The value of a custom property, `#rrggbb` or `#rgb`, in the first block of that selector that sets it.
fn token(css: &str, selector: &str, name: &str) -> Option<RGBColor> {
    let (open, set) = (format!("{selector} {{"), format!("--{name}: #"));
    let mut blocks = css.split(&open).skip(1).filter_map(|rest| rest.split_once('}'));
    let value = blocks.find_map(|(block, _)| block.split_once(&set))?.1.split_once(';')?.0;
    let digits: String = match value.len() {
        3 => value.chars().flat_map(|c| [c, c]).collect(),
        _ => value.into(),
    };
    let [_, r, g, b] = u32::from_str_radix(&digits, 16).ok()?.to_be_bytes();
    Some(RGBColor(r, g, b))
}

#[test]
fn charts_and_page_have_the_same_neutral_colours() {
    let css = styles(&Path::new(env!("CARGO_MANIFEST_DIR")).join("www"));
    for (selector, theme) in [(":host", Theme::LIGHT), (":host([data-theme=\"dark\"])", Theme::DARK)] {
        for (name, color) in
            [("ink", theme.ink), ("ink-3", theme.muted), ("line", theme.grid), ("surface", theme.surface)]
        {
            assert_eq!(token(&css, selector, name), Some(color), "--{name} of {selector}");
        }
    }
}
