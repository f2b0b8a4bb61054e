//! Tables in which a tab, a semicolon or a comma parts the columns: CSV, `rclone lsf --format`,
//! `az … -o tsv`.

use super::line::{Line, after_scheme, object};
use super::plain::is_path;

/// The most columns of a table that is read.
const MOST_COLUMNS: usize = 64;

/// Where in a table its path and its size stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Table {
    /// What parts the columns.
    delimiter: u8,
    columns: usize,
    path: usize,
    size: Option<usize>,
    /// The column that says which entries are no more, and how.
    gone: [Option<(usize, Gone)>; 4],
    /// Whether the first line names the columns.
    pub(super) has_header: bool,
    /// Whether paths are encoded as those of an S3 Inventory are.
    pub(super) is_encoded: bool,
}

/// What a column says of an entry that is no more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Gone {
    True,
    False,
    Any,
}

const PATHS: &[&str] = &[
    "path",
    "fullname",
    "key",
    "name",
    "url",
    "uri",
    "file",
    "filename",
    "filepath",
    "objectname",
    "blobname",
    "relativepath",
    "relpath",
];
const SIZES: &[&str] = &[
    "size",
    "length",
    "bytes",
    "contentlength",
    "properties.contentlength",
    "filesize",
    "sizebytes",
    "sizeinbytes",
];
const GONE: &[(&str, Gone)] = &[
    ("isdeletemarker", Gone::True),
    ("deleted", Gone::True),
    ("islatest", Gone::False),
    ("iscurrentversion", Gone::False),
    ("snapshot", Gone::Any),
    ("timedeleted", Gone::Any),
];

impl Table {
    /// The table that these lines are. An error says what it lacks; `None`: it is no table.
    pub(super) fn of(sample: &[&[u8]]) -> Option<Result<Self, String>> {
        b"\t;,".iter().find_map(|delimiter| Table::parted_by(*delimiter, sample))
    }

    fn parted_by(delimiter: u8, sample: &[&[u8]]) -> Option<Result<Self, String>> {
        let rows: Vec<Vec<&[u8]>> = sample
            .iter()
            .filter(|line| !line.is_empty())
            .map(|line| fields(line, delimiter).take(MOST_COLUMNS + 1).collect())
            .collect();
        let is_quoted = sample.iter().all(|line| line.is_empty() || line.starts_with(b"\""));
        let least = if is_quoted && delimiter == b',' { 1 } else { 2 };
        let columns = rows.iter().map(Vec::len).max().filter(|columns| *columns >= least)?;
        let alike = rows.iter().filter(|row| row.len() == columns).count();
        if columns > MOST_COLUMNS || alike * 10 < rows.len() * 9 {
            return None;
        }
        let header: Vec<String> = rows.first()?.iter().map(|name| plain_name(name)).collect();
        let named = |names: &[&str]| {
            names.iter().find_map(|known| header.iter().position(|name| name == known))
        };
        let has_header =
            named(PATHS).is_some() && !header.iter().any(|name| is_path(name.as_bytes()));
        let body = &rows[usize::from(has_header).min(rows.len())..];
        let values = |column: usize| body.iter().filter_map(move |row| row.get(column).copied());
        let holds_paths = |column: &usize| {
            let paths =
                values(*column).filter(|value| is_path(after_scheme(value).unwrap_or(value)));
            2 * paths.count() > body.len()
        };
        let path = match has_header {
            true => named(PATHS)?,
            false => (0..columns).find(holds_paths)?,
        };
        if has_header {
            let mut gone = [None; 4];
            let marks = GONE.iter().filter_map(|(known, how)| {
                Some((header.iter().position(|name| name == known)?, *how))
            });
            gone.iter_mut().zip(marks).for_each(|(place, mark)| *place = Some(mark));
            let size = named(SIZES);
            return Some(Ok(Table {
                delimiter,
                columns,
                path,
                size,
                gone,
                has_header,
                is_encoded: false,
            }));
        }
        let kinds: Vec<Values> = (0..columns).map(|column| Values::of(values(column))).collect();
        let others = || (0..columns).filter(|column| *column != path);
        if others().any(|column| kinds[column] == Values::Truths) {
            return Some(Err(
                "a table without names of its columns, some of which tell versions apart; of an S3 Inventory, name the manifest.json"
                    .to_owned(),
            ));
        }
        let is_text = |column: usize| {
            // A class or a type may stand behind a tab, and the part of a path does not.
            let may_be = delimiter == b'\t' && !values(column).any(|value| value.contains(&b'/'));
            kinds[column] == Values::Texts && !may_be
        };
        if !is_quoted && others().any(is_text) {
            return None;
        }
        let mut sizes = others().filter(|column| kinds[*column] == Values::Numbers);
        let size = sizes.next().filter(|_| sizes.next().is_none());
        // An S3 Inventory has the bucket before the key, and encodes the key.
        let is_encoded = is_quoted && path == 1 && all_equal(values(0));
        Some(Ok(Table { delimiter, columns, path, size, gone: [None; 4], has_header, is_encoded }))
    }

