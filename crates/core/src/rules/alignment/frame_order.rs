use super::group;
use crate::align::Notation;
use crate::finding::{Context, Example, Part, Sink, Statement};
use crate::platform::Effect;

declare_rule! {
    /// Sorted by name, the frames of a scene are not in the order in which they were taken.
    ///
    /// `1000` sorts before `999`. The platform's own order is not known, and numbers are in order
    /// either way; but viewers and scripts that sort by name shuffle the frames of such a scene. It
    /// takes stems of different length, as numbers without leading zeros have, or negative ones.
    ///
    /// **Repair:** write all stems with as many digits as the longest has, in every sensor alike.
    ///
    /// ```tree bad
    /// lidar-top/
    ///   scene_1/
    ///     999999999900.pcd
    ///     1000000000000.pcd
    /// camera-front/
    ///   scene_1/
    ///     999999999900.jpg
    ///     1000000000000.jpg
    /// metadata.json
    /// ```
    ///
    /// ```tree good
    /// lidar-top/
    ///   scene_1/
    ///     1681532060061.pcd x3 +100
    /// camera-front/
    ///   scene_1/
    ///     1681532060061.jpg x3 +100
    /// metadata.json
    /// ```
    FRAME_ORDER {
        code: "A209",
        name: "frame-order",
        effect: Effect::Advice,
        basis: Advice,
        facts: ["T6"],
        judges: frames_in_a_row,
    }
}

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let relations = context.alignment.relations();
    let parts = context.layout.cells().iter().filter_map(|cell| {
        let (before, after) = group::writings(context, *cell).first_out_of_order()?;
        // Where other sensors have leading zeros, that they are wanting here is already said; so is
        // a mixture of units.
        let at = (cell.scene, cell.sensor);
        let relation =
            relations.binary_search_by_key(&at, |relation| (relation.scene, relation.sensor)).ok();
        let relation = relation.and_then(|at| relations.get(at));
        let notation = relation.and_then(|it| it.notation);
        if relation.is_some_and(|it| it.steps.is_some())
            || matches!(notation, Some(Notation::Zeros | Notation::Mixed))
        {
            return None;
        }
        let example = Example::at(context.tree.path_of(cell.folder, after.as_bytes()));
        let note = format!("sorts before `{before}`, which was taken earlier");
        Some(Part::at(example.noting(note)).in_scene(cell.scene))
    });
    sink.emit(&FRAME_ORDER, parts, |kept| {
        let of = context.layout.scenes.len() as u64;
        let scenes = group::in_scenes(context, &kept.scenes(), of);
        let folders = kept.counted("scene folder");
        Statement::new(format!(
            "sorted by name, the frames of {folders} are not in the order of time{scenes}"
        ))
        .help("write all stems with as many digits as the longest has, in every sensor alike")
    });
}
