//! `normlab probe`, `landscape` and `curvature`.

use crate::runner::Folder;
use serde_json::Value;

const NET: [&str; 6] = ["--set", "depth=2", "--set", "width=8", "--set", "activation=tanh"];

fn call(command: &str, more: &[&str]) -> Vec<Value> {
    Folder::new(&format!("{command}-{}", more.join("").replace(['/', '='], "-")))
        .lines(&[&[command, "--steps", "12"], &NET[..], more].concat())
}

#[test]
fn probes_print_what_was_asked_for_every_so_many_steps() {
    let lines = call("probe", &["--every", "5", "--probes", "loss_range,smoothness,dead"]);
    let kinds: Vec<(u64, &str)> = lines[1..lines.len() - 1]
        .iter()
        .map(|line| (line["step"].as_u64().unwrap(), line["probe"].as_str().unwrap()))
        .collect();
    let names = ["loss_range", "smoothness", "dead"];
    let want: Vec<(u64, &str)> = [0, 5, 10].iter().flat_map(|&s| names.iter().map(move |&n| (s, n))).collect();
    assert_eq!(kinds, want);
    assert_eq!((&lines[0]["config"]["depth"], &lines[0]["probe"]["every"]), (&"2".into(), &5.into()));
    assert!(lines[1]["low"].as_f64().unwrap() <= lines[1]["high"].as_f64().unwrap());
    assert!(lines[2]["value"].as_f64().unwrap() > 0.0);
    assert_eq!(lines[3]["layers"][1], serde_json::json!(["tanh2", 0.0]));
    // The same run as `run` trains.
    let summary = Folder::new("probe-run").summary(&[&["run", "--quiet", "--steps", "12"], &NET[..]].concat());
    assert_eq!(lines.last().unwrap()["end"]["fingerprint"], summary["fingerprint"]);
}

#[test]
fn both_runs_of_a_pair_are_marked() {
    let pair = ["--set", "a.norm=none", "--set", "b.norm=batch", "--every", "12", "--probes", "mean_gap"];
    let lines = call("probe", &pair);
    let of = |run: &str| lines.iter().filter(|l| l["run"] == run).cloned().collect::<Vec<_>>();
    let (a, b) = (of("a"), of("b"));
    assert_eq!((a.len(), b.len(), lines.len()), (4, 4, 8));
    assert_eq!(a[2]["layers"], serde_json::json!([]), "no running statistics, no gap");
    assert_eq!(b[2]["layers"].as_array().unwrap().len(), 2);
}

#[test]
fn shards_of_a_landscape_are_the_whole() {
    for plane in ["random", "gradient", "pca", "line"] {
        let usual = ["--plane", plane, "--points", "4", "--samples", "32"];
        let whole = call("landscape", &usual);
        assert_eq!((whole.len(), &whole[0]["landscape"]["plane"]), (17, &plane.into()));
        let mut parts = Vec::new();
        for shard in ["1/3", "2/3", "3/3"] {
            parts.extend(call("landscape", &[&usual[..], &["--shard", shard]].concat()).split_off(1));
        }
        parts.sort_by_key(|line| line["point"].as_u64());
        assert_eq!(parts, whole[1..], "{plane}");
        assert!(parts.iter().all(|line| line["loss"].as_f64().unwrap() > 0.0));
        let slice = call("landscape", &[&usual[..], &["--slice"]].concat());
        assert_eq!(slice.len(), 5);
        assert!(slice[1..].iter().all(|line| line["b"] == 0.0));
    }
}

#[test]
fn the_path_of_training_ends_in_the_middle_of_its_plane() {
    let head = &call("landscape", &["--plane", "pca", "--points", "2"])[0]["landscape"];
    let path = head["path"].as_array().unwrap();
    assert_eq!((path.len(), &path[12]), (13, &serde_json::json!([0.0, 0.0])));
    let explained: Vec<f64> = head["explained"].as_array().unwrap().iter().map(|v| v.as_f64().unwrap()).collect();
    assert!(explained[0] >= explained[1] && explained[0] + explained[1] <= 1.0 + 1e-12 && explained[1] > 0.0);
}

/// A line's ends are the two runs' own losses.
#[test]
fn a_line_leads_from_one_run_to_the_other() {
    let pair = ["--set", "norm=batch", "--set", "a.lr=0.1", "--set", "b.lr=0.01"];
    let plane = ["--plane", "line", "--points", "5", "--slice", "--stats", "running", "--samples", "2000"];
    let lines = call("landscape", &[&pair[..], &plane].concat());
    let at = |a: f64| lines[1..].iter().find(|l| l["a"] == a).unwrap()["loss"].as_f64().unwrap();
    for (lr, end) in [("lr=0.1", 0.0), ("lr=0.01", 1.0)] {
        let folder = Folder::new(&format!("line-{lr}"));
        let summary = folder.summary(&[&["run", "--quiet", "--steps", "12", "--set", lr], &NET[..]].concat());
        assert!((at(end) - summary["train_loss"].as_f64().unwrap()).abs() < 1e-5);
    }
}

