//! `docs/experiments.md`.

use crate::runner::{normlab, probed, summaries};
use crate::shape::{each, paired, range};
use crate::table::{Row, Table};
use serde_json::Value;
use std::sync::LazyLock;

const ACCURACY: &str = "val_accuracy";

pub fn tables() -> Vec<Table> {
    let table =
        |section, nth, rows, (cheapest, few)| Table { document: "experiments.md", section, nth, rows, cheapest, few };
    vec![
        table("Depth", 0, depth(), (5, 1)),
        table("Noise after BatchNorm", 0, noise(), (4, 1)),
        table("Noise in the statistics as a regularizer", 0, regularization(), (6, 1)),
        table("Small batches", 0, small_batches(), (4, 1)),
        table("Recurrent nets", 0, recurrent(), (2, 1)),
        table("Other inputs at inference", 0, other_inputs(), (0, 1)),
        table("Several devices", 0, devices(), (0, 1)),
        table("Deep linear networks", 0, linear(), (0, 1)),
        table("Style", 0, style(), (0, 1)),
        table("Padding", 0, padding(), (4, 1)),
        table("The mean in a transformer", 0, mean(), (1, 1)),
        table("Before or after the sum", 0, placement(), (3, 1)),
        table("Before or after the sum", 1, gradients(), (0, 4)),
        table("Depth without normalization", 0, without(), (0, 1)),
    ]
}

/// Validation accuracies of seeds 1 to 3.
fn accuracies(steps: u64, settings: &str) -> String {
    each(&summaries(3, steps, settings, ACCURACY), 3)
}

fn depth() -> Vec<Row> {
    let cases = [("none", "none", "PyTorch"), ("none", "none", "He"), ("BatchNorm", "batch", "PyTorch")];
    let cases = cases.into_iter().chain([("LayerNorm", "layer", "PyTorch")]);
    let rows = cases.flat_map(|(name, norm, init)| {
        [2, 5, 10, 20, 40].map(|depth| {
            let settings = format!("width=32 batch=128 norm={norm} init={} depth={depth}", init.to_lowercase());
            Row::new(format!("{name} | {init} | {depth}"))
                .cell(move || range(&summaries(10, 300, &settings, ACCURACY), 3))
        })
    });
    rows.collect()
}

fn noise() -> Vec<Row> {
    let row = |label: &str, norm: &'static str| {
        let cells = ["0.1", "0.3"].into_iter().flat_map(|lr| [(lr, "recent_loss"), (lr, ACCURACY)]);
        cells.fold(Row::new(label), |row, (lr, key)| {
            row.cell(move || {
                let settings = format!("depth=9 init=glorot batch=128 {norm} lr={lr}");
                range(&summaries(3, 300, &settings, key), 3)
            })
        })
    };
    vec![
        row("`norm=none`", "norm=none"),
        row("`norm=noise`", "norm=noise"),
        row("`norm=noise`, ×2", "norm=noise noise_scale=2"),
        row("`norm=noise`, ×4", "norm=noise noise_scale=4"),
        row("`norm=batch`", "norm=batch"),
        row("`norm=noisy`", "norm=noisy"),
        row("`norm=noisy`, ×2", "norm=noisy noise_scale=2"),
        row("`norm=noisy`, ×4", "norm=noisy noise_scale=4"),
    ]
}

/// Validation accuracies of `seeds` runs with ghost batches of that size.
fn ghosts(seeds: u32, ghost: u32, dropout: f64) -> Vec<Option<f64>> {
    let settings = format!("subset=200 batch=200 depth=3 lr=0.1 norm=ghost ghost={ghost} dropout={dropout}");
    summaries(seeds, 600, &settings, ACCURACY)
}

fn regularization() -> Vec<Row> {
    // The whole batch as one: BatchNorm.
    static PLAIN: LazyLock<Vec<Option<f64>>> = LazyLock::new(|| ghosts(40, 200, 0.0));
    let mean = |all: &[Option<f64>]| format!("{:.3}", all.iter().flatten().sum::<f64>() / all.len() as f64);
    [4, 5, 8, 10, 20, 40, 50, 100, 200]
        .map(|ghost| {
            let label = if ghost == 200 { "200 (BatchNorm)".to_owned() } else { ghost.to_string() };
            let row = Row::new(label).cell(move || each(&ghosts(3, ghost, 0.0), 3));
            [0.0, 0.15].into_iter().fold(row, |row, dropout| {
                row.cell(move || mean(&ghosts(40, ghost, dropout))).cell(move || {
                    let itself = ghost == 200 && dropout == 0.0;
                    if itself { "–".into() } else { paired(&ghosts(40, ghost, dropout), &PLAIN) }
                })
            })
        })
        .into()
}

