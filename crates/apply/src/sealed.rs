//! Small files of a run that are read whole or not at all: JSON with a checksum behind it.

use std::fs;
use std::io;
use std::path::Path;

use serde::de::{DeserializeOwned, Error as _};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::{Digest as _, Sha256};

use crate::error::ApplyError;
use crate::run::sync_folder;

/// Writes `value` to a file of a run's folder, so that it is on the disk, or that nothing changed.
pub(crate) fn write<T: Serialize>(folder: &Path, name: &str, value: &T) -> io::Result<()> {
    let text = serde_json::to_string(value)?;
    let new = folder.join(format!("{name}.new"));
    fs::write(&new, format!("{text}\n{}\n", hex(&Sha256::digest(&text))))?;
    fs::File::open(&new)?.sync_all()?;
    fs::rename(&new, folder.join(name))?;
    sync_folder(folder)
}

/// Reads what [`write`] wrote; `None` where it never did.
///
/// # Errors
/// When there is something else.
pub(crate) fn read<T: DeserializeOwned>(
    folder: &Path,
    name: &str,
) -> Result<Option<T>, ApplyError> {
    let path = folder.join(name);
    let unusable = |what: &str| ApplyError::Journal { journal: path.clone(), what: what.into() };
    let text = match fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(unusable(&error.to_string())),
    };
    let value = text.strip_suffix('\n').and_then(|text| text.rsplit_once('\n'));
    let value = value.filter(|(text, sum)| hex(&Sha256::digest(text)) == **sum);
    let (value, _) = value.ok_or_else(|| unusable("it is damaged"))?;
    let value = serde_json::from_str(value);
    value.map(Some).map_err(|_| unusable("another version of sensortree wrote it"))
}

/// Bytes as hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits.map(|digit| char::from(DIGITS[usize::from(digit)])).collect()
}

/// Bytes that are most often text, and are kept as they are when they are none.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct ByteString(pub(crate) Vec<u8>);

#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Written {
    Text(String),
    Hex { hex: String },
}

impl Serialize for ByteString {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match std::str::from_utf8(&self.0) {
            Ok(text) => serializer.serialize_str(text),
            Err(_) => Written::Hex { hex: hex(&self.0) }.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for ByteString {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Written::deserialize(deserializer)? {
            Written::Text(text) => Ok(ByteString(text.into_bytes())),
            Written::Hex { hex } => {
                let digit =
                    |byte: &u8| char::from(*byte).to_digit(16).map(|it| it.to_le_bytes()[0]);
                let pairs = hex.as_bytes().chunks(2).map(|pair| match pair {
                    [high, low] => Some(digit(high)? << 4 | digit(low)?),
                    _ => None,
                });
                let bytes: Option<Vec<u8>> = pairs.collect();
                bytes.map(ByteString).ok_or_else(|| D::Error::custom("no hexadecimal digits"))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_damaged_at_any_byte_is_not_read() {
        let folder = tempfile::tempdir().unwrap();
        let value = vec![ByteString(b"lidar-top/1.pcd".to_vec()), ByteString(vec![0xff, 0, 0x7f])];
        assert_eq!(read::<Vec<ByteString>>(folder.path(), "a.json").unwrap(), None);
        write(folder.path(), "a.json", &value).unwrap();
        assert_eq!(read(folder.path(), "a.json").unwrap(), Some(value));
        let path = folder.path().join("a.json");
        let whole = fs::read(&path).unwrap();
        for at in 0..whole.len() {
            let mut damaged = whole.clone();
            damaged[at] ^= 1;
            fs::write(&path, damaged).unwrap();
            assert!(read::<Vec<ByteString>>(folder.path(), "a.json").is_err(), "byte {at}");
            fs::write(&path, &whole[..at]).unwrap();
            assert!(read::<Vec<ByteString>>(folder.path(), "a.json").is_err(), "cut at {at}");
        }
    }
}
