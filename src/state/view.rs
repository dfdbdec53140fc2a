//! What the page shows, apart from what trains: the same kind of table as for a run.

use crate::choice::choices;
use crate::config::field::{Field, Kind, Scale, Slot, choices};
use crate::config::fields::FIELDS;
use crate::edition::Edition;
use crate::measure::Measure;
use crate::probe::landscape::{Cut, Policy};
pub use crate::state::charts::{Curve, Layers};
use crate::sweep::plan::Metric;

choices! {
    /// Colours.
    pub enum Theme {
        Auto: "auto", "System", "As the system is set.";
        Light: "light", "Light", "Dark on light.";
        Dark: "dark", "Dark", "Light on dark.";
    }
}

choices! {
    /// Which part of the page is shown.
    pub enum Part {
        Lab: "lab", "Lab", "Two runs side by side.";
        Sweep: "sweep", "Sweep", "Many runs on a grid over two settings.";
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
    /// The loss axis.
    pub enum AxisScale {
        Log: "log", "Log", "Equal factors are equally far apart.";
        Linear: "linear", "Linear", "Equal differences are equally far apart.";
    }
}

choices! {
    /// How much of the loss landscape is shown.
    pub enum Slice {
        Line: "1d", "1-D", "The loss along one direction through the weights.";
        Plane: "2d", "2-D", "The loss over a plane through the weights.";
        Relief: "3d", "3-D", "The same plane as a surface: its height is the loss. Drag it, or use the arrow keys, to turn it.";
    }
}

choices! {
    /// Whether the landscapes follow training.
    pub enum Live {
        On: "on", "Live", "The landscapes follow training, coarse at first, finer as soon as the runs rest.";
        Off: "off", "Frozen", "The landscapes stay at the step at which they were frozen, and are refined there.";
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
    /// Which part of the page.
    pub view: Part,
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
    /// Steps between two measurements of whatever of that is measured.
    pub every: usize,
    /// The inner panels.
    pub slice: Slice,
    /// Which line or plane through the weights.
    pub plane: Cut,
    /// Statistics for the landscape.
    pub stats: Policy,
    /// Whether the landscapes follow training.
    pub live: Live,
    /// From which side the landscape is seen, in degrees.
    pub yaw: usize,
    /// From how high above the horizon, in degrees.
    pub pitch: usize,
    /// What a sweep shows of its cells.
    pub sweep_metric: Metric,
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
            view: Part::Lab,
            steps: 1000,
            speed: Speed::Quick,
            start: Start::Playing,
            curve: Curve::Loss,
            scale: AxisScale::Log,
            layers: Layers::Activations,
            every: 100,
            slice: Slice::Plane,
            plane: Cut::Random,
            stats: Policy::Batch,
            live: Live::On,
            yaw: 30,
            pitch: 40,
            sweep_metric: Metric::ValAccuracy,
            theme: Theme::Auto,
            hide: Vec::new(),
            embed: Frame::Page,
        }
    }
}

impl View {
    /// What has to be measured while the runs train: in the large chart, in the layer panels.
    pub fn measures(&self) -> [Option<&'static Measure>; 2] {
        [self.curve.measure(), self.layers.measure()]
    }

    /// The smallest edition of the engine that can show it.
    pub fn edition(&self) -> Edition {
        let part = match self.view {
            Part::Lab => Edition::First,
            Part::Sweep => Edition::Full,
        };
        let slice = match self.slice {
            Slice::Line | Slice::Plane => Edition::First,
            Slice::Relief => Edition::Full,
        };
        let measured = self.curve.edition().max(self.layers.edition());
        part.max(slice).max(cut(self.plane)).max(policy(self.stats)).max(measured)
    }
}

/// The smallest edition that can cut that plane.
fn cut(plane: Cut) -> Edition {
    match plane {
        Cut::Random => Edition::First,
        Cut::Gradient | Cut::Principal | Cut::Line => Edition::Full,
    }
}

/// The smallest edition that has these statistics.
fn policy(statistics: Policy) -> Edition {
    match statistics {
        Policy::Batch | Policy::Running => Edition::First,
        Policy::Precise => Edition::Full,
    }
}

/// Panels that `hide` can name, besides every field of a run.
pub const PANELS: &[&str] = &[
    "title",
    "transport",
    "question",
    "finding",
    "controls",
    "cards",
    "curves",
    "layers",
    "landscape",
    "experiments",
    "export",
    "share",
    "views",
    "theme",
];

fn hideable() -> Vec<&'static str> {
    PANELS.iter().copied().chain(FIELDS.iter().map(|f| f.name)).collect()
}

