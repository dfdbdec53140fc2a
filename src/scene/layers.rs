//! What each layer sees, how much gradient it gets, and where the classes meet.

use super::placed::placed;
use super::{LATER, Scene, measured, names as runs};
use crate::chart::Chart;
use crate::chart::axis::Axis;
use crate::chart::field::{Field, Scale};
use crate::chart::marks::Marks;
use crate::chart::ridges::{Ridge, Ridges};
use crate::chart::stems::{Stem, Stems};
use crate::config::Config;
use crate::edition::Edition;
use crate::nn::model::Family;
use crate::probe::boundary;
use crate::probe::layers::Layer;
use crate::state::pair::Side;
use crate::state::view::{Layers, View};

pub(super) fn chart(scene: &Scene, side: Side, view: &View) -> Chart {
    if scene.refused(side) {
        return Chart::Empty(super::NOT_TRAINED.into());
    }
    let Some(frame) = scene.frame(side) else {
        return Chart::Empty("No steps yet".into());
    };
    let mark = runs::mark(&scene.pair, side);
    let config = scene.config(side);
    match scene.layers_shown(view) {
        Layers::Activations => match scene.looks.shown(side) {
            Some(look) => Chart::Ridges(Ridges {
                x_name: "value".into(),
                range: look.range,
                mark,
                // For both runs alike, so that their plots are equally wide.
                aside: [Side::A, Side::B].iter().any(|&side| {
                    scene
                        .looks
                        .shown(side)
                        .is_some_and(|look| ridges(&look.layers, config).iter().any(Ridge::is_partial))
                }),
                layers: ridges(&look.layers, config),
            }),
            None if scene.looks.is_lost(side) => Chart::Empty("Its worker keeps crashing".into()),
            None => Chart::Empty("Looking into the layers …".into()),
        },
        Layers::Gradients => Chart::Stems(Stems {
            name: "gradient norm".into(),
            axis: gradient_axis(scene),
            percent: false,
            expectation: String::new(),
            mark,
            layers: names(&frame.layers, config)
                .into_iter()
                .zip(&frame.layers)
                .map(|(name, layer)| Stem { name, value: Some(f64::from(layer.gradient)), expected: None })
                .collect(),
        }),
        Layers::Measure(measure) if Edition::Full.is_here() => measured::newest(scene, side, measure),
        Layers::Measure(_) => Chart::Empty(LATER.into()),
        Layers::Boundary if frame.boundary.is_empty() => Chart::Empty("Only 2-D data has a decision boundary".into()),
        Layers::Boundary => Chart::Field(Field {
            names: ["x".into(), "y".into()],
            axes: [Axis::linear(-boundary::REACH, boundary::REACH); 2],
            points: boundary::POINTS,
            values: frame.boundary.iter().map(|&v| f64::from(v)).collect(),
            scale: Scale::Classes(samples(scene, side)),
            marks: Marks::default(),
        }),
    }
}

fn ridges(layers: &[Layer], config: &Config) -> Vec<Ridge> {
    let ridge = |(name, layer): (String, &Layer)| Ridge {
        name,
        counts: layer.counts.clone(),
        beyond: layer.beyond,
        not_finite: layer.not_finite,
        mean: f64::from(layer.mean),
        deviation: f64::from(layer.deviation),
    };
    names(layers, config).into_iter().zip(layers).map(ridge).collect()
}

/// What the layers are called: `layer 3` where they are a plain sequence, or `conv 3`; else by the part of
/// the network that they stand in, and by their own name where a part has several: `step 3 · tanh 1`.
fn names(layers: &[Layer], config: &Config) -> Vec<String> {
    let own: Vec<&str> = layers.iter().map(|l| l.name.as_str()).collect();
    if own.iter().all(|name| !name.contains('.')) {
        let convolutions = if config.model == Family::Cnn { config.depth } else { 0 };
        let called = |i| match i <= convolutions {
            true => format!("conv {i}"),
            // Behind them there is a single one.
            false if convolutions > 0 => "linear".into(),
            false => format!("layer {i}"),
        };
        return (1..=own.len()).map(called).collect();
    }
    placed(&own)
}

/// Both runs' gradients, over at most twelve decades.
fn gradient_axis(scene: &Scene) -> Axis {
    let all = || scene.frames().flat_map(|(_, f)| f.layers.iter().map(|l| f64::from(l.gradient)));
    let largest = all().filter(|g| g.is_finite()).fold(1e-9, f64::max);
    let axis = Axis::around(all().filter(|g| *g > largest * 1e-12), true, 100.0);
    Axis::log(axis.min / 2.0, axis.max)
}

/// The samples that run trains on.
fn samples(scene: &Scene, side: Side) -> Vec<(f64, f64, u32)> {
    let config = scene.config(side);
    let set = config.data.load::<f64>(&config.recipe());
    set.train.x.chunks_exact(2).zip(&set.train.y).map(|(p, &class)| (p[0], p[1], class)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::Session;
    use crate::session::frame::{Camera, Frame};

    fn frame() -> Frame {
        let session = Session::new(Config { depth: 4, ..Config::default() }).unwrap();
        Camera::new(&session).take(&session, 6.0, true)
    }

    fn called(layers: [&str; 4]) -> Vec<String> {
        let mut frame = frame();
        for (layer, name) in frame.layers.iter_mut().zip(layers) {
            layer.name = name.into();
        }
        names(&frame.layers, &Config::default())
    }

    #[test]
    fn layers_are_called_by_their_place_in_the_network() {
        assert_eq!(names(&frame().layers, &Config::default()), ["layer 1", "layer 2", "layer 3", "layer 4"]);
        let cnn = Config { model: Family::Cnn, depth: 3, ..Config::default() };
        assert_eq!(names(&frame().layers, &cnn), ["conv 1", "conv 2", "conv 3", "linear"]);
        assert_eq!(
            called(["step1.tanh1", "step2.tanh1", "step3.tanh1", "step10.tanh1"]),
            ["step 1", "step 2", "step 3", "step 10"]
        );
        assert_eq!(
            called(["step1.tanh1", "step1.tanh2", "step2.tanh1", "step2.tanh2"]),
            ["step 1 · tanh 1", "step 1 · tanh 2", "step 2 · tanh 1", "step 2 · tanh 2"]
        );
        assert_eq!(called(["stem", "block1.gelu", "block2.gelu", "head"])[..2], ["stem", "block 1 · gelu"]);
    }

    #[test]
    fn both_plots_make_room_for_what_is_beyond_in_either() {
        let mut scene = Scene::default();
        let aside = |scene: &Scene| match chart(scene, Side::A, &View::default()) {
            Chart::Ridges(ridges) => ridges.aside,
            other => panic!("{other:?}"),
        };
        let mut inside = frame();
        inside.layers.iter_mut().for_each(|l| (l.beyond, l.not_finite) = ([0, 0], 0));
        scene.take(Side::A, inside.clone());
        scene.take(Side::B, inside.clone());
        assert!(!aside(&scene));
        inside.layers[2].beyond = [0, 1000];
        scene.take(Side::B, inside);
        assert!(aside(&scene));
    }
}
