use super::*;
use proptest::prelude::*;

/// The faults of a text, as `kind@line:column` of the first place, with `*count` where
/// there are more.
fn faults(bytes: &[u8]) -> Vec<String> {
    let document = Document::parse("it.json", bytes.to_vec());
    document
        .faults()
        .iter()
        .map(|fault| {
            let location = document.locate(fault.span);
            let times = if fault.count == 1 { String::new() } else { format!("*{}", fault.count) };
            format!("{:?}@{}:{}{times}", fault.kind, location.line, location.column)
        })
        .collect()
}

fn root(bytes: &[u8]) -> Option<Kind> {
    Document::parse("it.json", bytes.to_vec()).root().map(|value| value.kind.clone())
}

#[test]
fn what_stands_before_the_end_of_a_cut_off_text_is_read() {
    let check = |text: &str, expected: &str| {
        let document = Document::parse("it.json", text.as_bytes().to_vec());
        assert!(document.root().is_none(), "{text}");
        let said = document.root_so_far().map(|root| written(&root.kind)).unwrap_or_default();
        assert_eq!(said, expected, "{text}");
    };
    check(r#"{"a": [1, {"b": 2}, {"c": 3, "d""#, "{a:[1,{b:2},?,?]…}");
    check(r#"{"a": "front", "b": "re"#, "{a:front,b:?…}");
    check(r#"{"a": "front", "b"#, "{a:front…}");
    // What more digits may follow.
    check(r#"{"a": 1, "b": 4"#, "{a:1,b:?…}");
    check(r#"{"a": 1, "b": tru"#, "{a:1,b:?…}");
    check(r#"{"a": 1"#, "{a:?…}");
    check(r#"{"a": 1 "#, "{a:1…}");
    check(r#"{"a": {"b": 1,"#, "{a:?…}");
    check(r#"["a", "b""#, "[a,b,?]");
    check("{", "{…}");
    check(r#"{"a": 1 "b": "#, "");
}

/// A value in short: `?` for what is broken, `…` behind what is cut off.
fn written(kind: &Kind) -> String {
    match kind {
        Kind::Object(object) => {
            let members: Vec<String> = object
                .members()
                .map(|member| format!("{}:{}", member.key.value, written(&member.value.kind)))
                .collect();
            let end = if object.is_cut() { "…" } else { "" };
            format!("{{{}{end}}}", members.join(","))
        }
        Kind::Array(elements) => {
            let elements: Vec<String> =
                elements.iter().map(|element| written(&element.kind)).collect();
            format!("[{}]", elements.join(","))
        }
        Kind::String(string) => string.clone(),
        Kind::Number(number) => number.to_string(),
        Kind::Broken => "?".to_owned(),
        other => other.noun().to_owned(),
    }
}

#[test]
fn every_oddity_is_named_at_its_place() {
    let nested = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
    let deep = nested(100_000);
    let unclosed = "[".repeat(100_000);
    let table: &[(&[u8], &[&str], bool)] = &[
        // The text, its faults, and whether it is read all the same.
        (b"{}", &[], true),
        (b" [1, -2.5e3, \"a\\u00e9\\/\", null, true] \r\n", &[], true),
        (b"", &["Empty@1:1"], false),
        (b" \n\t ", &["Empty@1:1"], false),
        (b"\xEF\xBB\xBF", &["ByteOrderMark@1:1", "Empty@1:1"], false),
        (b"\xEF\xBB\xBF{}", &["ByteOrderMark@1:1"], true),
        (b"\xFF\xFE{\0}\0", &["Encoding@1:1"], true),
        (b"\xFE\xFF\0{\0}", &["Encoding@1:1"], true),
        (b"{\0}\0", &["Encoding@1:1"], true),
        (b"\0{\0}", &["Encoding@1:1"], true),
        (b"\xFF\xFE{\0}", &["Encoding@1:1"], false),
        (b"{\0}", &["Encoding@1:1"], false),
        (b"\xFF\xFE{\0\0\xD8", &["Encoding@1:1"], false),
        (b"\xFF\xFE\0\0{\0\0\0", &["Encoding@1:1"], false),
        (b"{\"a\": \"caf\xE9\"}", &["NotUtf8@1:11"], true),
        (b"{\"a\": \xE9}", &["NotUtf8@1:7"], false),
        (b"{\"a\": 1,\n \"b\": \"\xFF\", \"c\": \"\xC3\"}", &["NotUtf8@2:8*2"], true),
        (
            b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n",
            &["Pointer(GitLfs)@1:1"],
            false,
        ),
        (b"\n<!DOCTYPE html><html>", &["OtherFormat(WebPage)@2:1"], false),
        (b"{\"a\": [1, 2,],}", &["TrailingComma@1:12*2"], true),
        (b"// one\n{\"a\": 1 /* two */}", &["Comment@1:1*2"], true),
        (b"{\"a\": 1\n \"b\": [1 2]}", &["MissingComma@1:8*2"], true),
        (b"{'a': 'it'}", &["PythonObject@1:2*2"], true),
        (b"{\"a\": 'it'}", &["SingleQuote@1:7"], true),
        (b"{a: 1}", &["UnquotedKey@1:2"], true),
        (b"{\"a\": None, \"b\": True}", &["Word@1:7*2"], true),
        (b"{\"a\": NaN, \"b\": -Infinity}", &["NotFinite@1:7*2"], true),
        (b"[1e400, -1e999]", &["NumberTooLarge@1:2*2"], true),
        (b"[123456789012345678901234567890, 1e-400]", &[], true),
        (b"[+1, .5, 5., 0xFF]", &["NumberNotation@1:2*4"], true),
        (b"[1, 007]", &["NumberNotation@1:5"], false),
        (b"{\"a\": 1_000}", &["NumberNotation@1:7"], false),
        (b"{\"a\": 20px}", &["NumberNotation@1:7"], false),
        (b"[\"a\tb\"]", &["ControlCharacter@1:4"], true),
        (b"[\"C:\\data\"]", &["Escape@1:5"], true),
        (b"[\"\\ud800\"]", &["Escape@1:3"], false),
        ("[1,\u{a0}2]".as_bytes(), &["Space@1:4"], true),
        (b"{\"a\": 1, \"b\": 2,\n\"a\": 3}", &["DuplicateKey@2:1"], true),
        (b"{\"a\": 1, \"\\u0061\": 3}", &["DuplicateKey@1:10"], true),
        (b"{\"a\": 1, \"a\": 2, \"a\": 3}", &["DuplicateKey@1:10*2"], true),
        (b"{} {}", &["SecondObject@1:4"], true),
        (b"{} {} x", &["TrailingText@1:4"], true),
        (b"{}}", &["TrailingText@1:3"], true),
        (b"{\"a\": \"front,\n\"b\": 1}", &["OpenString@1:7"], false),
        (b"{\"a\": \"front", &["Truncated@1:13"], false),
        (b"{\"a\": [1,\n2", &["Truncated@2:2"], false),
        (b"{\"a\": ", &["Truncated@1:7"], false),
        (b"{\"a\"", &["Truncated@1:5"], false),
        (b"{\"a\": 1 /* x", &["Truncated@1:13"], false),
        (b"{\"a\": -", &["Truncated@1:8"], false),
        (b"[1,,2]", &["Syntax@1:4"], false),
        (b"{,}", &["Syntax@1:2"], false),
        (b"{\"a\" 1}", &["Syntax@1:6"], false),
        (b"[1}", &["Syntax@1:3"], false),
        (b"{\"a\": 1, b\": 2,\n\"c\": 3}", &["UnquotedKey@1:10"], false),
        (b"]", &["Syntax@1:1"], false),
        (b"\x00\x00", &["Zeros@1:1"], false),
        (b"{}\n\0\0", &["ZeroTail@2:1"], true),
        (b"{\"a\": 1\0\0", &["ZeroTail@1:8"], false),
        (b"key: value", &["OtherFormat(Yaml)@1:1"], false),
        (b"# made by\n---\nkey: value", &["OtherFormat(Yaml)@1:1"], false),
        (b"- name: front\n  width: 64", &["OtherFormat(Yaml)@1:1"], false),
        (b"[camera]\nwidth = 64\n", &["OtherFormat(KeysAndValues)@1:1"], false),
        (b"\x1F\x8B\x08\0\0", &["OtherFormat(Gzip)@1:1"], false),
        (b"<?xml version=\"1.0\"?><Error/>", &["OtherFormat(Xml)@1:1"], false),
        (b"/annex/objects/MD5E-s3--0.json\n", &["Pointer(GitAnnex)@1:1"], false),
        (b"outs:\n- md5: 0\n  size: 3\n", &["Pointer(Dvc)@1:1"], false),
        (b"../rig/metadata.json", &["Pointer(Link)@1:1"], false),
        (b"{'a': True, 'b': (1, 2)}", &["PythonObject@1:2*4"], true),
        (b"{\"a\": np.float64(1), \"b\": np.int64(2)}", &["PythonNumber@1:7*2"], true),
        (b"{\n<<<<<<< HEAD\n\"a\": 1\n=======\n\"a\": 2\n>>>>>>> b\n}", &["Conflict@2:1"], true),
        (deep.as_bytes(), &["TooDeep@1:128"], false),
        (unclosed.as_bytes(), &["TooDeep@1:128"], false),
    ];
    for (text, expected, is_read) in table {
        let name = crate::text::lossless(text).chars().take(60).collect::<String>();
        assert_eq!(faults(text), *expected, "{name}");
        assert_eq!(root(text).is_some(), *is_read, "{name}");
    }
    assert_eq!(faults(nested(MAX_DEPTH).as_bytes()), [""; 0]);
}

#[test]
fn faults_read_as_sentences() {
    let sentences = |text: &[u8]| -> Vec<String> {
        let document = Document::parse("it.json", text.to_vec());
        document.faults().iter().map(|fault| fault.sentence("it.json")).collect()
    };
    assert_eq!(sentences(b""), ["`it.json` is empty (0 bytes)"]);
    assert_eq!(sentences(&[0; 3000]), ["`it.json` holds nothing: all its 3,000 bytes are zero"]);
    assert_eq!(
        sentences(b"{}\n{\"a\": 1}\n{}"),
        ["`it.json` holds 3 objects one after the other, the second from line 2"]
    );
    assert_eq!(
        sentences(b"{\"a\": 1}\n{\"a\": 1}\n"),
        ["`it.json` holds the same object twice, the second from line 2"]
    );
    assert_eq!(
        sentences(b"{'a': [None, np.float64(1)]}"),
        [
            "`it.json` is a Python object as `print` writes it, not JSON: 1 string in single quotes, \
          1 word as `None` and 1 value as `np.float64(…)`"
        ]
    );
    assert_eq!(
        sentences(b"[\n<<<<<<< HEAD\n1\n=======\n2\n>>>>>>> b\n, 3]"),
        ["`it.json` has an unresolved merge conflict in lines 2 to 6"]
    );
    assert_eq!(
        sentences(b"[1,]"),
        ["`it.json` has a comma behind the last value of an object or array"]
    );
    assert_eq!(
        sentences(b"{\"w\": 1, \"w\": 2}"),
        ["`it.json` has the key `w` twice in one object; readers take the later value"]
    );
    assert_eq!(sentences(b"{\n\n["), ["`it.json` is not JSON: `[` was not expected here"]);
    assert_eq!(
        sentences(b"\n{\"a\": 1"),
        ["`it.json` ends too early: an object that opens in line 2 is not closed"]
    );
    assert_eq!(
        sentences(b"{\"a\": 1,\n}\n"),
        ["`it.json` has a comma behind the last value of an object or array"]
    );
}

#[test]
fn the_later_of_two_values_is_read() {
    let document = Document::parse("it.json", b"{\"a\": 1, \"b\": 2, \"a\": 3}".to_vec());
    let Some(Value { kind: Kind::Object(object), .. }) = document.root() else {
        panic!("an object")
    };
    assert_eq!(object.get("a").map(|member| &member.value.kind), Some(&Kind::Number(3.0)));
    let keys: Vec<&str> = object.members().map(|member| member.key.value.as_str()).collect();
    assert_eq!(keys, ["b", "a"]);
}

#[test]
fn what_a_fault_says_is_not_said_again_by_a_value() {
    for text in [&b"[NaN]"[..], b"[1e400]", b"[nil]", b"[\"caf\xE9\"]", b"[\"\\d\"]"] {
        let Some(Kind::Array(elements)) = root(text) else { panic!("an array") };
        assert_eq!(elements[0].kind, Kind::Broken);
    }
    let text = b"[0,\n<<<<<<< HEAD\n1\n=======\n2\n>>>>>>> b\n]";
    let Some(Kind::Array(elements)) = root(text) else { panic!("an array") };
    assert_eq!(elements[1].kind, Kind::Broken, "nobody knows which side counts");
    let Some(Kind::Array(elements)) = root(b"[0x10, +.5, 5.]") else { panic!("an array") };
    let kinds: Vec<Kind> = elements.into_iter().map(|element| element.kind).collect();
    assert_eq!(kinds, [Kind::Number(16.0), Kind::Number(0.5), Kind::Number(5.0)]);
}

#[test]
fn wide_text_is_read_as_the_same_text_narrow() {
    let text = "{\"a\":\n \"é😀\"}";
    let mut wide = vec![0xFF, 0xFE];
    wide.extend(text.encode_utf16().flat_map(u16::to_le_bytes));
    let document = Document::parse("it.json", wide);
    assert_eq!(document.text(), text.as_bytes());
    assert_eq!(document.root(), Document::parse("it.json", text.as_bytes().to_vec()).root());
}

#[test]
fn too_much_is_judged_and_not_looked_into() {
    let many = "[1".to_owned() + &",1".repeat(MAX_VALUES) + "]";
    let document = Document::parse("it.json", many.into_bytes());
    assert_eq!((document.faults().len(), document.root()), (0, None));
    assert_eq!(document.unread(), Some("it has over 262,144 keys and values"));

    let broken = "[1".to_owned() + &",1".repeat(MAX_VALUES) + ",]";
    assert_eq!(faults(broken.as_bytes()), [format!("Syntax@1:{}", MAX_VALUES * 2 + 4)]);
}

#[test]
fn a_place_is_found_in_one_long_line() {
    let text = format!("[{}\"é\", 1,]", "\"é\",".repeat(50_000));
    assert_eq!(faults(text.as_bytes()), ["TrailingComma@1:200008"]);
}

/// What must hold of every document whatever its bytes.
fn hold(bytes: &[u8]) {
    let document = Document::parse("it.json", bytes.to_vec());
    let text = document.text();
    let refused = serde_json::from_slice::<serde_json::Value>(bytes).is_err();
    let faulty = document.faults().iter().any(|fault| fault.kind != FaultKind::DuplicateKey);
    assert_eq!(faulty, refused, "strict JSON is the judge: {:?}", document.faults());
    let mut spans: Vec<Span> = Vec::new();
    for fault in document.faults() {
        spans.push(fault.span);
        spans.extend(&fault.more);
        assert!(fault.count > fault.more.len() as u64);
        assert!(fault.sentence("it.json").starts_with("`it.json` "));
    }
    hold_mended(&document);
    let mut open: Vec<&Value> = document.root().into_iter().collect();
    while let Some(value) = open.pop() {
        spans.push(value.span);
        match &value.kind {
            Kind::Array(elements) => open.extend(elements),
            Kind::Object(object) => {
                spans.extend(object.members.iter().map(|member| member.key.span));
                open.extend(object.members.iter().map(|member| &member.value));
            }
            _ => {}
        }
    }
    for span in spans {
        assert!(span.start <= span.end && span.end <= text.len(), "{span:?} in {}", text.len());
        if let Ok(text) = std::str::from_utf8(text) {
            assert!(
                text.is_char_boundary(span.start) && text.is_char_boundary(span.end),
                "{span:?}"
            );
            let location = document.locate(span);
            // One mark begins a file; a second one is a character of its first line.
            let before = &text[..span.start];
            let before = before.strip_prefix('\u{FEFF}').unwrap_or(before);
            assert_eq!(location.offset, span.start);
            assert_eq!(location.length, span.end - span.start);
            assert_eq!(location.line, before.matches('\n').count() + 1);
            assert_eq!(
                location.column,
                before.rsplit('\n').next().unwrap_or_default().chars().count() + 1
            );
        }
    }
}

/// What must hold of the changes that are offered: they make strict JSON, which a strict reader
/// reads as what the forgiving parser read before. Whether there are any.
fn hold_mended(document: &Document) -> bool {
    let mendings = mend::mendings(document);
    let (Ok(text), Some(root), false) =
        (std::str::from_utf8(document.text()), document.root(), mendings.is_empty())
    else {
        assert_eq!(mendings, []);
        return false;
    };
    for pair in mendings.windows(2) {
        let (one, other) = (pair[0].span, pair[1].span);
        assert!(one.end <= other.start && one.start < other.start, "{text:?}: {mendings:?}");
    }
    let mended = mend::mended(text, &mendings).unwrap();
    match serde_json::from_str::<serde_json::Value>(&mended) {
        Ok(value) => assert!(says(root, &value), "{text:?}: {mended:?}"),
        Err(error) => panic!("{text:?}: {mended:?}: {error}"),
    }
    true
}

/// Whether a strict reader read what the forgiving parser did.
fn says(read: &Value, strict: &serde_json::Value) -> bool {
    use serde_json::Value as Strict;
    match (&read.kind, strict) {
        // A word of Python.
        (Kind::Broken, Strict::Bool(_)) | (Kind::Broken | Kind::Null, Strict::Null) => true,
        (Kind::Bool(one), Strict::Bool(other)) => one == other,
        // The strict reader may round the last digit otherwise.
        (Kind::Number(one), Strict::Number(other)) => {
            other.as_f64().is_some_and(|other| (one - other).abs() <= one.abs() * 1e-15)
        }
        (Kind::String(one), Strict::String(other)) => one == other,
        (Kind::Array(ones), Strict::Array(others)) => {
            ones.len() == others.len()
                && ones.iter().zip(others).all(|(one, other)| says(one, other))
        }
        (Kind::Object(ones), Strict::Object(others)) => {
            let is_there = |member: &Member| {
                others.get(&member.key.value).is_some_and(|other| says(&member.value, other))
            };
            ones.members().count() == others.len() && ones.members().all(is_there)
        }
        _ => false,
    }
}

/// Writes a value as people and tools write what is nearly JSON; `style` says how, piece by piece.
fn write_nearly(
    value: &serde_json::Value,
    style: &mut impl FnMut(usize) -> usize,
    to: &mut String,
) {
    use serde_json::Value as Strict;
    match value {
        Strict::Null => to.push_str(["null", "None"][style(2)]),
        Strict::Bool(true) => to.push_str(["true", "True"][style(2)]),
        Strict::Bool(false) => to.push_str(["false", "False"][style(2)]),
        Strict::Number(number) => match style(4) {
            0 => *to += &format!("np.float64({number})"),
            1 if number.as_i64().is_some() => *to += &format!("{number}."),
            2 if number.as_i64().is_some_and(|number| number >= 0) => *to += &format!("+{number}"),
            _ => *to += &number.to_string(),
        },
        Strict::String(text) => write_text(text, style, to),
        Strict::Array(elements) => {
            let (before, behind) = match style(5) {
                0 => ("np.array([", ["])", "] , dtype=float32)"][style(2)]),
                1 if elements.len() != 1 => ("(", ")"),
                _ => ("[", "]"),
            };
            to.push_str(before);
            for (at, element) in elements.iter().enumerate() {
                write_nearly(element, style, to);
                write_between(at + 1 == elements.len(), style, to);
            }
            to.push_str(behind);
        }
        Strict::Object(members) => {
            to.push('{');
            for (at, (key, member)) in members.iter().enumerate() {
                match style(3) {
                    0 => to.push_str(key),
                    _ => write_text(key, style, to),
                }
                to.push_str([":", ": ", " : "][style(3)]);
                write_nearly(member, style, to);
                write_between(at + 1 == members.len(), style, to);
            }
            to.push('}');
        }
    }
}

fn write_between(is_last: bool, style: &mut impl FnMut(usize) -> usize, to: &mut String) {
    to.push_str(match (is_last, style(6)) {
        (true, 0) => ", ",
        (true, 1) => ",// last\n",
        (true, _) => "",
        (false, 0) => "\n",
        (false, 1) => "/* next */ // line\r\n\t",
        (false, 2) => ",\u{a0}",
        (false, _) => ", ",
    });
}

fn write_text(text: &str, style: &mut impl FnMut(usize) -> usize, to: &mut String) {
    let quote = ['"', '\''][style(2)];
    to.push(quote);
    for character in text.chars() {
        match character {
            '\\' => to.push_str("\\\\"),
            '\'' if quote == '\'' || style(2) == 0 => to.push_str("\\'"),
            '"' if quote == '"' || style(2) == 0 => to.push_str("\\\""),
            _ => to.push(character),
        }
    }
    to.push(quote);
}

#[test]
fn a_second_byte_order_mark_takes_a_column() {
    hold("\u{FEFF}\u{FEFF}f(".as_bytes());
    assert_eq!(faults("\u{FEFF}\u{FEFF}1".as_bytes()).len(), 2);
}

/// Any value whose keys are names, and no words that mean a value.
fn any_value() -> impl Strategy<Value = serde_json::Value> {
    use serde_json::Value as Strict;
    let leaf = prop_oneof![
        Just(Strict::Null),
        any::<bool>().prop_map(Strict::from),
        (-1000_i64..1000).prop_map(Strict::from),
        (-1e6_f64..1e6).prop_map(Strict::from),
        "[a-z '\"\\\\/#(),]{0,6}".prop_map(Strict::from),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Strict::from),
            proptest::collection::hash_map("[b-e][a-z_0-9]{0,3}", inner, 0..4)
                .prop_map(|members| Strict::Object(members.into_iter().collect())),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_are_a_document(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        hold(&bytes);
    }

    #[test]
    fn any_tokens_are_a_document(picks in proptest::collection::vec(0_usize..62, 0..60)) {
        const TOKENS: [&str; 62] = [
            "{", "}", "[", "]", ",", ":", "\"a\"", "\"b", "'c'", "1", "-", "+2", ".5", "5.", "0x1F", "0x", "007", "1e400",
            "1e", "NaN", "Infinity", "-Infinity", "null", "true", "True", "// x\n", "/* y */", "/*", "\n", " ", "\t", "\u{a0}",
            "\"\\u00e9\"", "\"\\ud83d\\ude00\"", "\"\\ud83d\"", "\"\\x41\"", "é", "\u{1A}", "\u{0}", "\u{FEFF}",
            "(", ")", "f(", "\n<<<<<<< a\n", "\n=======\n", "\n||||||| b\n", "\n>>>>>>> c\n", "#",
            "a", "{a:", "{'a':", "\"b\":", "None", "np.array([", "array(", "])", ", dtype=int8)", "'it\\'s'", "\"it\\'s\"",
            "np.int64(1)", "+.5e1", "{}",
        ];
        let text: String = picks.into_iter().map(|pick| TOKENS[pick]).collect();
        hold(text.as_bytes());
    }

    #[test]
    fn what_is_nearly_json_is_mended_to_what_it_says(
        value in any_value(),
        picks in proptest::collection::vec(any::<u8>(), 1..40),
    ) {
        let mut turn = 0;
        let mut style = |choices: usize| {
            turn += 1;
            usize::from(picks[turn % picks.len()]) % choices
        };
        let mut text = String::new();
        write_nearly(&value, &mut style, &mut text);
        // Parentheses are brackets in what Python prints, which starts so.
        let text = format!("{{'it': {text}}}");
        let document = Document::parse("it.json", text.clone().into_bytes());
        prop_assert!(hold_mended(&document), "{}: {:?}", text, document.faults());
        let Some(Value { kind: Kind::Object(object), .. }) = document.root() else { panic!() };
        prop_assert!(says(&object.get("it").unwrap().value, &value), "{}", text);
    }

    #[test]
    fn any_mutation_of_a_good_document_is_a_document(
        edits in proptest::collection::vec((0_usize..3, any::<u16>(), any::<u8>()), 1..6),
        crlf in any::<bool>(),
    ) {
        let mut text = crate::sketch::fitting_metadata(&["top".to_owned()], &["front".to_owned(), "après".to_owned()]);
        if crlf {
            text = text.replace('\n', "\r\n");
        }
        let mut bytes = text.into_bytes();
        for (edit, place, byte) in edits {
            let place = usize::from(place) % bytes.len().max(1);
            match edit {
                0 if !bytes.is_empty() => { bytes.remove(place); }
                1 => bytes.insert(place.min(bytes.len()), byte),
                _ => if let Some(at) = bytes.get_mut(place) { *at ^= byte },
            }
        }
        hold(&bytes);
    }
}
