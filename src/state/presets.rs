//! Experiments ready to be run: one table, from which the page's menu, the runner's `--preset` and
//! `docs/presets.md` derive.
//!
//! Each asks a question and does not answer it; that the effect is there, `tests/presets.rs` checks. The first
//! edition knows names and states alone, so that it can tell which experiment is set; the words stand in the
//! full one.

use crate::state::pair::{Page, Pair};

/// A pair of runs that answers a question.
pub struct Preset {
    /// Its name in the runner and on the page.
    pub name: &'static str,
    /// Its title.
    pub title: &'static str,
    /// One sentence or two, the last a question that can be answered before the runs are.
    pub question: &'static str,
    /// The page's state, as the hash of a link.
    pub state: &'static str,
    /// What is put to the test: an identity of normalization, or a claim of the literature.
    pub about: About,
    /// Who claimed or first measured it; empty where it is plain arithmetic.
    pub source: &'static str,
}

/// Words that the first edition goes without.
const fn full(words: &'static str) -> &'static str {
    if cfg!(feature = "full") { words } else { "" }
}

/// What a preset is about, as the project's experiments are numbered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum About {
    /// One of the exact identities.
    Identity(u8),
    /// One of the claims about training.
    Claim(u8),
}

impl Preset {
    /// The pair and view that it asks for.
    pub fn page(&self) -> Page {
        Page::from_hash(self.state).0
    }
}

/// The preset of that name.
pub fn named(name: &str) -> Option<&'static Preset> {
    PRESETS.iter().find(|p| p.name == name)
}

/// The preset whose runs these are.
pub fn of(pair: &Pair) -> Option<&'static Preset> {
    PRESETS.iter().find(|p| p.page().pair == *pair)
}

