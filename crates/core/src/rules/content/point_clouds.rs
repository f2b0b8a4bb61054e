//! Rules about faults of single point clouds. What they say of each stands in `words.rs`.

use super::say_faults;
use crate::platform::Effect;

declare_rule! {
    /// A point cloud whose PCD header is missing or malformed, so that no point can be
    /// read from it.
    ///
    /// A PCD file begins with lines of text that name the fields of a point, their sizes and types,
    /// and how many points there are, up to `DATA`. Every version of it is taken, without comments,
    /// counts or viewpoint, too. What at least two of the usual readers (PCL, Open3D, pypcd4)
    /// refuse is said here, and what one of them refuses in F120. What is no PCD at all is named
    /// for what it is: a web page under the name of a frame means that a download failed.
    ///
    /// **Repair:** write the file again with a library for PCD, or fetch it again where it
    /// is something else.
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
        checked_by: say_faults,
    }
}

declare_rule! {
    /// A point cloud that holds less than its header promises: it was cut off.
    ///
    /// For binary data the header says exactly how many bytes must follow, and for compressed data
    /// two sizes stand before them. Of text it is said only where the points cannot fit, at two
    /// bytes for each number; with `--content full` the lines are counted. More bytes than promised
    /// are padding, as the point cloud library writes it, and are in order.
    ///
    /// **Repair:** copy the frame again from its source; where the recording itself was cut off,
    /// delete the frame in every sensor of the scene.
    ///
    /// ```tree bad
    /// lidar-top/
    ///   scene_1/
    ///     1681532060061.pcd
    ///     1681532060161.pcd =cut
    /// metadata.json
    /// ```
    ///
    /// ```tree good
    /// lidar-top/
    ///   scene_1/
    ///     1681532060061.pcd x2 +100
    /// metadata.json
    /// ```
    PCD_TRUNCATED {
        code: "F103",
        name: "pcd-truncated",
        effect: Effect::Scene,
        basis: Implied,
        facts: ["T7"],
        needs: Headers,
        judges: point_clouds,
        checked_by: say_faults,
    }
}

declare_rule! {
    /// A point cloud whose points have no position, or values that are no numbers.
    ///
    /// The fields `x`, `y` and `z` place a point; their names are written in lower case. A type is
    /// `F` for floating point, `I` or `U` for whole numbers, and a float has 4 or 8 bytes. Further
    /// fields are taken as they are.
    ///
    /// **Repair:** write the point clouds with `x`, `y` and `z` as 4-byte floats.
    ///
    /// ```tree bad
    /// lidar-top/
    ///   scene_1/
    ///     1681532060061.pcd =edit FIELDS x y z -> FIELDS X Y Z
    /// metadata.json
    /// ```
    ///
    /// ```tree good
    /// lidar-top/
    ///   scene_1/
    ///     1681532060061.pcd =edit FIELDS x y z intensity -> FIELDS x y z reflectivity
    /// metadata.json
    /// ```
    PCD_FIELDS {
        code: "F104",
        name: "pcd-fields",
        effect: Effect::Scene,
        basis: Implied,
        facts: ["T7"],
        needs: Headers,
        judges: point_clouds,
        checked_by: say_faults,
    }
}

declare_rule! {
    /// A point cloud whose header says that it has no points.
    ///
    /// Such a file can be read, and there is nothing in it to annotate. Some writers leave
    /// one behind for each revolution in which the sensor gave nothing, or where a filter
    /// took every point.
    ///
    /// **Repair:** delete the frame in every sensor of the scene, or write its points.
    ///
    /// ```tree bad
    /// lidar-top/
    ///   scene_1/
    ///     1681532060061.pcd
    ///     1681532060161.pcd =no points
    /// metadata.json
    /// ```
    ///
    /// ```tree good
    /// lidar-top/
    ///   scene_1/
    ///     1681532060061.pcd x2 +100
    /// metadata.json
    /// ```
    PCD_NO_POINTS {
        code: "F105",
        name: "pcd-no-points",
        effect: Effect::Scene,
        basis: Advice,
        facts: [],
        needs: Headers,
        judges: point_clouds,
        checked_by: say_faults,
    }
}

declare_rule! {
    /// A point cloud in which at least 19 of 20 points are no numbers (NaN or infinite). Seen
    /// with `--content full`.
    ///
    /// Where a beam comes back with nothing, writers of organised clouds put NaN, and readers pass
    /// over it. Half of a frame can be so when a sensor looks into the sky, and more than two
    /// thirds in the open. With less than a twentieth left, the sensor was covered or switched off,
    /// or its points were lost on the way.
    ///
    /// **Repair:** look at the frames in a viewer. Where they show nothing, convert them again from
    /// the recording, or delete them in every sensor of the scene.
    ///
    /// ```tree bad
    /// content: full
    /// lidar-top/
    ///   scene_1/
    ///     1681532060061.pcd
    ///     1681532060161.pcd =lost points
    /// metadata.json
    /// ```
    ///
    /// ```tree good
    /// content: full
    /// lidar-top/
    ///   scene_1/
    ///     1681532060061.pcd
    ///     1681532060161.pcd =half lost
    /// metadata.json
    /// ```
    PCD_NAN_POINTS {
        code: "F111",
        name: "pcd-nan-points",
        effect: Effect::Advice,
        basis: Advice,
        facts: [],
        needs: Whole,
        judges: point_clouds,
        checked_by: say_faults,
    }
}

