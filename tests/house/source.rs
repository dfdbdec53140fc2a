//! Reads Rust source closely enough to tell which paths it names.

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use std::path::Path;

/// Words, `::` and single marks; no comments, strings or characters.
pub fn tokens(source: &str) -> Vec<String> {
    let stream: TokenStream = source.parse().unwrap();
    let mut tokens = Vec::new();
    flatten(stream, &mut tokens);
    tokens
}

fn flatten(stream: TokenStream, to: &mut Vec<String>) {
    let mut colons = 0;
    for tree in stream {
        let colon = matches!(&tree, TokenTree::Punct(p) if p.as_char() == ':');
        colons = if colon { colons + 1 } else { 0 };
        match tree {
            TokenTree::Group(group) => {
                let [open, close] = match group.delimiter() {
                    Delimiter::Parenthesis => ["(", ")"],
                    Delimiter::Brace => ["{", "}"],
                    Delimiter::Bracket => ["[", "]"],
                    Delimiter::None => ["", ""],
                };
                to.push(open.into());
                flatten(group.stream(), to);
                to.push(close.into());
            }
            TokenTree::Ident(word) => to.push(word.to_string()),
            TokenTree::Punct(_) if colons == 2 => {
                colons = 0;
                to.pop();
                to.push("::".into());
            }
            TokenTree::Punct(mark) => to.push(mark.as_char().into()),
            TokenTree::Literal(_) => {}
        }
    }
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
