//! Names whose form tells what left them, and the names of the files that they stand beside or for.

use crate::names::suffix::{Media, Suffix};

/// The name that a leftover stands for, in two parts that belong together; empty where the
/// leftover's name does not tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Original<'n>(pub(super) &'n [u8], pub(super) &'n [u8]);

impl Original<'_> {
    const UNKNOWN: Self = Original(b"", b"");
}

pub(super) fn starts_with(name: &[u8], start: &[u8]) -> bool {
    name.get(..start.len()).is_some_and(|head| head.eq_ignore_ascii_case(start))
}

fn ends_with(name: &[u8], end: &[u8]) -> bool {
    strip_end(name, end).is_some()
}

fn strip_start<'n>(name: &'n [u8], start: &[u8]) -> Option<&'n [u8]> {
    starts_with(name, start).then(|| &name[start.len()..])
}

fn strip_end<'n>(name: &'n [u8], end: &[u8]) -> Option<&'n [u8]> {
    let (head, tail) = name.split_at(name.len().checked_sub(end.len())?);
    tail.eq_ignore_ascii_case(end).then_some(head)
}

pub(super) fn contains(name: &[u8], part: &[u8]) -> bool {
    name.windows(part.len()).any(|window| window.eq_ignore_ascii_case(part))
}

/// Splits at the last place where the part stands; the part is in neither half.
fn rsplit_once<'n>(name: &'n [u8], part: &[u8]) -> Option<(&'n [u8], &'n [u8])> {
    let at = name.windows(part.len()).rposition(|window| window.eq_ignore_ascii_case(part))?;
    Some((&name[..at], &name[at + part.len()..]))
}

/// Splits a name into its stem and its suffix with the dot, both of which have to be there.
fn split_suffix(name: &[u8]) -> Option<(&[u8], &[u8])> {
    let double: &[u8] = b".pcd.bin";
    let at = match strip_end(name, double) {
        Some(stem) => stem.len(),
        None => name.iter().rposition(|byte| *byte == b'.')?,
    };
    let (stem, suffix) = name.split_at(at);
    (!stem.is_empty() && suffix.len() > 1).then_some((stem, suffix))
}

/// Whether a file is a point cloud or an image, going by its suffix.
fn is_media(name: &[u8]) -> bool {
    Suffix::of(name).media() != Media::Other
}

fn is_hex(bytes: &[u8], len: usize) -> bool {
    bytes.len() == len && bytes.iter().all(u8::is_ascii_hexdigit)
}

fn is_digits(bytes: &[u8], len: usize) -> bool {
    bytes.len() == len && bytes.iter().all(u8::is_ascii_digit)
}

/// Whether it is a number from 1 to 99, as second copies are given.
fn is_copy_number(bytes: &[u8]) -> bool {
    matches!(bytes, [b'1'..=b'9'] | [b'1'..=b'9', b'0'..=b'9'])
}

fn trim_digits(bytes: &[u8]) -> &[u8] {
    let end = bytes.iter().rposition(|byte| !byte.is_ascii_digit()).map_or(0, |at| at + 1);
    &bytes[..end]
}

/// The original of a name that is one where the stem is not empty.
fn original<'n>(stem: &'n [u8], suffix: &'n [u8]) -> Option<Original<'n>> {
    (!stem.is_empty()).then_some(Original(stem, suffix))
}

/// `.168.jpg.Xy12Ab`: rsync puts a dot before the name and six random letters or digits behind it.
/// Six small letters are a word (`.settings.backup`), unless a frame's suffix stands before them.
pub(super) fn of_rsync(name: &[u8]) -> Option<Original<'_>> {
    let (stem, random) = rsplit_once(name.strip_prefix(b".")?, b".")?;
    let is_random = random.len() == 6
        && random.iter().all(u8::is_ascii_alphanumeric)
        && (is_media(stem)
            || random.iter().any(u8::is_ascii_alphabetic)
                && !random.iter().all(u8::is_ascii_lowercase));
    original(stem, b"").filter(|_| is_random)
}

/// `168.jpg.6eF2a9B1`: the AWS CLI and boto3 put eight random hexadecimal digits behind the name.
/// Eight decimal digits are a date.
pub(super) fn of_s3transfer(name: &[u8]) -> Option<Original<'_>> {
    let (stem, random) = rsplit_once(name, b".")?;
    let is_random = is_hex(random, 8) && random.iter().any(u8::is_ascii_alphabetic);
    let is_known = is_random && (is_media(stem) || ends_with(stem, b".json"));
    original(stem, b"").filter(|_| is_known)
}

