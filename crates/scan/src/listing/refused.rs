//! Texts that list something and cannot be read for sure: what each is, and which command gives
//! one that can.

/// What gives a listing of a folder that can be read.
pub(super) const FIND: &str = "make the listing with `find . -printf '%y %s %p\\n'`";

/// What a text is, told by what some lines of it say, and what to do instead.
struct Refused {
    /// What a line begins with, blanks before it left out, or holds where that begins with `*`; all
    /// of them are to be met.
    marks: &'static [&'static str],
    what: &'static str,
}

const REFUSED: &[Refused] = &[
    Refused {
        marks: &["An error occurred ("],
        what: "an error message of `aws`, and not what it was to list",
    },
    Refused {
        marks: &["*AccessDeniedException"],
        what: "an error message of `gsutil`, and not what it was to list",
    },
    Refused { marks: &["fatal: "], what: "an error message of git, and not what it was to list" },
    Refused { marks: &["Traceback (most recent call last)"], what: "an error message of Python" },
    Refused { marks: &["Usage: "], what: "a program's help, and not what it was to list" },
    Refused { marks: &["usage: "], what: "a program's help, and not what it was to list" },
    Refused {
        marks: &["ERROR: ("],
        what: "an error message of `gcloud` or `az`, and not what it was to list",
    },
    Refused {
        marks: &["*Creation time:", "*Content-Length:"],
        what: "the output of `gsutil ls -L`; make the listing with `gsutil ls -lr`",
    },
    Refused {
        marks: &["*  metageneration="],
        what: "the output of `gsutil ls -la`, which does not say which version stands; make the listing with `gsutil ls -lr`",
    },
    Refused {
        marks: &["| ListObjects"],
        what: "a table by `aws s3api`, drawn for people; make the listing with `--output json`",
    },
    Refused {
        marks: &["Contents:"],
        what: "YAML by `aws s3api`; make the listing with `--output json`",
    },
    Refused {
        marks: &["VERSIONS\t"],
        what: "versions as text by `aws s3api`; make the listing with `--output json`",
    },
    Refused {
        marks: &["Name", "*Blob Type"],
        what: "a table by `az`, which cuts names; make the listing with `-o json`",
    },
    Refused {
        marks: &["---", "bucket: ", "name: "],
        what: "YAML by `gcloud storage`; make the listing with `--format=json`",
    },
    Refused {
        marks: &["NAME ", "*SIZE"],
        what: "a table by `gcloud storage`; make the listing with `--format=json`",
    },
    Refused {
        marks: &["FullName ", "---"],
        what: "a table by PowerShell, which cuts names; make the listing with `| Select-Object FullName, Length | Export-Csv`",
    },
    Refused {
        marks: &["Directory: "],
        what: "a table by PowerShell; make the listing with `Get-ChildItem -Recurse -File | Select-Object FullName, Length | Export-Csv`",
    },
    Refused {
        marks: &["Volume in drive "],
        what: "the output of `dir`; make the listing with `dir /s /b`",
    },
    Refused {
        marks: &["Directory of "],
        what: "the output of `dir`; make the listing with `dir /s /b`",
    },
    Refused { marks: &["New File"], what: "a log of robocopy; make the listing with `dir /s /b`" },
    Refused {
        marks: &["Total objects: ", "Total size: "],
        what: "a sum by rclone; make the listing with `rclone lsjson -R`",
    },
    Refused {
        marks: &["Object list:"],
        what: "the output of `obsutil ls`; make the listing with `rclone lsjson -R`",
    },
    Refused {
        marks: &["https://", "*?"],
        what: "web addresses with what gives access to them; make the listing with the store's own tool",
    },
    Refused {
        marks: &["KEY ", "*LAST MODIFIED"],
        what: "a table by `coscli`; make the listing with `rclone lsjson -R`",
    },
    Refused {
        marks: &["*PUT ", "[2"],
        what: "the output of `mc ls --versions`; make the listing with `mc ls -r --json`",
    },
];

/// What a text is instead, told by its first bytes.
pub(super) fn at_the_beginning(words: &[u8]) -> Option<String> {
    let is_python = words.starts_with(b"['") || words.starts_with(b"[{'");
    is_python.then(|| "a list as Python prints it; write it with `json.dumps`".to_owned())
}

/// What a text is instead, if it is one that is known.
pub(super) fn known(sample: &[&[u8]]) -> Option<String> {
    let is_met = |mark: &&str| match mark.strip_prefix('*') {
        Some(mark) => {
            sample.iter().any(|line| memchr::memmem::find(line, mark.as_bytes()).is_some())
        }
        None => sample.iter().any(|line| {
            let begin = line.iter().position(|byte| !b" \t|".contains(byte)).unwrap_or(line.len());
            line[begin..].starts_with(mark.trim_start_matches("| ").as_bytes())
        }),
    };
    let found = REFUSED.iter().find(|refused| refused.marks.iter().all(is_met));
    found.map(|refused| refused.what.to_owned()).or_else(|| versions(sample))
}

/// URLs that end in a generation, as `gsutil ls -a` writes them.
fn versions(sample: &[&[u8]]) -> Option<String> {
    let has_generation = |line: &&&[u8]| {
        let mark = line.iter().rposition(|byte| *byte == b'#');
        let digits = mark.map(|mark| &line[mark + 1..]).unwrap_or_default();
        line.starts_with(b"gs://") && digits.len() > 9 && digits.iter().all(u8::is_ascii_digit)
    };
    let lines = sample.iter().filter(|line| !line.is_empty()).count();
    (lines > 0 && 2 * sample.iter().filter(has_generation).count() >= lines).then(|| {
        "the output of `gsutil ls -a`, which does not say which version stands; make the listing with `gsutil ls -lr`"
            .to_owned()
    })
}

/// What is said of a text that is nothing known.
pub(super) fn unknown(sample: &[&[u8]]) -> String {
    let tables = sample.iter().filter(|line| {
        line.contains(&b'\t') || memchr::memmem::find(line, b"  ").is_some() || line.contains(&b';')
    });
    let what = if 2 * tables.count() >= sample.len() {
        "a table of an unknown kind"
    } else {
        "a text whose lines are no paths"
    };
    format!("{what}; {FIND}, `aws s3 ls --recursive` or `--output json`")
}
