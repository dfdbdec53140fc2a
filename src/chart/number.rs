//! Numbers as people read them.

/// Three significant digits, with a power of ten where there would be many zeros; a true minus sign.
pub fn short(value: f64) -> String {
    if value.is_nan() {
        return "not a number".into();
    }
    if value.is_infinite() {
        return if value > 0.0 { "∞".into() } else { "−∞".into() };
    }
    let size = value.abs();
    let text = if size == 0.0 {
        "0".into()
    } else if !(1e-3..1e5).contains(&size) {
        power(size)
    } else {
        let places = (2 - libm::log10(size).floor() as i32).max(0) as usize;
        format!("{size:.places$}")
    };
    if value < 0.0 { format!("−{text}") } else { text }
}

/// The power of ten at or below a positive number.
pub fn decade(value: f64) -> f64 {
    libm::pow(10.0, libm::log10(value).floor())
}

/// `1.2·10⁻⁵`.
fn power(size: f64) -> String {
    let text = format!("{size:.1e}");
    let (digits, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let raised: String = exponent.chars().map(superscript).collect();
    match digits.strip_suffix(".0") {
        Some("1") => format!("10{raised}"),
        Some(whole) => format!("{whole}·10{raised}"),
        None => format!("{digits}·10{raised}"),
    }
}

fn superscript(c: char) -> char {
    match c {
        '-' => '⁻',
        '1' => '¹',
        '2' => '²',
        '3' => '³',
        _ => c.to_digit(10).and_then(|d| char::from_u32(0x2070 + d)).unwrap_or(c),
    }
}

/// An axis label: as short as it can be.
pub fn tick(value: f64) -> String {
    let size = value.abs();
    if size == 0.0 {
        return "0".into();
    }
    if !(1e-3..1e5).contains(&size) {
        let text = power(size);
        return if value < 0.0 { format!("−{text}") } else { text };
    }
    // Rounded first, so that 0.30000000000000004 is 0.3.
    let text = format!("{}", (size * 1e6).round() / 1e6);
    if value < 0.0 { format!("−{text}") } else { text }
}

/// A share as a percentage with one decimal: `97.8 %`; a dash where there is none.
pub fn percent(share: f64) -> String {
    match share {
        _ if share.is_nan() => "–".into(),
        _ if share.is_finite() => format!("{:.1} %", share * 100.0),
        _ => short(share),
    }
}

/// A share on an axis: `50 %`.
pub fn percent_tick(share: f64) -> String {
    format!("{} %", tick(share * 100.0))
}

/// A count with thin spaces between thousands.
pub fn count(n: u64) -> String {
    let digits = n.to_string();
    let mut text = String::new();
    for (i, c) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) && digits.len() > 4 {
            text.push('\u{2009}');
        }
        text.push(c);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn readable() {
        let shown: Vec<String> =
            [0.0, 1.0, 2.345_6, 0.012_345, 123.4, 54_321.0, 1e-5, 1.25e7, -0.5, f64::INFINITY].map(short).into();
        assert_eq!(shown, ["0", "1.00", "2.35", "0.0123", "123", "54321", "10⁻⁵", "1.2·10⁷", "−0.500", "∞"]);
        let ticks: Vec<String> = [0.1 + 0.2, 1e-4, 5e-4, -2.0, 100.0, 1e6].map(tick).into();
        assert_eq!(ticks, ["0.3", "10⁻⁴", "5·10⁻⁴", "−2", "100", "10⁶"]);
        assert_eq!(percent(0.97812), "97.8 %");
        assert_eq!([0.0, 0.55, 1.0].map(percent_tick), ["0 %", "55 %", "100 %"]);
        assert_eq!([count(999), count(4130), count(1_234_567)], ["999", "4130", "1\u{2009}234\u{2009}567"]);
    }
}
