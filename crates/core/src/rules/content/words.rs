//! What the rules say of faults in frames: a row for each.

use std::borrow::Cow;

use sensortree_probe::pcd::{
    DataFault, Disproportion, FieldFault, HeaderFault, Keyword, MAX_HEADER, Uncommon,
};
use sensortree_probe::{
    ActualFormat, ChunkFault, Damage, Exotic, Fault, JpegHeaderFault, MissingPart,
};

use super::content_all_zero::CONTENT_ALL_ZERO;
use super::images::{
    IMAGE_DAMAGED, JPEG_DAMAGED, JPEG_EXOTIC, JPEG_HEADER, JPEG_SIGNATURE, JPEG_TRUNCATED,
};
use super::point_clouds::{
    PCD_BLANK_TAIL, PCD_COORDINATES_IMPLAUSIBLE, PCD_DATA_MALFORMED, PCD_FIELDS, PCD_HEADER,
    PCD_HEADER_UNCOMMON, PCD_NAN_POINTS, PCD_NO_POINTS, PCD_POINTS_EQUAL, PCD_SURPLUS_POINTS,
    PCD_TRUNCATED, PCD_ZERO_POINTS,
};
use crate::finding::Rule;

/// What is said of a fault in the frames of a sensor.
pub(super) struct Saying {
    /// The rule that says it.
    pub(super) rule: &'static Rule,
    /// What a frame with it does, so that it can follow `1 frame of …`. It begins with a verb.
    pub(super) does: Cow<'static, str>,
    /// A few words at the place in a frame's header, where it has one.
    pub(super) label: &'static str,
    /// What is to be done.
    pub(super) help: &'static str,
}

const COPY: &str = "copy the frames again from their source";
const COPY_OR_DELETE: &str =
    "copy the frames again from their source, or delete them in every sensor of the scene";
const COPY_IN_BINARY: &str = "copy the frames again from their source, in binary mode, or delete them in every sensor of the scene";
const LOOK_AND_CONVERT: &str = "look at the frames in a viewer, and convert them again from the recording if they show nothing";
const MEND_HEADER: &str = "write the frames again with a library for PCD, or mend the line in each";

