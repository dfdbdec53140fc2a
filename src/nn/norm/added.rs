//! Softsign, y = x/(1 + |x|): what `docs/normalization.md` promises of adding a normalization, put to the test.
//! This file and its line in the table are all there is of it, and only this crate's own tests have it.
//!
//! x, y: `[rows × channels]`. Nothing is cached. Backward: dx = dy/(1 + |x|)².

use super::{Card, Learns, Over, Parts, Refusal, Script, Site};
use crate::choice::Choice;
use crate::kernels::Real;
use crate::mark::{Marker, mark};
use crate::nn::layer::{Back, Layer, Pass};
use crate::nn::layout::Layout;

pub(super) const CARD: Card = Card {
    choice: Choice { name: "added", label: "Softsign", help: "Squashes each value; it measures nothing." },
    over: Over::Nothing,
    running: false,
    scale_free: false,
    replaces_bias: false,
    learns: Learns::Nothing,
    eps: None,
    parts: Parts::Whole,
    settings: &["warmup"],
    script: Script::of(&[], PYTORCH),
    mark: mark((90, 90, 0), (220, 220, 90), Some((1, 1)), Marker::Disc),
};

/// The layer in an exported script.
const PYTORCH: &str = r#"

def normalization(channels):
    return nn.Softsign()
"#;

pub(super) fn check(site: &Site) -> Result<(), Refusal> {
    if site.batch > 1 {
        return Ok(());
    }
    Err(Refusal::new("batch", &["norm"], || "Softsign, for the test's sake, dislikes a single sample".into()))
}

pub(super) fn build<F: Real>(_site: &Site, _name: &str, _layout: &mut Layout) -> Option<Box<dyn Layer<F>>> {
    Some(Box::new(Softsign))
}

struct Softsign;

/// 1 + |x|
fn size<F: Real>(x: F) -> F {
    F::ONE + if x < F::ZERO { -x } else { x }
}

impl<F: Real> Layer<F> for Softsign {
    fn forward(&self, _pass: &Pass<F>, x: &[F], y: &mut [F], _cache: &mut [F]) {
        for (y, &x) in y.iter_mut().zip(x) {
            *y = x / size(x);
        }
    }

    fn backward(&self, _pass: &Pass<F>, back: Back<F>, _cache: &mut [F], dx: Option<&mut [F]>, _gradient: &mut [F]) {
        let Some(dx) = dx else { return };
        for ((dx, &dy), &x) in dx.iter_mut().zip(back.dy).zip(back.x) {
            *dx = dy / (size(x) * size(x));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::choice::Choices;
    use crate::config::Config;
    use crate::config::fields::{self, FIELDS};
    use crate::export;
    use crate::nn::norm::Norm;
    use crate::scene::{Scene, finding};
    use crate::session::Session;
    use crate::session::frame::Camera;
    use crate::state::pair::{Page, Pair, Side};
    use crate::state::view::View;

    fn config() -> Config {
        let mut config = Config { batch: 8, depth: 1, ..Config::default() };
        fields::set(&mut config, "norm", "added").unwrap();
        config
    }

    #[test]
    fn it_is_in_menus_links_and_settings() {
        let config = config();
        assert_eq!(config.norm, Norm::Added);
        let menu = FIELDS.iter().find(|f| f.name == "norm").unwrap();
        let crate::config::field::Kind::Choice(all) = menu.kind else { panic!("a menu") };
        assert!(all().contains(&CARD.choice));
        let page = Page { pair: Pair { a: config, b: Config::default() }, ..Page::default() };
        assert!(page.to_hash().contains("added"));
        assert_eq!(Page::from_hash(&page.to_hash()).0.pair.a.norm, Norm::Added);
        // Its card says which settings matter to it.
        let matters = |name| (fields::named(name).unwrap().relevant)(&config);
        let shown = ["warmup", "order", "affine", "eps", "groups", "freeze", "decay_norm"].map(matters);
        assert_eq!(shown, [true, true, false, false, false, false, false]);
    }

    #[test]
    fn it_trains_and_has_a_name_and_colours_in_charts() {
        let pair = Pair { a: config(), b: Config { norm: Config::default().norm, ..config() } };
        let mut scene = Scene::default();
        scene.restart(pair);
        for (side, config) in [(Side::A, pair.a), (Side::B, pair.b)] {
            let mut session = Session::new(config).unwrap();
            (0..300).for_each(|_| session.step());
            session.settle();
            scene.take(side, Camera::new(&session).take(&session, 6.0, true));
        }
        let last = scene.frame(Side::A).unwrap().validations.last().unwrap();
        assert!(last.loss < 0.9 * pair.a.guessing(), "{}", last.loss);
        assert_eq!(scene.mark(Side::A), CARD.mark);
        let found = finding::of(&scene, &View::default());
        assert!(found.text.iter().any(|part| part.text.contains(CARD.choice.label)), "{:?}", found.text);
    }

    #[test]
    fn it_is_exported() {
        let script = export::export(config(), 3, "run.safetensors").ok().unwrap().script;
        assert!(script.contains("nn.Softsign()") && !script.contains("BatchNorm"), "{script}");
    }

    #[test]
    fn where_it_cannot_stand_it_says_so_and_what_can() {
        let problems = Config { batch: 1, ..config() }.check();
        assert_eq!(problems.len(), 1);
        let problem = &problems[0];
        assert_eq!((problem.field.as_str(), problem.fix.as_deref()), ("batch", Some("2")));
        assert!(problem.reason.contains("dislikes"));
        assert_eq!(problem.or[0].fix.as_deref(), Some(Norm::SAFEST.choice().name));
    }
}