fn small_batches() -> Vec<Row> {
    let error = |accuracy: Option<f64>| accuracy.map(|a| 1.0 - a);
    [2u64, 4, 8, 16, 32]
        .map(|batch| {
            ["batch", "group", "layer"].into_iter().fold(Row::new(batch.to_string()), |row, norm| {
                row.cell(move || {
                    // Six passes over 1437 samples, of which the last incomplete batch of each is left out.
                    let (steps, lr) = (6 * (1437 / batch), 0.1 * batch as f64 / 32.0);
                    let settings =
                        format!("model=cnn depth=2 width=8 head=32 groups=4 norm={norm} batch={batch} lr={lr}");
                    let errors: Vec<_> = summaries(3, steps, &settings, ACCURACY).into_iter().map(error).collect();
                    range(&errors, 3)
                })
            })
        })
        .into()
}

fn recurrent() -> Vec<Row> {
    let row = |label: &str, norm: &'static str, same: bool| {
        let of = move |key: &'static str| {
            let settings = format!("model=rnn depth=1 length=32 activation=tanh optimizer=adam lr=0.003 {norm}");
            each(&summaries(3, 400, &settings, key), 3)
        };
        let row = Row::new(label).cell(move || of(ACCURACY));
        row.cell(move || if same { "the same".into() } else { of("val_accuracy_batch") })
    };
    vec![
        row("BatchNorm, one average for all steps in time", "norm=batch over_time=pooled", false),
        row("BatchNorm, an average for each step", "norm=batch over_time=step", false),
        row("LayerNorm", "norm=layer", true),
    ]
}

fn other_inputs() -> Vec<Row> {
    let row = |label: &str, steps: u64, more: &'static str, key: &'static str| {
        let settings = format!("norm=batch shift_scale=0.3 shift_offset=0.5 {more}");
        Row::new(label).cell(move || each(&summaries(3, steps, &settings, key), 3))
    };
    vec![
        row("running", 1000, "", ACCURACY),
        row("of 32 shifted samples (`adapt=32 prior=0`)", 1000, "adapt=32 prior=0", ACCURACY),
        row("blended, the training statistics counting for 16", 1000, "adapt=32 prior=16", ACCURACY),
        row("blended, for 256", 1000, "adapt=32 prior=256", ACCURACY),
        row("of the whole shifted set", 1000, "", "val_accuracy_batch"),
        row(
            "running, after 50 steps of fine-tuning on 200 shifted samples",
            1050,
            "tune_at=1001 tune_samples=200",
            ACCURACY,
        ),
    ]
}

fn devices() -> Vec<Row> {
    let row = |label: &str, settings: &'static str| {
        Row::new(label).cell(move || accuracies(1000, &format!("batch=32 devices=8 {settings}")))
    };
    vec![
        row("BatchNorm on each device | random", "norm=batch shards=random"),
        row("BatchNorm on each device | sorted by class", "norm=batch shards=sorted"),
        row("SyncBatchNorm | sorted by class", "norm=sync shards=sorted"),
        row("LayerNorm | sorted by class", "norm=layer shards=sorted"),
    ]
}

fn linear() -> Vec<Row> {
    let rows = [("none", "PyTorch"), ("BatchNorm", "PyTorch"), ("none", "Glorot"), ("BatchNorm", "Glorot")];
    rows.map(|(name, init)| {
        let norm = if name == "none" { "none" } else { "batch" };
        let settings = format!(
            "data=linear loss=mse activation=identity depth=25 width=10 batch=1000 lr=0.001 init={} norm={norm}",
            init.to_lowercase()
        );
        Row::new(format!("{name} | {init}")).cell(move || {
            let losses = summaries(5, 600, &settings, "train_loss_batch");
            // The sum over ten targets.
            range(&losses.into_iter().map(|loss| loss.map(|l| 10.0 * l)).collect::<Vec<_>>(), 1)
        })
    })
    .into()
}

fn style() -> Vec<Row> {
    let rows = [
        ("1, 0 (as trained)", 1.0, 0),
        ("½, 0", 0.5, 0),
        ("2, 0", 2.0, 0),
        ("1, +1", 1.0, 1),
        ("1, −1", 1.0, -1),
        ("½, +1", 0.5, 1),
    ];
    let row = |(label, scale, offset): (&str, f64, i32)| {
        ["none", "batch", "layer", "group", "instance"].into_iter().fold(Row::new(label), |row, norm| {
            row.cell(move || {
                let settings = format!(
                    "data=shapes style=0 model=cnn depth=2 width=8 head=32 head_norm=off padding=reflect groups=4 \
                     norm={norm} shift_scale={scale} shift_offset={offset}"
                );
                accuracies(1000, &settings)
            })
        })
    };
    rows.map(row).into()
}

