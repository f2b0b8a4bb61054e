use super::remarked;
use crate::finding::{Context, Sink, Statement};
use crate::platform::Effect;
use crate::text;
use crate::tree::FileClass;

declare_rule! {
    /// A symbolic link inside the tree.
    ///
    /// What becomes of it depends on the tool that uploads: some copy what it points at, some
    /// leave it out, and a zip or a git checkout may carry a small file with the path in it. So
    /// links are not followed, unless `--links follow` asks for it, and what they point at is not
    /// judged: a frame that is a link counts as absent, which A202, L110 and L109 say. This rule
    /// is about the other links.
    ///
    /// **Repair:** put a real file in each link's place (`cp -rL`, `rsync -L`), or check the copy
    /// that is uploaded instead.
    ///
    /// ```tree bad
    /// lidar-top/
    ///   scene_1/
    ///     1681532060061.pcd x2 +100
    ///     latest.pcd -> 1681532060161.pcd
    /// metadata.json
    /// ```
    ///
    /// ```tree good
    /// lidar-top/
    ///   scene_1/
    ///     1681532060061.pcd x2 +100
    /// metadata.json
    /// ```
    SYMBOLIC_LINK {
        code: "H104",
        name: "symbolic-link",
        effect: Effect::Advice,
        basis: Advice,
        facts: ["T5"],
    }
}

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let is_link = |_, remark| matches!(remark, FileClass::Link | FileClass::DanglingLink);
    let links = remarked(context, sink, is_link);
    sink.emit(&SYMBOLIC_LINK, links, |kept| {
        let (count, verb) = (kept.counted("symbolic link"), kept.verb("was", "were"));
        let dangling = kept.parts.iter().filter(|part| *part.key == FileClass::DanglingLink);
        let dangling: u64 = dangling.map(|part| part.count).sum();
        let verb_of_dangling = if dangling == 1 { "leads" } else { "lead" };
        let note = format!("{} of them {verb_of_dangling} nowhere", text::number(dangling));
        Statement::new(format!(
            "{count} {verb} not followed, and uploads differ in what they make of one"
        ))
        .help("put real files in their place (`cp -rL`), or check the copy that is uploaded")
        .note(
            "rclone and gsutil leave links out, `aws s3` and `zip -r` copy what they point to; `--links follow` checks that",
        )
        .notes((dangling > 0).then_some(note))
    });
}
