//! Documents of every shape, and the excerpts drawn of them.

use crate::support::{full, in_document, with};

/// Draws the one place of a document and compares what stands in the box.
fn check(text: &str, what: &str, width: usize, expected: &str) {
    let (finding, document) = in_document(text, what, "here");
    let mut report = with(vec![finding]);
    report.documents = vec![document];
    let drawn = full(&report, width);
    let start = drawn.find("╭─").unwrap();
    let end = drawn.find("╰────").unwrap();
    let inside = drawn[start..end].lines().map(str::trim_end).collect::<Vec<_>>().join("\n");
    let expected = expected.trim_matches('\n');
    assert!(inside.trim_end() == expected, "drawn:\n{inside}\nexpected:\n{expected}");
}

#[test]
fn line_numbers_stay_right() {
    let text = (1..=1000).map(|line| format!("line {line}\n")).collect::<String>();
    check(
        &text,
        "line 500",
        80,
        r#"
╭─[metadata.json:500:1]
 499 │ line 499
 500 │ line 500
     · ────┬───
     ·     ╰── here
 501 │ line 501
"#,
    );
}

#[test]
fn line_breaks_of_windows() {
    check(
        "{\r\n\t\"a\": 1,\r\n\t\"b\": 2\r\n}\r\n",
        "\"b\"",
        80,
        r#"
╭─[metadata.json:3:2]
 2 │     "a": 1,
 3 │     "b": 2
   ·     ─┬─
   ·      ╰── here
 4 │ }
"#,
    );
}

#[test]
fn a_mark_over_several_lines_is_drawn_on_the_first() {
    check(
        "{\n  \"a\": {\n    \"b\": 1\n  }\n}\n",
        "{\n    \"b\": 1\n  }",
        80,
        r#"
╭─[metadata.json:2:8]
 1 │ {
 2 │   "a": {
   ·        ┬
   ·        ╰── here
 3 │     "b": 1
"#,
    );
}

#[test]
fn the_end_of_a_document() {
    check(
        "{\"a\": 1",
        "",
        80,
        r#"
╭─[metadata.json:1:8]
 1 │ {"a": 1
   ·        ▲
   ·        ╰── here
"#,
    );
}

#[test]
fn a_byte_order_mark_is_seen() {
    check(
        "\u{feff}{\"a\": 1}",
        "\u{feff}",
        80,
        r#"
╭─[metadata.json:1:1]
 1 │ \u{feff}{"a": 1}
   · ────┬───
   ·     ╰── here
"#,
    );
}

#[test]
fn one_huge_line_is_cut_around_the_mark() {
    let text =
        format!("[{}\"camera-front\"{}]", "\"前\", ".repeat(1_000_000), ", 1".repeat(1_000_000));
    check(
        &text,
        "\"camera-front\"",
        60,
        r#"
╭─[metadata.json:1:5000002]
 1 │ …"前", "前", "前", "camera-front", 1, 1, 1, 1, 1, 1, 1…
   ·                    ───────┬──────
   ·                           ╰── here
"#,
    );
}
