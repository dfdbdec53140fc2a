//! Reads Rust source closely enough to tell which paths it names.

use std::path::Path;

/// Words, `::` and single marks; no comments, strings or characters.
pub fn tokens(source: &str) -> Vec<String> {
    let text: Vec<char> = source.chars().collect();
    let mut tokens = Vec::new();
    let mut i = 0;
    while i < text.len() {
        let rest = &text[i..];
        let next = |n: usize| rest.get(n).copied().unwrap_or('\0');
        i += match rest[0] {
            '/' if next(1) == '/' => rest.iter().position(|&c| c == '\n').unwrap_or(rest.len()),
            '/' if next(1) == '*' => comment(rest),
            '"' => string(rest),
            'r' | 'b' | 'c' if raw(rest).is_some() => raw(rest).unwrap_or(1),
            // A lifetime is a quote before a word; a character ends with a quote too.
            '\'' if next(1) == '\\' => 3 + rest[3..].iter().position(|&c| c == '\'').unwrap_or(0),
            '\'' if next(2) == '\'' => 3,
            c if c.is_alphanumeric() || c == '_' => {
                let end = rest.iter().position(|c| !c.is_alphanumeric() && *c != '_').unwrap_or(rest.len());
                tokens.push(rest[..end].iter().collect());
                end
            }
            ':' if next(1) == ':' => {
                tokens.push("::".into());
                2
            }
            c => {
                if !c.is_whitespace() {
                    tokens.push(c.into());
                }
                1
            }
        };
    }
    tokens
}

/// Length of a block comment, which may hold others.
fn comment(text: &[char]) -> usize {
    let (mut depth, mut i) = (0, 0);
    while i < text.len() {
        match text[i..] {
            ['/', '*', ..] => (depth, i) = (depth + 1, i + 2),
            ['*', '/', ..] => (depth, i) = (depth - 1, i + 2),
            _ => i += 1,
        }
        if depth == 0 {
            break;
        }
    }
    i
}

/// Length of a string, with its quotes.
fn string(text: &[char]) -> usize {
    let mut i = 1;
    while i < text.len() && text[i] != '"' {
        i += if text[i] == '\\' { 2 } else { 1 };
    }
    i + 1
}

/// Length of `r"…"`, `r#"…"#`, `b"…"` and the like, if this is one.
fn raw(text: &[char]) -> Option<usize> {
    let prefix = text.iter().position(|c| !matches!(c, 'r' | 'b' | 'c'))?;
    let hashes = text[prefix..].iter().take_while(|c| **c == '#').count();
    let open = prefix + hashes;
    if prefix > 2 || text.get(open) != Some(&'"') {
        return None;
    }
    if !text[..prefix].contains(&'r') {
        return (hashes == 0).then(|| prefix + string(&text[prefix..]));
    }
    let end = |i: &usize| text[*i] == '"' && text[i + 1..].iter().take(hashes).filter(|c| **c == '#').count() == hashes;
    (open + 1..text.len()).find(end).map(|i| i + 1 + hashes)
}

/// Without the bodies of `#[cfg(test)] mod …`.
pub fn without_tests(tokens: &[String]) -> Vec<String> {
    let marker = ["#", "[", "cfg", "(", "test", ")", "]", "mod"];
    let mut kept = Vec::new();
    let mut i = 0;
    while i < tokens.len() {
        if tokens[i..].len() > 9 && tokens[i..].iter().zip(marker).all(|(a, b)| a == b) && tokens[i + 9] == "{" {
            let mut depth = 0;
            for token in &tokens[i + 9..] {
                i += 1;
                depth += i32::from(token == "{") - i32::from(token == "}");
                if depth == 0 {
                    break;
                }
            }
            i += 9;
        } else {
            kept.push(tokens[i].clone());
            i += 1;
        }
    }
    kept
}

/// Every path of two segments or more, with `{…}` of imports written out.
pub fn paths(tokens: &[String]) -> Vec<Vec<String>> {
    let mut found = Vec::new();
    let mut i = 0;
    while i < tokens.len() {
        i = if is_word(&tokens[i]) { tree(tokens, i, &[], &mut found) } else { i + 1 };
    }
    found.retain(|path| path.len() > 1);
    found
}

fn is_word(token: &str) -> bool {
    token.starts_with(|c: char| c.is_alphabetic() || c == '_')
}

/// Reads one path, or one branch of an import, from `i` on; returns where it ends.
fn tree(tokens: &[String], i: usize, prefix: &[String], found: &mut Vec<Vec<String>>) -> usize {
    let mut path = prefix.to_vec();
    let mut i = i;
    let at = |i: usize| tokens.get(i).map_or("", String::as_str);
    loop {
        if at(i) == "{" && !path.is_empty() {
            i += 1;
            while !matches!(at(i), "}" | "") {
                i = if is_word(at(i)) || at(i) == "*" { tree(tokens, i, &path, found) } else { i + 1 };
            }
            return i + 1;
        }
        if !is_word(at(i)) && at(i) != "*" {
            break;
        }
        path.push(at(i).into());
        i += 1;
        if at(i) != "::" {
            break;
        }
        i += 1;
    }
    found.push(path);
    // `as another_name`: not a path.
    if at(i) == "as" { i + 2 } else { i }
}

/// The module that a file is: `nn/norm/batch.rs` is `nn::norm::batch`, `lib.rs` the crate itself.
pub fn module(file: &Path) -> Vec<String> {
    let mut path: Vec<String> =
        file.with_extension("").iter().map(|part| part.to_string_lossy().into_owned()).collect();
    if path.last().is_some_and(|last| last == "mod" || last == "lib") {
        path.pop();
    }
    path
}

/// The path from the crate's root, if it leads into this crate and says so.
pub fn resolve(path: &[String], module: &[String]) -> Option<Vec<String>> {
    let supers = path.iter().take_while(|p| *p == "super").count();
    match path[0].as_str() {
        "crate" | "normlab" => Some(path[1..].to_vec()),
        "super" => Some([&module[..module.len().checked_sub(supers)?], &path[supers..]].concat()),
        _ => None,
    }
}
