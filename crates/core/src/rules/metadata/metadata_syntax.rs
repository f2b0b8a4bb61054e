use super::edits::replace;
use crate::document::json::{self, Document, FaultKind, Span};
use crate::finding::{Context, Example, Sink, Statement};
use crate::names::METADATA;
use crate::platform::{Basis, Effect};
use crate::repair::{Edit, Operation, Repair};
use crate::rules::sentences::emit_syntax;

declare_rule! {
    /// metadata.json is not JSON as the standard has it.
    ///
    /// A strict reader refuses the whole file at the first byte that is out of place, and with it
    /// the dataset. Each kind of fault is said once, at the first place that has it: comments,
    /// commas too many or too few, single quotes, `NaN` and numbers too large for any reader, keys
    /// that stand twice, a byte order mark, another encoding than UTF-8, an end in the middle.
    ///
    /// What has one cause is said by its name: a merge conflict that nobody resolved, a pointer of
    /// Git LFS, git-annex or DVC, a symbolic link saved as text, zero bytes, YAML, a web page, a
    /// second object behind the first, a dictionary as Python prints it, numbers as
    /// `np.float64(40.5)`. What the sides of a conflict dispute is not judged; what lies outside
    /// of it is.
    ///
    /// Where what was meant is clear all the same, the rest of the file is still checked. Of a key
    /// that stands twice the later value counts, as for most readers; a strict one may refuse it. A
    /// file nested over 127 levels deep is not read further. One of over 64 MiB is not read at all,
    /// and one with over 262,144 keys and values is only judged as JSON: both leave the inspection
    /// incomplete, since nothing is known of what they say.
    ///
    /// **Repair:** mend the place that is pointed at, or write the file with a JSON library and as
    /// UTF-8 without a byte order mark. `sensortree fix` does so where each fault of the text has
    /// one meaning: it takes away comments, commas too many, byte order marks and repeated members;
    /// puts in commas and quotes that are missing; and writes as JSON what Python writes as `True`,
    /// `(1, 2)` and `np.array([1.0])`, and others as `.5` and `\'`. It leaves all as it is where
    /// one of them has no value or two meanings, as `NaN`, `(1)` and `[1 920]`.
    ///
    /// ```tree bad
    /// lidar-top/
    ///   scene_1/
    ///     1681532060061.pcd x2 +100
    /// metadata.json with:
    ///   lidarSequence = ["top",]
    /// ```
    ///
    /// ```tree good
    /// lidar-top/
    ///   scene_1/
    ///     1681532060061.pcd x2 +100
    /// metadata.json
    /// ```
    METADATA_SYNTAX {
        code: "M101",
        name: "metadata-syntax",
        effect: Effect::MISALIGNED,
        basis: Implied,
        facts: [],
        judges: metadata,
    }
}

/// The whole text in UTF-8, where it could be told from its encoding.
fn in_utf8(document: &Document) -> Option<Repair> {
    let is_read = document.root().is_some() && std::str::from_utf8(document.text()).is_ok();
    let edit = replace(Span::new(0, document.size()), document.text());
    let repair = Repair::safe("it is the same text in UTF-8");
    is_read.then(|| repair.with([Operation::Edit { edits: vec![edit] }]))
}

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let Some(metadata) = context.metadata else { return };
    let document = &metadata.document;
    let mendings = json::mendings(document);
    emit_syntax(sink, &METADATA_SYNTAX, document, METADATA, |fault| {
        if fault.kind == FaultKind::Encoding {
            return in_utf8(document);
        }
        let mendings = mendings.iter().filter(|mending| mending.kind == fault.kind);
        let edits: Vec<Edit> =
            mendings.map(|mending| replace(mending.span, mending.text.as_str())).collect();
        let why = match fault.kind {
            FaultKind::ByteOrderMark | FaultKind::TrailingComma | FaultKind::Comment => {
                "nothing is said by it"
            }
            FaultKind::DuplicateKey => "the same stands there once more",
            FaultKind::MissingComma => "what follows is a key or value of its own",
            _ => "it says the same as JSON writes it",
        };
        (!edits.is_empty()).then(|| Repair::safe(why).with([Operation::Edit { edits }]))
    });
    if let Some(why) = metadata.unread() {
        let statement = Statement::new(format!("`{METADATA}` is too large to be checked: {why}"))
            // Nothing says that the platform would refuse it: only that nothing could be found out.
            .effect(Effect::MISALIGNED, Basis::Advice)
            .help("keep only what the platform reads in it; the coefficients of a camera take a few hundred bytes");
        let place = Example::at(METADATA).noting(why.as_str());
        sink.emit_one(&METADATA_SYNTAX, place, statement);
    }
}

#[cfg(test)]
mod tests {
    use crate::document::metadata::MetadataFile;
    use crate::finding::settings::Settings;
    use crate::plan::Plan;
    use crate::repair::Applicability;
    use crate::sketch::Sketch;

    #[test]
    fn a_text_in_utf16_is_written_in_utf8_and_not_otherwise_touched() {
        let tree = "lidar-top/\n  scene_1/\n    1681532060061.pcd x2 +100\nmetadata.json\n";
        let inspection = Sketch::parse(tree).unwrap().inspection();
        let MetadataFile::Text(plain) = inspection.metadata.clone() else {
            panic!("{:?}", inspection.metadata)
        };
        // Spaces and a name beyond ASCII stay as they are.
        let text = String::from_utf8(plain)
            .unwrap()
            .replace("\"lidar", "  \"x\": \"Z\u{fc}rich\",\r\n\"lidar");
        let little = |mark: bool| -> Vec<u8> {
            let units = mark.then_some(0xFEFF).into_iter().chain(text.encode_utf16());
            units.flat_map(u16::to_le_bytes).collect()
        };
        let big: Vec<u8> =
            [0xFEFF].into_iter().chain(text.encode_utf16()).flat_map(u16::to_be_bytes).collect();
        for bytes in [little(true), little(false), big] {
            let mut inspection = inspection.clone();
            inspection.metadata = MetadataFile::Text(bytes.clone());
            let settings = Settings { repairs: true, ..Settings::default() };
            let report = crate::check(inspection.clone(), &settings);
            let chosen =
                Plan::from_findings(&inspection.tree, &report.findings, Applicability::Safe);
            let mended = |at: &usize| report.findings[*at].rule.code;
            assert_eq!(chosen.mended.iter().map(mended).collect::<Vec<_>>(), ["M101"]);
            assert_eq!(chosen.plan.edited(&bytes), text.as_bytes());
            // Half a character tells nothing.
            inspection.metadata = MetadataFile::Text(bytes[..bytes.len() - 1].to_vec());
            let report = crate::check(inspection, &settings);
            let broken = report.findings.iter().find(|it| it.rule.code == "M101").unwrap();
            assert!(broken.repairs.is_empty(), "{}", broken.message);
        }
    }
}
