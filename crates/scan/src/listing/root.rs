//! Where in a listing of whole keys the dataset begins.

use sensortree_core::layout::{Layout, LayoutKind, OtherLayout, WrongRoot};
use sensortree_core::text;
use sensortree_core::tree::{FolderId, Target, TargetKind, Tree};

use super::plain;

/// The deepest folder in which everything lies, and that is no sensor's or scene's.
///
/// What lies beside the dataset is not passed over: where the listing holds more than one folder,
/// that is for the rules to say.
pub(super) fn find(tree: &Tree) -> FolderId {
    let mut chain = vec![FolderId::ROOT];
    let mut here = FolderId::ROOT;
    while let Some(child) = only_folder(tree, here).filter(|child| !is_sensor(tree, *child)) {
        chain.push(child);
        here = child;
    }
    // A name that is empty (`drive//lidar-top/…`) is a fault of the keys, and no place that a
    // dataset begins in.
    while here != FolderId::ROOT && tree.folder(here).name().is_empty() {
        chain.pop();
        here = tree.folder(here).parent();
    }
    if here == FolderId::ROOT || tree.children(here).any(|child| is_sensor(tree, child)) {
        return here;
    }
    // A sensor whose name is not yet right is told by what it holds.
    let above = match Layout::read(&tree.clone().below(here), &target(tree, &chain)).reading {
        LayoutKind::Other(OtherLayout::WrongRoot(WrongRoot::Above(levels))) => usize::from(levels),
        _ => 0,
    };
    chain.get(chain.len().saturating_sub(1 + above)).copied().unwrap_or(here)
}

/// The one folder in a folder that holds nothing else.
fn only_folder(tree: &Tree, folder: FolderId) -> Option<FolderId> {
    let mut children = tree.children(folder);
    let child = children.next()?;
    (children.next().is_none() && tree.folder(folder).files() == 0).then_some(child)
}

fn is_sensor(tree: &Tree, folder: FolderId) -> bool {
    plain::is_sensor(tree.folder(folder).name())
}

fn target(tree: &Tree, chain: &[FolderId]) -> Target {
    let names = chain.iter().skip(1).map(|id| text::lossless(tree.folder(*id).name()).into_owned());
    Target {
        kind: TargetKind::Listing { of_folder: false },
        uri: String::new(),
        segments: names.collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sensortree_core::tree::{Entry, TreeBuilder};

    #[test]
    fn the_root_is_the_deepest_folder_that_holds_all() {
        let check = |paths: &[&str], expected: &str| {
            let mut builder = TreeBuilder::new();
            paths.iter().for_each(|path| builder.add(&Entry::file(path.as_bytes(), 1)));
            let tree = builder.finish();
            let found = String::from_utf8(tree.path(find(&tree))).unwrap();
            assert_eq!(found, expected, "{paths:?}");
        };
        check(&["lidar-top/s/1.pcd", "metadata.json"], "");
        check(&["data/drive/lidar-top/s/1.pcd", "data/drive/metadata.json"], "data/drive/");
        check(&["data/drive/lidar-top/s/1.pcd"], "data/drive/");
        check(&["lidar-top/s/1.pcd"], "");
        check(&["data/drive/Cam_left/s/1.jpg", "data/drive/Lidar/s/1.pcd"], "data/drive/");
        check(&["data/drive/Cam_left/s/1.jpg"], "data/drive/");
        check(&["data/drive/lidar-top/s/1.pcd", "data/readme.txt"], "data/");
        check(&["a/lidar-top/s/1.pcd", "b/lidar-top/s/1.pcd"], "");
        check(&["/home/me/drive/lidar-top/s/1.pcd"], "/home/me/drive/");
        check(&["data/drive//lidar-top/s/1.pcd", "data/drive//metadata.json"], "data/drive/");
        check(&["/lidar-top/s/1.pcd", "/metadata.json"], "");
        check(&[], "");
    }
}
