//! The keys of a bucket, in byte order, made up as they are asked for.

use std::sync::Arc;

/// The objects of a bucket. A million of them take no more memory than one: keys that differ by a
/// number alone are one run.
#[derive(Clone, Debug, Default)]
pub struct Keys {
    /// In byte order; no run reaches into the next.
    runs: Vec<Run>,
    /// The position of each run's first key among all keys.
    starts: Vec<u64>,
    total: u64,
}

/// Keys that differ by a number alone.
#[derive(Clone, Debug)]
struct Run {
    before: String,
    numbers: Option<Numbers>,
    after: String,
    count: u64,
    object: Object,
}

/// Numbers of one width: filled up with zeros from the left, so that their order is that
/// of their texts.
#[derive(Clone, Copy, Debug)]
struct Numbers {
    first: u64,
    step: u64,
    width: usize,
}

/// What an object holds.
#[derive(Clone, Debug)]
pub(crate) enum Object {
    /// So many zeros.
    Zeros(u64),
    /// These bytes.
    Bytes(Arc<[u8]>),
}

impl Object {
    pub(crate) fn size(&self) -> u64 {
        match self {
            Object::Zeros(size) => *size,
            Object::Bytes(bytes) => bytes.len() as u64,
        }
    }

    /// The bytes from `start` to before `end`, which the object has.
    pub(crate) fn part(&self, start: u64, end: u64) -> Vec<u8> {
        let index = |at: u64| usize::try_from(at).unwrap_or(usize::MAX);
        match self {
            Object::Zeros(_) => vec![0; index(end - start)],
            Object::Bytes(bytes) => {
                bytes.get(index(start)..index(end)).unwrap_or_default().to_vec()
            }
        }
    }
}

impl Run {
    fn render(&self, position: u64, into: &mut Vec<u8>) {
        into.clear();
        into.extend_from_slice(self.before.as_bytes());
        if let Some(numbers) = self.numbers {
            let mut digits = itoa::Buffer::new();
            let text = digits.format(numbers.first + numbers.step * position);
            into.resize(into.len() + numbers.width.saturating_sub(text.len()), b'0');
            into.extend_from_slice(text.as_bytes());
        }
        into.extend_from_slice(self.after.as_bytes());
    }

    fn key(&self, position: u64) -> Vec<u8> {
        let mut key = Vec::new();
        self.render(position, &mut key);
        key
    }
}

impl Keys {
    /// No keys.
    #[must_use]
    pub fn new() -> Keys {
        Keys::default()
    }

    /// Adds one object with its content. The key is taken as it is, however odd.
    #[must_use]
    pub fn object(self, key: &str, content: impl Into<Vec<u8>>) -> Keys {
        let object = Object::Bytes(content.into().into());
        self.with(Run {
            before: key.to_owned(),
            numbers: None,
            after: String::new(),
            count: 1,
            object,
        })
    }

    /// Adds a folder's marker: an object of no bytes. The key is to end in `/`.
    #[must_use]
    pub fn marker(self, key: &str) -> Keys {
        self.object(key, [])
    }

    /// Adds `count` objects of `size` zeros each: `before`, a number, `after`. The numbers begin at
    /// `first` and rise by `step`; shorter ones are filled up with zeros to the width of the last.
    #[must_use]
    pub fn numbered(
        self,
        before: &str,
        first: u64,
        step: u64,
        count: u64,
        after: &str,
        size: u64,
    ) -> Keys {
        if count == 0 {
            return self;
        }
        let width = (first + step * (count - 1)).to_string().len();
        self.with(Run {
            before: before.to_owned(),
            numbers: Some(Numbers { first, step, width }),
            after: after.to_owned(),
            count,
            object: Object::Zeros(size),
        })
    }

    /// A drive as the platform takes it, below `prefix` (empty, or ending in `/`): scenes of
    /// frames, 100 ms apart, one LiDAR and `cameras` cameras; without metadata.json.
    #[must_use]
    pub fn drive(mut self, prefix: &str, cameras: u64, scenes: u64, frames: u64) -> Keys {
        let sensors = std::iter::once(("lidar-top".to_owned(), ".pcd"))
            .chain((0..cameras).map(|camera| (format!("camera-c{camera}"), ".jpg")));
        for (sensor, suffix) in sensors {
            for scene in 0..scenes {
                let first = 1_681_532_060_061 + scene * 10_000_000;
                self = self.numbered(
                    &format!("{prefix}{sensor}/scene_{scene:04}/"),
                    first,
                    100,
                    frames,
                    suffix,
                    4096,
                );
            }
        }
        self
    }

