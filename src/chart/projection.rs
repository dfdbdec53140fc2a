//! Where points of a box lie on the sheet when it is seen from a side, in parallel projection.

/// From where the surface is seen, in degrees.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Turn {
    /// Around the vertical axis; at 0 the horizontal axis runs to the right and the other one away.
    pub yaw: f64,
    /// Above the horizon; at 90 the surface is seen from straight above.
    pub pitch: f64,
}

/// Height of the box, in units of half its side.
pub(super) const HEIGHT: f64 = 1.25;
/// Space around the box for labels: left, top, right, bottom.
const AROUND: [f64; 4] = [30.0, 16.0, 12.0, 26.0];
/// A point of the box: both axes from −1 to 1, height from 0 to 1.
pub(super) type Point = (f64, f64, f64);

/// Where points of the box lie on the sheet.
pub(super) struct View {
    middle: (f64, f64),
    /// Pixels in half a side of the box.
    scale: f64,
    yaw: (f64, f64),
    pitch: (f64, f64),
}

impl View {
    pub fn new(turn: Turn, (width, height): (f64, f64)) -> View {
        let (yaw, pitch) = (libm::sincos(turn.yaw.to_radians()), libm::sincos(turn.pitch.to_radians()));
        let [left, top, right, bottom] = AROUND;
        let (across, up) = ((width - left - right).max(8.0), (height - top - bottom).max(8.0));
        // As if a diagonal were seen in full: turning around the vertical axis does not zoom.
        let diagonal = 2.0 * std::f64::consts::SQRT_2;
        let scale = (across / diagonal).min(up / (diagonal * pitch.0 + HEIGHT * pitch.1));
        View { middle: (left + across / 2.0, top + up / 2.0), scale, yaw, pitch }
    }

    /// How far a point is from the viewer, up to a constant.
    pub fn depth(&self, x: f64, y: f64) -> f64 {
        x * self.yaw.0 + y * self.yaw.1
    }

    pub fn at(&self, (x, y, z): Point) -> (f64, f64) {
        let right = x * self.yaw.1 - y * self.yaw.0;
        let up = self.depth(x, y) * self.pitch.0 + (z - 0.5) * HEIGHT * self.pitch.1;
        (self.middle.0 + self.scale * right, self.middle.1 - self.scale * up)
    }

    /// The far end of each axis.
    pub fn far(&self) -> (f64, f64) {
        (if self.yaw.0 < 0.0 { -1.0 } else { 1.0 }, if self.yaw.1 < 0.0 { -1.0 } else { 1.0 })
    }
}

/// How much a cell is turned to the light, which comes from above the viewer's left shoulder: −1 to 1.
pub(super) fn slope([a, b, c, d]: [Point; 4], view: &View) -> f64 {
    let across = |z: f64, over: f64| z * HEIGHT / over;
    let dx = across((b.2 + c.2 - a.2 - d.2) / 2.0, b.0 - a.0);
    let dy = across((c.2 + d.2 - a.2 - b.2) / 2.0, d.1 - a.1);
    // The normal (−dx, −dy, 1), turned as the box is: right, away, up.
    let (right, away) = (-dx * view.yaw.1 + dy * view.yaw.0, -dx * view.yaw.0 - dy * view.yaw.1);
    let light = (-0.5, -0.6, 0.62);
    (right * light.0 + away * light.1 + light.2) / (dx * dx + dy * dy + 1.0).sqrt()
}