impl Saying {
    /// What is said of a fault. `None` where no rule says it sensor by sensor in this way:
    /// F109 counts pointers in all sensors together, and F127 how many images of one colour
    /// stand in a row.
    pub(super) fn of(fault: Fault) -> Option<Self> {
        Some(match fault {
            Fault::Pointer(_) | Fault::OneColour => return None,
            Fault::Zeros => say(
                &CONTENT_ALL_ZERO,
                "holds zero bytes where the header should be",
                "",
                COPY_OR_DELETE,
            ),
            Fault::BlankBody => say(
                &CONTENT_ALL_ZERO,
                "holds zero bytes where the data should be",
                "",
                COPY_OR_DELETE,
            ),
            Fault::NotAPointCloud(instead) => {
                let does = match instead.describe() {
                    Some(what) => Cow::Owned(format!("is no PCD point cloud but {what}")),
                    None => "has no PCD header".into(),
                };
                say(&PCD_HEADER, does, "", instead_of(instead, "write the point clouds as PCD"))
            }
            Fault::Header(fault) => {
                let (what, label) = malformed(fault);
                let help = match fault {
                    HeaderFault::ByteOrderMark => {
                        "write the header without the mark, as UTF-8 without BOM or as ASCII"
                    }
                    HeaderFault::CutOff | HeaderFault::Endless => COPY,
                    _ => MEND_HEADER,
                };
                say(&PCD_HEADER, format!("has a malformed PCD header: {what}"), label, help)
            }
            Fault::ShortPointCloud => {
                say(&PCD_TRUNCATED, "holds less than the header promises", "", COPY_OR_DELETE)
            }
            Fault::Fields(fault) => {
                let (does, label) = fields(fault);
                let help = "write the point clouds with `x`, `y` and `z` as 4-byte floats";
                say(&PCD_FIELDS, does, label, help)
            }
            Fault::NoPoints => {
                let help = "delete the frames in every sensor of the scene, or write their points";
                say(&PCD_NO_POINTS, "has no points", "", help)
            }
            Fault::Data(fault) => {
                let (does, label) = data(fault);
                let help = "write the frames again from the recording";
                say(&PCD_DATA_MALFORMED, does, label, help)
            }
            Fault::MorePoints => {
                let help = "write into POINTS, and WIDTH times HEIGHT, how many points there are";
                say(&PCD_SURPLUS_POINTS, "has more points than its header says", "", help)
            }
            Fault::BlankTail => {
                let does = "ends in points that are nothing but zero bytes";
                let help = "copy the frames again from their source, or write into POINTS how many points there are";
                say(&PCD_BLANK_TAIL, does, "", help)
            }
            Fault::Uncommon(uncommon) => {
                let (does, label) = refused(uncommon);
                say(&PCD_HEADER_UNCOMMON, does, label, MEND_HEADER)
            }
            Fault::LostPoints => {
                let does = "has hardly any point that is a number";
                say(&PCD_NAN_POINTS, does, "", LOOK_AND_CONVERT)
            }
            Fault::PointsAtOrigin => {
                let does = "has hardly any point away from the origin";
                say(&PCD_ZERO_POINTS, does, "", LOOK_AND_CONVERT)
            }
            Fault::PointsEqual => {
                let help = "convert the frames again from the recording, or delete these times in every sensor";
                say(&PCD_POINTS_EQUAL, "has all points in the same place", "", help)
            }
            Fault::Disproportion(disproportion) => {
                let (does, help) = out_of_proportion(disproportion);
                say(&PCD_COORDINATES_IMPLAUSIBLE, does, "", help)
            }
            Fault::NotTheImage(instead) => {
                let does = match instead.describe() {
                    Some(what) => {
                        Cow::Owned(format!("is not the image that the suffix says but {what}"))
                    }
                    None => "is not the image that the suffix says".into(),
                };
                let otherwise = "convert the images to JPEG: another suffix alone does not";
                say(&JPEG_SIGNATURE, does, "", instead_of(instead, otherwise))
            }
            Fault::CutOffImage(lacking) => {
                let does = match lacking {
                    MissingPart::Frame => "has no header that says how large the image is",
                    MissingPart::Data => "ends before the image's data",
                    MissingPart::End => "lacks the end of the image",
                };
                say(&JPEG_TRUNCATED, does, "", COPY_OR_DELETE)
            }
            Fault::ImageHeader(fault) => {
                let (does, help) = image_header(fault);
                say(&JPEG_HEADER, does, "", help)
            }
            Fault::DamagedImage(damage) => {
                let does = match damage {
                    Damage::Early => "ends before all of the image's data",
                    Damage::NoCode => "holds data that are no code of the image",
                    Damage::Restart => "lacks a restart marker where one is due",
                    Damage::Surplus => "holds more data than the image takes",
                    Damage::BetweenScans => "has a malformed header within its data",
                };
                say(&JPEG_DAMAGED, does, "", COPY_IN_BINARY)
            }
            Fault::Chunks(fault) => {
                let does = match fault {
                    ChunkFault::CutOff => "ends before the image does",
                    ChunkFault::Checksum => "holds data that are not those of their checksum",
                    ChunkFault::Packing => "holds rows that cannot be unpacked",
                    ChunkFault::MissingRows => "has fewer rows than the image should have",
                    ChunkFault::Malformed => "has a malformed chunk",
                    ChunkFault::NoImage => "has no chunk with the image",
                };
                say(&IMAGE_DAMAGED, does, "", COPY_OR_DELETE)
            }
            Fault::Exotic(exotic) => {
                let (does, help) = not_for_all(exotic);
                say(&JPEG_EXOTIC, does, "", help)
            }
        })
    }

