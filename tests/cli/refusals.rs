//! Bad input: exit code 2, one message per problem, and nothing written.

use crate::runner::{Answer, Folder};
use safetensors::tensor::TensorView;
use safetensors::{Dtype, SafeTensors};

/// Longest message that is still one to read: whatever was typed is repeated shortened.
const READABLE: usize = 600;

/// Calls the runner with that and with every output that it could write.
fn call(folder: &Folder, arguments: &[&str]) -> Answer {
    let outputs = ["--initial", "initial", "--save", "saved", "--batches", "batches"];
    folder.call(&[&["run", "--steps", "3"], arguments, &outputs].concat())
}

/// Checks a refusal: as many messages as `words`, in whatever order, each word in one of them.
fn assert_refused(folder: &Folder, arguments: &[&str], words: &[&str]) {
    let before = folder.content();
    let shown: Vec<String> = arguments.iter().map(|a| format!("{a:.60}")).collect();
    let answer = call(folder, arguments);
    assert_eq!(answer.code, 2, "{shown:?}: {}", answer.stderr);
    assert_eq!(answer.stdout, "", "{shown:?}");
    assert!(folder.content() == before, "{shown:?} left something behind");
    let messages: Vec<&str> = answer.stderr.lines().collect();
    assert_eq!(messages.len(), words.len(), "{shown:?}: {messages:?}");
    for word in words {
        assert!(messages.iter().any(|m| m.contains(word)), "{shown:?}: {messages:?} without {word}");
    }
    for message in messages {
        assert!(message.starts_with("normlab: "), "{shown:?}: {message}");
        assert!(message.len() < READABLE, "{shown:?}: {} bytes", message.len());
        assert!(!message.contains(char::is_control), "{shown:?}: {message:?}");
    }
}

#[test]
fn values_that_no_setting_takes() {
    let folder = Folder::new("values");
    let numbers = ["NaN", "inf", "-inf", "1e999", "-1", "1e300", "", " ", "0x10", "1,5", "ten", "<b>1</b>", "１"];
    for key in ["depth", "width", "batch", "groups", "lr", "weight_decay", "momentum", "eps", "noise", "seed"] {
        for value in numbers {
            assert_refused(&folder, &["--set", &format!("{key}={value}")], &[&format!("{key}: ")]);
        }
    }
    for key in ["data", "norm", "activation", "optimizer", "init", "model"] {
        for value in ["", "BATCH", "batch norm", "<script>alert(1)</script>", "null", "0"] {
            assert_refused(&folder, &["--set", &format!("{key}={value}")], &["allowed: "]);
        }
    }
    let beyond = ["depth=0", "depth=41", "width=1", "batch=2049", "lr=0", "lr=100.1", "momentum=1", "seed=4294967296"];
    for setting in beyond {
        assert_refused(&folder, &["--set", setting], &["allowed: "]);
    }
}

#[test]
fn settings_that_do_not_exist() {
    let folder = Folder::new("unknown");
    for setting in ["depht=5", "=5", "c.depth=5", "a.=1", "a.a.depth=1", "<img src=x>=1", "steps=5", "Depth=5"] {
        assert_refused(&folder, &["--set", setting], &["there is no such setting"]);
    }
    for no_value in ["depth", "", "depth:5"] {
        assert_refused(&folder, &["--set", no_value], &["expected KEY=VALUE"]);
    }
    assert_refused(&folder, &["--set", "\u{1b}[31mred\n=1"], &["there is no such setting"]);
}

/// A key without a value may hold control characters that would recolour a terminal.
#[test]

fn control_characters_are_not_repeated() {
    let folder = Folder::new("control-characters");
    assert_refused(&folder, &["--set", "\u{1b}[31mred\nnext line"], &["expected KEY=VALUE"]);
}