    fn with(mut self, run: Run) -> Keys {
        let (first, last) = (run.key(0), run.key(run.count - 1));
        let at = self.runs.partition_point(|known| known.key(0) < first);
        let clear_before = at
            .checked_sub(1)
            .and_then(|at| self.runs.get(at))
            .is_none_or(|known| known.key(known.count - 1) < first);
        let clear_behind = self.runs.get(at).is_none_or(|known| last < known.key(0));
        assert!(
            clear_before && clear_behind,
            "the keys of `{}` and their neighbours overlap",
            run.before
        );
        self.runs.insert(at, run);
        self.starts = self
            .runs
            .iter()
            .scan(0, |total, run| {
                let start = *total;
                *total += run.count;
                Some(start)
            })
            .collect();
        self.total = self.runs.iter().map(|run| run.count).sum();
        self
    }

    /// How many there are.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.total
    }

    /// Writes the key at a position, and gives what the object holds. `None` behind the last.
    pub(crate) fn at(&self, position: u64, key: &mut Vec<u8>) -> Option<&Object> {
        if position >= self.total {
            return None;
        }
        let at = self.starts.partition_point(|&start| start <= position).checked_sub(1)?;
        let run = self.runs.get(at)?;
        run.render(position - self.starts.get(at)?, key);
        Some(&run.object)
    }

    /// The position of the first key that is not below `key`.
    pub(crate) fn position(&self, key: &[u8]) -> u64 {
        let at = self.runs.partition_point(|run| run.key(run.count - 1).as_slice() < key);
        let (Some(run), Some(&start)) = (self.runs.get(at), self.starts.get(at)) else {
            return self.total;
        };
        let (mut low, mut high) = (0, run.count);
        let mut rendered = Vec::new();
        while low < high {
            let middle = low + (high - low) / 2;
            run.render(middle, &mut rendered);
            if rendered.as_slice() < key {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        start + low
    }

    /// The position behind all keys that start with `prefix`.
    pub(crate) fn behind(&self, prefix: &[u8]) -> u64 {
        let mut next = prefix.to_vec();
        while let Some(last) = next.pop() {
            if last < u8::MAX {
                next.push(last + 1);
                return self.position(&next);
            }
        }
        self.total
    }

    /// What the object of exactly this key holds.
    pub(crate) fn get(&self, key: &[u8]) -> Option<&Object> {
        let mut found = Vec::new();
        let object = self.at(self.position(key), &mut found)?;
        (found == key).then_some(object)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(keys: &Keys) -> Vec<String> {
        let mut key = Vec::new();
        (0..keys.count())
            .map(|position| {
                keys.at(position, &mut key);
                String::from_utf8(key.clone()).unwrap()
            })
            .collect()
    }

    #[test]
    fn keys_come_in_byte_order_and_are_found_again() {
        let keys = Keys::new()
            .object("metadata.json", "{}")
            .numbered("b/", 98, 1, 4, ".pcd", 7)
            .marker("b/")
            .object("a//b", "")
            .numbered("b0/", 0, 5, 3, "/", 0);
        let listed = all(&keys);
        let mut sorted = listed.clone();
        sorted.sort();
        assert_eq!(listed, sorted);
        assert_eq!(listed[1..4], ["b/", "b/098.pcd", "b/099.pcd"]);
        for (position, key) in (0..).zip(&listed) {
            assert_eq!(keys.position(key.as_bytes()), position, "{key}");
            assert!(keys.get(key.as_bytes()).is_some());
        }
        assert_eq!(keys.position(b"b/098.pcd\0"), 3);
        assert_eq!(keys.behind(b"b/"), 6);
        assert_eq!(keys.behind(b"z"), keys.count());
        assert!(keys.get(b"b/097.pcd").is_none());
    }
}