    /// The verb of one frame, that of several, and what follows: `holds`, `hold`, `zero bytes …`.
    pub(super) fn verbs(&self) -> (&str, &str, &str) {
        let (verb, rest) = self.does.split_once(' ').unwrap_or((&self.does, ""));
        let several = match verb {
            "is" => "are",
            "has" => "have",
            verb => verb.strip_suffix('s').unwrap_or(verb),
        };
        (verb, several, rest)
    }
}

fn say(
    rule: &'static Rule,
    does: impl Into<Cow<'static, str>>,
    label: &'static str,
    help: &'static str,
) -> Saying {
    Saying { rule, does: does.into(), label, help }
}

/// What is to be done where the file is something else than its suffix says.
fn instead_of(instead: ActualFormat, otherwise: &'static str) -> &'static str {
    match instead {
        ActualFormat::WebPage | ActualFormat::ServiceAnswer => {
            "look at the file as text: it says why the download gave no frame; then download it again"
        }
        instead if instead.is_packed() => "unpack the frames: what is in them is what belongs here",
        _ => otherwise,
    }
}

/// What makes a header malformed, and what is said at the place.
fn malformed(fault: HeaderFault) -> (Cow<'static, str>, &'static str) {
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
            return (format!("there is no line {}", keyword.as_str()).into(), before(keyword));
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
            let most = MAX_HEADER >> 10;
            let what = format!("it does not end within the first {most} KiB");
            return (what.into(), "still no DATA");
        }
    };
    (what.into(), label)
}

/// What is said at the line before which another is missing.
fn before(keyword: Keyword) -> &'static str {
    match keyword {
        Keyword::Fields => "no FIELDS before this",
        Keyword::Size => "no SIZE before this",
        Keyword::Type => "no TYPE before this",
        Keyword::Width => "no WIDTH before this",
        _ => "no POINTS before this",
    }
}

/// What a cloud does whose fields are wrong, and what is said at the place.
fn fields(fault: FieldFault) -> (&'static str, &'static str) {
    match fault {
        FieldFault::NoPosition => ("lacks one of the fields `x`, `y` and `z`", "no x, y and z"),
        FieldFault::Type => ("has a field of a type that is none of F, I and U", "of another type"),
        FieldFault::Size => {
            ("has a position of a size that no number has", "of no size that its type has")
        }
    }
}

/// What a cloud does whose data cannot be read, and what is said at the place.
fn data(fault: DataFault) -> (&'static str, &'static str) {
    match fault {
        DataFault::Packing => ("holds compressed data that cannot be unpacked", ""),
        DataFault::Size => ("holds compressed data of another size than its points", ""),
        DataFault::NoNumber => ("holds a word that is no number", "no number"),
        DataFault::TooFewNumbers => {
            ("has a line with fewer numbers than a point", "too few numbers for a point")
        }
    }
}

/// What a cloud does that one reader or another refuses, and what is said at the place.
fn refused(uncommon: Uncommon) -> (&'static str, &'static str) {
    match uncommon {
        Uncommon::NoShape => (
            "says WIDTH 0 and HEIGHT 0 beside its points, which PCL refuses",
            "POINTS belongs here, and 1 into HEIGHT",
        ),
        Uncommon::ZeroSide => {
            ("says a WIDTH or HEIGHT of 0, which not every reader takes", "not 0")
        }
        Uncommon::NoHeight => {
            ("has no HEIGHT, and another WIDTH than POINTS", "not POINTS, and no HEIGHT")
        }
        Uncommon::NoValues => ("has a field of COUNT 0, which not every reader takes", "COUNT 0"),
        Uncommon::NoHeading => (
            "has a VIEWPOINT whose heading is all zeros, which not every reader takes",
            "1 0 0 0 is no turn",
        ),
        Uncommon::PaddingLeftOut => (
            "leaves padding out of its compressed data, which not every reader takes",
            "`_` is not in the data",
        ),
    }
}

