//! Two configurations, what they share and where they differ.

use crate::config::field::{Field, number};
use crate::config::fields::{self, FIELDS};
use crate::config::shown;
use crate::config::{Config, Problem};
use crate::edition::Edition;
use crate::nn::norm::Norm;
use crate::state::view::{VIEW, View};
use crate::sweep::plan::{PLAN, Plan};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The version of the URL's keys.
pub const VERSION: &str = "1";

/// The matched pair: runs A and B.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Pair {
    /// Run A.
    pub a: Config,
    /// Run B.
    pub b: Config,
}

impl Default for Pair {
    /// No normalization against BatchNorm, all else the same.
    fn default() -> Pair {
        Pair { a: Config { norm: Norm::None, ..Config::default() }, b: Config::default() }
    }
}

/// Which of the two a key speaks of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// `a.key`
    A,
    /// `b.key`
    B,
    /// `key`
    Both,
}

impl Side {
    /// Splits `a.key` or `b.key`; any other key speaks of both.
    pub fn of(key: &str) -> (Side, &str) {
        match key.split_at_checked(2) {
            Some(("a.", name)) => (Side::A, name),
            Some(("b.", name)) => (Side::B, name),
            _ => (Side::Both, key),
        }
    }
}

impl Pair {
    /// One run's configuration; of [`Side::Both`], A's.
    pub fn of(&self, side: Side) -> &Config {
        if side == Side::B { &self.b } else { &self.a }
    }

    /// Reads one field of one run or both; on a problem, the pair stays as it was.
    pub fn set(&mut self, side: Side, name: &str, text: &str) -> Result<(), Problem> {
        if side != Side::B {
            fields::set(&mut self.a, name, text)?;
        }
        if side != Side::A {
            fields::set(&mut self.b, name, text)?;
        }
        Ok(())
    }

    /// Whether the two runs have different values in a field.
    pub fn differs(&self, field: &Field<Config>) -> bool {
        field.get(&self.a) != field.get(&self.b)
    }

    /// The keys and values by which it differs from the default, in the table's order.
    pub fn entries(&self) -> Vec<(String, String)> {
        let default = Pair::default();
        let mut entries = Vec::new();
        for field in FIELDS {
            let (a, b) = (field.get(&self.a), field.get(&self.b));
            if a == b {
                if a != field.get(&default.a) || a != field.get(&default.b) {
                    entries.push((field.name.to_owned(), a));
                }
                continue;
            }
            for (key, value, usual) in [("a", a, &default.a), ("b", b, &default.b)] {
                // Where the default's runs share a value, both keys are written: one alone would be obscure.
                if value != field.get(usual) || field.get(&default.a) == field.get(&default.b) {
                    entries.push((format!("{key}.{}", field.name), value));
                }
            }
        }
        entries
    }
}

/// The page's whole state: the pair, the sweep and the view.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Page {
    /// What trains.
    pub pair: Pair,
    /// What a sweep tries around run B.
    pub plan: Plan,
    /// What is shown.
    pub view: View,
    /// Keys of a sweep and their values as they came, where they cannot be read: they are the full edition's.
    pub later: Vec<(String, String)>,
}

impl Page {
    /// The state as a URL's hash, without `#`: the version, then whatever is not the default.
    pub fn to_hash(&self) -> String {
        let mut entries = self.pair.entries();
        changed(PLAN, &self.plan, &mut entries);
        changed(VIEW, &self.view, &mut entries);
        entries.extend(self.later.iter().cloned());
        let mut hash = format!("v={VERSION}");
        for (key, value) in entries {
            hash.push_str(&format!("&{key}={}", encode(&value)));
        }
        hash
    }

    /// Reads a URL's hash, with or without `#`. Whatever cannot be taken as it stands becomes a note:
    /// numbers out of range are moved to the nearest end, all else keeps its default.
    pub fn from_hash(hash: &str) -> (Page, Vec<String>) {
        let mut page = Page::default();
        let mut notes = Vec::new();
        let mut seen = Vec::new();
        let hash = hash.strip_prefix('#').unwrap_or(hash);
        for entry in hash.split('&').filter(|e| !e.is_empty()) {
            if notes.len() == NOTES {
                notes.push("The rest of the link was not read: too much of it makes no sense here.".into());
                break;
            }
            let (key, value) = entry.split_once('=').unwrap_or((entry, ""));
            let (key, value) = (decode(key), decode(value));
            if key == "v" {
                if value != VERSION {
                    notes.push(format!("This link is of version “{}”; read as version {VERSION}.", shown(&value)));
                }
                continue;
            }
            let twice = seen.contains(&key);
            if let Err(problem) = page.set(&key, &value) {
                let mended = problem.fix.as_ref().filter(|fix| page.set(&key, fix).is_ok());
                notes.push(match mended {
                    Some(fix) => format!("{problem}. Set to {fix}."),
                    None => format!("{problem}. Left out."),
                });
            } else if twice {
                notes.push(format!("“{}” is there twice: the later one holds.", shown(&key)));
            } else {
                seen.push(key);
            }
        }
        (page, notes)
    }

