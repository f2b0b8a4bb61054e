//! File systems whose every answer comes over a network, or from another program.
//!
//! There a thread waits most of its time, so that more threads than cores list faster.

use std::path::Path;

/// How many threads ask such a file system, where the user does not say. Each waits for one answer
/// at a time.
pub(super) const JOBS: usize = 32;

/// The name of the file system that a folder lies on, where it is one of these.
#[cfg(target_os = "linux")]
pub(super) fn file_system(folder: &Path) -> Option<&'static str> {
    // The type is as wide as a word of the machine, and these have 32 bits.
    let kind = rustix::fs::statfs(folder).ok()?.f_type.to_le_bytes();
    let kind = u32::from_le_bytes(*kind.first_chunk()?);
    FILE_SYSTEMS.iter().find(|(known, _)| *known == kind).map(|(_, name)| *name)
}

/// From `statfs(2)` and `linux/magic.h`, and for the last four from those who make them. What is
/// mounted by FUSE may lie on this machine: a bucket does not, and what does is no slower for it.
#[cfg(target_os = "linux")]
const FILE_SYSTEMS: [(u32, &str); 15] = [
    (0x6969, "NFS"),
    (0x517B, "SMB"),
    (0xFF53_4D42, "SMB"),
    (0xFE53_4D42, "SMB"),
    (0x6573_5546, "FUSE"),
    (0x0102_1997, "9P"),
    (0x00C3_6400, "Ceph"),
    (0x5346_414F, "AFS"),
    (0x6B41_4653, "AFS"),
    (0x7461_636F, "OCFS2"),
    (0x0116_1970, "GFS2"),
    (0x0BD0_0BD0, "Lustre"),
    (0x4750_4653, "GPFS"),
    (0x1983_0326, "BeeGFS"),
    (0xAAD7_AAEA, "PanFS"),
];

/// The name of the file system that a folder lies on, where it is one of these.
#[cfg(target_os = "macos")]
pub(super) fn file_system(folder: &Path) -> Option<&'static str> {
    const FILE_SYSTEMS: [(&[u8], &str); 8] = [
        (b"nfs", "NFS"),
        (b"smbfs", "SMB"),
        (b"afpfs", "AFP"),
        (b"webdav", "WebDAV"),
        (b"macfuse", "FUSE"),
        (b"osxfuse", "FUSE"),
        (b"fusefs", "FUSE"),
        (b"lustre", "Lustre"),
    ];
    let name = rustix::fs::statfs(folder).ok()?.f_fstypename;
    let name: Vec<u8> =
        name.iter().map(|byte| byte.to_le_bytes()[0]).take_while(|byte| *byte != 0).collect();
    FILE_SYSTEMS.iter().find(|(known, _)| *known == name).map(|(_, name)| *name)
}

/// Of other systems it is not told.
#[cfg(not(any(target_os = "linux", target_os = "macos")))]
pub(super) fn file_system(_folder: &Path) -> Option<&'static str> {
    None
}