/// What a cloud does whose coordinates are out of all proportion, and what is to be done.
fn out_of_proportion(disproportion: Disproportion) -> (&'static str, &'static str) {
    match disproportion {
        Disproportion::Unit => (
            "has its points over 1,000 m from the sensor, as in millimetres",
            "write the points in metres, in the sensor's own frame",
        ),
        Disproportion::Map => (
            "has its points over 1,000 m from the sensor on one side, as in a map's coordinates",
            "take the sensor's place off the points, and its heading, so that they lie in the sensor's own frame",
        ),
        Disproportion::Noise => (
            "has its points beyond all measure, as bytes that are no coordinates",
            "write the frames again, with the fields in the order and of the types that the header says",
        ),
    }
}

/// What an image does whose headers no decoder takes, and what is to be done.
fn image_header(fault: JpegHeaderFault) -> (&'static str, &'static str) {
    let does = match fault {
        JpegHeaderFault::Frame => "has a header that contradicts itself on the image's components",
        JpegHeaderFault::SecondStart => "ends within its headers, where another image begins",
        JpegHeaderFault::UnknownMarker => "has a segment of no kind among its headers",
        JpegHeaderFault::SecondFrame => "has two headers that say how large it is",
        JpegHeaderFault::Table => "has a malformed table to decode it with",
        JpegHeaderFault::NoQuantisation => "lacks a quantisation table that it names",
        JpegHeaderFault::Scan => "has a malformed header of its coded data",
        JpegHeaderFault::UnknownComponent => "has coded data of a component that the image has not",
        JpegHeaderFault::NoCodes => "lacks a Huffman table that it names",
        JpegHeaderFault::TooFewBytes => {
            return (
                "holds too few bytes for an image of its size",
                "copy the frames again from their source, or write them again from the recording",
            );
        }
    };
    (does, "write the images again from the recording")
}

/// What an image does that not every reader takes, and what is to be done.
fn not_for_all(exotic: Exotic) -> (Cow<'static, str>, &'static str) {
    const ANEW: &str = "write the images again as baseline JPEG in RGB, 8 bits a sample";
    let (does, help) = match exotic {
        Exotic::Precision(bits) => {
            return (format!("has {bits} bits a sample, where browsers take 8").into(), ANEW);
        }
        Exotic::Cmyk => ("is in CMYK, colours made for print", ANEW),
        Exotic::Lossless => ("is coded without loss, which browsers do not read", ANEW),
        Exotic::Arithmetic => ("has arithmetic coding, which browsers do not read", ANEW),
        Exotic::Hierarchical => ("is coded in layers, which browsers do not read", ANEW),
        Exotic::StandardCodes => (
            "has no tables of codes, as a frame of Motion JPEG",
            "write the images again with their tables, as with `jpegtran` or `mjpeg2jpeg`",
        ),
        Exotic::StrayBytes => (
            "has bytes within it that belong to nothing, though it is whole",
            "write the images again, as with `jpegtran`",
        ),
        Exotic::MoreData => (
            "has more coded data than the image takes, so that some of it may be damaged",
            "look at the images, and copy those that are damaged again from their source; write the others again, as with `jpegtran`",
        ),
        Exotic::Orientation(orientation) => (
            turned(orientation),
            "turn the pixels themselves, as with `jpegtran` or `exiftran`, and leave Exif at 1",
        ),
    };
    (does.into(), help)
}

/// What Exif says is to be done to show the image.
fn turned(orientation: u8) -> &'static str {
    match orientation {
        2 => "is mirrored by Exif",
        3 => "is turned upside down by Exif",
        4 => "is mirrored and turned upside down by Exif",
        5 | 7 => "is mirrored and turned on its side by Exif",
        _ => "is turned on its side by Exif",
    }
}