/// In the order of the menu: what anyone may ask first, then other kinds of networks.
pub static PRESETS: &[Preset] = &[
    Preset {
        name: "two",
        title: full("A batch of two"),
        question: full(
            "Each step sees two digits. BatchNorm standardizes each unit over the two, LayerNorm each digit \
                   over its units. Which of the two nets learns?",
        ),
        state: "batch=2&lr=0.01&a.norm=layer",
        about: About::Identity(2),
        source: full(""),
    },
    Preset {
        name: "depth",
        title: full("Twenty layers"),
        question: full(
            "Both nets are twenty layers deep and differ only in BatchNorm. Does the plain one learn anything \
                   in 300 steps?",
        ),
        state: "batch=128&depth=20&width=32&steps=300",
        about: About::Claim(8),
        source: full("Ioffe & Szegedy 2015"),
    },
    Preset {
        name: "he",
        title: full("Better initial weights"),
        question: full(
            "Ten layers: run A has no normalization but He's initial weights, run B has BatchNorm and PyTorch's \
                   usual ones. Can a good start stand in for BatchNorm?",
        ),
        state: "batch=128&depth=10&width=32&a.init=he&b.init=pytorch&steps=300",
        about: About::Claim(8),
        source: full("He et al. 2015"),
    },
    Preset {
        name: "rate",
        title: full("A large learning rate"),
        question: full(
            "The learning rate is 1, ten times what a careful hand would take. Which of the two nets survives \
                   the first hundred steps?",
        ),
        state: "batch=64&lr=1&init=he&steps=300",
        about: About::Claim(7),
        source: full("Ioffe & Szegedy 2015"),
    },
    Preset {
        name: "sigmoid",
        title: full("Units that saturate"),
        question: full(
            "Three layers of a hundred sigmoid units, the net of the first paper on BatchNorm. How much sooner \
                   does it learn with BatchNorm than without?",
        ),
        state: "batch=60&depth=3&width=100&activation=sigmoid&init=normal&init_std=0.1",
        about: About::Claim(10),
        source: full("Ioffe & Szegedy 2015"),
    },
    Preset {
        name: "noise",
        title: full("Noise in every layer"),
        question: full(
            "If BatchNorm helped by keeping each layer's inputs steady, noise behind it should undo that. The \
                   same noise shakes a plain net and one with BatchNorm in front of it: which still learns?",
        ),
        state: "batch=128&lr=0.3&depth=9&init=glorot&a.norm=noise&b.norm=noisy&steps=300",
        about: About::Claim(3),
        source: full("Santurkar et al. 2018"),
    },
    Preset {
        name: "skip",
        title: full("No normalization at all"),
        question: full(
            "Twenty layers again: run A has no normalization, but a way around each layer, whose own part \
                   counts nothing at first. Can it keep up with BatchNorm?",
        ),
        state: "batch=128&depth=20&width=32&a.skip=skipinit&b.skip=none&steps=500",
        about: About::Claim(20),
        source: full("De & Smith 2020"),
    },
    Preset {
        name: "camera",
        title: full("Another camera"),
        question: full(
            "Both nets train alike, but the images to be classified come in other contrast and brightness. Run \
                   B keeps its running averages, run A takes the statistics of 32 new images. Does it matter?",
        ),
        state: "norm=batch&shift_scale=0.3&shift_offset=0.5&a.adapt=32&b.adapt=0&prior=0",
        about: About::Claim(14),
        source: full("Schneider et al. 2020"),
    },
    Preset {
        name: "devices",
        title: full("Eight devices"),
        question: full(
            "Each batch is split over eight devices, four images to each, sorted by class. In run A they \
                   exchange their statistics, in run B each has its own. Does it matter?",
        ),
        state: "devices=8&shards=sorted&a.norm=sync",
        about: About::Claim(15),
        source: full(""),
    },
    Preset {
        name: "small",
        title: full("Small batches of images"),
        question: full(
            "A convolutional net on batches of two images: BatchNorm averages over their pixels too, GroupNorm \
                   within each image. Are two images enough for BatchNorm?",
        ),
        state: "model=cnn&depth=2&width=8&batch=2&lr=0.00625&a.norm=group&groups=4&steps=1500",
        about: About::Claim(12),
        source: full("Wu & He 2018"),
    },
    Preset {
        name: "style",
        title: full("Content and style"),
        question: full(
            "All training images have one contrast, those to be classified another. InstanceNorm standardizes \
                   each channel of each image, BatchNorm all by what it saw in training. Which of them cares?",
        ),
        state: "data=shapes&style=0&model=cnn&depth=2&width=8&padding=reflect&head_norm=off&a.norm=instance\
                &shift_scale=0.4&shift_offset=0.5&steps=600",
        about: About::Claim(16),
        source: full("Ulyanov et al. 2016"),
    },
    Preset {
        name: "time",
        title: full("BatchNorm over time"),
        question: full(
            "Two recurrent nets read each digit in 32 steps and train alike. For inference run B keeps one \
                   running average for all steps, run A one for each step. Which of them works?",
        ),
        state: "model=rnn&depth=1&length=32&activation=tanh&optimizer=adam&lr=0.003&norm=batch&a.over_time=step\
                &b.over_time=pooled&steps=400",
        about: About::Claim(13),
        source: full("Cooijmans et al. 2017"),
    },
    Preset {
        name: "place",
        title: full("Before or after the sum"),
        question: full(
            "Two transformers of six blocks, a large learning rate and no warm-up. LayerNorm stands before \
                   each branch in run A, after each sum in run B. Does the place matter?",
        ),
        state: "data=majority&length=8&model=transformer&depth=6&width=32&activation=gelu&optimizer=adam&lr=0.01\
                &norm=layer&a.placement=pre&b.placement=post&steps=300",
        about: About::Claim(18),
        source: full("Xiong et al. 2020"),
    },
    Preset {
        name: "mean",
        title: full("Without the mean"),
        question: full("RMSNorm divides as LayerNorm does, but subtracts no mean. Does a transformer miss it?"),
        state: "data=majority&length=8&model=transformer&depth=2&width=32&activation=gelu&optimizer=adam&lr=0.003\
                &a.norm=layer&b.norm=rms&steps=400",
        about: About::Claim(17),
        source: full("Zhang & Sennrich 2019"),
    },
];

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn each_can_be_trained_as_it_stands() {
        for preset in PRESETS {
            let (page, notes) = Page::from_hash(preset.state);
            assert_eq!(notes, Vec::<String>::new(), "{}", preset.name);
            assert_eq!(page.pair.a.check(), [], "{}", preset.name);
            assert_eq!(page.pair.b.check(), [], "{}", preset.name);
            assert_ne!(page.pair.a, page.pair.b, "{}: nothing sets the runs apart", preset.name);
            assert!(page.view.steps <= 1500, "{}: too long to watch", preset.name);
            assert_eq!(Page { view: page.view.clone(), ..preset.page() }, page);
            assert_eq!(Page::from_hash(&page.to_hash()), (page, vec![]));
        }
    }

    #[test]
    fn each_is_found_by_its_name_and_by_its_runs() {
        for preset in PRESETS {
            assert!(named(preset.name).is_some_and(|p| std::ptr::eq(p, preset)));
            assert!(of(&preset.page().pair).is_some_and(|p| std::ptr::eq(p, preset)));
        }
        assert!(named("").is_none() && of(&Pair::default()).is_none());
    }

    #[test]
    fn each_asks_a_question_about_something_known() {
        let titles: BTreeSet<&str> = PRESETS.iter().map(|p| p.title).collect();
        assert_eq!(titles.len(), PRESETS.len());
        for Preset { name, question, about, .. } in PRESETS {
            assert!(question.ends_with('?') && question.len() < 240, "{name}");
            assert!(matches!(about, About::Identity(1..=10) | About::Claim(1..=20)), "{name}");
        }
    }
}
