//! The table of leftovers: one row for each kind of name.

use super::forms::{
    Original, contains, in_parentheses, is_nth_copy, of_annex, of_azcopy, of_bisync, of_chunker,
    of_dropbox, of_dvc_frame, of_dvc_sensor, of_explorer, of_finder, of_minio, of_old_owncloud,
    of_owncloud, of_rclone, of_resilio, of_rsync, of_s3transfer, of_second_by_time,
    of_second_download, of_shortcut, of_syncthing, of_synology, of_unison, of_vim, of_wget,
    starts_with,
};
use super::{Form, Leftover, LeftoverClass};

const fn harmless(pattern: &'static str, left_by: &'static str) -> Leftover {
    Leftover::new(pattern, left_by, LeftoverClass::Harmless { serves_repository: false })
}

const fn repository(pattern: &'static str, left_by: &'static str) -> Leftover {
    Leftover::new(pattern, left_by, LeftoverClass::Harmless { serves_repository: true })
}

/// A copy that the user or an editor keeps. It does no harm, and stands for the file it was made
/// of.
const fn backup(pattern: &'static str, left_by: &'static str) -> Leftover {
    harmless(pattern, left_by).with_form(Form::Star)
}

const fn broken(pattern: &'static str, left_by: &'static str) -> Leftover {
    Leftover::new(pattern, left_by, LeftoverClass::BrokenTransfer).with_form(Form::Star)
}

const fn placeholder(pattern: &'static str, left_by: &'static str) -> Leftover {
    Leftover::new(pattern, left_by, LeftoverClass::Placeholder).with_form(Form::Star)
}

const fn conflict(
    pattern: &'static str,
    left_by: &'static str,
    needs: &'static str,
    parse: fn(&[u8]) -> Option<Original<'_>>,
) -> Leftover {
    Leftover::new(pattern, left_by, LeftoverClass::ConflictCopy)
        .with_form(Form::Parsed(needs, parse))
}

pub(super) const HIDDEN_FILE: &str = ".*";

/// The row of hidden folders of which no other row knows more.
pub(crate) const HIDDEN_FOLDER: &str = ".*/";

/// What to do about a file that a program deleted or replaced while it was still open.
const CLOSE_FIRST: &str = "close the program that has the file open, and it goes";

/// What to do about a DVC pointer.
const DVC_PULL: &str = "run `dvc pull`";

