//! Charts are drawn in Rust, the page around them in CSS: their neutral colours are the same.

use normlab::chart::Theme;
use plotters::style::RGBColor;
use std::path::Path;

/// The value of a custom property in the first block that the selector opens, as `#rrggbb` or `#rgb`.
fn token(css: &str, selector: &str, name: &str) -> Option<RGBColor> {
    let block = css.split_once(&format!("{selector} {{"))?.1.split_once('}')?.0;
    let value = block.split_once(&format!("--{name}: #"))?.1.split_once(';')?.0;
    let digits: String = match value.len() {
        3 => value.chars().flat_map(|c| [c, c]).collect(),
        _ => value.into(),
    };
    let [_, r, g, b] = u32::from_str_radix(&digits, 16).ok()?.to_be_bytes();
    Some(RGBColor(r, g, b))
}

#[test]
fn charts_and_page_have_the_same_neutral_colours() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("www/norm-lab.css");
    let css = std::fs::read_to_string(path).unwrap();
    for (selector, theme) in [(":host", Theme::LIGHT), (":host([data-theme=\"dark\"])", Theme::DARK)] {
        for (name, color) in
            [("ink", theme.ink), ("ink-3", theme.muted), ("line", theme.grid), ("surface", theme.surface)]
        {
            assert_eq!(token(&css, selector, name), Some(color), "--{name} of {selector}");
        }
    }
}
