//! What each layer sees, how much gradient it gets, and where the classes meet.

use super::{Scene, names};
use crate::chart::Chart;
use crate::chart::axis::Axis;
use crate::chart::field::{Field, Scale};
use crate::chart::ridges::{Ridge, Ridges};
use crate::chart::stems::Stems;
use crate::config::pair::Side;
use crate::config::view::{Layers, View};
use crate::probe::boundary;
use crate::probe::layers::Layer;

pub(super) fn chart(scene: &Scene, side: Side, view: &View) -> Chart {
    if scene.refused(side) {
        return Chart::Empty(super::NOT_TRAINED.into());
    }
    let Some(frame) = scene.frame(side) else {
        return Chart::Empty("No steps yet".into());
    };
    let mark = names::mark(&scene.pair, side);
    match scene.layers_shown(view) {
        Layers::Activations => match scene.looks.shown(side) {
            Some(look) => Chart::Ridges(Ridges {
                x_name: "value".into(),
                range: look.range,
                mark,
                layers: look.layers.iter().enumerate().map(|(i, l)| ridge(i, l)).collect(),
            }),
            None => Chart::Empty("Looking into the layers …".into()),
        },
        Layers::Gradients => Chart::Stems(Stems {
            name: "gradient norm".into(),
            axis: gradient_axis(scene),
            mark,
            layers: frame.layers.iter().enumerate().map(|(i, l)| (name(i), f64::from(l.gradient))).collect(),
        }),
        Layers::Boundary if frame.boundary.is_empty() => Chart::Empty("Only 2-D data has a decision boundary".into()),
        Layers::Boundary => Chart::Field(Field {
            names: ["x".into(), "y".into()],
            reach: boundary::REACH,
            points: boundary::POINTS,
            values: frame.boundary.iter().map(|&v| f64::from(v)).collect(),
            scale: Scale::Classes(samples(scene, side)),
        }),
    }
}

fn name(i: usize) -> String {
    format!("layer {}", i + 1)
}

fn ridge(i: usize, layer: &Layer) -> Ridge {
    Ridge {
        name: name(i),
        counts: layer.counts.clone(),
        beyond: layer.beyond,
        not_finite: layer.not_finite,
        mean: f64::from(layer.mean),
        deviation: f64::from(layer.deviation),
    }
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
    let set = config.data.load::<f64>(config.noise, config.seed);
    set.train.x.chunks_exact(2).zip(&set.train.y).map(|(p, &class)| (p[0], p[1], class)).collect()
}
