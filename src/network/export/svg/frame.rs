use crate::network::layout::Position;

/// Of the whole drawing, in pixels.
pub const WIDTH: f32 = 1280.0;
pub const HEIGHT: f32 = 900.0;
/// Corners of the picture itself; the legend stands right of it.
pub const PICTURE: [f32; 4] = [24.0, 60.0, 980.0, 876.0];

/// From places of a layout to places of the picture.
pub struct Frame {
    scale: f32,
    /// Middle of the layout and of the picture.
    from: Position,
    to: Position,
    /// Whether what lies far outside is drawn near the edge.
    is_open: bool,
}

/// From how far out, of the way from the middle to the edge, the far is drawn nearer.
const NEAR: f32 = 0.84;
/// Of how many places an open frame leaves out one on each side.
const OUTSIDE: usize = 8;

impl Frame {
    /// Holds all places, with some air.
    pub fn of(places: impl Iterator<Item = Position> + Clone) -> Self {
        let along = |axis: usize| {
            let along = places.clone().map(move |place| place[axis]);
            let (least, most) = along.fold((f32::MAX, f32::MIN), |(least, most), x| (least.min(x), most.max(x)));
            if least > most { (0.0, 0.0) } else { (least, most) }
        };
        Self::within(along(0), along(1), false)
    }

    /// Holds most places well apart; the others stand near the edge, in their direction and by their distance.
    pub fn of_most(places: impl Iterator<Item = Position> + Clone) -> Self {
        let along = |axis: usize| {
            let mut along: Vec<f32> = places.clone().map(|place| place[axis]).collect();
            along.sort_by(f32::total_cmp);
            let outside = along.len() / OUTSIDE;
            let ends = along.get(outside).zip(along.iter().rev().nth(outside));
            ends.map_or((0.0, 0.0), |(least, most)| (*least, *most))
        };
        Self::within(along(0), along(1), true)
    }

    fn within((left, right): (f32, f32), (bottom, top): (f32, f32), is_open: bool) -> Self {
        let [x1, y1, x2, y2] = PICTURE;
        let air = if is_open { 110.0 } else { 30.0 };
        let scale =
            ((x2 - x1 - 2.0 * air) / (right - left).max(0.05)).min((y2 - y1 - 2.0 * air) / (top - bottom).max(0.05));
        Self {
            scale,
            from: [(left + right) / 2.0, (bottom + top) / 2.0],
            to: [(x1 + x2) / 2.0, (y1 + y2) / 2.0],
            is_open,
        }
    }

    /// Downwards, as on a screen.
    pub fn place(&self, [x, y]: Position) -> Position {
        let [x, y] = [self.scale * (x - self.from[0]), -self.scale * (y - self.from[1])];
        let [x1, y1, x2, y2] = PICTURE;
        let out = (2.0 * x / (x2 - x1)).abs().max((2.0 * y / (y2 - y1)).abs());
        let nearer = if self.is_open && out > NEAR { (1.0 - (1.0 - NEAR) * NEAR / out) / out } else { 1.0 };
        [self.to[0] + nearer * x, self.to[1] + nearer * y]
    }
}

/// Grows with the square root, as an area does.
pub fn sized(value: u32, most: u32, [smallest, largest]: [f32; 2]) -> f32 {
    smallest + (largest - smallest) * (value as f32 / most.max(1) as f32).sqrt()
}
