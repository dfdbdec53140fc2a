//! No file imports, in however many steps, what imports it.

use crate::source::{module, paths, resolve, tokens, without_tests};
use crate::{File, files};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

type Module = Vec<String>;

/// Which files there are, and what each passes on of others: `pub use`.
struct Map {
    modules: BTreeSet<Module>,
    /// By module and name; `*` for all that the other has.
    passed_on: BTreeMap<(Module, String), Module>,
}

/// The words between `pub use` and its semicolon.
fn passed_on(tokens: &[String]) -> Vec<Vec<String>> {
    let starts = (0..tokens.len().saturating_sub(1)).filter(|&i| tokens[i] == "pub" && tokens[i + 1] == "use");
    starts.flat_map(|i| paths(tokens[i + 2..].split(|t| t == ";").next().unwrap_or(&[]))).collect()
}

impl Map {
    fn of(files: &[File]) -> Map {
        let modules: BTreeSet<Module> = files.iter().map(|f| module(&f.path)).collect();
        let mut map = Map { modules, passed_on: BTreeMap::new() };
        for file in files {
            let here = module(&file.path);
            for path in passed_on(&without_tests(&tokens(&file.text))) {
                let whole = resolve(&path, &here).unwrap_or_else(|| [&here[..], &path].concat());
                let Some((name, from)) = whole.split_last() else { continue };
                map.passed_on
                    .insert((here.clone(), name.clone()), if name == "*" { from.to_vec() } else { whole.clone() });
            }
        }
        map
    }

    /// The file that says what a path names.
    fn file(&self, path: &[String]) -> Option<Module> {
        let known = (1..=path.len()).rev().find(|&n| self.modules.contains(&path[..n]))?;
        let home = path[..known].to_vec();
        let Some(name) = path.get(known) else { return Some(home) };
        let next = |name: &str| self.passed_on.get(&(home.clone(), name.into())).filter(|next| next[..] != *path);
        match next(name) {
            Some(next) => self.file(next),
            None => match next("*") {
                Some(next) => self.file(next),
                None => Some(home),
            },
        }
    }

    /// The files that one imports. A folder's `mod.rs` may list what is in the folder.
    fn imports(&self, file: &File) -> BTreeSet<Module> {
        let here = module(&file.path);
        let lists = |to: &Module| file.path.ends_with("mod.rs") && to.starts_with(&here);
        let named = paths(&without_tests(&tokens(&file.text)));
        let found = named.iter().filter_map(|path| self.file(&resolve(path, &here)?));
        found.filter(|to| *to != here && !to.is_empty() && !lists(to)).collect()
    }
}

/// One circle for each file that is part of one: the shortest way back to it.
fn circles(files: &[File]) -> BTreeSet<Vec<String>> {
    let map = Map::of(files);
    let imports: BTreeMap<Module, BTreeSet<Module>> =
        files.iter().map(|f| (module(&f.path), map.imports(f))).filter(|(m, _)| !m.is_empty()).collect();
    let mut found = BTreeSet::new();
    for start in imports.keys() {
        let mut ways = vec![vec![start.clone()]];
        let mut seen = BTreeSet::new();
        while let Some(way) = (!ways.is_empty()).then(|| ways.remove(0)) {
            for next in way.last().and_then(|last| imports.get(last)).into_iter().flatten() {
                if next == start {
                    let mut circle: Vec<String> = way.iter().map(|m| m.join("::")).collect();
                    // From the same place, whoever of them was asked.
                    let first = (0..circle.len()).min_by_key(|&i| circle[i].clone()).unwrap_or(0);
                    circle.rotate_left(first);
                    found.insert(circle);
                    ways.clear();
                    break;
                }
                if seen.insert(next.clone()) {
                    ways.push([&way[..], std::slice::from_ref(next)].concat());
                }
            }
        }
    }
    found
}

#[test]
fn no_imports_run_in_circles() {
    let all: Vec<File> = files("src").into_iter().filter(|f| !f.path.ends_with("tests.rs")).collect();
    let (program, library): (Vec<File>, Vec<File>) = all.into_iter().partition(|f| f.path.starts_with("bin"));
    let found: Vec<_> = [library, program].iter().flat_map(|files| circles(files)).collect();
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn circles_are_seen_through_what_is_passed_on() {
    let file = |(path, text): &(&str, &str)| File { path: Path::new(path).into(), text: (*text).into() };
    let of = |files: &[(&str, &str)]| circles(&files.iter().map(file).collect::<Vec<_>>());
    let straight =
        [("a.rs", "use crate::b::B;"), ("b.rs", "pub struct B; #[cfg(test)] mod tests { use crate::a::A; }")];
    assert!(of(&straight).is_empty());
    assert_eq!(of(&[("a.rs", "use crate::b::B;"), ("b.rs", "fn f() { crate::a::g() }")]).len(), 1);
    let passed =
        [("m/mod.rs", "mod a; mod b; pub use a::A;"), ("m/a.rs", "use super::b::B;"), ("m/b.rs", "use crate::m::A;")];
    assert_eq!(of(&passed), BTreeSet::from([vec!["m::a".to_owned(), "m::b".to_owned()]]));
    let listed = [("m/mod.rs", "mod a; pub trait T {} static ALL: &[&dyn T] = &[&a::A];"), ("m/a.rs", "use super::T;")];
    assert!(of(&listed).is_empty(), "a folder lists what is in it");
    let three = [("a.rs", "use crate::b::B;"), ("b.rs", "use crate::c::C;"), ("c.rs", "use crate::a::A;")];
    assert_eq!(of(&three).iter().next().map(Vec::len), Some(3));
}
