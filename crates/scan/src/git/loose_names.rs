//! [`LooseNames`]: which objects are kept in files of their own.

use std::fs;
use std::path::PathBuf;
use std::sync::OnceLock;

use gix::oid;

/// The names of all objects that are kept in files of their own, by the first bytes of the names.
/// Each folder of them is read once, when the first object is looked for that could be there: to
/// ask for each file takes longer.
pub(super) struct LooseNames {
    folders: Box<[OnceLock<RestsOfNames>; 256]>,
}

/// The names in one folder, sorted, without the byte that is the folder's own.
type RestsOfNames = Vec<Box<[u8]>>;

impl Default for LooseNames {
    fn default() -> Self {
        LooseNames { folders: Box::new([const { OnceLock::new() }; 256]) }
    }
}

impl LooseNames {
    pub(super) fn hold(&self, folders: &[PathBuf], id: &oid) -> bool {
        let Some((first, rest)) = id.as_bytes().split_first() else { return false };
        let names = self.folders.get(usize::from(*first)).map(|names| {
            names.get_or_init(|| {
                let mut names: RestsOfNames = folders
                    .iter()
                    .filter_map(|folder| fs::read_dir(folder.join(format!("{first:02x}"))).ok())
                    .flat_map(|files| files.flatten())
                    .filter_map(|file| rest_of_name(file.file_name().as_encoded_bytes()))
                    .collect();
                names.sort_unstable();
                names
            })
        });
        names.is_some_and(|names| names.binary_search_by(|name| (**name).cmp(rest)).is_ok())
    }
}

/// The bytes whose hexadecimal digits these are, in small letters.
fn rest_of_name(digits: &[u8]) -> Option<Box<[u8]>> {
    let value = |digit: u8| match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        _ => None,
    };
    let (pairs, []) = digits.as_chunks::<2>() else { return None };
    pairs.iter().map(|[high, low]| Some(value(*high)? << 4 | value(*low)?)).collect()
}
