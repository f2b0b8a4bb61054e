use super::entries;
use crate::archive::NameReading;
use crate::finding::{Context, Example, Sink, Statement};
use crate::platform::Effect;
use crate::text;

declare_rule! {
    /// Names that are not ASCII do not say how they are encoded.
    ///
    /// A zip marks a name in UTF-8 with a flag, or carries it in a field beside the other. Without
    /// either, the format says code page 437, which nobody means: what Windows in China packs is in
    /// GBK, and macOS packs UTF-8 without the flag. Each reader guesses, and a sensor's folder or a
    /// scene's id comes out in other characters than metadata.json has. The rest of the check goes
    /// by the encoding that the names seem to be in.
    ///
    /// **Repair:** use ASCII letters, digits, `-` and `_` in names; or pack with a tool that sets
    /// the UTF-8 flag (7-Zip with `-mcu=on`, Python's `zipfile`).
    ///
    /// ```tree bad
    /// target: drive.zip
    /// drive/
    ///   lidar-top/
    ///     \xb3\xa1\xbe\xb01/ [undeclared]
    ///       1681532060061.pcd [undeclared]
    ///   metadata.json
    /// ```
    ///
    /// ```tree good
    /// target: drive.zip
    /// drive/
    ///   lidar-top/
    ///     场景1/
    ///       1681532060061.pcd
    ///   metadata.json
    /// ```
    ZIP_NAME_ENCODING {
        code: "Z111",
        name: "zip-name-encoding",
        effect: Effect::MISALIGNED,
        basis: Implied,
        facts: ["T3"],
        scope: Archive,
    }
}

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let Some(facts) = context.archive else { return };
    for (reading, names) in &facts.undeclared {
        let Some(first) = names.first() else { continue };
        let encoding = reading.as_str();
        sink.emit(&ZIP_NAME_ENCODING, entries(names, |name| draw(*reading, name)), |kept| {
            let count = text::number(kept.count());
            let what = kept.verb(
                "name does not say how it is encoded; it seems to be",
                "names do not say how they are encoded; they seem to be",
            );
            let (read, as_declared) = (reading.read(&first), NameReading::Cp437.read(&first));
            Statement::new(format!("{count} {what} {encoding}"))
                .note(format!(
                    "`{read}` in {encoding}, `{as_declared}` in code page 437 as the format has it"
                ))
                .help("use ASCII names, or pack with a tool that sets the UTF-8 flag")
        });
    }
}

fn draw(reading: NameReading, name: Vec<u8>) -> Example {
    match reading {
        NameReading::Utf8 => Example::at(name),
        NameReading::Gbk | NameReading::Cp437 => {
            let read = format!("`{}`", reading.read(&name));
            Example::at(name).noting(read)
        }
    }
}