    /// Reads one key of the configuration or the view.
    fn set(&mut self, key: &str, value: &str) -> Result<(), Problem> {
        if let Some(field) = VIEW.iter().find(|f| f.name == key) {
            return field.set(&mut self.view, value);
        }
        if let Some(field) = PLAN.iter().find(|f| f.name == key) {
            return field.set(&mut self.plan, value);
        }
        if !Edition::Full.is_here() && key.starts_with("sweep_") {
            self.later.push((key.to_owned(), value.to_owned()));
            return Ok(());
        }
        let (side, name) = Side::of(key);
        self.pair.set(side, name, value).map_err(|problem| Problem { field: shown(key), ..problem })
    }
}

/// Adds the fields that are not at their defaults.
fn changed<C: Clone + Default>(table: &[Field<C>], of: &C, entries: &mut Vec<(String, String)>) {
    let default = C::default();
    let differs = table.iter().map(|f| (f, f.get(of))).filter(|(f, value)| *value != f.get(&default));
    entries.extend(differs.map(|(f, value)| (f.name.to_owned(), value)));
}

/// Most notes that one link can cause.
const NOTES: usize = 12;

/// Percent-encoding of what would end a value, or be read as something else.
fn encode(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '%' | '&' | '+' | '#' | ' ' => out.push_str(&format!("%{:02X}", c as u32)),
            _ => out.push(c),
        }
    }
    out
}

/// Percent-decoding, as `encodeURIComponent` and form fields write it; what is not valid stays as it is.
fn decode(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut i = 0;
    while i < bytes.len() {
        let hex = |b: u8| (b as char).to_digit(16);
        match (bytes[i], bytes.get(i + 1).and_then(|&b| hex(b)), bytes.get(i + 2).and_then(|&b| hex(b))) {
            (b'%', Some(high), Some(low)) => {
                out.push((high * 16 + low) as u8);
                i += 2;
            }
            (b'+', ..) => out.push(b' '),
            (byte, ..) => out.push(byte),
        }
        i += 1;
    }
    String::from_utf8_lossy(&out).into_owned()
}

impl Config {
    /// Every field, as `key=value&key=value`: one line that says all about a run.
    pub fn to_text(&self) -> String {
        FIELDS.iter().map(|f| format!("{}={}", f.name, f.get(self))).collect::<Vec<_>>().join("&")
    }

    /// Reads [`Config::to_text`]'s line; fields that are left out keep their defaults.
    ///
    /// # Errors
    /// Every value that cannot be read.
    pub fn from_text(text: &str) -> Result<Config, Vec<Problem>> {
        let mut config = Config::default();
        let entries = text.split('&').filter(|e| !e.is_empty()).map(|e| e.split_once('=').unwrap_or((e, "")));
        let problems: Vec<Problem> =
            entries.filter_map(|(key, value)| fields::set(&mut config, key, value).err()).collect();
        if problems.is_empty() { Ok(config) } else { Err(problems) }
    }
}

/// Crosses between editions as its line.
impl From<Config> for String {
    fn from(config: Config) -> String {
        config.to_text()
    }
}

impl TryFrom<String> for Config {
    type Error = String;

    fn try_from(text: String) -> Result<Config, String> {
        Config::from_text(&text).map_err(|problems| problems.iter().map(Problem::to_string).collect())
    }
}

/// What a headless run was asked to do: one configuration, or a pair.
#[derive(Clone, Debug, PartialEq)]
pub enum Asked {
    /// No key spoke of one side alone.
    One(Box<Config>),
    /// It began with a pair, or some key with `a.` or `b.`.
    Two(Box<Pair>),
}

impl Asked {
    /// It, if it can be trained.
    ///
    /// # Errors
    /// Every reason why not, with `a.` or `b.` before the field if it is a pair.
    pub fn check(self) -> Result<Asked, Vec<Problem>> {
        let problems = match &self {
            Asked::One(config) => config.check(),
            Asked::Two(pair) => {
                let name = |side: &str, mut p: Problem| {
                    for field in std::iter::once(&mut p.field).chain(p.or.iter_mut().map(|way| &mut way.field)) {
                        *field = format!("{side}.{field}");
                    }
                    p
                };
                let a = pair.a.check().into_iter().map(|p| name("a", p));
                a.chain(pair.b.check().into_iter().map(|p| name("b", p))).collect()
            }
        };
        if problems.is_empty() { Ok(self) } else { Err(problems) }
    }
}

