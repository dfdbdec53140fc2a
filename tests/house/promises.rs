//! What the README and `docs/` point at is there.

use std::path::{Path, PathBuf};

/// The README, what contributors read, and everything in `docs/` that is Markdown.
fn documents() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let docs = std::fs::read_dir(root.join("docs")).unwrap().map(|entry| entry.unwrap().path());
    let mut found: Vec<PathBuf> = docs.filter(|path| path.extension().is_some_and(|e| e == "md")).collect();
    found.extend(["README.md", "CONTRIBUTING.md"].map(|name| root.join(name)));
    assert!(found.len() > 1);
    found
}

/// Without blocks of code, in which nothing is a link.
fn prose(text: &str) -> String {
    text.split("```").step_by(2).collect()
}

/// Where links and pictures lead, `[text](target)`, as far as they lead to files beside the document.
fn targets(text: &str) -> Vec<String> {
    let prose = prose(text);
    let all = prose.split("](").skip(1).filter_map(|rest| rest.split_once(')')).map(|(target, _)| target);
    let files = all.filter_map(|target| target.split('#').next());
    files.filter(|target| !target.is_empty() && !target.contains("://")).map(str::to_owned).collect()
}

/// Files and folders in backquotes: what begins with a folder of this repository.
fn mentions(text: &str, root: &Path) -> Vec<String> {
    let prose = prose(text);
    let quoted = prose.split('`').skip(1).step_by(2);
    let place = |word: &&str| {
        let first = word.split_once('/').map(|(first, _)| first);
        first.is_some_and(|first| !first.is_empty() && !first.starts_with('.') && root.join(first).is_dir())
    };
    quoted.filter(place).map(str::to_owned).collect()
}

/// What is left to be filled in, such as `@@THIS@@`.
fn placeholders(text: &str) -> usize {
    text.matches("@@").count()
}

#[test]
fn every_link_and_picture_leads_somewhere() {
    let mut missing = Vec::new();
    for document in documents() {
        let text = std::fs::read_to_string(&document).unwrap();
        let folder = document.parent().unwrap();
        missing.extend(targets(&text).into_iter().filter(|target| !folder.join(target).exists()));
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        missing.extend(mentions(&text, root).into_iter().filter(|place| !root.join(place).exists()));
    }
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn nothing_is_left_to_be_filled_in() {
    for document in documents() {
        let text = std::fs::read_to_string(&document).unwrap();
        assert_eq!(placeholders(&text), 0, "{}", document.display());
    }
}

/// The checks above, on texts that break each promise.
#[test]
fn what_is_promised_is_found() {
    let text = "See [this](docs/a.md#there), ![that](b.png), [far](https://c.org/d), [here](#e).\n```sh\n[x](y)\n```\n";
    assert_eq!(targets(text), ["docs/a.md", "b.png"]);
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    assert_eq!(mentions("`src/none.rs`, `a/b`, `src`, `./build.sh test`, `nn/x`", root), ["src/none.rs"]);
    assert_eq!(placeholders("It takes @@SPEED@@ as long."), 2);
}