    /// Reads a line that is not the header.
    pub(super) fn read(self, line: &[u8]) -> Line<'_> {
        if line.is_empty() {
            return Line::Nothing;
        }
        let (mut path, mut size, mut is_gone, mut count) = (None, None, false, 0);
        for (column, field) in fields(line, self.delimiter).enumerate() {
            count += 1;
            if column == self.path {
                path = Some(field);
            }
            if Some(column) == self.size {
                size = std::str::from_utf8(field).ok().and_then(|text| text.trim().parse().ok());
            }
            is_gone |= self.gone.iter().flatten().any(|(at, gone)| {
                *at == column
                    && match gone {
                        Gone::True => field.eq_ignore_ascii_case(b"true"),
                        Gone::False => field.eq_ignore_ascii_case(b"false"),
                        Gone::Any => !field.is_empty() && !field.eq_ignore_ascii_case(b"none"),
                    }
            });
        }
        let Some(path) = path.filter(|path| !path.is_empty() && count == self.columns) else {
            return Line::Foreign;
        };
        // A quotation mark in a quoted field stands there twice.
        if memchr::memmem::find(path, b"\"\"").is_some() {
            return Line::Foreign;
        }
        match after_scheme(path) {
            _ if is_gone => Line::Nothing,
            Some(key) => object(key, size),
            None if path.ends_with(b"/") => object(path, size),
            None => Line::Entry { path, kind: None, size },
        }
    }
}

/// What the values of a column are.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Values {
    Numbers,
    /// Dates, hashes and the like, or nothing.
    ProbeResult,
    Truths,
    Texts,
}

impl Values {
    fn of<'v>(values: impl Iterator<Item = &'v [u8]>) -> Self {
        let values: Vec<&[u8]> = values.filter(|value| !value.is_empty()).collect();
        let all = |test: &dyn Fn(&[u8]) -> bool| values.iter().all(|value| test(value));
        if values.is_empty() {
            return Values::ProbeResult;
        }
        if all(&|value| value.iter().all(u8::is_ascii_digit)) {
            let numbers: Vec<u64> = values
                .iter()
                .filter_map(|value| std::str::from_utf8(value).ok()?.parse().ok())
                .collect();
            // Numbers that only count the lines are no sizes.
            let counts = numbers.len() > 1 && numbers.windows(2).all(|pair| pair[1] == pair[0] + 1);
            return if counts || numbers.len() < values.len() {
                Values::ProbeResult
            } else {
                Values::Numbers
            };
        }
        if all(&|value| value.eq_ignore_ascii_case(b"true") || value.eq_ignore_ascii_case(b"false"))
        {
            return Values::Truths;
        }
        let is_fact = |value: &[u8]| {
            let is_hash = value.len() >= 16 && value.iter().all(u8::is_ascii_hexdigit);
            let is_date = value.first().is_some_and(u8::is_ascii_digit)
                && value.iter().all(|byte| byte.is_ascii_digit() || b"-:.+TZ/ ".contains(byte));
            is_hash || is_date
        };
        if all(&is_fact) { Values::ProbeResult } else { Values::Texts }
    }
}

fn all_equal<'v>(mut values: impl Iterator<Item = &'v [u8]>) -> bool {
    let first = values.next();
    values.all(|value| Some(value) == first)
}

/// A column's name without case, blanks and underscores.
fn plain_name(name: &[u8]) -> String {
    let text = String::from_utf8_lossy(name).to_ascii_lowercase();
    text.chars().filter(|c| !matches!(c, ' ' | '_' | '-')).collect()
}

