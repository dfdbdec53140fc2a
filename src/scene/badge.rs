//! How a run is doing, in a few words beside its name.

use super::{Scene, nodes};
use crate::chart::number::count;
use crate::choice::Choices;
use crate::run::verdict::Verdict;
use crate::state::pair::Side;

/// A few words, and what they mean.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Badge {
    /// The words.
    pub text: String,
    /// When they are said.
    pub how: &'static str,
}

impl Badge {
    fn new(text: impl Into<String>, how: &'static str) -> Option<Badge> {
        Some(Badge { text: text.into(), how })
    }
}

/// That a run was moved to other weights by hand, if it was.
pub fn moved(scene: &Scene, side: Side) -> Option<Badge> {
    let step = scene.frame(side)?.moved?;
    let text = format!("moved by hand at step {}", count(step));
    Badge::new(
        text,
        "The network was put at a point of its loss landscape. It trains on from there with the same mini-batches; \
         the optimizer started afresh. Its numbers are no longer those of the link: Reset goes back to it.",
    )
}

/// A run's badge: the verdict on it, in its own words. None while it simply learns, or too early to tell.
pub fn of(scene: &Scene, side: Side) -> Option<Badge> {
    if scene.refused(side) {
        return Badge::new("not trained", "These settings cannot be trained.");
    }
    let frame = scene.frame(side)?;
    let words = frame.verdict.choice();
    if let Some((step, node)) = &frame.divergence {
        let text = format!("{} in {}, step {step}", words.label, nodes::words(node, scene.config(side).norm));
        return Badge::new(text, nodes::FIRST_GONE);
    }
    match frame.verdict {
        Verdict::NotStarted | Verdict::Early | Verdict::Learning => None,
        _ => Badge::new(words.label, words.help),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;
    use crate::session::Session;
    use crate::session::frame::{Camera, Frame};
    use crate::state::pair::Pair;

    #[test]
    fn the_words_are_the_verdicts_and_nothing_is_said_of_who_learns() {
        let pair = Pair::default();
        let session = Session::new(pair.a).unwrap();
        let frame = Camera::new(&session).take(&session, 6.0, true);
        let mut scene = Scene::default();
        scene.restart(pair);
        for &verdict in Verdict::ALL {
            let divergence = (verdict == Verdict::Diverged).then(|| (7, "head".into()));
            scene.take(Side::A, Frame { verdict, divergence, ..frame.clone() });
            let said = of(&scene, Side::A).map(|badge| badge.text);
            let want = match verdict {
                Verdict::NotStarted | Verdict::Early | Verdict::Learning => None,
                Verdict::Diverged => Some("diverged in the output layer, step 7".to_owned()),
                other => Some(other.choice().label.to_owned()),
            };
            assert_eq!(said, want);
        }
        assert_eq!(moved(&scene, Side::A), None);
        scene.take(Side::A, Frame { moved: Some(1200), ..frame.clone() });
        assert_eq!(moved(&scene, Side::A).unwrap().text, "moved by hand at step 1200");
        scene.restart(Pair { b: Config { batch: 1, ..Config::default() }, ..pair });
        assert_eq!(of(&scene, Side::B).unwrap().text, "not trained");
    }
}
