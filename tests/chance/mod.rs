//! Numbers for tests that look like chance and are the same in every run.

/// The next number below a bound.
pub(crate) fn pick(seed: &mut u64, below: usize) -> usize {
    *seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    usize::try_from(*seed >> 33).unwrap_or_default() % below.max(1)
}
