//! The ways out: all of them, and only these.

use crate::draw;
use normlab::config::field::Kind;
use normlab::config::fields::{named, set};
use normlab::config::{Config, Problem};
use normlab::rng::Stream;
use std::collections::BTreeSet;

/// Says of values that something else stays wrong.
const MORE: &str = ", with another setting changed too";

/// A problem's own field and what is allowed, then the others', with the fix of each.
fn ways(problem: &Problem) -> Vec<(&str, &str, &str)> {
    assert!(problem.fix.is_some(), "{problem}");
    let first = (&problem.field[..], &problem.allowed[..], problem.fix.as_deref().unwrap());
    let others = problem.or.iter().map(|way| (&way.field[..], &way.allowed[..], way.fix.as_deref().unwrap()));
    std::iter::once(first).chain(others).collect()
}

fn changed(config: &Config, field: &str, value: &str) -> Config {
    let mut changed = *config;
    set(&mut changed, field, value).unwrap();
    changed
}

/// How many problems have that reason.
fn same(problems: &[Problem], problem: &Problem) -> usize {
    problems.iter().filter(|p| p.reason == problem.reason).count()
}

/// Every value of a field that takes only so many.
fn all(field: &str) -> Vec<String> {
    match named(field).unwrap().kind {
        Kind::Choice(all) => all().iter().map(|c| c.name.to_owned()).collect(),
        Kind::Whole { min, max, .. } => (min..=max).map(|n| n.to_string()).collect(),
        _ => unreachable!("{field} is never a way out"),
    }
}

/// The values that a list in words names: `1, 2, 4 to 9`, `64, 96, … 1408` and `none, layer`.
fn listed(text: &str) -> BTreeSet<String> {
    let mut values: Vec<String> = Vec::new();
    for word in text.trim_end_matches(MORE).split(", ") {
        let number = |text: &str| text.parse::<u64>().unwrap();
        if let Some((from, to)) = word.split_once(" to ") {
            values.extend((number(from)..=number(to)).map(|n| n.to_string()));
        } else if let Some(last) = word.strip_prefix("… ") {
            let [.., one, two] = &values[..] else { panic!("{text}") };
            let (two, step) = (number(two), number(two) - number(one));
            assert_eq!((number(last) - two) % step, 0, "{text}");
            values.extend((1..=(number(last) - two) / step).map(|i| (two + i * step).to_string()));
        } else {
            values.push(word.to_owned());
        }
    }
    let set: BTreeSet<String> = values.iter().cloned().collect();
    assert_eq!(set.len(), values.len(), "{text}");
    set
}

#[test]
fn every_problem_says_what_and_why_and_each_fix_is_one() {
    let mut stream = Stream::new(1, "refusals");
    let mut refused = 0;
    for _ in 0..4000 {
        let config = draw::config(&mut stream);
        let problems = config.check();
        assert_eq!(problems.is_empty(), config.is_trainable());
        refused += usize::from(!problems.is_empty());
        for problem in &problems {
            let text = problem.to_string();
            assert!(!problem.value.is_empty() && !problem.allowed.is_empty() && !problem.reason.is_empty(), "{text}");
            assert!(text.len() < 600, "{} bytes: {text}", text.len());
            let fields: BTreeSet<&str> = ways(problem).iter().map(|way| way.0).collect();
            assert_eq!(fields.len(), 1 + problem.or.len(), "{text}");
            for (field, allowed, fix) in ways(problem) {
                assert!(listed(allowed).contains(fix), "{text}");
                let now = changed(&config, field, fix).check();
                assert!(same(&now, problem) < same(&problems, problem), "{text}: {field}={fix} gives {now:?}");
                if !allowed.ends_with(MORE) {
                    assert!(now.len() < problems.len(), "{text}: {field}={fix} gives {now:?}");
                }
            }
        }
    }
    assert!(refused > 1000, "{refused}");
}

