use super::gather_remarked;
use crate::finding::{Context, Sink};
use crate::platform::Effect;
use crate::text;
use crate::tree::Remark;

declare_rule! {
    /// A symbolic link inside the tree.
    ///
    /// What becomes of it depends on the tool that uploads: some copy what it points at, some leave it out, and a zip or a
    /// git checkout may carry a small file with the path in it. So links are not followed, unless `--links follow` asks for
    /// it, and what they point at is not judged: a frame that is a link counts as absent, which A202, L110 and L109 say. This
    /// rule is about the other links.
    ///
    /// **Repair:** put a real file in each link's place (`cp -rL`, `rsync -L`), or check the copy that is uploaded instead.
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
    let mut links = sink.gather(&SYMBOLIC_LINK);
    let mut dangling = 0;
    gather_remarked(
        context,
        &mut links,
        |_, remark| matches!(remark, Remark::Link | Remark::DanglingLink),
        |remark, count| dangling += if remark == Remark::DanglingLink { count } else { 0 },
    );
    links.note(
        "rclone and gsutil leave links out, `aws s3` and `zip -r` copy what they point to; `--links follow` checks that",
    );
    if dangling > 0 {
        let verb = if dangling == 1 { "leads" } else { "lead" };
        links.note(format!("{} of them {verb} nowhere", text::number(dangling)));
    }
    links.help("put real files in their place (`cp -rL`), or check the copy that is uploaded");
    let count = text::count(links.count(), "symbolic link");
    let verb = if links.count() == 1 { "was" } else { "were" };
    links.say(format!("{count} {verb} not followed, and uploads differ in what they make of one"));
}
