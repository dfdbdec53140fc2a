//! The page's title: what the two runs share, and how many things set them apart.

use super::{Scene, names};
use crate::config::field::Affects;
use crate::edition::Edition;
use crate::state::pair::Pair;

/// The title and the sentence below it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Title {
    /// A few words.
    pub title: String,
    /// What follows from them.
    pub lede: String,
}

/// What two runs have in common. Where it takes a closer look to be sure, they do not claim it.
pub struct Shared {
    /// Training and validation samples.
    pub data: bool,
    /// Initial weights.
    pub weights: bool,
    /// Which samples are in each mini-batch.
    pub batches: bool,
}

impl Shared {
    /// What a pair shares.
    pub fn of(pair: &Pair) -> Shared {
        let differences = names::differences(pair);
        let same = |what: Affects| !differences.iter().any(|field| field.affects.contains(&what));
        Shared { data: same(Affects::Data), weights: same(Affects::Weights), batches: same(Affects::Batches) }
    }

    /// What the two runs of a scene share: weights that were given are not those that the seed draws.
    pub(super) fn by(scene: &Scene) -> Shared {
        let shared = Shared::of(&scene.pair);
        Shared { weights: shared.weights && !scene.frames().any(|(_, frame)| frame.given), ..shared }
    }

    /// What both runs do, as the beginning of a sentence.
    pub fn sentence(&self) -> &'static str {
        match (self.weights, self.batches) {
            (true, true) => "Both runs start from the same weights and see the same mini-batches",
            (true, false) => "Both runs start from the same weights",
            (false, true) => "Both runs see the same mini-batches",
            (false, false) => "The two runs have begun",
        }
    }
}

/// Whether the two runs learn different things.
pub fn other_task(pair: &Pair) -> bool {
    names::differences(pair).iter().any(|field| field.affects.contains(&Affects::Task))
}

impl Scene {
    /// The title of a pair: what its settings say, unless a run has left them behind.
    pub fn title(&self, pair: &Pair) -> Title {
        let moved: Vec<&str> =
            self.frames().filter(|(_, frame)| frame.moved.is_some()).map(|(side, _)| names::letter(side)).collect();
        let given: Vec<&str> =
            self.frames().filter(|(_, frame)| frame.given).map(|(side, _)| names::letter(side)).collect();
        match moved[..] {
            // Only the full edition can start from a file.
            [] if Edition::Full.is_here() && !given.is_empty() => Title {
                title: format!("Weights of your own in {}.", given.join(" and ")),
                lede: "Whatever separates A and B may come from the weights that they start from, and this link alone \
                       does not lead to these numbers."
                    .into(),
            },
            [] => of(pair),
            [run] => Title {
                title: format!("Run {run} was moved by hand."),
                lede: format!(
                    "It trains on from a point of its landscape, so A and B are no longer a matched pair, and this \
                     link does not lead to run {run}'s numbers. Reset starts both over."
                ),
            },
            _ => Title {
                title: "Both runs were moved by hand.".into(),
                lede: "They train on from points of their landscapes, so A and B are no longer a matched pair, and \
                       this link does not lead to their numbers. Reset starts both over."
                    .into(),
            },
        }
    }
}

/// The title of a pair.
pub fn of(pair: &Pair) -> Title {
    let differences = names::differences(pair);
    let shared = Shared::of(pair);
    let same: Vec<&str> =
        [(shared.data, "same data"), (shared.weights, "same weights"), (shared.batches, "same batches")]
            .into_iter()
            .filter_map(|(is, words)| is.then_some(words))
            .collect();
    let same = if same.is_empty() { String::new() } else { format!("{}. ", names::capital(&same.join(", "))) };
    match differences[..] {
        [] => Title {
            title: format!("{same}No difference."),
            lede: "A and B are one run, twice: every number of the two must agree. Give one of them another \
                   normalization, or press A=B beside any setting to let them differ in it."
                .into(),
        },
        [field] if field.name == "seed" => Title {
            title: "Same settings. One difference: the seed.".into(),
            lede: "Two networks of one kind start from different weights and see different data in another order, \
                   so whatever separates them is chance."
                .into(),
        },
        [field] => Title {
            title: match field.name {
                "norm" => format!("{same}One difference."),
                _ => format!("{same}One difference: {}.", names::label(field)),
            },
            lede: format!("{}, so whatever separates them is the difference that you make.", beginning(&shared)),
        },
        _ => Title {
            title: format!("{} differences: the cause cannot be told apart.", differences.len()),
            lede: format!(
                "A and B differ in {}. Whatever separates them may come from any of these, or from several together.",
                names::list(&differences.into_iter().map(names::label).collect::<Vec<_>>())
            ),
        },
    }
}

