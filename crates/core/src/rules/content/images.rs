//! Rules about faults of single images. What they say of each stands in `words.rs`.

use super::say_faults;
use crate::platform::Effect;

declare_rule! {
    /// A file that is not the image that its suffix says, by its first bytes.
    ///
    /// A JPEG begins with two bytes that nothing else begins with. Most often the file is another
    /// image that was renamed, which does not convert it, or a web page or an error that a download
    /// saved under the name of the frame.
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
        checked_by: say_faults,
    }
}

declare_rule! {
    /// A JPEG that lacks its end, its data, or the header that says how large it is.
    ///
    /// A JPEG ends in a marker, behind which other data may stand. An image without one was cut off
    /// while it was written or copied: most viewers draw its upper part and leave the rest grey,
    /// and some draw nothing.
    ///
    /// **Repair:** copy the frame again from its source; where the recording itself was cut off,
    /// delete the frame in every sensor of the scene.
    ///
    /// ```tree bad
    /// lidar-top/
    ///   scene_1/
    ///     1681532060061.pcd x2 +100
    /// camera-front/
    ///   scene_1/
    ///     1681532060061.jpg
    ///     1681532060161.jpg =cut
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
    JPEG_TRUNCATED {
        code: "F107",
        name: "jpeg-truncated",
        effect: Effect::Scene,
        basis: Implied,
        facts: ["T8"],
        needs: Headers,
        judges: jpegs,
        checked_by: say_faults,
    }
}

declare_rule! {
    /// A JPEG of a kind that not every reader takes, or not in the same way.
    ///
    /// Browsers show baseline and progressive JPEG with 8 bits a sample, in grey or in colour.
    /// Images in CMYK come out in wrong colours or not at all; those of 12 bits, with arithmetic
    /// coding, without loss or in several layers not at all. A frame of Motion JPEG leaves out the
    /// tables of codes, and only some readers know to use the standard's. Bytes that belong to
    /// nothing, between an image's data and its end marker (seen with `--content full`), make some
    /// readers warn. Where these are coded data that go on when the image is whole, an encoder left
    /// them there of an earlier image, or the image itself is damaged. Where Exif says that the
    /// image is to be turned, one program shows it turned and the next does not, and what is drawn
    /// on the one does not fit the other.
    ///
    /// **Repair:** write the images again as baseline JPEG in RGB, turned as they are to be shown.
    ///
    /// ```tree bad
    /// lidar-top/
    ///   scene_1/
    ///     1681532060061.pcd x2 +100
    /// camera-front/
    ///   scene_1/
    ///     1681532060061.jpg x2 +100 =cmyk
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
    JPEG_EXOTIC {
        code: "F108",
        name: "jpeg-exotic",
        effect: Effect::Advice,
        basis: Advice,
        facts: [],
        needs: Headers,
        judges: jpegs,
        checked_by: say_faults,
    }
}

declare_rule! {
    /// A JPEG whose headers no decoder takes, though it begins and ends as one.
    ///
    /// Before the data of an image stand its size, its components, and the tables that it is
    /// decoded with. Where one of them is missing, or names what is not there, readers give up
    /// without a single pixel. So they do with an image that says it is larger than its bytes can
    /// hold: each block of 8 by 8 pixels takes two bits at least. Most often a program wrote or
    /// changed the headers by itself, or bytes were lost at the file's beginning.
    ///
    /// **Repair:** write the image again from the recording, or copy it again from its source.
    ///
    /// ```tree bad
    /// lidar-top/
    ///   scene_1/
    ///     1681532060061.pcd x2 +100
    /// camera-front/
    ///   scene_1/
    ///     1681532060061.jpg
    ///     1681532060161.jpg =no tables
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
    JPEG_HEADER {
        code: "F116",
        name: "jpeg-header",
        effect: Effect::Scene,
        basis: Implied,
        facts: ["T8"],
        needs: Headers,
        judges: jpegs,
        checked_by: say_faults,
    }
}

declare_rule! {
    /// A JPEG whose coded data are damaged, though it has its end marker. Seen with
    /// `--content full`.
    ///
    /// Every code of the image is read, as a decoder reads it: where the data end before the image
    /// does, hold what is no code, or go on when the image is full and hold zeros or colours that
    /// no image has, pixels are lost. Viewers show such an image with its lower part grey or in
    /// wrong colours, and most say nothing. The byte is where it shows; the damage is there or
    /// before. Copies in text mode (each line break changed), blocks of zeros after a crash, and
    /// two files run into one are the usual causes. Data that go on and hold neither may be
    /// harmless, and are advice (F108). Of images with arithmetic coding or without loss only the
    /// end is looked for.
    ///
    /// **Repair:** copy the frame again from its source, in binary mode; where the recording itself
    /// is damaged, delete the frame in every sensor of the scene.
    ///
    /// ```tree bad
    /// content: full
    /// lidar-top/
    ///   scene_1/
    ///     1681532060061.pcd x2 +100
    /// camera-front/
    ///   scene_1/
    ///     1681532060061.jpg
    ///     1681532060161.jpg =torn
    /// metadata.json
    /// ```
    ///
    /// ```tree good
    /// content: full
    /// lidar-top/
    ///   scene_1/
    ///     1681532060061.pcd x2 +100
    /// camera-front/
    ///   scene_1/
    ///     1681532060061.jpg x2 +100
    /// metadata.json
    /// ```
    JPEG_DAMAGED {
        code: "F117",
        name: "jpeg-damaged",
        effect: Effect::Scene,
        basis: Implied,
        facts: ["T8"],
        needs: Whole,
        judges: jpegs,
        checked_by: say_faults,
    }
}

declare_rule! {
    /// A PNG or WebP image that is cut off or damaged.
    ///
    /// That it is cut off is seen from its end, or from the size that it says of itself. With
    /// `--content full` all of it is read: the chunks of both, and of a PNG each checksum, and
    /// whether its rows can be unpacked and are all there. Whether the platform takes such images
    /// here is not known (L115): if it does, these cannot be shown, and if it does not, none of
    /// them is a frame. So it is more than advice, which a whole one is.
    ///
    /// **Repair:** copy the frame again from its source; where the recording itself is damaged,
    /// delete the frame in every sensor of the scene.
    ///
    /// ```tree bad
    /// content: full
    /// lidar-top/
    ///   scene_1/
    ///     1681532060061.pcd x2 +100
    /// camera-front/
    ///   scene_1/
    ///     1681532060061.png
    ///     1681532060161.png =torn
    /// metadata.json
    /// ```
    ///
    /// ```tree good
    /// content: full
    /// lidar-top/
    ///   scene_1/
    ///     1681532060061.pcd x2 +100
    /// camera-front/
    ///   scene_1/
    ///     1681532060061.png x2 +100
    /// metadata.json
    /// ```
    IMAGE_DAMAGED {
        code: "F118",
        name: "image-damaged",
        effect: Effect::Scene,
        basis: Implied,
        facts: ["T8"],
        needs: Headers,
        judges: pngs_or_webps,
        checked_by: say_faults,
    }
}
