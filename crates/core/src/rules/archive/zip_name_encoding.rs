use crate::archive::NameReading;
use crate::finding::{Context, Example, Sink};
use crate::platform::Effect;
use crate::rules::archive;
use crate::text;

declare_rule! {
    /// Names that are not ASCII do not say how they are encoded.
    ///
    /// A zip marks a name in UTF-8 with a flag, or carries it in a field beside the other. Without either, the format says
    /// code page 437, which nobody means: what Windows in China packs is in GBK, and macOS packs UTF-8 without the flag.
    /// Each reader guesses, and a sensor's folder or a scene's id comes out in other characters than metadata.json has. The
    /// rest of the check goes by the encoding that the names seem to be in.
    ///
    /// **Repair:** use ASCII letters, digits, `-` and `_` in names; or pack with a tool that sets the UTF-8 flag (7-Zip with
    /// `-mcu=on`, Python's `zipfile`).
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
        let mut finding = sink.gather(&ZIP_NAME_ENCODING);
        let found = archive::add_entries(&mut finding, names, |name| draw(*reading, name));
        if let (true, Some(first)) = (found, names.first()) {
            finding.note(format!(
                "`{}` in {reading}, `{}` in code page 437 as the format has it",
                reading.read(&first),
                NameReading::Cp437.read(&first),
                reading = reading.as_str(),
            ));
            finding.help("use ASCII names, or pack with a tool that sets the UTF-8 flag");
            let encoding = reading.as_str();
            let message = match finding.count() {
                1 => format!("1 name does not say how it is encoded; it seems to be {encoding}"),
                count => {
                    format!(
                        "{} names do not say how they are encoded; they seem to be {encoding}",
                        text::number(count)
                    )
                }
            };
            finding.say(message);
        }
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
