use sensortree_probe::{ActualFormat, Fault};

use super::{Saying, say_faults};
use crate::finding::{Context, Sink};
use crate::platform::Effect;

declare_rule! {
    /// A file that is not the image that its suffix says, by its first bytes.
    ///
    /// A JPEG begins with two bytes that nothing else begins with. Most often the file is another image that was renamed,
    /// which does not convert it, or a web page or an error that a download saved under the name of the frame.
    ///
    /// **Repair:** convert the images to JPEG, or fetch them again.
    ///
    /// ```tree bad
    /// lidar-top/
    ///   scene_1/
    ///     1681532060061.pcd x2 +100
    /// camera-front/
    ///   scene_1/
    ///     1681532060061.jpg
    ///     1681532060161.jpg =png
    /// metadata.json
    /// ```
    ///
    /// ```tree good
    /// lidar-top/
    ///   scene_1/
    ///     1681532060061.pcd x2 +100
    /// camera-front/
    ///   scene_1/
    ///     1681532060061.jpg x2 +100
    /// metadata.json
    /// ```
    JPEG_SIGNATURE {
        code: "F106",
        name: "jpeg-signature",
        effect: Effect::Scene,
        basis: Implied,
        facts: ["T8"],
        needs: Headers,
        judges: images,
    }
}

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let saying = |fault| {
        let Fault::NotTheImage(instead) = fault else { return None };
        let what = match instead.describe() {
            Some(what) => format!("is not the image that the suffix says but {what}"),
            None => "is not the image that the suffix says".to_owned(),
        };
        let help = match instead {
            ActualFormat::WebPage | ActualFormat::ServiceAnswer => {
                "look at the file as text: it says why the download gave no frame; then download it again"
            }
            instead if instead.is_packed() => {
                "unpack the frames: what is in them is what belongs here"
            }
            _ => "convert the images to JPEG: another suffix alone does not",
        };
        Some(Saying { does: (what, "are"), label: "", help })
    };
    say_faults(context, sink, &JPEG_SIGNATURE, saying, |_| None);
}