/// `.azDownload-<job>-168.jpg`, where the job is a UUID.
pub(super) fn of_azcopy(name: &[u8]) -> Option<Original<'_>> {
    const UUID: usize = 36;
    let rest = strip_start(name, b".azDownload-").filter(|rest| !rest.is_empty())?;
    let stem = rest.get(UUID..).and_then(|rest| rest.strip_prefix(b"-"));
    Some(stem.map_or(Original::UNKNOWN, |stem| Original(stem, b"")))
}

/// `168.jpg.part.minio` of `mc`, `168.jpg.<ETag>.part.minio` of the libraries.
pub(super) fn of_minio(name: &[u8]) -> Option<Original<'_>> {
    let stem = strip_end(name, b".part.minio")?;
    let is_etag =
        |tail: &[u8]| is_hex(tail.split(|byte| *byte == b'-').next().unwrap_or_default(), 32);
    let without = rsplit_once(stem, b".").filter(|(_, tail)| is_etag(tail));
    original(without.map_or(stem, |(stem, _)| stem), b"")
}

/// `168.jpg.1a2b3c4d.partial`; other tools leave the random digits out.
pub(super) fn of_rclone(name: &[u8]) -> Option<Original<'_>> {
    let stem = strip_end(name, b".partial")?;
    let is_random = |tail: &[u8]| is_hex(tail, 8) || tail.eq_ignore_ascii_case(b"rclone");
    let without = rsplit_once(stem, b".").filter(|(stem, tail)| is_random(tail) && is_media(stem));
    original(without.map_or(stem, |(stem, _)| stem), b"")
}

/// `168.jpg.rclone_chunk.001`.
pub(super) fn of_chunker(name: &[u8]) -> Option<Original<'_>> {
    let (stem, number) = rsplit_once(name, b".rclone_chunk.")?;
    original(stem, b"").filter(|_| number.first().is_some_and(u8::is_ascii_digit))
}

/// `.168.jpg.~1a2b3c4d`.
pub(super) fn of_owncloud(name: &[u8]) -> Option<Original<'_>> {
    let (stem, random) = rsplit_once(name.strip_prefix(b".")?, b".~")?;
    let is_random = (1..=8).contains(&random.len()) && is_hex(random, random.len());
    original(stem, b"").filter(|_| is_random)
}

/// `.unison.168.jpg.<32 hexadecimal digits>.unison.tmp`.
pub(super) fn of_unison(name: &[u8]) -> Option<Original<'_>> {
    let rest = strip_end(strip_start(name, b".unison.")?, b".unison.tmp")?;
    let without = rsplit_once(rest, b".").filter(|(_, tail)| is_hex(tail, 32));
    original(without.map_or(rest, |(stem, _)| stem), b"")
}

/// `168.jpg - Shortcut.lnk`.
pub(super) fn of_shortcut(name: &[u8]) -> Option<Original<'_>> {
    let stem = strip_end(name, b".lnk")?;
    let stem = strip_end(stem, b" - Shortcut").unwrap_or(stem);
    is_media(stem).then_some(Original(stem, b""))
}

pub(super) fn of_dvc_frame(name: &[u8]) -> Option<Original<'_>> {
    of_dvc(name).filter(|Original(stem, _)| is_media(stem))
}

pub(super) fn of_dvc_sensor<'n>(name: &'n [u8], prefix: &[u8]) -> Option<Original<'n>> {
    of_dvc(name).filter(|Original(stem, _)| stem.len() > prefix.len() && starts_with(stem, prefix))
}

fn of_dvc(name: &[u8]) -> Option<Original<'_>> {
    original(strip_end(name, b".dvc")?, b"")
}

/// `.168.jpg.swp`, and `.swo` to `.swa` where that is taken.
pub(super) fn of_vim(name: &[u8]) -> Option<Original<'_>> {
    match name {
        [b'.', _, .., b'.', s, w, last]
            if s.eq_ignore_ascii_case(&b's')
                && w.eq_ignore_ascii_case(&b'w')
                && last.is_ascii_alphabetic() =>
        {
            Some(Original::UNKNOWN)
        }
        _ => None,
    }
}

