//! What the page shows, apart from what trains: the same kind of table as for a run.

use super::field::{Field, Kind, Scale, Slot, choices};
use super::fields::FIELDS;
use crate::choice::choices;

choices! {
    /// Colours.
    pub enum Theme {
        Auto: "auto", "System", "As the system is set.";
        Light: "light", "Light", "Dark on light.";
        Dark: "dark", "Dark", "Light on dark.";
    }
}

choices! {
    /// Whether the runs start by themselves.
    pub enum Start {
        Playing: "playing", "Playing", "Training starts as soon as the page is there.";
        Paused: "paused", "Paused", "Training waits for the play button.";
    }
}

choices! {
    /// Training steps per second.
    pub enum Speed {
        Slow: "slow", "2 steps/s", "Slow enough to watch each step.";
        Steady: "steady", "20 steps/s", "The default in lessons on single steps.";
        Quick: "quick", "100 steps/s", "Fast enough to see the story within seconds.";
        Full: "full", "Full speed", "As fast as this machine trains.";
    }
}

choices! {
    /// What the large chart plots.
    pub enum Curve {
        Loss: "loss", "Loss", "The loss by step.";
        Accuracy: "accuracy", "Accuracy", "Share of samples classified correctly, by step.";
    }
}

choices! {
    /// The loss axis.
    pub enum AxisScale {
        Log: "log", "Log", "Equal factors are equally far apart.";
        Linear: "linear", "Linear", "Equal differences are equally far apart.";
    }
}

choices! {
    /// What the layer panels show.
    pub enum Layers {
        Activations: "activations", "Activations", "Histogram of what enters each nonlinearity.";
        Gradients: "gradients", "Gradients", "Size of the loss's gradient at each layer's output.";
        Boundary: "boundary", "Boundary", "What the network answers at each point of the plane; for 2-D data.";
    }
}

choices! {
    /// How much of the loss landscape is shown.
    pub enum Slice {
        Line: "1d", "1-D", "The loss along one random direction through the weights.";
        Plane: "2d", "2-D", "The loss over a plane of two random directions through the weights.";
    }
}

choices! {
    /// Which statistics BatchNorm uses while the landscape is measured.
    pub enum Stats {
        Batch: "batch", "Batch statistics", "Each point of the landscape uses the statistics of the batch it is measured on.";
        Running: "running", "Running statistics", "All points use the running averages of the present weights.";
    }
}

choices! {
    /// How much of the page is there.
    pub enum Frame {
        Page: "0", "Page", "Everything.";
        Embedded: "1", "Embedded", "No header and no title, for an iframe in a course page.";
    }
}

/// What is seen.
#[derive(Clone, Debug, PartialEq)]
pub struct View {
    /// Where both runs stop.
    pub steps: usize,
    /// How fast they go.
    pub speed: Speed,
    /// Whether they start by themselves.
    pub start: Start,
    /// The large chart.
    pub curve: Curve,
    /// Its vertical axis.
    pub scale: AxisScale,
    /// The outer panels.
    pub layers: Layers,
    /// The inner panels.
    pub slice: Slice,
    /// Statistics for the landscape.
    pub stats: Stats,
    /// Colours.
    pub theme: Theme,
    /// Controls and panels that are not shown.
    pub hide: Vec<String>,
    /// Page or frame.
    pub embed: Frame,
}

impl Default for View {
    fn default() -> View {
        View {
            steps: 1000,
            speed: Speed::Quick,
            start: Start::Playing,
            curve: Curve::Loss,
            scale: AxisScale::Log,
            layers: Layers::Activations,
            slice: Slice::Plane,
            stats: Stats::Batch,
            theme: Theme::Auto,
            hide: Vec::new(),
            embed: Frame::Page,
        }
    }
}

/// Panels that `hide` can name, besides every field of a run.
pub const PANELS: &[&str] =
    &["title", "transport", "finding", "controls", "cards", "curves", "layers", "landscape", "share", "theme"];

fn hideable() -> Vec<&'static str> {
    PANELS.iter().copied().chain(FIELDS.iter().map(|f| f.name)).collect()
}