/// The rows. The first that matches a name is taken, so the general ones stand last.
pub(super) static TABLE: &[Leftover] = &[
    // --- Folders ---
    // Operating systems. Apple: "File System Programming Guide"; netatalk manual.
    harmless("__MACOSX/", "macOS"), // Archive Utility, for AppleDouble files
    harmless(".Trashes/", "macOS"), // the volume's trash
    harmless(".Spotlight-V100/", "macOS"), // the search index
    harmless(".fseventsd/", "macOS"), // the log of file system events
    harmless(".TemporaryItems/", "macOS"), // Finder on servers
    harmless(".DocumentRevisions-V100/", "macOS"), // document versions
    harmless(".AppleDouble/", "an Apple file server"), // netatalk
    harmless(".AppleDB/", "an Apple file server"), // netatalk
    harmless(".AppleDesktop/", "an Apple file server"), // netatalk
    harmless("Network Trash Folder/", "an Apple file server"), // AppleShare
    harmless("Temporary Items/", "an Apple file server"), // AppleShare
    harmless("$RECYCLE.BIN/", "Windows"), // the recycle bin since Windows Vista
    harmless("RECYCLER/", "Windows"), // the recycle bin of NTFS before it
    harmless("System Volume Information/", "Windows"), // restore points and the index
    harmless("found.000/", "Windows"), // chkdsk: recovered fragments
    harmless("lost+found/", "a Linux file system"), // e2fsck(8)
    harmless(".Trash-*/", "a Linux desktop"), // freedesktop.org Trash specification
    harmless(".thumbnails/", "a Linux desktop"), // freedesktop.org thumbnail standard, old place
    harmless(".xvpics/", "a Linux desktop"), // xv and GIMP thumbnails
    // Network storage.
    harmless("@eaDir/", "a Synology NAS"), // DSM: thumbnails and extended attributes
    harmless("#recycle/", "a Synology NAS"), // DSM: recycle bin of a shared folder
    harmless("#snapshot/", "a Synology NAS"), // DSM: snapshots made visible
    harmless("@tmp/", "a Synology NAS"),   // DSM: temporary files of packages
    harmless("@sharebin/", "a Synology NAS"), // excluded by Synology Cloud Sync
    harmless("@S2S/", "a Synology NAS"),   // Shared Folder Sync
    harmless(".SynologyWorkingDirectory/", "Synology Drive"), // excluded by Synology Cloud Sync
    harmless("@Recycle/", "a QNAP NAS"),   // QTS: network recycle bin
    harmless("@Recently-Snapshot/", "a QNAP NAS"), // QTS: snapshots made visible
    harmless("@Transcode/", "a QNAP NAS"), // QTS: Multimedia Console
    harmless(".@__thumb/", "a QNAP NAS"),  // QTS: thumbnails
    harmless(".@upload_cache/", "a QNAP NAS"), // QTS: File Station uploads
    harmless(".streams/", "a QNAP NAS"),   // QTS: Samba's streams_depot
    harmless(".zfs/", "ZFS"),              // zfsprops(7): snapdir=visible
    harmless(".snapshot/", "a NetApp storage"), // ONTAP: snapshot directory over NFS
    harmless("~snapshot/", "a NetApp storage"), // ONTAP: the same over SMB
    harmless(".snapshots/", "snapper"),    // snapper(8)
    harmless(".recycle/", "a Samba server"), // vfs_recycle(8); TrueNAS
    harmless(".minio.sys/", "MinIO"),      // the server's own state beside its buckets
    // Synchronisers.
    harmless(".stfolder/", "Syncthing"), // docs.syncthing.net: folder marker
    harmless(".stversions/", "Syncthing"), // docs.syncthing.net: versioning
    harmless(".dropbox.cache/", "Dropbox"), // help.dropbox.com: cache folder
    harmless(".tmp.drivedownload/", "Google Drive"), // Drive for desktop: staging
    harmless(".tmp.driveupload/", "Google Drive"), // Drive for desktop: staging
    harmless(".sync/", "Resilio Sync"),  // help.resilio.com: service folder
    harmless(".debris/", "MEGA"),        // MEGA desktop app: deleted files
    harmless(".rubbish/", "MEGA"),       // its name on Linux in newer versions
    // Files that rsync has not moved into their place yet.
    Leftover::new(".~tmp~/", "rsync", LeftoverClass::BrokenTransfer), // rsync(1): --delay-updates
    Leftover::new(".rsync-partial/", "rsync", LeftoverClass::BrokenTransfer), // --partial-dir
    // Engines and languages.
    harmless("_temporary/", "Hadoop or Spark"), // FileOutputCommitter.PENDING_DIR_NAME
    harmless("_spark_metadata/", "Spark"),      // FileStreamSink.metadataDir
    harmless("__pycache__/", "Python"),         // PEP 3147
    harmless(".ipynb_checkpoints/", "Jupyter"), // Jupyter Server: checkpoints
    harmless(".huggingface/", "Hugging Face Hub"), // huggingface_hub before 0.24: local folder
    harmless(".cache/", "a download cache"),    // huggingface_hub: .cache/huggingface
    harmless(".venv/", "Python"),               // docs.python.org: venv
    harmless(".pytest_cache/", "Python"),       // pytest
    harmless(".mypy_cache/", "Python"),         // mypy
    harmless(".ruff_cache/", "Python"),         // ruff
    // Desktops.
    harmless(".vscode/", "Visual Studio Code"), // code.visualstudio.com: workspace settings
    harmless(".idea/", "a JetBrains IDE"),      // jetbrains.com: project settings
    harmless(".picasaoriginals/", "Picasa"),    // originals of edited images
    // Version control. Git, Mercurial, Subversion and DVC document these; so do GitHub and GitLab.
    repository(".git/", "git"),
    repository(".hg/", "Mercurial"),
    repository(".svn/", "Subversion"),
    repository(".dvc/", "DVC"),
    repository(".jj/", "Jujutsu"),
    repository(".datalad/", "DataLad"),
    repository(".github/", "GitHub"),
    repository(".gitlab/", "GitLab"),
    // Any other hidden folder.
    harmless(HIDDEN_FOLDER, "a program that hides its files"),
    // --- Files of a fixed name ---
    // Operating systems and desktops.
    harmless(".DS_Store", "macOS"),        // Finder: view settings
    harmless("Icon\r", "macOS"),           // Finder: a folder's icon
    harmless(".localized", "macOS"),       // a folder's translated name
    harmless(".apdisk", "macOS"),          // disk info for Apple file servers
    harmless(".VolumeIcon.icns", "macOS"), // a volume's icon
    harmless(".metadata_never_index", "macOS"), // keeps Spotlight out
    harmless("Thumbs.db", "Windows"),      // Explorer: thumbnails
    harmless("ehthumbs.db", "Windows"),    // Media Center: thumbnails
    harmless("ehthumbs_vista.db", "Windows"), // the same in Vista
    harmless("desktop.ini", "Windows"),    // Explorer: a folder's looks
    harmless(".directory", "KDE"),         // Dolphin: view settings
    harmless("nohup.out", "nohup"),        // nohup(1)
    harmless(".picasa.ini", "Picasa"),
    harmless("Picasa.ini", "Picasa"),
    harmless("ZbThumbnail.info", "Canon ZoomBrowser"),
    harmless("pspbrwse.jbf", "Paint Shop Pro"),
    harmless("SYNOINDEX_MEDIA_INFO", "a Synology NAS"), // in @eaDir
    harmless("MD5SUMS", "a checksum tool"),             // md5sum(1), by custom
    harmless("SHA1SUMS", "a checksum tool"),
    harmless("SHA256SUMS", "a checksum tool"),
    harmless("SHA512SUMS", "a checksum tool"),
    // Synchronisers and transfer tools.
    harmless(".dropbox", "Dropbox"),
    harmless(".dropbox.attr", "Dropbox"),
    harmless(".dropbox.device", "Dropbox"),
    harmless(".owncloudsync.log", "Nextcloud or ownCloud"), // the client's log
    harmless(".stignore", "Syncthing"),                     // docs.syncthing.net: ignoring files
    harmless(".stfolder", "Syncthing"),                     // a file in versions before 0.14
    harmless(".s3cfg", "s3cmd").with_advice("delete it: it holds access keys"),
    // Engines.
    harmless("_SUCCESS", "Hadoop or Spark"), // FileOutputCommitter.SUCCEEDED_FILE_NAME
    harmless("_metadata", "Spark"),          // ParquetFileWriter: summary files
    harmless("_common_metadata", "Spark"),
    // What serves a repository: gitignore(5), gitattributes(5), gitmodules(5), gitmailmap(5),
    // git-lfs-config(5), dvc.org "DVC files", pre-commit.com, editorconfig.org.
    harmless(".gitkeep", "git"), // by custom, to keep an empty folder
    harmless(".keep", "git"),
    repository(".git", "git"), // a worktree's or a submodule's pointer
    repository(".gitignore", "git"),
    repository(".gitattributes", "git"),
    repository(".gitmodules", "git"),
    repository(".mailmap", "git"),
    repository(".lfsconfig", "git-LFS"),
    repository(".gitlab-ci.yml", "GitLab"),
    repository(".hgignore", "Mercurial"),
    repository(".dvcignore", "DVC"),
    repository("dvc.lock", "DVC"),
    repository("dvc.yaml", "DVC"),
    repository(".bidsignore", "the BIDS validator"),
    repository(".dockerignore", "Docker"),
    repository(".editorconfig", "an editor"),
    repository(".pre-commit-config.yaml", "pre-commit"),
    repository("sensortree.toml", "sensortree"),
    repository(".sensortree.toml", "sensortree"),
    // --- Files of a fixed beginning or end, which no later row may take ---
    harmless("._sync_*.db", "Nextcloud or ownCloud"), // the client's journal
    harmless(".sync_*.db", "Nextcloud or ownCloud"),  // the client's journal
    harmless("._*", "macOS"),                         // AppleDouble: RFC 1740
    harmless(".~lock.*#", "LibreOffice"),             // a lock beside an open document
    harmless("~$*", "Microsoft Office"),              // an owner file beside an open document
    harmless("~WR*.tmp", "Microsoft Word"),           // temporary files of an open document
    harmless(".fuse_hidden*", "a FUSE file system").with_advice(CLOSE_FIRST), // libfuse
    harmless(".nfs0*", "an NFS client").with_advice(CLOSE_FIRST), // Linux NFS FAQ: silly rename
    harmless(".smbdelete*", "an SMB client").with_advice(CLOSE_FIRST), // macOS smbfs
    harmless("*Zone.Identifier", "Windows"), // the mark of the web, as WSL and copies show it
    harmless("*@SynoEAStream", "a Synology NAS"), // in @eaDir
    harmless("*@SynoResource", "a Synology NAS"), // in @eaDir
    harmless("SYNOPHOTO_THUMB_*", "a Synology NAS"), // in @eaDir
    harmless("SYNOFILE_THUMB_*", "a Synology NAS"), // in @eaDir
    harmless("_committed_*", "Databricks"),  // docs.databricks.com: transactional commits
    harmless("_started_*", "Databricks"),
    harmless(".*.crc", "Hadoop"), // ChecksumFileSystem.getChecksumFile
    harmless("*.pyc", "Python"),  // PEP 3147
    // --- Transfers that did not end ---
    broken(".azDownload-*", "azcopy").with_form(Form::Parsed(".d-", of_azcopy)), // its ste package
    broken(".in.*.", "ProFTPD"),          // mod_core: HiddenStores
    broken(".in.*", "lftp"),              // lftp(1): xfer:temp-file-name
    broken("*.lftp-pget-status", "lftp"), // lftp(1): pget
    broken("*.aria2", "aria2"),           // aria2c(1): control file
    broken("*.part.minio", "MinIO").with_form(Form::Parsed(".pm", of_minio)), // FGetObject
    broken("*.partial", "rclone").with_form(Form::Parsed(".p", of_rclone)), // --partial-suffix
    broken("*.rclone_chunk.*", "rclone").with_form(Form::Parsed("._", of_chunker)), // chunker
    broken("*_.gstmp", "gsutil"),         // gslib.copy_helper; gcloud storage
    broken("*_.gztmp", "gsutil"),
    broken("*.filepart", "WinSCP"), // winscp.net: transfer to temporary filename
    broken("*._COPYING_", "Hadoop"), // CommandWithDestination of `hdfs dfs -put`
    broken("*.crdownload", "Chrome"), // chromium: download_stats
    broken(".com.google.Chrome.*", "Chrome").with_form(Form::Glob), // its temporary files
    broken(".org.chromium.Chromium.*", "Chromium").with_form(Form::Glob),
    broken("*.opdownload", "Opera"),
    broken("*.download", "Safari"),
    broken("*.part", "Firefox or a download manager"),
    broken("*.baiduyun.p.downloading", "Baidu Netdisk"),
    broken("*.downloading", "a download manager"),
    broken("*.incomplete", "Hugging Face Hub"), // huggingface_hub: _download_to_tmp_and_move
    broken(".syncthing.*.tmp", "Syncthing"),    // lib/fs: TempName
    broken("~syncthing~*.tmp", "Syncthing"),    // the same on Windows
    broken(".*.~????????", "Nextcloud or ownCloud") // createDownloadTmpFileName
        .with_form(Form::Parsed(".~", of_owncloud)),
    broken(".unison.*.unison.tmp", "Unison").with_form(Form::Parsed(".uni", of_unison)), // Os
    broken(".getxfer.*.mega", "MEGA").with_form(Form::Glob), // sdk: tmpNameLocal
    broken(".pureftpd-upload.*", "Pure-FTPd").with_form(Form::Glob), // ftpd.h: ATOMIC_PREFIX
    broken(".goutputstream-*", "a GNOME program").with_form(Form::Glob), // GLib
    broken("*.!sync", "Resilio Sync"),                       // help.resilio.com: temporary files
    broken("*.!ut", "a BitTorrent client"),                  // uTorrent
    broken("*.!qB", "a BitTorrent client"),                  // qBittorrent
    // Data that were not fetched.
    placeholder(".*.icloud", "iCloud") // FileProvider before macOS 14
        .with_advice("download it in Finder, or with `brctl download`"),
    placeholder("*.nextcloud", "Nextcloud") // docs.nextcloud.com: virtual files
        .with_advice("make it available offline in the Nextcloud client"),
    placeholder("*.owncloud", "ownCloud") // doc.owncloud.com: virtual files
        .with_advice("make it available offline in the ownCloud client"),
    placeholder("*.rsls", "Resilio Sync"), // help.resilio.com: selective sync
    placeholder("*.jpg.lnk", "Windows") // [MS-SHLLINK]; of a frame
        .with_form(Form::Parsed(".lnk", of_shortcut))
        .with_advice("put the file itself in the place of the shortcut"),
    harmless("*.lnk", "Windows"), // of anything else
    placeholder("*.jpg.dvc", "DVC") // dvc.org: `.dvc` files; of a frame
        .with_form(Form::Parsed(".dvc", of_dvc_frame))
        .with_advice(DVC_PULL),
    placeholder("lidar-*.dvc", "DVC") // of a sensor's folder
        .with_form(Form::Parsed("lidar-.vc", |name| of_dvc_sensor(name, b"lidar-")))
        .with_advice(DVC_PULL),
    placeholder("camera-*.dvc", "DVC")
        .with_form(Form::Parsed("camer-.dv", |name| of_dvc_sensor(name, b"camera-")))
        .with_advice(DVC_PULL),
    repository("*.dvc", "DVC").with_form(Form::Star), // of anything else
    // Editors. vim: recovery.txt, undo.txt, options.txt; GNU Emacs manual: files; kate; JetBrains.
    harmless(".*.sw?", "vim").with_form(Form::Parsed(".sw", of_vim)),
    harmless("*.swp", "vim"),
    harmless("*.swo", "vim"),
    harmless(".*.un~", "vim"),
    harmless(".*.kate-swp", "Kate"),
    harmless("#*#", "Emacs"),
    harmless(".#*", "Emacs"),
    harmless("*___jb_tmp___", "a JetBrains IDE"),
    harmless("*___jb_old___", "a JetBrains IDE"),
    backup("*~", "an editor"),
    // General ends, which the more special rows above come before.
    broken("*.tmp", "a program that did not end its work"),
    broken("*.temp", "a program that did not end its work"),
    backup("*.bak", "a backup"),
    backup("*.backup", "a backup"),
    backup("*.orig", "a merge tool"), // git-mergetool(1), patch(1)
    harmless("*.lock", "a program that was at work"), // filelock, lockfile(1)
    // --- Conflict copies ---
    conflict("*.sync-conflict-*", "Syncthing", ".-sy", of_syncthing), // docs.syncthing.net: syncing
    conflict(
        "* (*conflicted copy*).*",
        "Dropbox, Nextcloud or ownCloud",
        " ().conflictedpy",
        |name| in_parentheses(name, |inner| contains(inner, b"conflicted copy")),
    ),
    conflict("* (case clash from *).*", "Nextcloud", " ().case", |name| {
        in_parentheses(name, |inner| starts_with(inner, b"case clash from "))
    }),
    conflict("* (SFConflict *).*", "Seafile", " ().sf", |name| {
        in_parentheses(name, |inner| starts_with(inner, b"sfconflict "))
    }),
    conflict("* (*Conflict*).*", "Dropbox", " ().conflit", of_dropbox), // help.dropbox.com
    conflict("*_conflict-*", "ownCloud", "_-conflit", of_old_owncloud), // before client 2.5
    conflict("*Conflict.*", "Synology Drive", "_-.conflit", of_synology), // kb.synology.com
    conflict("*.Conflict.*", "Resilio Sync", ".conflit", of_resilio) // help.resilio.com
        .with_advice(
            "resolve it in Resilio Sync: deleting it there deletes the original elsewhere",
        ),
    conflict("*.conflict1", "rclone", ".conflit", of_bisync), // rclone.org: bisync
    conflict("*.variant-????.*", "git-annex", ".-varint", of_annex), // git-annex-resolvemerge(1)
    conflict("* - Copy.*", "Windows", " .", of_explorer),
    conflict("* copy.*", "macOS", " .", of_finder),
    conflict("* (copy).*", "a Linux desktop", " ().copy", |name| in_parentheses(name, is_nth_copy)),
    Leftover::new("Copy of *", "Google Drive or Windows", LeftoverClass::ConflictCopy)
        .with_form(Form::Star),
    Leftover::new("Kopie von *", "Google Drive or Windows", LeftoverClass::ConflictCopy)
        .with_form(Form::Star),
    Leftover::new("Copie de *", "Google Drive or Windows", LeftoverClass::ConflictCopy)
        .with_form(Form::Star),
    Leftover::new("Copia de *", "Google Drive or Windows", LeftoverClass::ConflictCopy)
        .with_form(Form::Star),
    Leftover::new("Copia di *", "Google Drive or Windows", LeftoverClass::ConflictCopy)
        .with_form(Form::Star),
    conflict("* 2.*", "macOS", " .", of_second_by_time),
    conflict("* (1).*", "a second download", " ().", |name| of_second_download(name, b" (")),
    conflict("*(1).*", "Firefox", "().", |name| of_second_download(name, b"(")),
    conflict("*.jpg.1", "wget", ".", of_wget), // wget(1): --no-clobber
    // Random ends, which names of every kind may have.
    broken(".*.??????", "rsync").with_form(Form::Parsed(".", of_rsync)), // rsync(1): --temp-dir
    broken("*.????????", "the AWS tools").with_form(Form::Parsed(".", of_s3transfer)), // s3transfer
    // --- All other hidden files ---
    harmless(HIDDEN_FILE, "a program that hides its files"),
];

const _: () = assert!(TABLE.len() <= u8::MAX as usize, "a row's position is one byte");