/// Every field of [`View`].
pub static VIEW: &[Field<View>] = &[
    Field {
        name: "view",
        label: "View",
        help: "Which part of the page is shown.",
        group: "View",
        kind: Kind::Choice(choices::<Part>),
        slot: |v| Slot::Choice(&mut v.view),
        ..Field::PLAIN
    },
    Field {
        name: "steps",
        label: "Stop at",
        help: "Both runs stop at this step, so that everyone with this link ends on the same numbers.",
        group: "View",
        kind: Kind::Whole { min: 1, max: 1_000_000, scale: Scale::Log },
        slot: |v| Slot::Whole(&mut v.steps),
        ..Field::PLAIN
    },
    Field {
        name: "speed",
        label: "Speed",
        help: "Training steps per second.",
        group: "View",
        kind: Kind::Choice(choices::<Speed>),
        slot: |v| Slot::Choice(&mut v.speed),
        ..Field::PLAIN
    },
    Field {
        name: "start",
        label: "Start",
        help: "Whether training starts by itself.",
        group: "View",
        kind: Kind::Choice(choices::<Start>),
        slot: |v| Slot::Choice(&mut v.start),
        ..Field::PLAIN
    },
    Field {
        name: "curve",
        label: "Curve",
        help: "What the large chart plots over the steps.",
        group: "View",
        kind: Kind::Choice(choices::<Curve>),
        slot: |v| Slot::Choice(&mut v.curve),
        ..Field::PLAIN
    },
    Field {
        name: "scale",
        label: "Axis",
        help: "How the loss axis is divided.",
        group: "View",
        kind: Kind::Choice(choices::<AxisScale>),
        slot: |v| Slot::Choice(&mut v.scale),
        ..Field::PLAIN
    },
    Field {
        name: "layers",
        label: "Layer panels",
        help: "What the panels by layer show.",
        group: "View",
        kind: Kind::Choice(choices::<Layers>),
        slot: |v| Slot::Choice(&mut v.layers),
        ..Field::PLAIN
    },
    Field {
        name: "every",
        label: "Measured every",
        help: "Steps between two measurements. What takes long, such as curvature or precise statistics, is measured at every fourth of these.",
        group: "View",
        kind: Kind::Whole { min: 1, max: 10_000, scale: Scale::Log },
        relevant: |v| v.measures().iter().any(Option::is_some),
        slot: |v| Slot::Whole(&mut v.every),
        ..Field::PLAIN
    },
    Field {
        name: "slice",
        label: "Landscape",
        help: "A line or a plane through the weights.",
        group: "View",
        kind: Kind::Choice(choices::<Slice>),
        slot: |v| Slot::Choice(&mut v.slice),
        ..Field::PLAIN
    },
    Field {
        name: "plane",
        label: "Landscape's directions",
        help: "Which line or plane through the weights the landscape shows.",
        group: "View",
        kind: Kind::Choice(choices::<Cut>),
        slot: |v| Slot::Choice(&mut v.plane),
        ..Field::PLAIN
    },
    Field {
        name: "stats",
        label: "Landscape statistics",
        help: "Which statistics BatchNorm uses while the landscape is measured.",
        group: "View",
        kind: Kind::Choice(choices::<Policy>),
        slot: |v| Slot::Choice(&mut v.stats),
        ..Field::PLAIN
    },
    Field {
        name: "sweep_metric",
        label: "Shown",
        help: "What the map and the lines of a sweep show; all of it is measured in each cell.",
        group: "View",
        kind: Kind::Choice(choices::<Metric>),
        slot: |v| Slot::Choice(&mut v.sweep_metric),
        ..Field::PLAIN
    },
    Field {
        name: "live",
        label: "Landscapes follow",
        help: "Whether the landscapes follow training or stay at the step at which they were frozen.",
        group: "View",
        kind: Kind::Choice(choices::<Live>),
        slot: |v| Slot::Choice(&mut v.live),
        ..Field::PLAIN
    },
    Field {
        name: "yaw",
        label: "Landscape turned by",
        help: "Degrees by which both surfaces are turned around their vertical axis.",
        group: "View",
        kind: Kind::Whole { min: 0, max: 359, scale: Scale::Linear },
        relevant: |v| v.slice == Slice::Relief,
        slot: |v| Slot::Whole(&mut v.yaw),
        ..Field::PLAIN
    },
    Field {
        name: "pitch",
        label: "Landscape seen from",
        help: "Degrees above the horizon from which both surfaces are seen; 90 is straight from above.",
        group: "View",
        kind: Kind::Whole { min: 5, max: 90, scale: Scale::Linear },
        relevant: |v| v.slice == Slice::Relief,
        slot: |v| Slot::Whole(&mut v.pitch),
        ..Field::PLAIN
    },
    Field {
        name: "theme",
        label: "Colours",
        help: "Light, dark, or as the system is set.",
        group: "View",
        kind: Kind::Choice(choices::<Theme>),
        slot: |v| Slot::Choice(&mut v.theme),
        ..Field::PLAIN
    },
    Field {
        name: "hide",
        label: "Hidden",
        help: "Controls and panels that are not shown, for a lesson that needs few.",
        group: "View",
        kind: Kind::Names(hideable),
        slot: |v| Slot::Names(&mut v.hide),
        ..Field::PLAIN
    },
    Field {
        name: "embed",
        label: "Frame",
        help: "Compact, for an iframe.",
        group: "View",
        kind: Kind::Choice(choices::<Frame>),
        slot: |v| Slot::Choice(&mut v.embed),
        ..Field::PLAIN
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