fn padding() -> Vec<Row> {
    let of = |model: &'static str, norm: &'static str| {
        move || {
            let settings = format!(
                "model={model} data=recall length=8 shortest=2 depth=1 width=32 activation=tanh optimizer=adam \
                 lr=0.003 {norm}"
            );
            accuracies(400, &settings)
        }
    };
    let row = |label: &str, norm: &'static str, transformer: Option<&'static str>| {
        let row = Row::new(label);
        let row = match transformer {
            Some(words) => row.cell(move || words.into()),
            None => row.cell(of("transformer", norm)),
        };
        row.cell(of("rnn", norm))
    };
    let (pooled, step) = ("BatchNorm, one average for all steps in time", "BatchNorm, an average for each step");
    vec![
        row(&format!("{pooled} | without padding"), "norm=batch over_time=pooled masked=on", None),
        row(&format!("{pooled} | with padding"), "norm=batch over_time=pooled masked=off", None),
        row(&format!("{step} | without padding"), "norm=batch over_time=step masked=on", Some("refused")),
        row(&format!("{step} | with padding"), "norm=batch over_time=step masked=off", Some("not run")),
        row("LayerNorm | needs none", "norm=layer", None),
    ]
}

const MAJORITY: &str = "data=majority length=8 model=transformer width=32 activation=gelu optimizer=adam";

fn mean() -> Vec<Row> {
    let row = |label: &str, norm: &'static str| {
        let of = move |key: &'static str| {
            move || each(&summaries(3, 400, &format!("{MAJORITY} depth=2 lr=0.003 norm={norm}"), key), 3)
        };
        let parameters = move || {
            let settings = format!("{MAJORITY} depth=2 norm={norm}");
            normlab("run --quiet --steps 0", &settings)[0]["summary"]["parameters"].to_string()
        };
        Row::new(label).cell(of("recent_loss")).cell(of("val_loss")).cell(of(ACCURACY)).cell(parameters)
    };
    vec![row("LayerNorm", "layer"), row("RMSNorm", "rms")]
}

fn placement() -> Vec<Row> {
    ["0.001", "0.003", "0.01", "0.03"]
        .map(|lr| {
            let keys = [("recent_loss", "pre"), ("recent_loss", "post"), (ACCURACY, "pre"), (ACCURACY, "post")];
            keys.into_iter().fold(Row::new(lr), |row, (key, place)| {
                row.cell(move || {
                    let settings = format!("{MAJORITY} depth=6 norm=layer lr={lr} placement={place}");
                    each(&summaries(3, 300, &settings, key), 3)
                })
            })
        })
        .into()
}

fn gradients() -> Vec<Row> {
    let row = |label: &str, init: &'static str| {
        let places = [("pre", true), ("pre", false), ("post", true), ("post", false)];
        places.into_iter().fold(Row::new(label), |row, (place, first)| {
            row.cell(move || {
                let at = |seed: u32| -> Option<f64> {
                    let settings = format!("{MAJORITY} depth=6 norm=layer placement={place} init={init} seed={seed}");
                    let lines = probed("--steps 0 --every 1", &settings, "gradient_norm");
                    let layers: &Vec<Value> = lines[0]["layers"].as_array()?;
                    let block = if first { layers.first() } else { layers.last() };
                    block?[1].as_f64()
                };
                each(&(1..=3).map(at).collect::<Vec<_>>(), 3)
            })
        })
    };
    vec![row("PyTorch (the runs above)", "pytorch"), row("Glorot (the paper's)", "glorot")]
}

fn without() -> Vec<Row> {
    let row = |label: &str, network: &'static str| {
        [10, 20, 40].into_iter().fold(Row::new(label), |row, depth| {
            row.cell(move || accuracies(300, &format!("width=32 batch=128 depth={depth} {network}")))
        })
    };
    vec![
        row("plain", "norm=none"),
        row("dynamic tanh", "norm=dyt"),
        row("residual", "norm=none skip=plain"),
        row("SkipInit", "norm=none skip=skipinit"),
        row("BatchNorm", "norm=batch"),
        row("BatchNorm, residual", "norm=batch skip=plain"),
    ]
}
