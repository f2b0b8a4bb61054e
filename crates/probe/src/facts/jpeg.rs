//! What can be wrong with a JPEG.

/// What a JPEG lacks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MissingPart {
    /// The header that says how large it is, or it says 0.
    Frame,
    /// Anything behind that.
    Data,
    /// The end.
    End,
}

/// What not every reader takes, or takes the same way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Exotic {
    /// Four colours, made for print.
    Cmyk,
    /// So many bits a sample, and not 8.
    Precision(u8),
    /// Coded without loss.
    Lossless,
    /// Arithmetic coding.
    Arithmetic,
    /// Several images that build on each other.
    Hierarchical,
    /// Exif says that it is to be turned or mirrored, by the number that it has there.
    Orientation(u8),
    /// Without tables of codes, as a frame of Motion JPEG: the standard's own are meant.
    StandardCodes,
    /// Bytes that belong to nothing stand within it, though the image is whole.
    StrayBytes,
    /// Coded data go on behind all that the image takes. Encoders leave some of an earlier image,
    /// and damage that makes codes shorter leaves some of this one.
    MoreData,
}

/// What makes the headers of a JPEG such that no decoder takes them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum HeaderFault {
    /// The frame header's length, components or sampling cannot be.
    Frame,
    /// Another image begins before the data of the first.
    SecondStart,
    /// A segment is of no kind.
    UnknownMarker,
    /// A second frame header.
    SecondFrame,
    /// A table cannot be: its length, its place or its codes.
    Table,
    /// The table of quantisation that a component names is not defined.
    NoQuantisation,
    /// The scan header's length, components or selection cannot be.
    Scan,
    /// The scan header names a component that the frame header has not.
    UnknownComponent,
    /// A table of codes is not defined, in an image for which none is standard.
    NoCodes,
    /// The file has fewer bytes than an image of this size takes at least.
    TooFewBytes,
}

/// What is wrong with the coded data of an image.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Damage {
    /// They end before the image does, and something else follows.
    Early,
    /// They hold what is no code of the image.
    NoCode,
    /// They have no restart marker where one is due.
    Restart,
    /// The image is whole before they end.
    Surplus,
    /// What stands between two scans makes no sense.
    BetweenScans,
}
