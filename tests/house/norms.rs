//! A normalization is one file and one line: nobody outside `nn/norm/` names one.

use super::source::{tokens, without_tests};
use super::{File, files};
use normlab::choice::Choices;
use normlab::nn::norm::Norm;

/// The control, which is no normalization, may be named by all; others only here.
const MAY_NAME: &[(&str, Norm)] = &[
    // The default configuration needs one.
    ("config/fields.rs", Norm::Batch),
    // What happens to BatchNorm with two samples is a finding about it and no other.
    ("scene/finding/alone.rs", Norm::Batch),
];

/// Names that are other things' too: fields, a word in tables.
const HOMONYMS: &[Norm] = &[Norm::None, Norm::Batch, Norm::Ghost, Norm::Layer, Norm::Noise];

/// Where a file's code names normalizations: as alternatives, all of them at once, or in quotes.
fn named(file: &File) -> Vec<String> {
    let words = without_tests(&tokens(&file.text));
    let variant = |norm: Norm| format!("{norm:?}");
    let allowed = |norm| norm == Norm::None || MAY_NAME.contains(&(file.path.to_str().unwrap(), norm));
    let after = |word: &str| words.windows(3).any(|w| w[0] == "Norm" && w[1] == "::" && w[2] == word);
    let variants = Norm::ALL.iter().filter(|norm| !allowed(**norm) && after(&variant(**norm))).map(|n| variant(*n));
    let at_once = ["*", "{"].into_iter().filter(|mark| after(mark)).map(|mark| format!("Norm::{mark}"));
    let code = file.text.split("#[cfg(test)]\nmod ").next().unwrap();
    let code: Vec<&str> = code.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
    let quoted = |norm: &&Norm| {
        let name = format!("\"{}\"", norm.choice().name);
        !HOMONYMS.contains(norm) && code.iter().any(|line| line.contains(&name))
    };
    let quoted = Norm::ALL.iter().filter(quoted).map(|norm| norm.choice().name.to_owned());
    let all = variants.chain(at_once).chain(quoted);
    all.map(|what| format!("{}: {what}", file.path.display())).collect()
}

#[test]
fn nobody_else_names_a_normalization() {
    let outside = files("src").into_iter().filter(|file| !file.path.starts_with("nn/norm"));
    let found: Vec<String> = outside.flat_map(|file| named(&file)).collect();
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn whoever_names_one_is_found() {
    let count = |path: &str, text: &str| named(&File { path: path.into(), text: text.into() }).len();
    for (path, text, found) in [
        ("scene/a.rs", "match norm { Norm::None => 0, norm => norm.card().settings.len() }", 0),
        ("scene/a.rs", "match norm { Norm::Batch | Norm::Rms => 1, _ => 0 }", 2),
        ("config/fields.rs", "Config { norm: Norm::Batch, ..other }", 0),
        ("config/fields.rs", "Config { norm: Norm::Layer, ..other }", 1),
        ("scene/a.rs", "use crate::nn::norm::Norm::{Batch, Layer};", 1),
        ("scene/a.rs", "use crate::nn::norm::Norm::*;", 1),
        ("chart/a.rs", "(\"rms\", 1), (\"layer\", 2)", 1),
        ("chart/a.rs", "// \"rms\", Norm::Rms", 0),
        ("chart/a.rs", "fn f() {}\n#[cfg(test)]\nmod tests { const A: Norm = Norm::Rms; }", 0),
    ] {
        assert_eq!(count(path, text), found, "{path}: {text}");
    }
}
