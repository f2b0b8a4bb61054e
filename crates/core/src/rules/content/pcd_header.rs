use sensortree_probe::pcd::{HeaderFault, Keyword, MAX_HEADER};
use sensortree_probe::{ActualFormat, Fault};

use super::{Saying, say_faults};
use crate::finding::{Context, Sink};
use crate::platform::Effect;

declare_rule! {
    /// A point cloud whose PCD header is missing or malformed, so that no point can be read from it.
    ///
    /// A PCD file begins with lines of text that name the fields of a point, their sizes and types, and how many points there
    /// are, up to `DATA`. Every version of it is taken, without comments, counts or viewpoint, too. What at least two of the usual
    /// readers (PCL, Open3D, pypcd4) refuse is said here, and what one of them refuses in F120. What is no PCD at all is
    /// named for what it is: a web page under the name of a frame means that a download failed.
    ///
    /// **Repair:** write the file again with a library for PCD, or fetch it again where it is something else.
    ///
    /// ```tree bad
    /// lidar-top/
    ///   scene_1/
    ///     1681532060061.pcd
    ///     1681532060161.pcd =edit SIZE 4 4 4 4 -> SIZE 4 4 4
    /// metadata.json
    /// ```
    ///
    /// ```tree good
    /// lidar-top/
    ///   scene_1/
    ///     1681532060061.pcd
    ///     1681532060161.pcd =edit VIEWPOINT 0 0 0 1 0 0 0\n ->
    /// metadata.json
    /// ```
    PCD_HEADER {
        code: "F102",
        name: "pcd-header",
        effect: Effect::Scene,
        basis: Implied,
        facts: ["T7"],
        needs: Headers,
        judges: point_clouds,
    }
}

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    say_faults(context, sink, &PCD_HEADER, saying, |_| None);
}

fn saying(fault: Fault) -> Option<Saying> {
    match fault {
        Fault::NotAPointCloud(instead) => Some(Saying {
            does: (
                match instead.describe() {
                    Some(what) => format!("is no PCD point cloud but {what}"),
                    None => "has no PCD header".to_owned(),
                },
                if instead == ActualFormat::Unknown { "have" } else { "are" },
            ),
            label: "",
            help: match instead {
                ActualFormat::WebPage | ActualFormat::ServiceAnswer => {
                    "look at the file as text: it says why the download gave no frame; then download it again"
                }
                instead if instead.is_packed() => {
                    "unpack the frames: what is in them is what belongs here"
                }
                _ => "write the point clouds as PCD",
            },
        }),
        Fault::Header(fault) => {
            let (what, label) = words(fault);
            let help = match fault {
                HeaderFault::ByteOrderMark => {
                    "write the header without the mark, as UTF-8 without BOM or as ASCII"
                }
                HeaderFault::CutOff | HeaderFault::Endless => {
                    "copy the frames again from their source"
                }
                _ => "write the frames again with a library for PCD, or mend the line in each",
            };
            Some(Saying {
                does: (format!("has a malformed PCD header: {what}"), "have"),
                label,
                help,
            })
        }
        _ => None,
    }
}

/// What is wrong, and what to say at the place.
fn words(fault: HeaderFault) -> (String, &'static str) {
    let (what, label) = match fault {
        HeaderFault::UnknownLine => ("a line starts with no word of such a header", "no such line"),
        HeaderFault::NoNumber => ("a number is missing", "a whole number belongs here"),
        HeaderFault::Uneven => {
            ("a line has not one value for each field", "one value for each of FIELDS")
        }
        HeaderFault::BeforeFields => (
            "a line with one value for each field stands before FIELDS",
            "FIELDS belongs before this",
        ),
        HeaderFault::Missing(keyword) => {
            return (format!("there is no line {}", keyword.as_str()), before(keyword));
        }
        HeaderFault::Encoding => {
            ("the encoding is none of the three", "ascii, binary or binary_compressed")
        }
        HeaderFault::Glued => {
            ("a line break is missing behind the encoding", "this belongs on the next line")
        }
        HeaderFault::Points => ("POINTS is not WIDTH times HEIGHT", "not WIDTH × HEIGHT"),
        HeaderFault::Viewpoint => {
            ("VIEWPOINT is not seven numbers", "a position of three numbers and a heading of four")
        }
        HeaderFault::ByteOrderMark => {
            ("a byte order mark stands before it", "an editor's mark of UTF-8: no reader takes it")
        }
        HeaderFault::CarriageReturns => {
            ("its lines end in `\\r` alone", "a line ends here without `\\n`")
        }
        HeaderFault::CutOff => ("the file ends within it", "the file ends here"),
        HeaderFault::Endless => {
            return (
                format!("it does not end within the first {} KiB", MAX_HEADER >> 10),
                "still no DATA",
            );
        }
    };
    (what.to_owned(), label)
}

fn before(keyword: Keyword) -> &'static str {
    match keyword {
        Keyword::Fields => "no FIELDS before this",
        Keyword::Size => "no SIZE before this",
        Keyword::Type => "no TYPE before this",
        Keyword::Width => "no WIDTH before this",
        _ => "no POINTS before this",
    }
}
