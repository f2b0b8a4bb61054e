//! [`Format`]: what a file is to hold, going by its suffix.

/// What a file is to hold, going by its suffix.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Format {
    /// A PCD point cloud.
    Pcd,
    /// A JPEG image.
    Jpeg,
    /// A PNG image.
    Png,
    /// A WebP image.
    Webp,
}

impl Format {
    /// The format of files of this name, where it is one that is looked into.
    #[must_use]
    pub fn of_name(name: &[u8]) -> Option<Self> {
        // The whole suffix: `1.pcd.bin` and `1.jpg.part` are none of these.
        let at = name.iter().rposition(|byte| *byte == b'.').filter(|at| *at > 0)?;
        Self::of_suffix(std::str::from_utf8(&name[at + 1..]).ok()?)
    }

    /// The format of files of this suffix (without its dot, any case), where it is one that
    /// is looked into.
    #[must_use]
    pub fn of_suffix(suffix: &str) -> Option<Self> {
        let is = |known: &str| suffix.eq_ignore_ascii_case(known);
        if is("pcd") {
            Some(Format::Pcd)
        } else if is("jpg") || is("jpeg") {
            Some(Format::Jpeg)
        } else if is("png") {
            Some(Format::Png)
        } else if is("webp") {
            Some(Format::Webp)
        } else {
            None
        }
    }
}