/// `168.sync-conflict-20230415-121420-ABCDEFG.jpg`; old versions leave the device out.
pub(super) fn of_syncthing(name: &[u8]) -> Option<Original<'_>> {
    let (stem, rest) = rsplit_once(name, b".sync-conflict-")?;
    original(stem, after_timestamp(rest, true)?)
}

/// `168_conflict-20230415-121420.jpg`.
pub(super) fn of_old_owncloud(name: &[u8]) -> Option<Original<'_>> {
    let (stem, rest) = rsplit_once(name, b"_conflict-")?;
    original(stem, after_timestamp(rest, false)?)
}

/// The suffix behind `20230415-121420`, and behind `-ABCDEFG` where a device may follow.
fn after_timestamp(rest: &[u8], may_have_device: bool) -> Option<&[u8]> {
    let end = rest.iter().position(|byte| *byte == b'.').unwrap_or(rest.len());
    let (time, suffix) = rest.split_at(end);
    let mut parts = time.split(|byte| *byte == b'-');
    let is_timestamp = is_digits(parts.next()?, 8) && is_digits(parts.next()?, 6);
    let is_end = match parts.next() {
        None => true,
        Some(device) => {
            may_have_device
                && device.iter().all(u8::is_ascii_alphanumeric)
                && parts.next().is_none()
        }
    };
    (is_timestamp && is_end).then_some(suffix)
}

/// `168 (…).jpg`.
pub(super) fn in_parentheses(name: &[u8], is_note: impl Fn(&[u8]) -> bool) -> Option<Original<'_>> {
    let (stem, suffix) = split_suffix(name)?;
    let (stem, note) = rsplit_once(stem.strip_suffix(b")")?, b" (")?;
    original(stem, suffix).filter(|_| is_note(note))
}

/// `168 (Case Conflict).jpg`, `168 (Case Conflict 1).jpg`.
pub(super) fn of_dropbox(name: &[u8]) -> Option<Original<'_>> {
    in_parentheses(name, |note| ends_with(trim_digits(note).trim_ascii_end(), b" conflict"))
}

/// `168_ANNA-PC_Apr-15-1214-2023_Conflict.jpg`, `…_CaseConflict_1.jpg`.
pub(super) fn of_synology(name: &[u8]) -> Option<Original<'_>> {
    let (stem, suffix) = split_suffix(name)?;
    let without = rsplit_once(stem, b"_").filter(|(_, tail)| is_copy_number(tail));
    let (rest, reason) = rsplit_once(without.map_or(stem, |(stem, _)| stem), b"_")?;
    if !ends_with(reason, b"conflict") {
        return None;
    }
    let (rest, time) = rsplit_once(rest, b"_")?;
    let mut parts = time.split(|byte| *byte == b'-');
    let month = parts.next()?;
    let is_time = month.len() == 3
        && month.iter().all(u8::is_ascii_alphabetic)
        && is_digits(parts.next()?, 2)
        && is_digits(parts.next()?, 4)
        && is_digits(parts.next()?, 4)
        && parts.next().is_none();
    let (stem, _client) = rsplit_once(rest, b"_")?;
    original(stem, suffix).filter(|_| is_time)
}

/// `168.Conflict.jpg`, `168.Conflict2.jpg`.
pub(super) fn of_resilio(name: &[u8]) -> Option<Original<'_>> {
    let (stem, suffix) = split_suffix(name)?;
    original(strip_end(trim_digits(stem), b".conflict")?, suffix)
}

/// `168.jpg.conflict1`.
pub(super) fn of_bisync(name: &[u8]) -> Option<Original<'_>> {
    let (stem, number) = rsplit_once(name, b".conflict")?;
    original(stem, b"").filter(|_| is_copy_number(number))
}

/// `168.variant-1a2b.jpg`.
pub(super) fn of_annex(name: &[u8]) -> Option<Original<'_>> {
    let (stem, suffix) = split_suffix(name)?;
    let (stem, hash) = rsplit_once(stem, b".variant-")?;
    original(stem, suffix).filter(|_| is_hex(hash, 4))
}

