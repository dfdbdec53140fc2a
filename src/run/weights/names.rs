//! Which tensor of a file is which of the network.

use crate::config::shown;
use crate::nn::layout::{Role, Tensor};
use std::collections::{BTreeMap, BTreeSet};

/// What `nn.DataParallel` and `torch.compile` put into a name, wherever the module that they wrap stands.
const WRAPPERS: [&str; 2] = ["module", "_orig_mod"];

/// What a class of the reader's own often puts in front of a name.
const OWNER: &str = "model.";

/// Most prefixes that are tried, and most names that a message lists.
const PREFIXES: usize = 20;
const LISTED: usize = 3;

/// The names of a file by those of a network.
#[derive(Debug)]
pub(super) struct Names<'a> {
    /// The file's name of each tensor that it holds.
    pub found: BTreeMap<&'a str, &'a str>,
    /// What in the file is not part of the network, without its prefix.
    pub foreign: BTreeMap<String, &'a str>,
    /// Which prefixes were taken off.
    pub note: Option<String>,
}

impl<'a> Names<'a> {
    /// Matches the names of a file with the network's.
    ///
    /// # Errors
    /// A name that two tensors of the file could have.
    pub fn find(wanted: &[&'a Tensor], names: BTreeSet<&'a str>) -> Result<Names<'a>, String> {
        let known: BTreeSet<&'a str> = wanted.iter().map(|t| t.name.as_str()).collect();
        let mut all = Names { found: BTreeMap::new(), foreign: BTreeMap::new(), note: None };
        let common = match names.iter().any(|name| known.contains(&*plain(name, &known))) {
            true => "",
            false => common(wanted, &names)?,
        };
        let mut taken = BTreeSet::new();
        for name in names {
            let rest = match name.strip_prefix(common) {
                Some(rest) if !common.is_empty() => rest.to_owned(),
                _ => plain(name, &known),
            };
            let Some(&ours) = known.get(rest.as_str()) else {
                all.foreign.insert(rest, name);
                continue;
            };
            if rest != name {
                // Within a name it is a wrapper: `layer._orig_mod.weight`.
                taken.insert(name.strip_suffix(&rest).map_or_else(|| format!("{}.", WRAPPERS[1]), str::to_owned));
            }
            if let Some(twin) = all.found.insert(ours, name) {
                let (one, other) = (shown(twin), shown(name));
                return Err(format!("“{one}” and “{other}” are both in it, and either could be {ours}"));
            }
        }
        all.note = (!taken.is_empty()).then(|| {
            let (what, were) = if taken.len() > 1 { ("prefixes", "were") } else { ("prefix", "was") };
            let which = listed(taken.iter().map(|p| format!("“{}”", shown(p))));
            format!("the {what} {which} {were} taken off its names")
        });
        Ok(all)
    }
}

/// A name without what wrappers and owners put into it.
fn plain(name: &str, known: &BTreeSet<&str>) -> String {
    if known.contains(name) {
        return name.to_owned();
    }
    let parts: Vec<&str> = name.split('.').filter(|part| !WRAPPERS.contains(part)).collect();
    let whole = parts.join(".");
    let mut rest = whole.as_str();
    while let Some(shorter) = rest.strip_prefix(OWNER)
        && !known.contains(rest)
    {
        rest = shorter;
    }
    rest.to_owned()
}

/// The prefix, whatever it is, behind which the network stands in the file; empty if there is none.
fn common<'a>(wanted: &[&'a Tensor], names: &BTreeSet<&'a str>) -> Result<&'a str, String> {
    let Some(first) = wanted.first() else { return Ok("") };
    let prefix = |name: &&'a str| name.strip_suffix(first.name.as_str()).filter(|prefix| prefix.ends_with('.'));
    let prefixes: Vec<&str> = names.iter().filter_map(prefix).take(PREFIXES).collect();
    let whole = |prefix: &str| {
        let mut needed = wanted.iter().filter(|t| t.role != Role::Count);
        needed.all(|t| names.contains(format!("{prefix}{}", t.name).as_str()))
    };
    let complete: Vec<&str> = prefixes.iter().copied().filter(|prefix| whole(prefix)).collect();
    match (&prefixes[..], &complete[..]) {
        // Another network: what all names share.
        ([], _) => Ok(shared(names)),
        ([only], _) | (_, [only]) => Ok(only),
        _ => {
            let which = listed(prefixes.iter().map(|p| format!("“{}”", shown(p))));
            Err(format!("it holds several networks, under {which}: save the one that is meant by itself"))
        }
    }
}

/// The longest prefix of all names that ends with a dot.
fn shared<'a>(names: &BTreeSet<&'a str>) -> &'a str {
    let (Some(first), Some(last)) = (names.first(), names.last()) else { return "" };
    // In order, those between share with both whatever the two do.
    let same = first.bytes().zip(last.bytes()).take_while(|(a, b)| a == b).count();
    first.as_bytes()[..same].iter().rposition(|&b| b == b'.').map_or("", |dot| &first[..=dot])
}

/// The first few of a list, and how many more there are.
pub(super) fn listed(items: impl ExactSizeIterator<Item = String>) -> String {
    let more = items.len().saturating_sub(LISTED);
    let mut first: Vec<String> = items.take(LISTED).collect();
    match (first.pop(), more) {
        (None, _) => String::new(),
        (Some(last), 0) if first.is_empty() => last,
        (Some(last), 0) => format!("{} and {last}", first.join(", ")),
        (Some(last), more) => format!("{}, {last} and {more} more", first.join(", ")),
    }
}
