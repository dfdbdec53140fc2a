//! `docs/probes.md`.

use crate::runner::{probed, summaries, summary};
use crate::shape::{each, median, range, signed};
use crate::table::{Row, Table};
use serde_json::Value;

pub fn tables() -> Vec<Table> {
    let table =
        |section, nth, rows, (cheapest, few)| Table { document: "probes.md", section, nth, rows, cheapest, few };
    vec![
        table("The landscape along the gradient", 0, along(200, &[9]), (1, 1)),
        table("The landscape along the gradient", 1, along(300, &[2, 5, 9, 16]), (1, 1)),
        table("Other averages than the square", 0, averages(), (1, 1)),
        table("The largest learning rate that learns", 0, rates(), (1, 1)),
        table("Gradients by depth at initialization", 0, slopes(), (1, 2)),
        table("Covariate shift", 0, shift(), (3, 1)),
        table("Noise of batch statistics", 0, scatter(), (2, 1)),
        table("Covariate shift in a deep linear network", 0, linear_shift(), (1, 1)),
        table("Sharpness and the rest of the spectrum", 0, sharpness(), (0, 1)),
    ]
}

/// The median over a run's measurements of a number made of each.
fn middle(options: &str, settings: &str, probe: &str, of: impl Fn(&Value) -> Option<f64>) -> Option<f64> {
    median(probed(options, settings, probe).iter().filter_map(of).collect())
}

/// The same of seeds 1 to 3.
fn middles(options: &str, settings: &str, probe: &str, of: impl Fn(&Value) -> Option<f64>) -> Vec<Option<f64>> {
    (1..=3).map(|seed| middle(options, &format!("{settings} seed={seed}"), probe, &of)).collect()
}

fn width(line: &Value) -> Option<f64> {
    Some(line["high"].as_f64()? - line["low"].as_f64()?)
}

fn high(line: &Value) -> Option<f64> {
    line["high"].as_f64()
}

fn value(line: &Value) -> Option<f64> {
    line["value"].as_f64()
}

/// What stands for a layer, by its name.
fn layer(name: String) -> impl Fn(&Value) -> Option<f64> {
    move |line| line["layers"].as_array()?.iter().find(|pair| pair[0] == *name)?[1].as_f64()
}

const NORMS: [(&str, &str); 3] = [("none", "none"), ("BatchNorm", "batch"), ("LayerNorm", "layer")];

/// Range, change, β and, if wanted, the smallest cosine of a run along its gradient.
fn row_along(label: String, steps: u32, settings: &str, cosine_spread: Option<bool>) -> Row {
    let options = format!("--steps {steps} --every 5 --points 8");
    let of = |probe: &'static str, number: fn(&Value) -> Option<f64>| {
        let (options, settings) = (options.clone(), settings.to_owned());
        move || middles(&options, &settings, probe, number)
    };
    let (range_of, change, beta) = (of("loss_range", width), of("predictiveness", high), of("smoothness", value));
    let row = Row::new(label);
    let row = row.cell(move || digits(&range_of())).cell(move || digits(&change())).cell(move || digits(&beta()));
    let cosine = of("gradient_cosine", value);
    match cosine_spread {
        None => row,
        Some(true) => row.cell(move || range(&cosine(), 2)),
        Some(false) => row.cell(move || range(&[median(cosine().into_iter().flatten().collect())], 2)),
    }
}

/// As many decimals as a number of that size needs.
fn digits(values: &[Option<f64>]) -> String {
    let alive: Vec<f64> = values.iter().flatten().copied().collect();
    let mean = alive.iter().sum::<f64>() / alive.len() as f64;
    let decimals = match mean.abs() {
        m if m < 0.1 => 3,
        m if m < 2.0 => 2,
        _ => 1,
    };
    range(values, decimals)
}

fn along(steps: u32, depths: &[u32]) -> Vec<Row> {
    let both = depths.iter().flat_map(|depth| NORMS.map(|norm| (depth, norm)));
    let rows = both.map(|(depth, (name, norm))| {
        let settings = format!("depth={depth} init=glorot batch=128 lr=0.1 norm={norm}");
        let label = if depths.len() > 1 { format!("{depth} | {name}") } else { name.to_owned() };
        row_along(label, steps, &settings, Some(depths.len() == 1))
    });
    rows.collect()
}

fn averages() -> Vec<Row> {
    let row = |label: &str, power: &str| {
        let settings = format!("depth=9 init=glorot batch=128 lr=0.1 norm=lp power={power}");
        let row = row_along(label.into(), 300, &settings, None);
        row.cell(move || range(&summaries(3, 300, &settings, "recent_loss"), 3))
    };
    vec![row("1", "1"), row("2 (BatchNorm)", "2"), row("∞", "max")]
}