/// How two copies begin.
fn beginning(shared: &Shared) -> &'static str {
    match (shared.weights, shared.batches) {
        (true, true) => "Two copies of one network start alike and see the same mini-batches",
        (true, false) => "Two copies of one network start alike",
        (false, true) => "Two networks see the same mini-batches",
        (false, false) => "All else is the same",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;
    use crate::run::Run;
    use crate::scene::finding;
    use crate::session::Session;
    use crate::session::frame::Camera;
    use crate::state::pair::Side;
    use crate::state::view::View;

    fn with(sets: &[(Side, &str, &str)]) -> Pair {
        let mut pair = Pair::default();
        for (side, name, value) in sets {
            pair.set(*side, name, value).unwrap();
        }
        pair
    }

    #[test]
    fn the_title_claims_no_more_than_is_true() {
        let same = (Side::Both, "norm", "batch");
        for (sets, title) in [
            (&[][..], "Same data, same weights, same batches. One difference."),
            (&[same], "Same data, same weights, same batches. No difference."),
            (&[same, (Side::A, "batch", "2")], "Same data, same weights. One difference: batch size."),
            (&[same, (Side::A, "depth", "2")], "Same data, same batches. One difference: depth."),
            (
                &[same, (Side::A, "activation", "tanh")],
                "Same data, same weights, same batches. One difference: activation.",
            ),
            (&[same, (Side::A, "data", "xor")], "One difference: data."),
            (&[same, (Side::A, "seed", "2")], "Same settings. One difference: the seed."),
            (&[(Side::A, "batch", "2"), (Side::A, "lr", "1")], "3 differences: the cause cannot be told apart."),
            (&[(Side::A, "groups", "4")], "Same data, same weights, same batches. One difference."),
        ] {
            assert_eq!(of(&with(sets)).title, title);
        }
        let four = with(&[(Side::A, "batch", "2"), (Side::A, "lr", "1"), (Side::A, "optimizer", "adam")]);
        assert!(
            of(&four).lede.starts_with("A and B differ in batch size, learning rate, optimizer and normalization.")
        );
        assert!(!of(&with(&[same, (Side::A, "batch", "2")])).lede.contains("mini-batches"));
    }

    /// They are not those that the seed draws, whatever the settings say.
    #[test]
    fn weights_that_were_given_are_not_said_to_be_shared() {
        let config = Config { width: 8, depth: 1, ..Config::default() };
        let pair = Pair { a: config, b: config };
        let mut scene = Scene::default();
        scene.restart(pair);
        for side in [Side::A, Side::B] {
            let mut run = Run::<f32>::new(config).unwrap();
            if side == Side::A {
                let other = Run::<f32>::new(Config { seed: 2, ..config }).unwrap();
                run.start_from(other.state().clone());
            }
            let session = Session::of(run);
            scene.take(side, Camera::new(&session).take(&session, 6.0, true));
        }
        assert_eq!(scene.title(&pair).title, "Weights of your own in A.");
        assert_eq!(Shared::by(&scene).sentence(), "Both runs see the same mini-batches");
        let found: String = finding::of(&scene, &View::default()).text.into_iter().map(|p| p.text).collect();
        assert!(found.starts_with("Both runs see the same mini-batches"), "{found}");
    }

    #[test]
    fn scores_on_different_data_do_not_compare() {
        assert!(other_task(&with(&[(Side::A, "data", "spirals")])));
        assert!(other_task(&with(&[(Side::Both, "data", "spirals"), (Side::A, "noise", "0.5")])));
        assert!(!other_task(&with(&[(Side::A, "noise", "0.5")])), "the digits have no noise");
        assert!(!other_task(&with(&[(Side::A, "seed", "5")])));
    }
}
