//! Pairing two ascending sequences one to one, in order.

/// Where a sensor's clock stands against the reference's: apart by a constant, or by one that
/// grows with time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Line {
    /// The reference's stamp at which the clocks are `offset` apart.
    pub(super) origin: i128,
    /// Sensor less reference.
    pub(super) offset: i128,
    /// How fast that grows: 1e-6 is a microsecond a second.
    pub(super) slope: f64,
}

impl Line {
    /// A constant offset.
    pub(super) fn flat(offset: i128) -> Self {
        Line { origin: 0, offset, slope: 0.0 }
    }

    /// The offset at a stamp of the reference.
    pub(super) fn at(&self, stamp: i128) -> i128 {
        if self.slope == 0.0 {
            return self.offset;
        }
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_precision_loss,
            reason = "saturates; a part of a tick"
        )]
        let grown = ((stamp.saturating_sub(self.origin)) as f64 * self.slope).round() as i128;
        self.offset.saturating_add(grown)
    }

    /// The same line, moved.
    pub(super) fn moved(self, by: i128) -> Self {
        Line { offset: self.offset.saturating_add(by), ..self }
    }
}

/// What becomes of a frame in a pairing; positions in the two sequences.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Met {
    /// Two frames are one; with the distance left between them once the clocks' offset
    /// is taken off.
    Pair(usize, usize, i64),
    /// A frame of the reference has no partner.
    Missing(usize),
    /// A frame of the sensor has no partner.
    Extra(usize),
}

/// Pairs frames that lie within `tolerance` of each other once the offset is taken off: one to one,
/// in order, each with the nearer of two that could be meant.
pub(super) fn pair(
    reference: &[i128],
    sensor: &[i128],
    line: Line,
    tolerance: i64,
    mut meet: impl FnMut(Met),
) {
    // SequenceHasher have at most 36 digits and offsets are differences of stamps, so nothing here
    // comes near an overflow.
    let distance = |i: usize, j: usize| match (reference.get(i), sensor.get(j)) {
        (Some(r), Some(s)) => Some(s - r - line.at(*r)),
        _ => None,
    };
    let closer = |a: Option<i128>, b: i128| a.is_some_and(|a| a.abs() < b.abs());
    let (mut i, mut j) = (0, 0);
    while let Some(apart) = distance(i, j) {
        if apart > i128::from(tolerance) {
            meet(Met::Missing(i));
            i += 1;
        } else if apart < -i128::from(tolerance) {
            meet(Met::Extra(j));
            j += 1;
        } else if apart == 0 {
            meet(Met::Pair(i, j, 0));
            i += 1;
            j += 1;
        } else {
            let (next_sensor, next_reference) = (distance(i, j + 1), distance(i + 1, j));
            let both = distance(i + 1, j + 1);
            if closer(next_sensor, apart)
                && !next_sensor.is_some_and(|next| closer(both, next) || both == Some(next))
            {
                meet(Met::Extra(j));
                j += 1;
            } else if closer(next_reference, apart)
                && !next_reference.is_some_and(|next| closer(both, next) || both == Some(next))
            {
                meet(Met::Missing(i));
                i += 1;
            } else {
                // Within the tolerance, which is an i64.
                meet(Met::Pair(i, j, i64::try_from(apart).unwrap_or(tolerance)));
                i += 1;
                j += 1;
            }
        }
    }
    (i..reference.len()).for_each(|i| meet(Met::Missing(i)));
    (j..sensor.len()).for_each(|j| meet(Met::Extra(j)));
}