/// Reads keys and values on top of what was asked before, if there is something, and reports all problems
/// at once; whether the whole can be trained is left to [`Asked::check`]. JSON's keys have no order of
/// their own: those of both runs go first and those of one run after them; then `--set`, in the order given.
///
/// # Errors
/// Every key or value that cannot be taken.
pub fn read(base: Option<Asked>, json: Option<&Value>, sets: &[(String, String)]) -> Result<Asked, Vec<Problem>> {
    let mut problems = Vec::new();
    let mut entries: Vec<(String, String)> = Vec::new();
    // More keys cannot all be right: that is one problem, not as many.
    let most = 3 * FIELDS.len();
    match json {
        None => {}
        Some(Value::Object(map)) if map.len() > most => problems.push(Problem {
            field: "the configuration".into(),
            value: format!("{} settings", map.len()),
            allowed: format!("at most {most}, each once for both runs, with a. and with b."),
            reason: format!("there are {} settings", FIELDS.len()),
            ..Problem::default()
        }),
        Some(Value::Object(map)) => {
            for (key, value) in map {
                match text(key, value) {
                    Ok(text) => entries.push((key.clone(), text)),
                    Err(problem) => problems.push(problem),
                }
            }
        }
        Some(other) => problems.push(Problem {
            field: "the configuration".into(),
            value: shown(&other.to_string()),
            allowed: "a JSON object of settings, such as {\"depth\": 5, \"norm\": \"batch\"}".into(),
            ..Problem::default()
        }),
    }
    let (both, sided): (Vec<_>, Vec<_>) = entries.into_iter().partition(|(key, _)| Side::of(key).0 == Side::Both);
    let mut entries = [both, sided].concat();
    entries.extend(sets.iter().cloned());
    let one_side = entries.iter().any(|(key, _)| Side::of(key).0 != Side::Both);
    let (sided, mut pair) = match base {
        None if one_side => (true, Pair::default()),
        None => (false, Pair { a: Config::default(), b: Config::default() }),
        Some(Asked::One(config)) => (one_side, Pair { a: *config, b: *config }),
        Some(Asked::Two(pair)) => (true, *pair),
    };
    for (key, value) in &entries {
        let (side, name) = Side::of(key);
        if let Err(problem) = pair.set(side, name, value) {
            problems.push(Problem { field: shown(key), ..problem });
        }
    }
    match (problems.is_empty(), sided) {
        (false, _) => Err(problems),
        (true, true) => Ok(Asked::Two(Box::new(pair))),
        (true, false) => Ok(Asked::One(Box::new(pair.a))),
    }
}

