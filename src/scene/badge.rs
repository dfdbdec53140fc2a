//! How a run is doing, in a few words beside its name.

use super::{Scene, nodes};
use crate::chart::number::count;
use crate::config::pair::Side;
use crate::experiment::chance::is_guessing;
use crate::experiment::summary::Verdict;

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

/// A run's badge; none while it simply learns.
pub fn of(scene: &Scene, side: Side) -> Option<Badge> {
    if scene.refused(side) {
        return Badge::new("not trained", "These settings cannot be trained.");
    }
    let (frame, config) = (scene.frame(side)?, scene.config(side));
    if let Some((step, node)) = &frame.divergence {
        let text = format!("diverged in {}, step {step}", nodes::words(node, config.norm));
        return Badge::new(text, nodes::FIRST_GONE);
    }
    // Verdicts look back on mini-batches: what the newest evaluation knows better is not denied.
    let last = frame.validations.last();
    let guesses = last.is_none_or(|v| is_guessing(v.accuracy, config.data.classes(), v.samples));
    match frame.verdict {
        Verdict::Learning => None,
        Verdict::Diverged => Badge::new(
            "worse than guessing",
            "The mean loss of the last 50 steps is more than three times that of guessing.",
        ),
        Verdict::Stuck if guesses => Badge::new(
            "still guessing",
            "The last 50 steps were no better than guessing, in loss and in right answers.",
        ),
        Verdict::Stuck | Verdict::Barely => Badge::new(
            "barely learning",
            "The mean loss of the last 50 steps is still that of guessing, though more answers are right than by chance.",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;
    use crate::config::pair::Pair;
    use crate::experiment::frame::{Camera, Frame};
    use crate::experiment::session::{Session, Validation};

    #[test]
    fn words_fit_the_numbers_beside_them() {
        let pair = Pair::default();
        let mut session = Session::<f32>::new(pair.a).unwrap();
        (0..60).for_each(|_| session.step());
        session.settle();
        let frame = Camera::new(&session).take(&session, 6.0, true);
        let last = *frame.validations.last().unwrap();
        let mut scene = Scene::default();
        scene.restart(pair);
        let mut said = |verdict, accuracy, divergence| {
            let validations = vec![Validation { accuracy, ..last }];
            scene.take(Side::A, Frame { verdict, divergence, validations, ..frame.clone() });
            of(&scene, Side::A).map(|badge| badge.text).unwrap_or_default()
        };
        assert_eq!(said(Verdict::Stuck, 0.1, None), "still guessing");
        assert_eq!(said(Verdict::Stuck, 0.372, None), "barely learning");
        assert_eq!(said(Verdict::Barely, 0.1, None), "barely learning");
        assert_eq!(said(Verdict::Learning, 0.1, None), "");
        assert_eq!(said(Verdict::Diverged, 0.1, Some((7, "head".into()))), "diverged in the output layer, step 7");
        assert_eq!(moved(&scene, Side::A), None);
        scene.take(Side::A, Frame { moved: Some(1200), ..frame.clone() });
        assert_eq!(moved(&scene, Side::A).unwrap().text, "moved by hand at step 1200");
        scene.restart(Pair { b: Config { batch: 1, ..Config::default() }, ..pair });
        assert_eq!(of(&scene, Side::B).unwrap().text, "not trained");
    }
}