const ALWAYS: fn(&View) -> bool = |_| true;

/// Every field of [`View`].
pub static VIEW: &[Field<View>] = &[
    Field {
        name: "steps",
        label: "Stop at",
        help: "Both runs stop at this step, so that everyone with this link ends on the same numbers.",
        group: "View",
        kind: Kind::Whole { min: 1, max: 1_000_000, scale: Scale::Log },
        relevant: ALWAYS,
        slot: |v| Slot::Whole(&mut v.steps),
    },
    Field {
        name: "speed",
        label: "Speed",
        help: "Training steps per second.",
        group: "View",
        kind: Kind::Choice(choices::<Speed>),
        relevant: ALWAYS,
        slot: |v| Slot::Choice(&mut v.speed),
    },
    Field {
        name: "start",
        label: "Start",
        help: "Whether training starts by itself.",
        group: "View",
        kind: Kind::Choice(choices::<Start>),
        relevant: ALWAYS,
        slot: |v| Slot::Choice(&mut v.start),
    },
    Field {
        name: "curve",
        label: "Curve",
        help: "What the large chart plots.",
        group: "View",
        kind: Kind::Choice(choices::<Curve>),
        relevant: ALWAYS,
        slot: |v| Slot::Choice(&mut v.curve),
    },
    Field {
        name: "scale",
        label: "Axis",
        help: "How the loss axis is divided.",
        group: "View",
        kind: Kind::Choice(choices::<AxisScale>),
        relevant: ALWAYS,
        slot: |v| Slot::Choice(&mut v.scale),
    },
    Field {
        name: "layers",
        label: "Layer panels",
        help: "What the panels by layer show.",
        group: "View",
        kind: Kind::Choice(choices::<Layers>),
        relevant: ALWAYS,
        slot: |v| Slot::Choice(&mut v.layers),
    },
    Field {
        name: "slice",
        label: "Landscape",
        help: "A line or a plane through the weights.",
        group: "View",
        kind: Kind::Choice(choices::<Slice>),
        relevant: ALWAYS,
        slot: |v| Slot::Choice(&mut v.slice),
    },
    Field {
        name: "stats",
        label: "Landscape statistics",
        help: "Which statistics BatchNorm uses while the landscape is measured.",
        group: "View",
        kind: Kind::Choice(choices::<Stats>),
        relevant: ALWAYS,
        slot: |v| Slot::Choice(&mut v.stats),
    },
    Field {
        name: "theme",
        label: "Colours",
        help: "Light, dark, or as the system is set.",
        group: "View",
        kind: Kind::Choice(choices::<Theme>),
        relevant: ALWAYS,
        slot: |v| Slot::Choice(&mut v.theme),
    },
    Field {
        name: "hide",
        label: "Hidden",
        help: "Controls and panels that are not shown, for a lesson that needs few.",
        group: "View",
        kind: Kind::Names(hideable),
        relevant: ALWAYS,
        slot: |v| Slot::Names(&mut v.hide),
    },
    Field {
        name: "embed",
        label: "Frame",
        help: "Compact, for an iframe.",
        group: "View",
        kind: Kind::Choice(choices::<Frame>),
        relevant: ALWAYS,
        slot: |v| Slot::Choice(&mut v.embed),
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_of_the_struct_stands_in_the_table_once() {
        let printed = format!("{:?}", View::default());
        assert_eq!(printed.matches(": ").count(), VIEW.len());
        assert!(VIEW.iter().all(|f| printed.contains(&format!("{}: ", f.name))));
        assert!(VIEW.iter().all(|v| FIELDS.iter().all(|f| f.name != v.name)), "a key cannot mean two things");
    }

    #[test]
    fn hide_takes_known_names_alone() {
        let hide = VIEW.iter().find(|f| f.name == "hide").unwrap();
        let mut view = View::default();
        hide.set(&mut view, "batch, finding").unwrap();
        assert_eq!(hide.get(&view), "batch,finding");
        assert!(hide.set(&mut view, "batch,<b>").is_err());
        assert_eq!(hide.get(&view), "batch,finding");
    }
}