/// A JSON value as the text that the field reads: numbers for numbers, or any value as `--set` takes it.
fn text(key: &str, value: &Value) -> Result<String, Problem> {
    use crate::config::field::Kind;
    let (_, name) = Side::of(key);
    let Some(field) = fields::named(name) else {
        return Err(fields::unknown(key, &value.to_string()));
    };
    match (value, field.kind) {
        (Value::Number(n), Kind::Whole { .. } | Kind::Real { .. }) => {
            Ok(n.as_u64().map_or_else(|| n.as_f64().map_or_else(|| n.to_string(), number), |n| n.to_string()))
        }
        // Numbers too: so do summaries write every setting.
        (Value::String(s), _) => Ok(s.clone()),
        _ => Err(Problem { field: shown(key), ..field.problem(&value.to_string()) }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_hash_restores_the_exact_state() {
        let link = "v=1&data=spirals&noise=0.25&batch=2&a.lr=0.1&b.lr=1e-4&depth=3&norm=layer&eps=auto&seed=4294967295&theme=dark";
        let (page, notes) = Page::from_hash(link);
        assert_eq!(notes, Vec::<String>::new());
        assert_eq!(page.pair.a.norm, Norm::Layer);
        assert_eq!((page.pair.a.lr, page.pair.b.lr), (0.1, 1e-4));
        assert_eq!(Page::from_hash(&page.to_hash()), (page, vec![]));
        assert_eq!(Page::default().to_hash(), "v=1");
        assert_eq!(Page::from_hash("#b.norm=rms").0.to_hash(), "v=1&b.norm=rms");
        assert_eq!(Page::from_hash("#b.norm=none").0.to_hash(), "v=1&norm=none");
        assert_eq!(Page::from_hash("#b.batch=2").0.to_hash(), "v=1&a.batch=32&b.batch=2");
    }

    #[test]
    fn a_key_that_is_there_twice_is_named() {
        let (page, notes) = Page::from_hash("#batch=2&lr=0.5&batch=4&a.lr=1");
        assert_eq!((page.pair.a.batch, page.pair.a.lr, page.pair.b.lr), (4, 1.0, 0.5));
        assert_eq!(notes, ["“batch” is there twice: the later one holds."]);
        let (_, notes) = Page::from_hash(&"depth=3&".repeat(1 << 18));
        assert!(notes.len() <= NOTES + 1, "{}", notes.len());
    }

    #[test]
    fn a_hash_holds_a_sweep() {
        let link = "v=1&sweep_x=weight_decay=0..0.3%2B0.1&sweep_seeds=5&view=sweep";
        let (page, notes) = Page::from_hash(link);
        assert_eq!(notes, Vec::<String>::new());
        assert_eq!(page.plan.x.values, ["0", "0.1", "0.2", "0.3"]);
        assert_eq!(page.to_hash(), link);
        let (page, notes) = Page::from_hash("#sweep_x=depth=1,99&sweep_y=<b>&sweep_seeds=101");
        assert_eq!((page.plan.clone(), notes.len()), (Plan { seeds: 100, ..Plan::default() }, 3));
    }

    #[test]
    fn whatever_a_link_holds_the_page_lives_and_says_so() {
        let (page, notes) = Page::from_hash("#depth=1e9&lr=NaN&norm=%3Cscript%3E&x=1&batch=0&v=7");
        assert_eq!((page.pair.a.depth, page.pair.a.batch), (40, 1));
        assert_eq!(page.pair.b.norm, Norm::Batch);
        assert_eq!(notes.len(), 6);
        assert!(notes[0].contains("40") && notes[2].contains("<script>"), "{notes:?}");
        for junk in ["&&&=&=", "%", "%zz=%f", "a.=1", "b.", "é=ü", &"x=1&".repeat(1 << 18), &"y".repeat(1 << 20)] {
            let (page, notes) = Page::from_hash(junk);
            assert_eq!(page, Page::default());
            assert!(notes.len() <= NOTES + 1 && notes.iter().all(|n| n.len() < 600));
        }
    }

    #[test]
    fn a_configuration_is_one_line_and_back() {
        let config = Config { lr: 3e-4, eps: Some(0.0), stat_momentum: None, batch: 7, ..Config::default() };
        assert_eq!(Config::from_text(&config.to_text()), Ok(config));
        assert_eq!(Config::from_text("depth=99&lr=x").unwrap_err().len(), 2);
    }

    #[test]
    fn json_and_sets_make_one_run_or_two() {
        let set = |k: &str, v: &str| vec![(k.to_owned(), v.to_owned())];
        let one = read(None, Some(&json!({"depth": 5, "lr": 0.5, "norm": "layer", "eps": "auto"})), &set("depth", "6"));
        let want = Config { depth: 6, lr: 0.5, norm: Norm::Layer, ..Config::default() };
        assert_eq!(one, Ok(Asked::One(Box::new(want))));
        let two = read(None, Some(&json!({"b.batch": 2})), &[]);
        let want = Pair { b: Config { batch: 2, ..Config::default() }, ..Pair::default() };
        assert_eq!(two, Ok(Asked::Two(Box::new(want))));
        let based = read(Some(Asked::Two(Box::new(want))), None, &set("a.depth", "2"));
        let a = Config { depth: 2, ..want.a };
        assert_eq!(based, Ok(Asked::Two(Box::new(Pair { a, ..want }))));
    }

    #[test]
    fn a_key_of_one_side_wins_over_the_shared_one_and_set_wins_over_both() {
        // "b.norm" comes before "norm" in the alphabet, "width" behind it.
        let json = json!({"norm": "layer", "b.norm": "rms", "a.width": 8, "width": 16});
        let norms = |sets: &[(String, String)]| match read(None, Some(&json), sets) {
            Ok(Asked::Two(pair)) => (pair.a.norm, pair.b.norm, pair.a.width, pair.b.width),
            other => panic!("{other:?}"),
        };
        assert_eq!(norms(&[]), (Norm::Layer, Norm::Rms, 8, 16));
        assert_eq!(norms(&[("norm".into(), "batch".into())]), (Norm::Batch, Norm::Batch, 8, 16));
    }

    #[test]
    fn every_problem_is_reported_at_once() {
        let bad =
            json!({"depth": "five", "lr": true, "norm": 3, "nonsense": 1, "batch": 1e300, "eps": null, "width": 64.5});
        assert_eq!(read(None, Some(&bad), &[]).unwrap_err().len(), 7);
        assert_eq!(read(None, Some(&json!([1])), &[]).unwrap_err().len(), 1);
        let keys = (0..1000).map(|i| (format!("key{i}"), Value::Null)).collect();
        let many = read(None, Some(&Value::Object(keys)), &[]).unwrap_err();
        assert_eq!((many.len(), many[0].value.as_str()), (1, "1000 settings"));
        let sides =
            read(None, Some(&json!({"a.norm": "instance", "b.batch": 1})), &[]).and_then(Asked::check).unwrap_err();
        assert_eq!(sides.iter().map(|p| p.field.as_str()).collect::<Vec<_>>(), ["a.norm", "b.batch"]);
    }
}
