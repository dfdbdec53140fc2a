//! Exported scripts, run by PyTorch: the same losses step by step, and the same validation.
//!
//! Needs a Python with torch, numpy and safetensors: `python3`, or whatever `NORMLAB_PYTHON` names.
//! Without one the scripts are written and looked at, but not run; the test says so and passes.
//!
//! Two correct programs round differently, and where a run amplifies that, they part. So each run agrees in
//! single precision, or both repeat it in double precision and agree there far more closely. Where even that
//! grows, the same program with its weights rounded once more at each step says how far.
//!
//! `NORMLAB_SEED=7` draws other configurations, `NORMLAB_EACH=5` five of each kind.

#![allow(clippy::unwrap_used)] // what is not there fails the test

mod draw;
mod record;

use draw::STEPS;
use normlab::config::Config;
use normlab::config::field::Kind;
use normlab::config::fields::{self, FIELDS};
use normlab::export::{Export, export};
use normlab::rng::Stream;
use record::Record;
use safetensors::SafeTensors;
use std::collections::BTreeSet;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Configurations drawn of each normalization in each family.
const EACH: u32 = 2;

/// What they are drawn from: one of those that give every choice of every field.
const SEED: u32 = 5;

/// Largest distance of a loss, as a share of PyTorch's, in single and in double precision.
const SINGLE: f64 = 1e-5;
const DOUBLE: f64 = 1e-9;

/// Runs whose weights are rounded at random once more at each step, and how many times as far as these part
/// PyTorch's may be: in a step it rounds more often than that.
const NUDGED: usize = 2;
const ROUNDINGS: f64 = 100.0;

/// Where these have parted so far, nothing more can be told.
const CHAOS: f64 = 1e-3;

/// Settings in which rounding errors do not grow: smooth, small steps.
const CALM: &str =
    "activation=tanh lr=0.02 batch=16 width=16 depth=2 groups=2 ghost=8 heads=2 length=8 head=16 warmup=20";

/// What a random configuration hardly ever is, and all that scripts once had wrong.
const SPECIAL: &[&str] = &[
    "norm=batch order=after",
    "norm=layer affine=off",
    "norm=batch bias=on weight_decay=0.1",
    "norm=batch weight_decay=0.1 decay_norm=off optimizer=momentum",
    "norm=batch stat_momentum=cumulative freeze=25",
    "model=rnn norm=batch over_time=step",
    "norm=batch devices=4 shards=sorted",
    "norm=sync devices=4",
    "norm=batch skip=plain",
    "norm=layer skip=skipinit",
    "norm=layer dropout=0.2",
    "norm=none optimizer=adam lr=0.002",
    "norm=none optimizer=adamw lr=0.002 weight_decay=0.1",
    "norm=layer activation=gelu",
    "norm=layer activation=silu",
    "norm=layer activation=sigmoid",
    "norm=none data=spirals",
    "norm=batch loss=mse lr=0.1",
    "model=rnn data=recall norm=batch shortest=6",
    "model=rnn data=recall norm=batch shortest=6 over_time=step",
    "model=transformer data=recall norm=batch shortest=1",
    "model=transformer data=recall norm=batch shortest=1 masked=off",
    "model=transformer data=recall norm=group shortest=1",
    "model=transformer data=recall norm=layer shortest=1",
    "norm=batch data=linear loss=mse activation=identity",
    // Dropout behind the fully connected layer.
    "model=cnn width=8 norm=none dropout=0.2 lr=0.01",
    "model=cnn width=8 norm=noise head_norm=off dropout=0.2 lr=0.01",
    // Frozen, but as noisy as before.
    "norm=noisy freeze=20 lr=0.01",
    "model=transformer data=recall norm=noisy shortest=1 freeze=20 lr=0.01",
    // Products without bias.
    "model=transformer bias=off",
    // A convolution without padding takes 5 pixels on a side to 3, as one with a stride of 2 would.
    "model=cnn data=shapes padding=valid depth=3 width=4 norm=layer lr=0.01",
    // A connection around the fully connected layer: 16 channels of 2 × 2 pixels.
    "model=cnn width=8 head=64 skip=plain",
    "model=cnn width=8 head=64 skip=skipinit norm=batch head_norm=off",
    // Few values in a set, which hardly depend on what comes before them.
    "model=transformer data=recall norm=instance shortest=2",
    "model=transformer data=recall norm=group groups=16 shortest=2",
    "model=transformer data=recall norm=batch shortest=2 batch=1 optimizer=momentum weight_decay=0.1",
    "model=transformer data=recall norm=batch shortest=2 batch=1 placement=post optimizer=adam lr=0.002",
    // Statistics of the samples at hand.
    "norm=batch shift_scale=0.3 adapt=100 prior=10",
    "norm=lp power=max shift_scale=0.3 adapt=32 prior=0",
    "model=rnn norm=renorm shift_noise=0.5 adapt=50",
    "model=rnn norm=batch over_time=step shift_noise=0.5 adapt=50",
    "model=transformer data=recall norm=batch shortest=1 adapt=7",
    // What torch.nn.BatchNorm refuses in training.
    "norm=batch eps=0",
    "norm=noisy eps=0 devices=1 model=transformer",
    "norm=ghost eps=0",
    "norm=group eps=0",
    // It diverges.
    "norm=none activation=identity depth=6 lr=90",
];