/// "Copy" in English, German, French, Spanish or Italian, Portuguese, Dutch, Chinese, Japanese,
/// Korean and Russian, as file managers have it.
const COPY: [&[u8]; 11] = [
    b"copy",
    b"kopie",
    b"copie",
    b"copia",
    "c\u{f3}pia".as_bytes(),
    b"kopi",
    "\u{526f}\u{672c}".as_bytes(),
    "\u{8907}\u{88fd}".as_bytes(),
    "\u{30b3}\u{30d4}\u{30fc}".as_bytes(),
    "\u{bcf5}\u{c0ac}\u{bcf8}".as_bytes(),
    "\u{43a}\u{43e}\u{43f}\u{438}\u{44f}".as_bytes(),
];

/// What stands before "copy": a hyphen, or a dash as word processors write it.
const DASHES: [&[u8]; 3] = [b" - ", " \u{2013} ".as_bytes(), " \u{2014} ".as_bytes()];

/// `168 - Copy.jpg`, `168 - Copy (2).jpg`.
pub(super) fn of_explorer(name: &[u8]) -> Option<Original<'_>> {
    let (stem, suffix) = split_suffix(name)?;
    let number = stem.strip_suffix(b")").and_then(|stem| rsplit_once(stem, b" ("));
    let numbered = number.filter(|(_, number)| is_copy_number(number));
    let stem = numbered.map_or(stem, |(stem, _)| stem);
    DASHES.iter().find_map(|dash| {
        let (stem, word) = rsplit_once(stem, dash)?;
        original(stem, suffix).filter(|_| is_copy(word))
    })
}

/// `168.pcd_001`: what an annotation tool calls the second file of a name. Of frames alone.
pub(super) fn of_numbered_suffix(name: &[u8]) -> Option<Original<'_>> {
    let (stem, number) = rsplit_once(name, b"_")?;
    let is_number = (1..=3).contains(&number.len()) && number.iter().all(u8::is_ascii_digit);
    original(stem, b"").filter(|_| is_number && is_media(stem))
}

/// `1681532060061 2.jpg`: Finder's and iCloud's second copy. Of frames that are named by a time
/// alone, since a number after a space is as often a part of the name.
pub(super) fn of_second_by_time(name: &[u8]) -> Option<Original<'_>> {
    let (stem, suffix) = split_suffix(name)?;
    let (stem, number) = rsplit_once(stem, b" ")?;
    let is_time = stem.len() >= 10 && stem.iter().all(u8::is_ascii_digit);
    let is_second = is_copy_number(number) && number != b"1" && is_time && is_media(name);
    original(stem, suffix).filter(|_| is_second)
}

/// `168 copy.jpg`, `168 copy 2.jpg`.
pub(super) fn of_finder(name: &[u8]) -> Option<Original<'_>> {
    let (stem, suffix) = split_suffix(name)?;
    let numbered = rsplit_once(stem, b" ").filter(|(_, number)| is_copy_number(number));
    let (stem, word) = rsplit_once(numbered.map_or(stem, |(stem, _)| stem), b" ")?;
    original(stem, suffix).filter(|_| is_copy(word))
}

fn is_copy(word: &[u8]) -> bool {
    COPY.iter().any(|copy| copy.eq_ignore_ascii_case(word))
}

/// `copy`, `another copy`, `3rd copy`: what GNOME's and Cinnamon's file managers put in
/// parentheses.
pub(super) fn is_nth_copy(note: &[u8]) -> bool {
    match strip_end(note, b" copy") {
        None => note.eq_ignore_ascii_case(b"copy"),
        Some(which) => {
            which.eq_ignore_ascii_case(b"another") || which.first().is_some_and(u8::is_ascii_digit)
        }
    }
}

/// `168 (1).jpg`. Of images and point clouds only where the original's stem ends in a digit, as a
/// frame's does: Windows renames many files at once to `night (1).jpg`, `night (2).jpg` and so on.
pub(super) fn of_second_download<'n>(name: &'n [u8], open: &[u8]) -> Option<Original<'n>> {
    let (stem, suffix) = split_suffix(name)?;
    let (stem, number) = rsplit_once(stem.strip_suffix(b")")?, open)?;
    let is_second =
        is_copy_number(number) && (!is_media(name) || stem.last().is_some_and(u8::is_ascii_digit));
    original(stem, suffix).filter(|_| is_second)
}

/// `168.jpg.1`: of what is known to be a frame, since other names end in a number of their own.
pub(super) fn of_wget(name: &[u8]) -> Option<Original<'_>> {
    let (stem, number) = rsplit_once(name, b".")?;
    original(stem, b"").filter(|_| is_copy_number(number) && is_media(stem))
}
