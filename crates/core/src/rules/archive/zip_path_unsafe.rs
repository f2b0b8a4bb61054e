use super::entries;
use crate::archive::NameFault;
use crate::finding::{Context, Example, Sink, Statement};
use crate::platform::Effect;
use crate::text;

declare_rule! {
    /// An entry's name is a path that a safe extractor refuses or changes.
    ///
    /// Names in a zip are relative and separated by `/`. A `..` would let an entry leave the folder
    /// that it is unpacked in, and is refused nearly everywhere. Absolute paths and drive letters
    /// are refused or cut. Backslashes come from old .NET tools: other systems take the whole path
    /// for one strange file name, and the tree is flat. A byte of value 0 ends the name for readers
    /// in C and in Python, and `a//b` is the same file as `a/b` once it is unpacked, so that two
    /// entries can be one. The rest of the check reads such names as a lenient extractor would;
    /// those with `..` are left out.
    ///
    /// **Repair:** pack the tree again with a current tool, from the folder above the top folder,
    /// with relative paths.
    ///
    /// ```tree bad
    /// target: drive.zip
    /// drive\\lidar-top\\scene_1\\1681532060061.pcd
    /// drive/
    ///   metadata.json
    /// ```
    ///
    /// ```tree good
    /// target: drive.zip
    /// drive/
    ///   lidar-top/
    ///     scene_1/
    ///       1681532060061.pcd
    ///   metadata.json
    /// ```
    ZIP_PATH_UNSAFE {
        code: "Z107",
        name: "zip-path-unsafe",
        effect: Effect::MISALIGNED,
        basis: Implied,
        facts: ["T11"],
        scope: Archive,
    }
}

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let Some(facts) = context.archive else { return };
    for (fault, names) in &facts.name_faults {
        sink.emit(&ZIP_PATH_UNSAFE, entries(names, |name| draw(*fault, name)), |kept| {
            let (one, several) = words(*fault);
            let entries = kept.verb("entry", "entries");
            let what = kept.verb(one, several);
            let is_backslash = *fault == NameFault::Backslash;
            Statement::new(format!("{} {entries} {what}", text::number(kept.count())))
                .help(
                    "pack the tree again from the folder above its top folder, with relative paths",
                )
                .notes(is_backslash.then_some(WRITES_BACKSLASHES))
        });
    }
}

/// Which tools write backslashes: PowerShell's documentation of `Compress-Archive`, and Microsoft's
/// page "Change in path separator character in FullName property of ZipArchiveEntry objects".
const WRITES_BACKSLASHES: &str = "so do `Compress-Archive` of Windows PowerShell 5 and programs for .NET Framework before \
     4.6.1; PowerShell 7, 7-Zip, Explorer and `zip` write `/`";

/// What is wrong with one entry, and with several.
fn words(fault: NameFault) -> (&'static str, &'static str) {
    match fault {
        NameFault::Parent => (
            "would leave the folder that it is unpacked in, by `..`",
            "would leave the folder that they are unpacked in, by `..`",
        ),
        NameFault::Drive => ("begins with a drive's letter", "begin with a drive's letter"),
        NameFault::Absolute => ("has an absolute path", "have an absolute path"),
        NameFault::Backslash => {
            ("has `\\` for `/` in its name", "have `\\` for `/` in their names")
        }
        NameFault::Nul => {
            ("has a byte of value 0 in its name", "have a byte of value 0 in their names")
        }
        NameFault::EmptySegment => ("has `//` in its name", "have `//` in their names"),
        NameFault::Dot => ("has a segment `.` in its name", "have a segment `.` in their names"),
        NameFault::Empty => ("has no name", "have no name"),
    }
}

fn draw(fault: NameFault, name: Vec<u8>) -> Example {
    let forward = text::lossless(&name).replace('\\', "/");
    let example = Example::at(name);
    match fault {
        NameFault::Backslash => example.expecting(forward),
        _ => example,
    }
}