/// The fields of a line, without their quotation marks.
fn fields(line: &[u8], delimiter: u8) -> impl Iterator<Item = &[u8]> {
    let mut rest = Some(line);
    std::iter::from_fn(move || {
        let text = rest?;
        let (field, end) = match text.strip_prefix(b"\"") {
            Some(quoted) => {
                let mut at = 0;
                loop {
                    match quoted[at..].iter().position(|byte| *byte == b'"') {
                        Some(mark) if quoted.get(at + mark + 1) == Some(&b'"') => at += mark + 2,
                        Some(mark) => break (&quoted[..at + mark], at + mark + 2),
                        None => break (quoted, text.len()),
                    }
                }
            }
            None => {
                let end = memchr::memchr(delimiter, text).unwrap_or(text.len());
                (&text[..end], end)
            }
        };
        rest = text.get(end..).and_then(|behind| behind.strip_prefix(&[delimiter]));
        Some(field)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use sensortree_core::tree::EntryKind;

    fn table(text: &str) -> Option<Result<Table, String>> {
        let lines: Vec<&[u8]> = text.lines().map(str::as_bytes).collect();
        Table::of(&lines)
    }

    #[test]
    fn columns_are_told_by_what_they_hold() {
        let check = |text: &str, path: &str, size: Option<u64>| {
            let found = table(text).unwrap().unwrap();
            let line = text.lines().nth(usize::from(found.has_header)).unwrap();
            match found.read(line.as_bytes()) {
                Line::Entry { path: read, size: given, .. } => {
                    assert_eq!((read, given), (path.as_bytes(), size), "{text}");
                }
                other => panic!("{text}: {other:?}"),
            }
        };
        check("20;lidar-top/s/1.pcd\n0;lidar-top/s/2.pcd", "lidar-top/s/1.pcd", Some(20));
        check("lidar-top/s/1.pcd,20\nlidar-top/s/2.pcd,9", "lidar-top/s/1.pcd", Some(20));
        check("lidar-top/s/1.pcd\t20", "lidar-top/s/1.pcd", Some(20));
        check("1\tlidar-top/s/1.pcd\n2\tlidar-top/s/2.pcd", "lidar-top/s/1.pcd", None);
        check("5\t20\tlidar-top/s/1.pcd\n9\t20\tlidar-top/s/2.pcd", "lidar-top/s/1.pcd", None);
        check("bucket,name,size\nacme,d/lidar-top/s/1.pcd,20", "d/lidar-top/s/1.pcd", Some(20));
        check(
            "\"acme\",\"d/lidar-top/s/1.pcd\",\"20\",\"2024-10-10T22:40:00Z\"",
            "d/lidar-top/s/1.pcd",
            Some(20),
        );
        check(
            "\"FullName\",\"Length\"\n\"D:\\d\\lidar-top\\s\\1.pcd\",\"20\"",
            "D:\\d\\lidar-top\\s\\1.pcd",
            Some(20),
        );
        check("s3://acme/lidar-top/s/1.pcd;20", "acme/lidar-top/s/1.pcd", Some(20));
        // A name with a comma in it.
        assert_eq!(table("a,b/lidar-top/s/1.pcd\na,b/lidar-top/s/2.pcd"), None);
        check("\"d/lidar-top/s/1.pcd\"", "d/lidar-top/s/1.pcd", None);
        assert_eq!(table("lidar-top/s/1.pcd"), None);
        assert!(table("\"b\",\"d/lidar-top/s/1.pcd\",\"true\",\"20\"").unwrap().is_err());
    }

    #[test]
    fn what_is_no_more_is_left_out() {
        let text = "key,size,is_latest,is_delete_marker\na/1.pcd,2,true,false\na/1.pcd,3,false,false\nb/1.pcd,0,true,true";
        let found = table(text).unwrap().unwrap();
        let read: Vec<Line<'_>> =
            text.lines().skip(1).map(|line| found.read(line.as_bytes())).collect();
        let entry = Line::Entry { path: b"a/1.pcd", kind: None::<EntryKind>, size: Some(2) };
        assert_eq!(read, [entry, Line::Nothing, Line::Nothing]);
        assert_eq!(found.read(b"odd"), Line::Foreign);
        assert_eq!(found.read(b"\"a\"\"b/1.pcd\",2,true,false"), Line::Foreign);
    }
}