#[test]
fn what_is_listed_works_and_nothing_else_does() {
    let mut stream = Stream::new(2, "refusals");
    let (mut seen, mut alone) = (BTreeSet::new(), 0);
    while alone < 250 {
        let config = draw::config(&mut stream);
        let [problem] = &config.check()[..] else { continue };
        if problem.allowed.ends_with(MORE) {
            continue;
        }
        alone += 1;
        for (field, allowed, _) in ways(problem) {
            seen.insert(field.to_owned());
            let works = |value: &String| changed(&config, field, value).is_trainable();
            let want: BTreeSet<String> = all(field).into_iter().filter(works).collect();
            assert_eq!(listed(allowed), want, "{problem}: {field}");
        }
    }
    assert!(seen.len() > 15, "{seen:?}");
}

/// Where one change is not enough, the fixes lead to a configuration that trains, one after the other.
#[test]
fn whoever_follows_the_fixes_arrives() {
    let mut stream = Stream::new(3, "refusals");
    let mut longest = 0;
    for _ in 0..2000 {
        let start = draw::config(&mut stream);
        let (mut config, mut steps) = (start, 0);
        while let Some(problem) = config.check().first() {
            let (field, _, fix) = ways(problem)[0];
            config = changed(&config, field, fix);
            steps += 1;
            assert!(steps < 10, "{start:?}: {problem}");
        }
        longest = longest.max(steps);
    }
    assert!(longest > 2, "{longest}");
}

#[test]
fn both_ways_out_are_offered() {
    let of = |sets: &[(&str, &str)]| {
        let config = sets.iter().fold(Config::default(), |config, (field, value)| changed(&config, field, value));
        let problems = config.check();
        assert_eq!(problems.len(), 1, "{problems:?}");
        problems[0].clone()
    };
    let words = |problem: &Problem| ways(problem).iter().map(|w| format!("{}: {}", w.0, w.1)).collect::<Vec<_>>();
    let instance = of(&[("norm", "instance")]);
    assert_eq!(words(&instance), ["norm: none, batch, sync, ghost, layer, group, rms, renorm, lp, noisy, noise, dyt"]);
    assert_eq!(instance.fix.as_deref(), Some("layer"));
    let devices = of(&[("batch", "32"), ("devices", "32")]);
    assert_eq!(words(&devices)[..2], ["batch: 64, 96, … 1408", "devices: 1, 2, 4, 8, 16"]);
    let uneven = of(&[("batch", "32"), ("devices", "5")]);
    assert_eq!(words(&uneven), ["devices: 1, 2, 4, 8, 16", "batch: 10, 15, … 1435"]);
    let single = of(&[("model", "cnn"), ("depth", "2"), ("width", "8"), ("batch", "1")]);
    assert!(words(&single).contains(&"head_norm: off".to_owned()), "{single}");
    let ghost = of(&[("norm", "ghost"), ("ghost", "12")]);
    assert_eq!(words(&ghost), ["ghost: 2, 4, 8, 16, 32", "batch: 12, 24, … 1428"]);
    let few = of(&[("subset", "20")]);
    assert_eq!(words(&few), ["batch: 2 to 20", "subset: 0, 32 to 2000"]);
}

/// Two problems: a change that mends one is offered although the other stays.
#[test]
fn each_of_two_problems_has_its_own_ways_out() {
    let config = [("data", "xor"), ("batch", "512"), ("norm", "instance")]
        .iter()
        .fold(Config::default(), |config, (field, value)| changed(&config, field, value));
    let problems = config.check();
    assert_eq!(problems.iter().map(|p| p.field.as_str()).collect::<Vec<_>>(), ["norm", "batch"]);
    assert_eq!(problems[1].allowed, "1 to 400");
    for problem in &problems {
        let (field, _, fix) = ways(problem)[0];
        assert_eq!(same(&changed(&config, field, fix).check(), problem), 0);
    }
}
