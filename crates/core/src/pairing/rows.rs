//! Lines of fields set apart by commas, as spreadsheets and scripts write them.

use super::fault::OwnFault;

/// The fields of one line.
pub(super) struct Row {
    /// The line, from 1.
    pub(super) line: usize,
    pub(super) fields: Vec<Vec<u8>>,
}

/// The rows of a text, with the fields in the order of `columns`, each with the names that it may
/// have in a first line of names. Without such a line they stand in that order. Empty lines, and
/// those that begin with `#`, say nothing.
pub(super) fn read(text: &[u8], columns: &[&[&str]]) -> Result<Vec<Row>, OwnFault> {
    let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
    let mut order: Option<Vec<usize>> = None;
    let mut rows = Vec::new();
    for (at, line) in text.split(|byte| *byte == b'\n').enumerate() {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if line.trim_ascii().is_empty() || line.starts_with(b"#") {
            continue;
        }
        let at = at + 1;
        let fail = |reason: String| OwnFault { line: at, reason };
        let fields = split(line).ok_or_else(|| fail("a quote is not closed".to_owned()))?;
        if order.is_none() {
            if let Some(named) = named(&fields, columns) {
                order = Some(named);
                continue;
            }
            order = Some((0..columns.len()).collect());
        }
        let order = order.as_deref().unwrap_or_default();
        let picked: Option<Vec<Vec<u8>>> =
            order.iter().map(|at| fields.get(*at).cloned()).collect();
        let fields = picked.ok_or_else(|| {
            let names: Vec<&str> = columns.iter().filter_map(|it| it.first().copied()).collect();
            fail(format!("{} are wanted, and there are {}", names.join(", "), fields.len()))
        })?;
        rows.push(Row { line: at, fields });
    }
    Ok(rows)
}

/// Where each column stands, where the fields are their names.
fn named(fields: &[Vec<u8>], columns: &[&[&str]]) -> Option<Vec<usize>> {
    let is_named = |field: &[u8], names: &[&str]| {
        names.iter().any(|name| field.eq_ignore_ascii_case(name.as_bytes()))
    };
    columns.iter().map(|names| fields.iter().position(|field| is_named(field, names))).collect()
}

/// The fields of a line; `None` where a quote is not closed.
fn split(line: &[u8]) -> Option<Vec<Vec<u8>>> {
    let (mut fields, mut field) = (Vec::new(), Vec::new());
    let mut bytes = line.iter().copied().peekable();
    let mut is_quoted = false;
    while let Some(byte) = bytes.next() {
        match (byte, is_quoted) {
            (b'"', true) if bytes.peek() == Some(&b'"') => {
                bytes.next();
                field.push(b'"');
            }
            (b'"', true) => is_quoted = false,
            (b'"', false) if field.trim_ascii().is_empty() => {
                field.clear();
                is_quoted = true;
            }
            (b',', false) => fields.push(std::mem::take(&mut field)),
            _ => field.push(byte),
        }
    }
    fields.push(field);
    let trimmed = fields.into_iter().map(|field| field.trim_ascii().to_vec());
    (!is_quoted).then(|| trimmed.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    const COLUMNS: &[&[&str]] = &[&["sensor"], &["name", "file"]];

    type Expected<'e> = Result<&'e [(usize, &'e str, &'e str)], (usize, &'e str)>;

    fn check(text: &str, expected: Expected<'_>) {
        match (read(text.as_bytes(), COLUMNS), expected) {
            (Ok(rows), Ok(expected)) => {
                let field = |row: &Row, at: usize| String::from_utf8(row.fields[at].clone());
                assert_eq!(rows.len(), expected.len(), "{text:?}");
                for (row, (line, first, second)) in rows.iter().zip(expected) {
                    assert_eq!(row.line, *line, "{text:?}");
                    assert_eq!(field(row, 0).unwrap(), *first, "{text:?}");
                    assert_eq!(field(row, 1).unwrap(), *second, "{text:?}");
                }
            }
            (Err(fault), Err((line, reason))) => {
                assert_eq!((fault.line, fault.reason.as_str()), (line, reason), "{text:?}");
            }
            (found, _) => panic!("{text:?}: {:?}", found.map(|rows| rows.len())),
        }
    }

    #[test]
    fn rows_are_read_as_they_are_written() {
        check("a,1.jpg\n\n# nothing\nb , 2.jpg", Ok(&[(1, "a", "1.jpg"), (4, "b", "2.jpg")]));
        check("\u{feff}File,x,Sensor\r\n1.jpg,,a\r\n", Ok(&[(2, "a", "1.jpg")]));
        check("\"a, b\",\"1\"\".jpg\"", Ok(&[(1, "a, b", "1\".jpg")]));
        check("a\n", Err((1, "sensor, name are wanted, and there are 1")));
        check("a,b\na,\"b", Err((2, "a quote is not closed")));
        check("", Ok(&[]));
    }
}