/// The middle of a plane is the network itself, judged by its targets.
#[test]
fn landscapes_of_a_regression_are_of_its_own_loss() {
    let regression = ["--set", "data=linear", "--set", "loss=mse", "--set", "norm=batch"];
    let plane = ["--points", "3", "--slice", "--stats", "running", "--samples", "2000"];
    let lines = call("landscape", &[&regression[..], &plane].concat());
    let run = [&["run", "--quiet", "--steps", "12"], &NET[..], &regression].concat();
    let want = Folder::new("landscape-regression").summary(&run)["train_loss"].as_f64().unwrap();
    let middle = &lines[2];
    assert_eq!((&middle["a"], lines.len()), (&serde_json::json!(0.0), 4));
    assert!((middle["loss"].as_f64().unwrap() / want - 1.0).abs() < 1e-5, "{middle} {want}");
}

#[test]
fn landscapes_as_comma_separated_values() {
    let folder = Folder::new("csv");
    let options = ["landscape", "--steps", "2", "--points", "2", "--format", "csv"];
    let text = folder.call(&[&options[..], &NET].concat()).stdout;
    let lines: Vec<&str> = text.lines().collect();
    assert!(lines[0].starts_with("# {") && lines[0].contains("\"depth\":\"2\""));
    assert_eq!((lines[1], lines.len()), ("point,a,b,loss", 6));
    assert!(lines[2].starts_with("0,-1,-1,") && lines[5].starts_with("3,1,1,"));
}

#[test]
fn curvature_prints_leading_eigenvalues_in_order() {
    let line = call("curvature", &["--products", "20", "--top", "3", "--vectors", "2"]).remove(0);
    let of = |key: &str| -> Vec<f64> {
        line["spectrum"][key].as_array().unwrap().iter().map(|e| e[0].as_f64().unwrap()).collect()
    };
    let (largest, smallest) = (of("largest"), of("smallest"));
    assert!(largest.len() == 3 && largest.is_sorted_by(|a, b| a >= b) && smallest.is_sorted());
    assert!(largest[0] > smallest[0]);
    // No bound below rounding.
    for key in ["largest", "smallest"] {
        for pair in line["spectrum"][key].as_array().unwrap() {
            let [value, error] = [0, 1].map(|i| pair[i].as_f64().unwrap());
            assert!(error >= f64::EPSILON * value.abs(), "{key}: {pair}");
        }
    }
    assert_eq!(line["spectrum"]["edge"], 20.0);
    let weights: f64 = line["spectrum"]["quadrature"].as_array().unwrap().iter().map(|q| q[1].as_f64().unwrap()).sum();
    assert!((weights - 1.0).abs() < 1e-9);
    let shares: Vec<f64> =
        line["spectrum"]["gradient_share"].as_array().unwrap().iter().map(|s| s.as_f64().unwrap()).collect();
    assert!(shares.is_sorted() && shares[2] <= 1.0);
}

#[test]
fn what_diverged_is_null() {
    let folder = Folder::new("probe-diverged");
    let sets = ["--set", "norm=none", "--set", "lr=100", "--set", "activation=relu", "--set", "depth=5"];
    let lines =
        folder.lines(&[&["probe", "--steps", "500", "--every", "500", "--probes", "loss_range"], &sets[..]].concat());
    let end = &lines.last().unwrap()["end"];
    assert!(end["diverged_at"].as_u64().is_some(), "{end}");
    assert_eq!((&lines[2]["low"], &lines[2]["step"]), (&Value::Null, &end["steps"]));
}

#[test]
fn bad_input_has_a_message_for_each_problem() {
    let refused = |arguments: &[&str], words: &[&str]| {
        let folder = Folder::new(&format!("refused-{}", arguments.join("").len()));
        let answer = folder.call(arguments);
        assert_eq!((answer.code, answer.stdout.as_str()), (2, ""), "{arguments:?}: {}", answer.stderr);
        let messages: Vec<&str> = answer.stderr.lines().collect();
        assert_eq!(messages.len(), words.len(), "{messages:?}");
        for word in words {
            assert!(messages.iter().any(|m| m.contains(word) && m.starts_with("normlab: ")), "{messages:?}");
        }
    };
    refused(&["probe", "--probes", "loss_range,nonsense,\u{1b}[31m"], &["“nonsense”", "there is no “\u{fffd}[31m”"]);
    refused(
        &["landscape", "--plane", "flat", "--stats", "mine", "--shard", "4/3", "--format", "xml"],
        &[
            "--plane flat: allowed: random, gradient, pca, line",
            "--stats mine: allowed: batch, running, precise",
            "--shard 4/3",
            "--format xml",
        ],
    );
    refused(&["landscape", "--plane", "line", "--steps", "0"], &["the line from A to B is 0"]);
    refused(&["landscape", "--plane", "pca", "--steps", "1"], &["runs along a straight line"]);
    refused(&["landscape", "--plane", "line", "--set", "a.norm=none", "--set", "b.norm=batch"], &["the same network"]);
    refused(&["curvature", "--stats", "precise"], &["allowed: batch, running"]);
    refused(&["curvature", "--set", "width=256", "--set", "depth=40", "--products", "1000"], &["leave room for"]);
    refused(&["probe", "--set", "depth=99", "--set", "lr=x"], &["depth: ", "lr: "]);
}

#[test]
fn the_table_of_measures_names_them_all() {
    let text = Folder::new("list").call(&["probe", "--list"]).stdout;
    assert_eq!(text.lines().count(), 2 + normlab::measure::MEASURES.len());
    assert!(text.contains("| `loss_range` | nats |"));
}
