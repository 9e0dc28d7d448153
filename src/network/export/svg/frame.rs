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
}

impl Frame {
    /// Holds all places, with some air.
    pub fn of(places: impl Iterator<Item = Position> + Clone) -> Self {
        let bounds = |axis: usize| {
            let along = places.clone().map(move |place| place[axis]);
            let (least, most) = along.fold((f32::MAX, f32::MIN), |(least, most), x| (least.min(x), most.max(x)));
            if least > most { (0.0, 0.0) } else { (least, most) }
        };
        let ((left, right), (bottom, top)) = (bounds(0), bounds(1));
        let [x1, y1, x2, y2] = PICTURE;
        let air = 30.0;
        let scale =
            ((x2 - x1 - 2.0 * air) / (right - left).max(0.05)).min((y2 - y1 - 2.0 * air) / (top - bottom).max(0.05));
        Self { scale, from: [(left + right) / 2.0, (bottom + top) / 2.0], to: [(x1 + x2) / 2.0, (y1 + y2) / 2.0] }
    }

    /// Downwards, as on a screen.
    pub fn place(&self, [x, y]: Position) -> Position {
        [self.to[0] + self.scale * (x - self.from[0]), self.to[1] - self.scale * (y - self.from[1])]
    }
}

/// Grows with the square root, as an area does.
pub fn sized(value: u32, most: u32, [smallest, largest]: [f32; 2]) -> f32 {
    smallest + (largest - smallest) * (value as f32 / most.max(1) as f32).sqrt()
}
