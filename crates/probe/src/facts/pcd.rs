//! What a point cloud holds, and what can be wrong with one.

/// What is wrong with the fields of a point cloud that can otherwise be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FieldFault {
    /// Not each of `x`, `y` and `z` is there.
    NoPosition,
    /// A type that is none of `F`, `I` and `U`.
    Type,
    /// `x`, `y` or `z` of a size that no number of its type has.
    Size,
}

/// What is wrong with the data behind a header that is right.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DataFault {
    /// They cannot be unpacked, or not to what they are said to become.
    Packing,
    /// They are unpacked to another number of bytes than the points take, so that coordinates slip.
    Size,
    /// A word in a line of text is no number.
    NoNumber,
    /// A line of text has fewer numbers than a point.
    TooFewNumbers,
}

/// What a header says of a cloud's points.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cloud {
    /// How many there are.
    pub points: u64,
    /// What each has: `x F4, y F4, z F4, intensity U1`, each value with its type and its bytes.
    pub fields: Box<str>,
}

/// The longest header that is read, in bytes. What writers write takes some hundred.
pub const MAX_HEADER: usize = 1 << 20;

/// What most readers of point clouds take, and one refuses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Uncommon {
    /// `WIDTH` and `HEIGHT` are 0, and `POINTS` is not.
    NoShape,
    /// One of `WIDTH` and `HEIGHT` is 0.
    ZeroSide,
    /// `WIDTH` is not `POINTS`, and there is no `HEIGHT`.
    NoHeight,
    /// A field has no values.
    NoValues,
    /// The sensor's heading has a length of 0.
    NoHeading,
    /// Padding is left out of compressed data.
    PaddingLeftOut,
}

/// What is wrong with a header.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum HeaderFault {
    /// A line that starts with no word of a PCD header.
    UnknownLine,
    /// No number where one belongs.
    NoNumber,
    /// As many values as there are not fields.
    Uneven,
    /// A line with a value for each field stands before `FIELDS`.
    BeforeFields,
    /// Without this line.
    Missing(Keyword),
    /// `DATA` names none of the three encodings.
    Encoding,
    /// Something stands behind the encoding in its line: a line break was lost.
    Glued,
    /// `POINTS` is not `WIDTH` × `HEIGHT`.
    Points,
    /// `VIEWPOINT` is not seven numbers: where the sensor was, and its heading.
    Viewpoint,
    /// A byte order mark stands before it.
    ByteOrderMark,
    /// Lines end in `\r` alone.
    CarriageReturns,
    /// The file ends within the header.
    CutOff,
    /// It does not end within [`MAX_HEADER`] bytes.
    Endless,
}

/// A word that a header's line starts with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Keyword {
    /// The version of the format.
    Version,
    /// The names of the fields.
    Fields,
    /// The bytes of each field's values.
    Size,
    /// The type of each field's values.
    Type,
    /// How many values each field has.
    Count,
    /// Points in a row.
    Width,
    /// Rows.
    Height,
    /// Where the sensor was.
    Viewpoint,
    /// How many points there are.
    Points,
    /// How they are written.
    Data,
}

impl Keyword {
    pub(crate) const ALL: [Keyword; 10] = [
        Keyword::Version,
        Keyword::Fields,
        Keyword::Size,
        Keyword::Type,
        Keyword::Count,
        Keyword::Width,
        Keyword::Height,
        Keyword::Viewpoint,
        Keyword::Points,
        Keyword::Data,
    ];

    /// The word itself.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Keyword::Version => "VERSION",
            Keyword::Fields => "FIELDS",
            Keyword::Size => "SIZE",
            Keyword::Type => "TYPE",
            Keyword::Count => "COUNT",
            Keyword::Width => "WIDTH",
            Keyword::Height => "HEIGHT",
            Keyword::Viewpoint => "VIEWPOINT",
            Keyword::Points => "POINTS",
            Keyword::Data => "DATA",
        }
    }

    pub(crate) fn of(word: &[u8]) -> Option<Self> {
        // Files of before version 0.5 have `COLUMNS`.
        if word == b"COLUMNS" {
            return Some(Keyword::Fields);
        }
        let is_it = |keyword: &Keyword| keyword.as_str().as_bytes() == word;
        // Readers look at the beginning of the word alone. Where that is of use to no other reader,
        // as nothing is read from the line that matters, it is enough.
        let begins = |keyword: &Keyword| word.starts_with(keyword.as_str().as_bytes());
        Self::ALL
            .into_iter()
            .find(is_it)
            .or_else(|| [Keyword::Version, Keyword::Viewpoint].into_iter().find(begins))
    }
}

/// How the coordinates of a cloud are out of all proportion.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Disproportion {
    /// Around the origin, and too far from it: as in millimetres.
    Unit,
    /// All on one side of the origin: as on a map.
    Map,
    /// Larger than any coordinate: as bytes read as what they are not.
    Noise,
}

/// How far the coordinates reach on the three axes, in whole units. A limit that is beyond all
/// numbers is the largest.
pub type Extent = [(i64, i64); 3];
