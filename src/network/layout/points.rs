use std::collections::HashMap;
use std::sync::LazyLock;

/// Derived by `tools/province_points.py`; `data/reference/PROVENANCE.md` says from what.
const TABLE: &str = include_str!("../../../data/reference/province_points.csv");

/// A circle on the map: degrees of longitude, Mercator ordinates in degrees.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Disc {
    pub centre: [f32; 2],
    pub radius: f32,
}

/// Where each province is, of every date: the largest circle within its boundary, so that no two of one day overlap.
#[derive(Clone, Debug)]
pub struct Points(HashMap<u16, Disc>);

static EMBEDDED: LazyLock<Points> = LazyLock::new(|| Points::read(TABLE).expect("the table is part of the program"));

impl Points {
    /// Of the provinces that this program knows.
    pub fn embedded() -> &'static Self {
        &EMBEDDED
    }

    /// From lines `istat_code,x,y,radius` below a header.
    fn read(table: &str) -> Option<Self> {
        let row = |line: &str| {
            let mut cells = line.split(',');
            let code = cells.next()?.parse().ok()?;
            let mut number = || cells.next()?.parse::<f32>().ok();
            Some((code, Disc { centre: [number()?, number()?], radius: number()? }))
        };
        table.lines().skip(1).map(row).collect::<Option<_>>().map(Self)
    }

    /// By the number of its ISTAT code.
    pub fn of(&self, province: u16) -> Option<Disc> {
        self.0.get(&province).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_province_of_every_date_has_a_place_of_its_own() {
        let points = Points::embedded();
        for table in [
            include_str!("../../../data/reference/provinces.csv"),
            include_str!("../../../data/reference/provinces_2026.csv"),
        ] {
            let codes: Vec<u16> =
                table.lines().skip(1).map(|line| line.split(',').next().unwrap().parse().unwrap()).collect();
            let discs: Vec<Disc> = codes.iter().map(|code| points.of(*code).expect("it has a point")).collect();
            for (index, one) in discs.iter().enumerate() {
                let [x, y] = one.centre;
                assert!((6.6..18.6).contains(&x) && (37.0..55.0).contains(&y) && one.radius > 0.04, "{one:?}");
                for other in &discs[..index] {
                    let apart = (x - other.centre[0]).hypot(y - other.centre[1]);
                    assert!(apart > one.radius + other.radius - 0.001, "{one:?} {other:?}");
                }
            }
        }
        assert_eq!(points.of(0), None);
    }
}
