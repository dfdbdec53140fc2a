//! How numbers are printed in a table's cell.

/// The mean of the runs that did not diverge, with lowest and highest: `0.115 (0.040–0.252)`.
pub fn range(values: &[Option<f64>], decimals: usize) -> String {
    let alive: Vec<f64> = values.iter().flatten().copied().collect();
    let gone = values.len() - alive.len();
    if alive.is_empty() {
        return "all diverged".into();
    }
    let mean = alive.iter().sum::<f64>() / alive.len() as f64;
    let low = alive.iter().copied().fold(f64::INFINITY, f64::min);
    let high = alive.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let print = |v: f64| signed(v, decimals);
    // Between negative numbers a dash stands apart.
    let dash = if high < 0.0 { " – " } else { "–" };
    let spread = format!(" ({}{dash}{})", print(low), print(high));
    let spread = if alive.len() > 1 { spread } else { String::new() };
    let more = if gone > 0 { format!(", {gone} diverged") } else { String::new() };
    format!("{}{spread}{more}", print(mean))
}

/// One number a seed, a share without its zero: `.664 .492 .464`.
pub fn each(values: &[Option<f64>], decimals: usize) -> String {
    let alive: Vec<String> = values.iter().flatten().map(|&v| short(v, decimals)).collect();
    match values.len() - alive.len() {
        0 => alive.join(" "),
        gone if gone == values.len() => "all diverged".into(),
        1 => format!("{}, one diverged", alive.join(" ")),
        gone => format!("{}, {gone} diverged", alive.join(" ")),
    }
}

/// How many points shares are above others of the same seeds, and the standard error of that: `+1.1 ± 0.2`.
pub fn paired(shares: &[Option<f64>], others: &[Option<f64>]) -> String {
    let above: Vec<f64> = shares.iter().zip(others).filter_map(|(a, b)| Some(100.0 * ((*a)? - (*b)?))).collect();
    let n = above.len() as f64;
    let mean = above.iter().sum::<f64>() / n;
    let variance = above.iter().map(|d| (d - mean).powi(2)).sum::<f64>() / (n - 1.0);
    let sign = if mean < 0.0 { "" } else { "+" };
    format!("{sign}{} ± {:.1}", signed(mean, 1), (variance / n).sqrt())
}

/// With a true minus sign, and none before zeros alone.
pub fn signed(value: f64, decimals: usize) -> String {
    let text = format!("{value:.decimals$}");
    match text.strip_prefix('-') {
        Some(zero) if !zero.contains(|c: char| ('1'..='9').contains(&c)) => zero.to_owned(),
        Some(size) => format!("−{size}"),
        None => text,
    }
}

fn short(value: f64, decimals: usize) -> String {
    let text = signed(value, decimals);
    if value.abs() < 0.9995 { text.replacen("0.", ".", 1) } else { text }
}

/// The middle of some numbers; the mean of the two middle ones if there are two.
pub fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    let n = values.len();
    (n > 0).then(|| (values[(n - 1) / 2] + values[n / 2]) / 2.0)
}