/// The largest of the learning rates 2⁻⁸ … 2⁶ at which it learns.
fn rates() -> Vec<Row> {
    let largest = |norm: &str, seed: u32| {
        let learns = |power: &i32| {
            let lr = 2f64.powi(*power);
            let settings = format!("depth=5 init=he batch=64 norm={norm} lr={lr} seed={seed}");
            summary(150, &settings, "recent_loss").is_some_and(|loss| loss < 10f64.ln() / 2.0)
        };
        let power = (-8..=6).rev().find(learns).unwrap();
        2f64.powi(power).to_string()
    };
    NORMS
        .map(|(name, norm)| {
            Row::new(name).cell(move || (1..=3).map(|seed| largest(norm, seed)).collect::<Vec<_>>().join(", "))
        })
        .into()
}

fn slopes() -> Vec<Row> {
    let sizes = [(128, 128), (256, 512)];
    let rows = sizes.into_iter().flat_map(|(width, batch)| {
        NORMS.map(|(name, norm)| {
            ["pytorch", "he"].into_iter().fold(Row::new(format!("{width}, {batch} | {name}")), |row, init| {
                row.cell(move || {
                    let settings = format!("depth=20 width={width} batch={batch} norm={norm} init={init}");
                    let slopes = middles("--steps 0", &settings, "gradient_slope", value);
                    let print = |v: &f64| signed(*v, 3);
                    slopes.iter().flatten().map(print).collect::<Vec<_>>().join(", ")
                })
            })
        })
    });
    rows.collect()
}

fn shift() -> Vec<Row> {
    let both = NORMS[..2].iter().flat_map(|norm| [3, 6, 9].map(|at| (*norm, at)));
    let rows = both.map(|((name, norm), at)| {
        ["shift", "shift_cosine"].into_iter().fold(Row::new(format!("{name} | {at}")), |row, probe| {
            row.cell(move || {
                let settings = format!("depth=9 init=glorot batch=128 lr=0.1 norm={norm}");
                range(&middles("--steps 300 --every 20", &settings, probe, layer(format!("linear{at}.weight"))), 2)
            })
        })
    });
    rows.collect()
}

fn scatter() -> Vec<Row> {
    let row = |batch: u32| {
        let of = |probe: &'static str| {
            move || -> Vec<Option<f64>> {
                let at = |seed: u32| {
                    let lines =
                        probed("--steps 300 --every 300 --batches 1000", &format!("batch={batch} seed={seed}"), probe);
                    layer("norm1".into())(lines.last()?)
                };
                (1..=3).map(at).collect()
            }
        };
        let (mean, expected) = (of("mean_noise"), of("mean_noise_expected"));
        let (deviation, guess) = (of("deviation_noise"), of("deviation_noise_expected"));
        Row::new(batch.to_string())
            .cell(move || range(&mean(), 3))
            .cell(move || range(&expected()[..1], 3))
            .cell(move || range(&deviation(), 3))
            .cell(move || range(&guess(), 3))
    };
    vec![row(8), row(32), row(128)]
}

fn linear_shift() -> Vec<Row> {
    let base = "data=linear loss=mse activation=identity depth=25 width=10 batch=1000 lr=0.001";
    let rows = NORMS[..2].iter().map(|&(name, norm)| {
        let settings = format!("{base} norm={norm}");
        let losses = settings.clone();
        let row = [6, 13, 21].into_iter().fold(Row::new(name), |row, at| {
            let settings = settings.clone();
            row.cell(move || {
                let of = |seed: u32| {
                    let settings = format!("{settings} seed={seed}");
                    let layer = layer(format!("linear{at}.weight"));
                    middle("--steps 600 --every 100", &settings, "shift_cosine", layer)
                };
                each(&(1..=5).map(of).collect::<Vec<_>>(), 2)
            })
        });
        row.cell(move || {
            let of_targets = |loss: Option<f64>| loss.map(|l| 10.0 * l);
            let all = summaries(5, 600, &losses, "train_loss_batch");
            range(&all.into_iter().map(of_targets).collect::<Vec<_>>(), 1)
        })
    });
    rows.collect()
}

/// λ_max at the start and after 3000 steps.
fn sharpness() -> Vec<Row> {
    let row = |lr: &str, bound: &str| {
        let settings = format!("loss=mse activation=tanh depth=2 width=32 batch=1437 norm=none lr={lr}");
        let at = |settings: String, last: bool| {
            move || {
                let of = |seed: u32| {
                    // The first measurement is before the first step.
                    let options = format!("--steps {} --every 3000 --samples 1437", if last { 3000 } else { 0 });
                    let lines = probed(&options, &format!("{settings} seed={seed}"), "sharpness");
                    value(lines.last()?)
                };
                each(&(1..=3).map(of).collect::<Vec<_>>(), 2)
            }
        };
        let (start, end) = (at(settings.clone(), false), at(settings, true));
        Row::new(format!("{lr} | {bound}")).cell(start).cell(end)
    };
    vec![row("0.5", "4"), row("1", "2"), row("2", "1")]
}