fn configuration(text: &str) -> Config {
    let mut config = Config::default();
    for setting in format!("{CALM} {text}").split(' ') {
        let (key, value) = setting.split_once('=').unwrap();
        fields::set(&mut config, key, value).unwrap();
    }
    config
}

/// A number from the environment: `NORMLAB_SEED` draws others, `NORMLAB_EACH` more or fewer.
fn number(variable: &str, default: u32) -> u32 {
    std::env::var(variable).map_or(default, |text| text.parse().unwrap())
}

/// Random configurations first, then the special ones.
fn configurations() -> Vec<Config> {
    let mut all = draw::configurations(number("NORMLAB_SEED", SEED), number("NORMLAB_EACH", EACH));
    all.extend(SPECIAL.iter().map(|text| configuration(text)));
    all
}

#[test]
fn configurations_have_every_choice_of_every_field() {
    let all = configurations();
    for field in FIELDS {
        let values: BTreeSet<String> = all.iter().filter(|c| (field.relevant)(c)).map(|c| field.get(c)).collect();
        match field.kind {
            Kind::Choice(choices) => {
                let names: BTreeSet<String> = choices().iter().map(|c| c.name.to_owned()).collect();
                assert_eq!(values, names, "{}", field.name);
            }
            _ => assert!(values.len() > 2, "{}: {values:?}", field.name),
        }
    }
}

/// A script reads what it needs, and only that, and nothing is left of what it was made from.
fn look_at(config: &Config, Export { script, tensors }: &Export) {
    let run = || draw::text(config);
    let file = SafeTensors::deserialize(tensors).unwrap();
    let validation = file.tensor("validation.x").unwrap();
    assert_eq!(validation.shape()[0], file.tensor("validation.y").unwrap().shape()[0], "{}", run());
    assert_eq!(validation.shape()[1], file.tensor("x").unwrap().shape()[1], "{}", run());
    assert_eq!(file.tensor("batches").unwrap().shape()[1], config.batch, "{}", run());
    assert!(!script.contains("#?"), "{}\n{script}", run());
    assert!(
        script.lines().all(|line| line.chars().count() <= 120 || line.starts_with("\"\"\"")),
        "{}\n{script}",
        run()
    );
    for name in script.lines().filter_map(|line| line.split_once(" = ")).map(|(name, _)| name) {
        let words = |text: &str| text.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|w| *w == name).count();
        let constant = name.chars().all(|c| c.is_ascii_uppercase() || c == '_');
        assert!(!constant || words(script) > 1, "{}: {name} is needed by nobody\n{script}", run());
    }
}

/// A Python that has what the scripts import.
fn python() -> Option<String> {
    let python = std::env::var("NORMLAB_PYTHON").unwrap_or_else(|_| "python3".into());
    let found = Command::new(&python).args(["-c", "import torch, numpy, safetensors"]).output();
    found.is_ok_and(|o| o.status.success()).then_some(python)
}

/// Runs scripts one behind the other, each as if called by itself: what they print, or how they fail.
///
/// One process for all, for importing torch takes seconds. Where it is to be nudged, weights are rounded up, down
/// or not at all after each step.
const CALLER: &str = "
import runpy, sys, torch, traceback
from torch.optim.optimizer import register_optimizer_step_post_hook

@torch.no_grad()
def nudge(optimizer, *_):
    for group in optimizer.param_groups:
        for p in group['params']:
            p.mul_(1 + (torch.randint(3, p.shape) - 1) * torch.finfo(p.dtype).eps)

how, *scripts = sys.argv[1:]
if how == 'nudged':
    register_optimizer_step_post_hook(nudge)
for script in scripts:
    sys.argv = [script] if how == 'single' else [script, '--double']
    torch.manual_seed(1)
    print('script', script)
    try:
        runpy.run_path(script, run_name='__main__')
    except Exception:
        traceback.print_exc(file=sys.stdout)
";

fn call(python: &str, how: &str, scripts: &[&Path]) -> Vec<Result<Record, String>> {
    let called = Command::new(python).args(["-c", CALLER, how]).args(scripts).output().unwrap();
    assert!(called.status.success(), "{}", String::from_utf8_lossy(&called.stderr));
    let printed = String::from_utf8(called.stdout).unwrap();
    let lines = printed.split("script ").skip(1).map(|text| text.split_once('\n').map_or("", |(_, lines)| lines));
    lines.map(Record::printed).collect()
}