declare_rule! {
    /// A point cloud in which at least 19 of 20 points lie at the origin, where the sensor is. Seen
    /// with `--content full`.
    ///
    /// Some drivers write 0 0 0 where a beam comes back with nothing, so that half of a frame can
    /// be so and is not said here. With less than a twentieth left, the sensor saw nothing, or its
    /// points were lost on the way. Points that are no numbers do not count. Where each byte behind
    /// the header is zero, the other fields included, that is said instead (F110).
    ///
    /// **Repair:** look at the frames in a viewer. Where they show nothing, convert them again from
    /// the recording, or delete them in every sensor of the scene.
    ///
    /// ```tree bad
    /// content: full
    /// lidar-top/
    ///   scene_1/
    ///     1681532060061.pcd
    ///     1681532060161.pcd =points at origin
    /// metadata.json
    /// ```
    ///
    /// ```tree good
    /// content: full
    /// lidar-top/
    ///   scene_1/
    ///     1681532060061.pcd
    ///     1681532060161.pcd
    /// metadata.json
    /// ```
    PCD_ZERO_POINTS {
        code: "F112",
        name: "pcd-zero-points",
        effect: Effect::Advice,
        basis: Advice,
        facts: [],
        needs: Whole,
        judges: point_clouds,
        checked_by: say_faults,
    }
}

declare_rule! {
    /// A point cloud whose coordinates are out of all proportion: in millimetres, on a map, or no
    /// coordinates at all. Seen with `--content full`.
    ///
    /// The points of a frame lie around the sensor, in metres: a car's LiDAR reaches 300 m. Where
    /// half of them are more than 1,000 from the origin, they are in millimetres if they lie
    /// around it, and in a map's coordinates (UTM) if they lie together on one side. The cameras'
    /// poses are said in the sensor's frame, so that neither fits the images, and
    /// single-precision numbers hold a map's coordinates only to half a metre. Where one of 20 is
    /// over 10,000,000,000, the bytes were read as what they are not: in another order, or with
    /// fields that the header does not have. Points at the origin, and such that are no numbers,
    /// do not count.
    ///
    /// **Repair:** write the points in metres and in the sensor's own frame.
    ///
    /// ```tree bad
    /// content: full
    /// lidar-top/
    ///   scene_1/
    ///     1681532060061.pcd
    ///     1681532060161.pcd =millimetres
    /// metadata.json
    /// ```
    ///
    /// ```tree good
    /// content: full
    /// lidar-top/
    ///   scene_1/
    ///     1681532060061.pcd
    ///     1681532060161.pcd
    /// metadata.json
    /// ```
    PCD_COORDINATES_IMPLAUSIBLE {
        code: "F113",
        name: "pcd-coordinates-implausible",
        effect: Effect::Advice,
        basis: Advice,
        facts: [],
        needs: Whole,
        judges: point_clouds,
        checked_by: say_faults,
    }
}

declare_rule! {
    /// A point cloud whose data make no sense, so that its points cannot be read. Most of it is
    /// seen with `--content full`.
    ///
    /// The header is right, and what stands behind it is not: compressed data that cannot be
    /// unpacked, or not to the size that they are said to have; or in text a line with fewer
    /// numbers than a point, or with a word that is no number. Padding (`_`) may be left out of a
    /// line, and NaN is a number here. Compressed data stand field by field, so that with another
    /// number of points than the header says each coordinate is read from another place. That, and
    /// what is wrong within the first 4 KiB of text, is seen without `--content full`, too. What
    /// stands behind the last line that the header says is not read, as by other readers.
    ///
    /// **Repair:** write the frame again from the recording; where text was written, mind decimal
    /// commas and lines that run into each other.
    ///
    /// ```tree bad
    /// content: full
    /// lidar-top/
    ///   scene_1/
    ///     1681532060061.pcd
    ///     1681532060161.pcd =compressed, torn
    /// metadata.json
    /// ```
    ///
    /// ```tree good
    /// content: full
    /// lidar-top/
    ///   scene_1/
    ///     1681532060061.pcd
    ///     1681532060161.pcd =compressed
    /// metadata.json
    /// ```
    PCD_DATA_MALFORMED {
        code: "F114",
        name: "pcd-data-malformed",
        effect: Effect::Scene,
        basis: Implied,
        facts: ["T7"],
        needs: Headers,
        judges: point_clouds,
        checked_by: say_faults,
    }
}