#[test]
fn every_problem_has_its_message() {
    let folder = Folder::new("several");
    let sets = ["--set", "depth=99", "--set", "lr=NaN", "--set", "nonsense=1", "--set", "norm=bach"];
    assert_refused(&folder, &sets, &["depth: ", "lr: ", "nonsense: ", "norm: "]);
    folder.write("bad.json", br#"{"depth": "five", "eps": null, "lr": true, "norm": 3, "width": 64.5, "x": {}}"#);
    let words = ["depth: ", "eps: ", "lr: ", "norm: ", "width: ", "x: ", "batch: "];
    assert_refused(&folder, &["--config", "bad.json", "--set", "batch=0"], &words);
    assert_refused(&folder, &["--set", "depth", "--set", "lr=-1"], &["--set depth", "lr: "]);
}

#[test]
fn combinations_that_cannot_be_trained() {
    let folder = Folder::new("combinations");
    assert_refused(&folder, &["--set", "batch=1"], &["BatchNorm needs more than one value"]);
    assert_refused(&folder, &["--set", "norm=group", "--set", "groups=7"], &["7 groups cannot share 64 channels"]);
    let single = ["--set", "norm=group", "--set", "width=7", "--set", "groups=7"];
    assert_refused(&folder, &single, &["every output would be β; allowed: 1"]);
    assert_refused(&folder, &["--set", "norm=instance"], &["InstanceNorm"]);
    assert_refused(&folder, &["--set", "data=xor", "--set", "batch=401"], &["the training set has 400 samples"]);
    assert_refused(&folder, &["--set", "subset=31"], &["the training set has 31 samples"]);
    let few = ["--set", "tune_at=2", "--set", "tune_samples=31"];
    assert_refused(
        &folder,
        &few,
        &["each step takes a batch of 32 samples; allowed: 0, 32 to 2000; or batch: 2 to 31"],
    );
    let both = ["--set", "data=xor", "--set", "batch=512", "--set", "norm=instance"];
    assert_refused(&folder, &both, &["norm: ", "batch: "]);
}

#[test]
fn every_way_out_is_named() {
    let folder = Folder::new("ways");
    let instance = "allowed: none, batch, sync, ghost, layer, group, rms, renorm, lp, noisy, noise, dyt";
    assert_refused(&folder, &["--set", "norm=instance"], &[instance]);
    let devices = ["--set", "batch=32", "--set", "devices=32"];
    assert_refused(&folder, &devices, &["allowed: 64, 96, … 1408; or devices: 1, 2, 4, 8, 16; or norm: "]);
    let single = ["--set", "model=cnn", "--set", "depth=2", "--set", "batch=1"];
    assert_refused(&folder, &single, &["allowed: 2 to 1437; or head_norm: off; or norm: "]);
    let answer = folder.call(&["run", "--steps", "0", "--set", "a.batch=1", "--set", "a.norm=sync"]);
    assert_eq!(answer.code, 2);
    assert!(answer.stderr.contains("a.batch: ") && answer.stderr.contains("; or a.norm: "), "{}", answer.stderr);
}

#[test]
fn a_key_that_is_given_twice_is_named() {
    let folder = Folder::new("twice");
    let sets = ["--set", "depth=2", "--set", "lr=0.1", "--set", "depth=3"];
    assert_refused(&folder, &sets, &["--set depth: given twice, as “2” and “3”"]);
    folder.write("twice.json", br#"{"depth": 2, "lr": 0.1, "depth": 3, "lr": 0.1, "lr": 1}"#);
    assert_refused(&folder, &["--config", "twice.json"], &["“depth” is there twice", "“lr” is there twice"]);
    folder.write("once.json", br#"{"depth": 2, "a.depth": 3}"#);
    assert_eq!(folder.call(&["run", "--steps", "0", "--config", "once.json", "--set", "depth=4"]).code, 0);
}

/// What is read is bounded, and what is said.
#[test]
fn millions_of_unknown_keys_give_one_message() {
    let folder = Folder::new("millions");
    let keys = |n: usize| {
        let entries: Vec<String> = (0..n).map(|i| format!("\"key{i}\":1")).collect();
        format!("{{{}}}", entries.join(","))
    };
    folder.write("keys.json", keys(3_000_000).as_bytes());
    assert_refused(&folder, &["--config", "keys.json"], &["longer than 2097152 bytes; allowed: a JSON object"]);
    folder.write("keys.json", keys(100_000).as_bytes());
    assert_refused(&folder, &["--config", "keys.json"], &["the configuration: “100000 settings”"]);
    folder.write("keys.json", keys(60).as_bytes());
    let answer = folder.call(&["run", "--config", "keys.json"]);
    let messages: Vec<&str> = answer.stderr.lines().collect();
    assert_eq!((answer.code, messages.len(), *messages.last().unwrap()), (2, 51, "normlab: and 10 more problems"));
}

#[test]
fn data_is_checked_with_the_family_that_reads_it() {
    let folder = Folder::new("data-family");
    let refused = |arguments: &[&str], word: &str| {
        let answer = folder.call(&[&["data"], arguments, &["--out", "out"]].concat());
        assert_eq!((answer.code, answer.stdout.as_str(), answer.stderr.lines().count()), (2, "", 1), "{arguments:?}");
        assert!(answer.stderr.contains(word), "{}", answer.stderr);
    };
    refused(&["xor", "--set", "model=cnn", "--set", "depth=2"], "a convolutional network reads images");
    refused(&["xor", "--set", "model=transformer"], "those of this data set have no steps");
    refused(&["recall", "--set", "model=mlp"], "this data set is of tokens");
    refused(&["xor", "--set", "batch=401"], "the training set has 400 samples");
    refused(&["xor", "--set", "data=digits"], "xor was asked for");
    assert_eq!(folder.content(), []);
    for name in ["digits", "spirals", "circles", "xor", "gaussians", "linear", "shapes", "recall", "majority"] {
        let answer = folder.call(&["data", name, "--out", "out"]);
        assert_eq!((answer.code, answer.stderr.as_str()), (0, ""), "{name}");
    }
    let fitting = ["data", "recall", "--set", "model=rnn", "--set", "length=8", "--out", "out"];
    assert_eq!(folder.call(&fitting).code, 0);
}

/// Pairs take no files, so these are called without any.
#[test]
fn pairs_are_checked_on_both_sides() {
    let folder = Folder::new("pairs");
    let refused = |sets: &[&str], words: &[&str]| {
        let answer = folder.call(&[&["run", "--steps", "3"], sets].concat());
        assert_eq!((answer.code, answer.stdout.as_str()), (2, ""));
        let messages: Vec<&str> = answer.stderr.lines().collect();
        assert_eq!(messages.len(), words.len(), "{messages:?}");
        assert!(messages.iter().zip(words).all(|(m, w)| m.contains(w)), "{messages:?}");
    };
    refused(&["--set", "a.norm=instance", "--set", "b.batch=1"], &["a.norm: ", "b.batch: "]);
    refused(&["--set", "a.depth=0", "--set", "b.lr=inf", "--set", "b.foo=1"], &["a.depth: ", "b.lr: ", "b.foo: "]);
    refused(&["--set", "data=xor", "--set", "b.batch=512"], &["b.batch: "]);
    assert_refused(&folder, &["--set", "a.norm=layer"], &["go with one run, not with a pair"]);
    let answer = folder.call(&["data", "xor", "--out", "data", "--set", "b.seed=2"]);
    assert_eq!((answer.code, answer.stderr.lines().count()), (2, 1));
    assert_eq!(folder.content(), []);
}

#[test]
fn configurations_that_are_not_a_json_object() {
    let folder = Folder::new("json");
    let texts: [&[u8]; 12] = [
        b"",
        b"{",
        b"depth=5",
        b"{\"depth\": 1e999}",
        b"{\"depth\": NaN}",
        b"{\"depth\": 5,}",
        b"\xff\xfe{}",
        b"\0",
        b"[]",
        b"[{\"depth\": 5}]",
        b"null",
        b"\"depth\"",
    ];
    for text in texts {
        folder.write("bad.json", text);
        assert_refused(&folder, &["--config", "bad.json"], &[""]);
    }
    folder.write("bad.json", "[".repeat(1 << 20).as_bytes());
    assert_refused(&folder, &["--config", "bad.json"], &["not JSON"]);
    assert_refused(&folder, &["--config", "missing.json"], &["missing.json"]);
    assert_refused(&folder, &["--config", "."], &["."]);
}

#[test]
fn a_megabyte_of_text_gives_a_message_of_a_line() {
    let folder = Folder::new("megabyte");
    let long = "x".repeat(1 << 20);
    let texts = [
        (long.clone(), "not JSON"),
        (format!("\"{long}\""), "the configuration"),
        (format!("{{\"{long}\": 1}}"), "no such setting"),
        (format!("{{\"norm\": \"{long}\"}}"), "norm: "),
        (format!("{{\"depth\": \"{long}\"}}"), "depth: "),
        (format!("{{\"depth\": [\"{long}\"]}}"), "depth: "),
        (format!("{{\"depth\": {}}}", "9".repeat(1 << 20)), ""),
    ];
    for (text, word) in texts {
        folder.write("long.json", text.as_bytes());
        assert_refused(&folder, &["--config", "long.json"], &[word]);
    }
    // A command line does not take a megabyte.
    let long = &long[..100_000];
    assert_refused(&folder, &["--set", &format!("depth={long}")], &["depth: "]);
    assert_refused(&folder, &["--set", &format!("{long}=1")], &["no such setting"]);
    assert_refused(&folder, &["--set", long], &["expected KEY=VALUE"]);
}

/// A file of weights for `depth` hidden layers of `width`.
fn weights(folder: &Folder, name: &str, depth: usize, width: usize, norm: &str) -> Vec<u8> {
    let (depth, width, norm) = (format!("depth={depth}"), format!("width={width}"), format!("norm={norm}"));
    let sets = ["--set", &depth, "--set", &width, "--set", &norm, "--set", "data=xor"];
    folder.lines(&[&["run", "--quiet", "--steps", "0", "--save", name], &sets[..]].concat());
    folder.read(name)
}

#[test]
fn weights_that_do_not_fit() {
    let folder = Folder::new("weights");
    let good = weights(&folder, "good", 1, 8, "batch");
    let load = |name: &str, words: &[&str]| {
        let net = ["--set", "data=xor", "--set", "depth=1", "--set", "width=8", "--load", name];
        assert_refused(&folder, &net, words);
    };
    load("missing", &["missing: "]);
    load(".", &[".: "]);
    for end in [0, 1, 7, 8, 9, 100, good.len() / 2, good.len() - 1] {
        folder.write("cut", &good[..end]);
        load("cut", &["cut: not a whole safetensors file"]);
    }
    let mut header_of_exabytes = good.clone();
    header_of_exabytes[..8].fill(0xff);
    folder.write("cut", &header_of_exabytes);
    load("cut", &["cut: not a whole safetensors file"]);
    let mut header_of_megabytes = good.clone();
    header_of_megabytes[..8].copy_from_slice(&99_999_999u64.to_le_bytes());
    folder.write("cut", &header_of_megabytes);
    load("cut", &["cut: not a whole safetensors file"]);
    folder.write("cut", &[&good[..], b"more"].concat());
    load("cut", &["cut: not a whole safetensors file"]);
    for (foreign, what) in [
        (&b"PK\x03\x04 a zip archive of some kind"[..], "this is a zip archive"),
        (
            b"PK\x03\x04\0\0 archive/data.pkl",
            "this is a PyTorch pickle (.pt, .pth), not safetensors: save the weights with",
        ),
        (b"{\"depth\": 5}", "this is JSON"),
        ("€".repeat(4096).as_bytes(), "not a whole safetensors file"),
    ] {
        folder.write("foreign", foreign);
        load("foreign", &[&format!("foreign: {what}")]);
    }

    weights(&folder, "wide", 1, 9, "batch");
    load("wide", &["wide: it is of another network: that has width 9; this one has width 8"]);

    weights(&folder, "deep", 2, 8, "batch");
    load("deep", &["deep: it is of another network: that has depth 2; this one has depth 1"]);

    weights(&folder, "layer", 1, 8, "layer");
    let statistics = "that has normalization layers without running statistics; this one has normalization layers with";
    load("layer", &[&format!("layer: it is of another network: {statistics} running statistics")]);

    let file = SafeTensors::deserialize(&good).unwrap();
    let zeros = [0; 8 * 2 * 8];
    let views = file.iter().map(|(name, view)| match name {
        "linear1.weight" => (name, TensorView::new(Dtype::I64, vec![8, 2], &zeros).unwrap()),
        _ => (name, view),
    });
    folder.write("whole", &safetensors::serialize(views, None).unwrap());
    load("whole", &["whole: linear1.weight is of type I64, and F32, F16, BF16 and F64 are read"]);
    let variance: Vec<u8> =
        [1f32, 0.5, -0.5, f32::NAN, 1.0, 1.0, 1.0, 1.0].iter().flat_map(|v| v.to_le_bytes()).collect();
    let views = file.iter().map(|(name, view)| match name {
        "norm1.running_var" => (name, TensorView::new(Dtype::F32, vec![8], &variance).unwrap()),
        _ => (name, view),
    });
    folder.write("negative", &safetensors::serialize(views, None).unwrap());
    load("negative", &["negative: norm1.running_var[2] is -0.5, and no variance is negative"]);
}

/// Names come from whoever made the file.
#[test]

fn names_of_foreign_tensors_are_shortened_and_escaped() {
    let folder = Folder::new("foreign-names");
    let good = weights(&folder, "good", 1, 8, "none");
    let file = SafeTensors::deserialize(&good).unwrap();
    let (long, control) = ("x".repeat(1 << 20), "\u{1b}[31mred\nnext line");
    let extra = [long.as_str(), control].map(|name| (name, TensorView::new(Dtype::F32, vec![0], &[]).unwrap()));
    folder.write("foreign", &safetensors::serialize(file.iter().chain(extra), None).unwrap());
    let net = ["--set", "data=xor", "--set", "depth=1", "--set", "width=8", "--set", "norm=none", "--load", "foreign"];
    assert_refused(&folder, &net, &["which this network has not"]);
}

#[test]
fn outputs_that_cannot_be_written() {
    let folder = Folder::new("outputs");
    folder.write("file", b"a file, not a folder");
    let before = folder.content();
    for path in ["no/such/folder/out", "file/out", "."] {
        for (bad, good) in [("--initial", "--save"), ("--save", "--batches"), ("--batches", "--initial")] {
            let answer = folder.call(&["run", "--steps", "3", good, "good", bad, path]);
            assert_eq!(
                (answer.code, answer.stdout.as_str(), answer.stderr.lines().count()),
                (2, "", 1),
                "{bad} {path}"
            );
        }
        let answer = folder.call(&["data", "xor", "--out", path]);
        assert_eq!((answer.code, answer.stdout.as_str(), answer.stderr.lines().count()), (2, "", 1), "{path}");
    }
    assert!(folder.content() == before);
}

/// A folder that exists, but in which nobody may create files.
#[test]
#[cfg(target_os = "linux")]
fn folders_in_which_nothing_can_be_created() {
    let folder = Folder::new("read-only");
    for option in ["--initial", "--save", "--batches"] {
        let answer = folder.call(&["run", "--steps", "3", option, "/proc/out"]);
        assert_eq!((answer.code, answer.stdout.as_str(), answer.stderr.lines().count()), (2, "", 1), "{option}");
    }
}

#[test]
fn arguments_that_the_runner_does_not_have() {
    let folder = Folder::new("arguments");
    let calls: [&[&str]; 9] = [
        &[],
        &["train"],
        &["run", "--steps", "-1"],
        &["run", "--steps", "1e3"],
        &["run", "--steps", "99999999999999999999"],
        &["run", "--speed", "9"],
        &["data"],
        &["data", "digits"],
        &["fields", "extra"],
    ];
    for arguments in calls {
        let answer = folder.call(arguments);
        assert_eq!((answer.code, answer.stdout.as_str()), (2, ""), "{arguments:?}");
        assert!(!answer.stderr.is_empty());
    }
    let answer = folder.call(&["data", "mnist", "--out", "data"]);
    assert_eq!((answer.code, answer.stdout.as_str()), (2, ""));
    assert_eq!(answer.stderr.lines().count(), 1);
    assert!(answer.stderr.contains("digits, spirals, circles, xor, gaussians"));
    assert_eq!(folder.content(), []);
}