/// A run in double precision, and how far roundings alone take it.
fn doubled(config: &Config, single: &Record) -> (Record, Vec<f64>) {
    let mut stream = Stream::new(1, "roundings");
    let ours = Record::double(*config, single, None);
    let nudged: Vec<Record> = (0..NUDGED).map(|_| Record::double(*config, &ours, Some(&mut stream))).collect();
    let spread = ours.spread(&nudged);
    (ours, spread)
}

#[test]
fn pytorch_prints_the_same_losses_and_validates_alike() {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("export");
    std::fs::create_dir_all(&folder).unwrap();
    let all = configurations();
    let mut scripts = Vec::new();
    for (i, config) in all.iter().enumerate() {
        let failed = |failure| panic!("{}: {failure:?}", draw::text(config));
        let exported = export(*config, STEPS, &format!("run{i}.safetensors")).unwrap_or_else(failed);
        look_at(config, &exported);
        std::fs::write(folder.join(format!("run{i}.safetensors")), exported.tensors).unwrap();
        std::fs::write(folder.join(format!("run{i}.py")), exported.script).unwrap();
        scripts.push(folder.join(format!("run{i}.py")));
    }
    let Some(python) = python() else {
        // Past the harness, which would keep it to itself.
        let _ = writeln!(
            std::io::stderr(),
            "SKIPPED: {} exported scripts are not run, for there is no python3 with torch, numpy and safetensors",
            all.len()
        );
        return;
    };
    let paths: Vec<&Path> = scripts.iter().map(PathBuf::as_path).collect();
    let (theirs, ours): (_, Vec<Record>) = std::thread::scope(|scope| {
        let theirs = scope.spawn(|| call(&python, "single", &paths));
        let ours = all.iter().map(|config| Record::single(*config, STEPS)).collect();
        (theirs.join().unwrap(), ours)
    });
    assert_eq!(theirs.len(), all.len());
    let (mut closest, mut parted, mut failures) = (0.0_f64, Vec::new(), Vec::new());
    for (i, theirs) in theirs.iter().enumerate() {
        match theirs {
            Err(crash) => failures.push(format!("{} ({}): {crash}", scripts[i].display(), draw::text(&all[i]))),
            Ok(theirs) => match ours[i].against(theirs, |_| SINGLE) {
                Ok(apart) => closest = closest.max(apart),
                Err(how) => parted.push((i, how)),
            },
        }
    }
    let again: Vec<&Path> = parted.iter().map(|&(i, _)| paths[i]).collect();
    let (theirs, doubled): (Vec<_>, Vec<(Record, Vec<f64>)>) = std::thread::scope(|scope| {
        let theirs = scope.spawn(|| {
            let nudged = call(&python, "nudged", &again);
            call(&python, "double", &again).into_iter().zip(nudged).collect()
        });
        let ours = parted.iter().map(|&(i, _)| doubled(&all[i], &ours[i])).collect();
        (theirs.join().unwrap(), ours)
    });
    let mut doubly = 0.0_f64;
    let mut grown = 0;
    for ((i, how), (theirs, (ours, spread))) in parted.iter().zip(theirs.into_iter().zip(&doubled)) {
        let double = match theirs {
            (Ok(theirs), Ok(nudged)) => {
                let their_spread = theirs.spread(&[nudged]);
                // Where one of the two ended before the other, nothing is known of its spread.
                let of = |spread: &[f64], step: usize| spread.get(step).copied().unwrap_or(0.0);
                ours.against(&theirs, |i| match of(spread, i).max(of(&their_spread, i)) {
                    grown if grown > CHAOS => f64::INFINITY,
                    grown => DOUBLE + ROUNDINGS * grown,
                })
            }
            (Err(crash), _) | (_, Err(crash)) => Err(crash),
        };
        println!("{}: {how}; in double precision {double:?}", draw::text(&all[*i]));
        match double {
            Ok(apart) if apart < DOUBLE => doubly = doubly.max(apart),
            Ok(_) => grown += 1,
            Err(double) => failures.push(format!(
                "{} ({}): {how}; in double precision {double}",
                scripts[*i].display(),
                draw::text(&all[*i])
            )),
        }
    }
    assert!(failures.is_empty(), "{} of {}:\n{}", failures.len(), all.len(), failures.join("\n"));
    assert!(2 * ours.iter().filter(|record| record.moves()).count() > all.len(), "hardly anything happens");
    println!(
        "{} runs over {STEPS} steps: {} agree to {closest:.0e} in single, {} to {doubly:.0e} in double precision, \
         and {grown} within what roundings grow to in one program alone",
        all.len(),
        all.len() - parted.len(),
        parted.len() - grown
    );
}