declare_rule! {
    /// A point cloud that holds more points than its header says.
    ///
    /// In binary these are bytes of whole points behind the last, more than the 4 KiB of padding
    /// that writers leave there at most; in text more lines, which are counted with
    /// `--content full`. Readers stop at the number of points that the header says, and the points
    /// behind it are lost without a word. Most often lines were added by a script that left the
    /// header as it was.
    ///
    /// **Repair:** write into `POINTS`, and `WIDTH` times `HEIGHT`, how many points there are.
    ///
    /// ```tree bad
    /// content: full
    /// lidar-top/
    ///   scene_1/
    ///     1681532060061.pcd
    ///     1681532060161.pcd =ascii, edit WIDTH 100\nHEIGHT 1\nVIEWPOINT 0 0 0 1 0 0 0\nPOINTS 100\n -> POINTS 99\n
    /// metadata.json
    /// ```
    ///
    /// ```tree good
    /// content: full
    /// lidar-top/
    ///   scene_1/
    ///     1681532060061.pcd
    ///     1681532060161.pcd =ascii
    /// metadata.json
    /// ```
    PCD_SURPLUS_POINTS {
        code: "F115",
        name: "pcd-surplus-points",
        effect: Effect::Advice,
        basis: Advice,
        facts: [],
        needs: Headers,
        judges: point_clouds,
        checked_by: say_faults,
    }
}

declare_rule! {
    /// A point cloud that most readers take, and that one of them refuses or reads in another way.
    ///
    /// The usual readers (PCL, Open3D, pypcd4) do not agree on everything that stands in the wild:
    /// the driver of Livox writes `WIDTH 0` and `HEIGHT 0` beside the right `POINTS`, that of
    /// Ouster a field of `COUNT 0`, and PCL leaves padding (`_`) out of compressed data. Which
    /// reader the platform has is not known.
    ///
    /// **Repair:** write the frames again with a library for PCD, as PCL does it.
    ///
    /// ```tree bad
    /// lidar-top/
    ///   scene_1/
    ///     1681532060061.pcd x2 +100 =edit HEIGHT 1\n -> HEIGHT 0\n
    /// metadata.json
    /// ```
    ///
    /// ```tree good
    /// lidar-top/
    ///   scene_1/
    ///     1681532060061.pcd x2 +100
    /// metadata.json
    /// ```
    PCD_HEADER_UNCOMMON {
        code: "F120",
        name: "pcd-header-uncommon",
        effect: Effect::Advice,
        basis: Advice,
        facts: [],
        needs: Headers,
        judges: point_clouds,
        checked_by: say_faults,
    }
}

declare_rule! {
    /// A point cloud whose last points, a quarter of all or more, are nothing but zero bytes. Seen
    /// with `--content full`.
    ///
    /// A write that broke off leaves zeros where the rest of the file should be, and the size looks
    /// right. Some drivers reserve room for all beams of a turn and fill only what came back, so
    /// that it need not be damage: then the header should say fewer points. It is looked for in
    /// binary clouds. Where (nearly) all of a cloud is zero, that is said instead (F110).
    ///
    /// **Repair:** copy the frame again from its source; where the source has it so, write into
    /// `POINTS` how many there are.
    ///
    /// ```tree bad
    /// content: full
    /// lidar-top/
    ///   scene_1/
    ///     1681532060061.pcd
    ///     1681532060161.pcd =half blank
    /// metadata.json
    /// ```
    ///
    /// ```tree good
    /// content: full
    /// lidar-top/
    ///   scene_1/
    ///     1681532060061.pcd x2 +100
    /// metadata.json
    /// ```
    PCD_BLANK_TAIL {
        code: "F121",
        name: "pcd-blank-tail",
        effect: Effect::Advice,
        basis: Advice,
        facts: [],
        needs: Whole,
        judges: point_clouds,
        checked_by: say_faults,
    }
}

declare_rule! {
    /// A point cloud whose points all have the same position. Seen with `--content full`.
    ///
    /// No sensor measures one place only. A converter that writes the first point again and again,
    /// or reads all points from one place in its buffer, makes such a cloud. It can be read, and an
    /// annotator sees a single dot. Points that are no numbers do not count, and a cloud of one
    /// point is not meant here (F124 compares it with the others of its scene). Where the points
    /// are all at the origin, that is said instead (F112).
    ///
    /// **Repair:** convert the frames again from the recording, or delete these times in every
    /// sensor of the scene.
    ///
    /// ```tree bad
    /// content: full
    /// lidar-top/
    ///   scene_1/
    ///     1681532060061.pcd
    ///     1681532060161.pcd =equal points
    /// metadata.json
    /// ```
    ///
    /// ```tree good
    /// content: full
    /// lidar-top/
    ///   scene_1/
    ///     1681532060061.pcd
    ///     1681532060161.pcd
    /// metadata.json
    /// ```
    PCD_POINTS_EQUAL {
        code: "F126",
        name: "pcd-points-equal",
        effect: Effect::Advice,
        basis: Advice,
        facts: [],
        needs: Whole,
        judges: point_clouds,
        checked_by: say_faults,
    }
}
