//! How much room a text takes.
//!
//! Margins must be known without a canvas, since the pointer is read without one. So widths are those of
//! a wide sans-serif typeface: on most systems a text is a little shorter than this says, never longer.

/// Width of a line of text in pixels, in a typeface of that size.
pub fn width(text: &str, size: f64, bold: bool) -> f64 {
    let widths: f64 = text.chars().map(of).sum();
    widths * size * if bold { 1.1 } else { 1.0 }
}

/// Of one character, as a share of the typeface's size.
fn of(c: char) -> f64 {
    match c {
        'i' | 'j' | 'l' | '.' | ',' | ':' | ';' | '\'' | '|' | ' ' | '·' => 0.33,
        'f' | 't' | 'r' | '(' | ')' | '-' | 'I' | '⁻' | '⁰' | '¹' | '²' | '³' | '⁴'..='⁹' => 0.42,
        'm' | 'w' | 'M' | 'W' | '%' | '…' => 0.98,
        '−' | '≥' | '>' | '<' | '→' | '←' | '↔' | '±' => 0.84,
        'A'..='Z' => 0.72,
        _ => 0.64,
    }
}

/// The text itself where it fits, else its two ends with `…` between them: names that differ do so at
/// either end more often than in the middle.
pub fn shortened(text: &str, most: usize) -> String {
    let letters: Vec<char> = text.chars().collect();
    if letters.len() <= most {
        return text.into();
    }
    let kept = most.saturating_sub(1);
    let (head, tail) = (kept.div_ceil(2), kept / 2);
    letters[..head].iter().chain(&['…']).chain(&letters[letters.len() - tail..]).collect()
}

/// The text in lines of at most `most` pixels, in a typeface of that size; a longer word has a line of its
/// own. There is always a first line.
pub fn wrapped(text: &str, most: f64, size: f64) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        let Some(line) = lines.last_mut() else { continue };
        let longer = if line.is_empty() { word.to_owned() } else { format!("{line} {word}") };
        if line.is_empty() || width(&longer, size, false) <= most {
            *line = longer;
        } else {
            lines.push(word.to_owned());
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wide_letters_bold_and_size_take_more_room() {
        assert!(width("mm", 11.0, false) > width("il", 11.0, false));
        assert!(width("loss", 11.0, true) > width("loss", 11.0, false));
        assert!((width("loss", 22.0, false) - 2.0 * width("loss", 11.0, false)).abs() < 1e-9);
        // Measured in DejaVu Sans, among the widest: 34.99 pixels.
        assert!((35.0..42.0).contains(&width("0.0001", 11.0, false)));
    }

    #[test]
    fn lines_are_as_long_as_there_is_room() {
        let text = "No line leads from A to B";
        let lines = wrapped(text, 90.0, 11.0);
        assert!(lines.len() > 1 && lines.iter().all(|line| width(line, 11.0, false) <= 90.0), "{lines:?}");
        assert_eq!(lines.join(" "), text);
        assert_eq!(wrapped(text, 1e9, 11.0), [text]);
        assert_eq!(wrapped("a long word", 1.0, 11.0), ["a", "long", "word"]);
        assert_eq!(wrapped("", 10.0, 11.0), [""]);
    }

    #[test]
    fn both_ends_of_a_long_name_stay() {
        assert_eq!(shortened("block12.gelu", 16), "block12.gelu");
        assert_eq!(shortened("encoder.block12.attention.gelu", 16), "encoder.…on.gelu");
        assert_eq!(shortened("abc", 1), "…");
    }
}
