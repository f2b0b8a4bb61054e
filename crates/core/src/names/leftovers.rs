//! The one table of what operating systems, network storage, synchronisers, transfer tools, editors
//! and data engines leave in folders, and how a name is looked up in it.

use std::fmt;
use std::sync::LazyLock;

use super::{Media, Suffix};

/// A row of the table: one kind of name that is no part of a dataset.
#[derive(Clone, Copy, Debug)]
pub struct Leftover {
    /// The name as users are shown it: a file's (`.DS_Store`), a shape of names (`._*`, where `*`
    /// is one or more bytes and `?` is one), an example (`* (1).*`), or a folder's, which ends in
    /// `/` (`@eaDir/`).
    pub pattern: &'static str,
    /// Who leaves it, as a noun phrase: `macOS`, `a Synology NAS`.
    pub left_by: &'static str,
    /// What it is.
    pub class: LeftoverClass,
    /// What to do about it, where that is not the usual advice of its class.
    own_advice: Option<&'static str>,
    form: Form,
}

/// What a leftover is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LeftoverClass {
    /// A file that nothing in a dataset needs.
    Harmless {
        /// Whether it serves the repository that a dataset is kept in, or the tools around it:
        /// `.gitattributes`, `.git/`.
        serves_repository: bool,
    },
    /// A file that was not transferred whole, or what a transfer keeps beside such a file.
    BrokenTransfer,
    /// A small file in place of data that were not fetched.
    Placeholder,
    /// A second copy of a file that stands, or stood, beside it under its own name.
    ConflictCopy,
}

impl LeftoverClass {
    /// The usual advice for a leftover of this class.
    #[must_use]
    pub fn advice(self) -> &'static str {
        match self {
            LeftoverClass::Harmless { .. } => "delete it before the upload",
            LeftoverClass::BrokenTransfer => "run the transfer again until none is left",
            LeftoverClass::Placeholder => "fetch the file that it stands for",
            LeftoverClass::ConflictCopy => {
                "compare it with the original, and delete one of the two"
            }
        }
    }

    /// Whether it can be left alone or deleted without a loss to the dataset.
    #[must_use]
    pub fn is_harmless(self) -> bool {
        matches!(self, LeftoverClass::Harmless { .. })
    }
}

/// A row of [`table`], by position. Rows compare in the table's order.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LeftoverId(u8);

impl LeftoverId {
    /// Returns the row.
    #[must_use]
    pub fn row(self) -> &'static Leftover {
        &TABLE[usize::from(self.0)]
    }

    /// Returns what the row's leftovers are.
    #[must_use]
    pub fn class(self) -> LeftoverClass {
        self.row().class
    }

    /// Returns whether the row is the last one for files: hidden names that no other row knows.
    #[must_use]
    pub fn is_hidden_file(self) -> bool {
        self.row().pattern == HIDDEN_FILE
    }

    fn new(index: usize) -> Self {
        // The table's length is checked where it is declared.
        LeftoverId(u8::try_from(index).unwrap_or(u8::MAX))
    }
}

impl fmt::Debug for LeftoverId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "LeftoverId({})", self.row().pattern)
    }
}

/// How a row's names are recognised, and how the original's name is taken from one.
#[derive(Clone, Copy, Debug)]
enum Form {
    /// The pattern says all, and there is no original.
    Glob,
    /// The pattern has one `*`, which stands for the original's name.
    Star,
    /// A function decides. Names that lack one of these bytes are never handed to it.
    Parsed(&'static str, fn(&[u8]) -> Option<Original<'_>>),
}

/// The name that a leftover stands for, in two parts that belong together; empty where the
/// leftover's name does not tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Original<'n>(&'n [u8], &'n [u8]);

impl Original<'_> {
    const UNKNOWN: Self = Original(b"", b"");
}

impl Leftover {
    const fn new(pattern: &'static str, left_by: &'static str, class: LeftoverClass) -> Self {
        Leftover { pattern, left_by, class, own_advice: None, form: Form::Glob }
    }

    const fn with_form(self, form: Form) -> Self {
        Leftover { form, ..self }
    }

    const fn with_advice(self, advice: &'static str) -> Self {
        Leftover { own_advice: Some(advice), ..self }
    }

    /// Returns what to do about such a leftover.
    #[must_use]
    pub fn advice(&self) -> &'static str {
        self.own_advice.unwrap_or_else(|| self.class.advice())
    }

    /// Returns what to do about such a leftover, where that is not what its class is advised.
    #[must_use]
    pub fn own_advice(&self) -> Option<&'static str> {
        self.own_advice
    }

    /// Returns whether the row is about folders, and so about all that lies in one of that name.
    #[must_use]
    pub fn is_folder(&self) -> bool {
        self.pattern.ends_with('/')
    }

    /// The pattern without the mark of a folder.
    fn glob(&self) -> &'static [u8] {
        self.pattern.strip_suffix('/').unwrap_or(self.pattern).as_bytes()
    }

    fn matches(&self, name: &[u8]) -> bool {
        match self.form {
            Form::Glob | Form::Star => matches_glob(self.glob(), name),
            Form::Parsed(_, parse) => parse(name).is_some(),
        }
    }

    /// The original of a name that matches.
    fn original<'n>(&self, name: &'n [u8]) -> Option<Original<'n>> {
        match self.form {
            Form::Glob => None,
            Form::Star => {
                let glob = self.glob();
                let star = glob.iter().position(|byte| *byte == b'*')?;
                let end = name.len().checked_sub(glob.len() - star - 1)?;
                Some(Original(name.get(star..end)?, b""))
            }
            Form::Parsed(_, parse) => parse(name),
        }
    }
}

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

const HIDDEN_FILE: &str = ".*";

/// The row of hidden folders of which no other row knows more.
pub(crate) const HIDDEN_FOLDER: &str = ".*/";

/// What to do about a file that a program deleted or replaced while it was still open.
const CLOSE_FIRST: &str = "close the program that has the file open, and it goes";

/// What to do about a DVC pointer.
const DVC_PULL: &str = "run `dvc pull`";

// Left out on purpose, since regular names look the same:
// - OneDrive's conflict copies, `x-HOSTNAME.jpg`: any word may follow a hyphen.
// - iCloud's and Finder's second copies, `x 2.jpg`: a number after a space is as often a frame's.
// - Safari's and FileZilla's second downloads, `x-1.jpg`: likewise.
// - vim's write test, `4913`: a number.
// - `core`, `core.12345`, `x.st` (axel), `x.old.jpg`: ordinary words.
// - `x_$folder$`: an object that stands for a folder, which has a rule of its own.
// What OneDrive, Dropbox and Google Drive keep online only has its ordinary name.

/// The rows. The first that matches a name is taken, so the general ones stand last.
static TABLE: &[Leftover] = &[
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
    conflict("* - Copy.*", "Windows", " -.op", of_explorer),
    conflict("* copy.*", "macOS", " .op", of_finder),
    conflict("* (copy).*", "a Linux desktop", " ().copy", |name| in_parentheses(name, is_nth_copy)),
    Leftover::new("Copy of *", "Google Drive or Windows", LeftoverClass::ConflictCopy)
        .with_form(Form::Star),
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

/// Returns the rows, in the order in which they are tried.
#[must_use]
pub fn table() -> &'static [Leftover] {
    TABLE
}

/// Returns what a file of this name is, in whatever folder, where it is a leftover.
#[must_use]
pub fn file(name: &[u8]) -> Option<LeftoverId> {
    static FILES: LazyLock<Index> = LazyLock::new(|| Index::new(false));
    FILES.find(name)
}

/// Returns what everything in a folder of this name is, where the folder is a leftover.
///
/// Hidden folders all are. Of names that begin with `@` or `#` only those are that network storage
/// is known to give, since a scene may be called `#12`; compare [`is_set_apart`].
#[must_use]
pub fn folder(name: &[u8]) -> Option<LeftoverId> {
    static FOLDERS: LazyLock<Index> = LazyLock::new(|| Index::new(true));
    FOLDERS.find(name)
}

/// Returns the name of the file (or, for a DVC pointer, the folder) that a file of this name stands
/// for: the whole of a broken transfer, the original of a conflict copy or a backup, what a
/// placeholder is in place of.
///
/// `None` where the file is no leftover, or where its name does not tell.
#[must_use]
pub fn stands_for(name: &[u8]) -> Option<Vec<u8>> {
    let Original(stem, suffix) = file(name)?.row().original(name)?;
    (!stem.is_empty()).then(|| [stem, suffix].concat())
}

/// Returns whether the files below a folder of this name are not kept folder by folder while a tree
/// is listed: every [`folder`] of the table, and any other whose name begins with `.`, `@` or `#`.
///
/// Network storage makes one folder per file below some of these.
#[must_use]
pub fn is_set_apart(folder_name: &[u8]) -> bool {
    match folder_name {
        b"." | b".." => false,
        [b'.' | b'@' | b'#', ..] => true,
        name => folder(name).is_some(),
    }
}

/// The rows for files or for folders, by what a name must have for a row to match. A name is
/// compared with the few rows that share its first or its last byte, and of those and of the rest
/// only with rows whose every literal byte it has.
struct Index {
    by_first: Vec<Vec<Candidate>>,
    by_last: Vec<Vec<Candidate>>,
    others: Vec<Candidate>,
}

#[derive(Clone, Copy)]
struct Candidate {
    id: LeftoverId,
    needs: u128,
}

impl Index {
    fn new(of_folders: bool) -> Self {
        let mut index = Index {
            by_first: vec![Vec::new(); 256],
            by_last: vec![Vec::new(); 256],
            others: Vec::new(),
        };
        for (at, row) in TABLE.iter().enumerate().filter(|(_, row)| row.is_folder() == of_folders) {
            let glob = row.glob();
            let needs = match row.form {
                Form::Glob | Form::Star => bytes_of(glob.iter().filter(|byte| is_literal(byte))),
                Form::Parsed(needs, _) => bytes_of(needs.as_bytes()),
            };
            let candidate = Candidate { id: LeftoverId::new(at), needs };
            // The end of a pattern that a function stands behind may be but an example.
            let is_glob = !matches!(row.form, Form::Parsed(..));
            match glob {
                [first, ..] if is_literal(first) => {
                    index.by_first[usize::from(first.to_ascii_lowercase())].push(candidate);
                }
                [.., last] if is_glob && is_literal(last) => {
                    index.by_last[usize::from(last.to_ascii_lowercase())].push(candidate);
                }
                _ => index.others.push(candidate),
            }
        }
        index
    }

    fn find(&self, name: &[u8]) -> Option<LeftoverId> {
        let (first, last) = (name.first()?, name.last()?);
        if matches!(name, b"." | b"..") {
            return None;
        }
        let has = bytes_of(name);
        let find_in = |candidates: &[Candidate]| {
            let candidates = candidates.iter().filter(|candidate| candidate.needs & !has == 0);
            candidates.map(|candidate| candidate.id).find(|id| id.row().matches(name))
        };
        [
            find_in(&self.by_first[usize::from(first.to_ascii_lowercase())]),
            find_in(&self.by_last[usize::from(last.to_ascii_lowercase())]),
            find_in(&self.others),
        ]
        .into_iter()
        .flatten()
        .min()
    }
}

fn is_literal(byte: &u8) -> bool {
    !matches!(byte, b'*' | b'?')
}

/// The set of ASCII bytes that are there, in lower case.
fn bytes_of<'b>(bytes: impl IntoIterator<Item = &'b u8>) -> u128 {
    bytes
        .into_iter()
        .filter(|byte| byte.is_ascii())
        .fold(0, |set, byte| set | 1 << byte.to_ascii_lowercase())
}

/// Whether a name matches a pattern, ASCII letters in either case. `*` stands for one or more
/// bytes, `?` for one.
fn matches_glob(glob: &[u8], name: &[u8]) -> bool {
    let (mut at, mut read) = (0, 0);
    // Where to go on when the last star has to take one byte more.
    let mut retry: Option<(usize, usize)> = None;
    while read < name.len() {
        match glob.get(at) {
            Some(b'*') => {
                at += 1;
                read += 1;
                retry = Some((at, read));
                continue;
            }
            Some(byte) if *byte == b'?' || byte.eq_ignore_ascii_case(&name[read]) => {
                at += 1;
                read += 1;
                continue;
            }
            _ => {}
        }
        let Some((star, taken)) = retry else { return false };
        retry = Some((star, taken + 1));
        (at, read) = (star, taken + 1);
    }
    at == glob.len()
}

fn starts_with(name: &[u8], start: &[u8]) -> bool {
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

fn contains(name: &[u8], part: &[u8]) -> bool {
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
fn of_rsync(name: &[u8]) -> Option<Original<'_>> {
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
fn of_s3transfer(name: &[u8]) -> Option<Original<'_>> {
    let (stem, random) = rsplit_once(name, b".")?;
    let is_random = is_hex(random, 8) && random.iter().any(u8::is_ascii_alphabetic);
    let is_known = is_random && (is_media(stem) || ends_with(stem, b".json"));
    original(stem, b"").filter(|_| is_known)
}

/// `.azDownload-<job>-168.jpg`, where the job is a UUID.
fn of_azcopy(name: &[u8]) -> Option<Original<'_>> {
    const UUID: usize = 36;
    let rest = strip_start(name, b".azDownload-").filter(|rest| !rest.is_empty())?;
    let stem = rest.get(UUID..).and_then(|rest| rest.strip_prefix(b"-"));
    Some(stem.map_or(Original::UNKNOWN, |stem| Original(stem, b"")))
}

/// `168.jpg.part.minio` of `mc`, `168.jpg.<ETag>.part.minio` of the libraries.
fn of_minio(name: &[u8]) -> Option<Original<'_>> {
    let stem = strip_end(name, b".part.minio")?;
    let is_etag =
        |tail: &[u8]| is_hex(tail.split(|byte| *byte == b'-').next().unwrap_or_default(), 32);
    let without = rsplit_once(stem, b".").filter(|(_, tail)| is_etag(tail));
    original(without.map_or(stem, |(stem, _)| stem), b"")
}

/// `168.jpg.1a2b3c4d.partial`; other tools leave the random digits out.
fn of_rclone(name: &[u8]) -> Option<Original<'_>> {
    let stem = strip_end(name, b".partial")?;
    let is_random = |tail: &[u8]| is_hex(tail, 8) || tail.eq_ignore_ascii_case(b"rclone");
    let without = rsplit_once(stem, b".").filter(|(stem, tail)| is_random(tail) && is_media(stem));
    original(without.map_or(stem, |(stem, _)| stem), b"")
}

/// `168.jpg.rclone_chunk.001`.
fn of_chunker(name: &[u8]) -> Option<Original<'_>> {
    let (stem, number) = rsplit_once(name, b".rclone_chunk.")?;
    original(stem, b"").filter(|_| number.first().is_some_and(u8::is_ascii_digit))
}

/// `.168.jpg.~1a2b3c4d`.
fn of_owncloud(name: &[u8]) -> Option<Original<'_>> {
    let (stem, random) = rsplit_once(name.strip_prefix(b".")?, b".~")?;
    let is_random = (1..=8).contains(&random.len()) && is_hex(random, random.len());
    original(stem, b"").filter(|_| is_random)
}

/// `.unison.168.jpg.<32 hexadecimal digits>.unison.tmp`.
fn of_unison(name: &[u8]) -> Option<Original<'_>> {
    let rest = strip_end(strip_start(name, b".unison.")?, b".unison.tmp")?;
    let without = rsplit_once(rest, b".").filter(|(_, tail)| is_hex(tail, 32));
    original(without.map_or(rest, |(stem, _)| stem), b"")
}

/// `168.jpg - Shortcut.lnk`.
fn of_shortcut(name: &[u8]) -> Option<Original<'_>> {
    let stem = strip_end(name, b".lnk")?;
    let stem = strip_end(stem, b" - Shortcut").unwrap_or(stem);
    is_media(stem).then_some(Original(stem, b""))
}

fn of_dvc_frame(name: &[u8]) -> Option<Original<'_>> {
    of_dvc(name).filter(|Original(stem, _)| is_media(stem))
}

fn of_dvc_sensor<'n>(name: &'n [u8], prefix: &[u8]) -> Option<Original<'n>> {
    of_dvc(name).filter(|Original(stem, _)| stem.len() > prefix.len() && starts_with(stem, prefix))
}

fn of_dvc(name: &[u8]) -> Option<Original<'_>> {
    original(strip_end(name, b".dvc")?, b"")
}

/// `.168.jpg.swp`, and `.swo` to `.swa` where that is taken.
fn of_vim(name: &[u8]) -> Option<Original<'_>> {
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
fn of_syncthing(name: &[u8]) -> Option<Original<'_>> {
    let (stem, rest) = rsplit_once(name, b".sync-conflict-")?;
    original(stem, after_timestamp(rest, true)?)
}

/// `168_conflict-20230415-121420.jpg`.
fn of_old_owncloud(name: &[u8]) -> Option<Original<'_>> {
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
fn in_parentheses(name: &[u8], is_note: impl Fn(&[u8]) -> bool) -> Option<Original<'_>> {
    let (stem, suffix) = split_suffix(name)?;
    let (stem, note) = rsplit_once(stem.strip_suffix(b")")?, b" (")?;
    original(stem, suffix).filter(|_| is_note(note))
}

/// `168 (Case Conflict).jpg`, `168 (Case Conflict 1).jpg`.
fn of_dropbox(name: &[u8]) -> Option<Original<'_>> {
    in_parentheses(name, |note| ends_with(trim_digits(note).trim_ascii_end(), b" conflict"))
}

/// `168_ANNA-PC_Apr-15-1214-2023_Conflict.jpg`, `…_CaseConflict_1.jpg`.
fn of_synology(name: &[u8]) -> Option<Original<'_>> {
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
fn of_resilio(name: &[u8]) -> Option<Original<'_>> {
    let (stem, suffix) = split_suffix(name)?;
    original(strip_end(trim_digits(stem), b".conflict")?, suffix)
}

/// `168.jpg.conflict1`.
fn of_bisync(name: &[u8]) -> Option<Original<'_>> {
    let (stem, number) = rsplit_once(name, b".conflict")?;
    original(stem, b"").filter(|_| is_copy_number(number))
}

/// `168.variant-1a2b.jpg`.
fn of_annex(name: &[u8]) -> Option<Original<'_>> {
    let (stem, suffix) = split_suffix(name)?;
    let (stem, hash) = rsplit_once(stem, b".variant-")?;
    original(stem, suffix).filter(|_| is_hex(hash, 4))
}

/// "Copy" in English, German, French, and Spanish or Italian.
const COPY: [&[u8]; 4] = [b"copy", b"kopie", b"copie", b"copia"];

/// `168 - Copy.jpg`, `168 - Copy (2).jpg`.
fn of_explorer(name: &[u8]) -> Option<Original<'_>> {
    let (stem, suffix) = split_suffix(name)?;
    let number = stem.strip_suffix(b")").and_then(|stem| rsplit_once(stem, b" ("));
    let numbered = number.filter(|(_, number)| is_copy_number(number));
    let (stem, word) = rsplit_once(numbered.map_or(stem, |(stem, _)| stem), b" - ")?;
    original(stem, suffix).filter(|_| is_copy(word))
}

/// `168 copy.jpg`, `168 copy 2.jpg`.
fn of_finder(name: &[u8]) -> Option<Original<'_>> {
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
fn is_nth_copy(note: &[u8]) -> bool {
    match strip_end(note, b" copy") {
        None => note.eq_ignore_ascii_case(b"copy"),
        Some(which) => {
            which.eq_ignore_ascii_case(b"another") || which.first().is_some_and(u8::is_ascii_digit)
        }
    }
}

/// `168 (1).jpg`. Of images and point clouds only where the original's stem ends in a digit, as a
/// frame's does: Windows renames many files at once to `night (1).jpg`, `night (2).jpg` and so on.
fn of_second_download<'n>(name: &'n [u8], open: &[u8]) -> Option<Original<'n>> {
    let (stem, suffix) = split_suffix(name)?;
    let (stem, number) = rsplit_once(stem.strip_suffix(b")")?, open)?;
    let is_second =
        is_copy_number(number) && (!is_media(name) || stem.last().is_some_and(u8::is_ascii_digit));
    original(stem, suffix).filter(|_| is_second)
}

/// `168.jpg.1`: of what is known to be a frame, since other names end in a number of their own.
fn of_wget(name: &[u8]) -> Option<Original<'_>> {
    let (stem, number) = rsplit_once(name, b".")?;
    original(stem, b"").filter(|_| is_copy_number(number) && is_media(stem))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    fn pattern(name: &str) -> Option<&'static str> {
        file(name.as_bytes()).map(|id| id.row().pattern)
    }

    fn original_of(name: &str) -> Option<String> {
        stands_for(name.as_bytes()).map(|name| String::from_utf8(name).unwrap())
    }

    /// A name of the pattern's shape.
    fn example(row: &Leftover) -> String {
        let glob = std::str::from_utf8(row.glob()).unwrap();
        glob.replace('*', "lorem").replace('?', "a")
    }

    #[test]
    fn rows_are_complete_and_distinct() {
        let mut patterns = BTreeSet::new();
        for row in table() {
            assert!(patterns.insert(row.pattern), "{} stands twice", row.pattern);
            assert!(!row.left_by.is_empty() && !row.glob().is_empty());
            let stars = row.glob().iter().filter(|byte| **byte == b'*').count();
            let is_star = matches!(row.form, Form::Star) && !row.is_folder();
            assert!(!is_star || stars == 1, "{} has {stars} stars", row.pattern);
            assert_ne!(row.own_advice(), Some(row.class.advice()), "{}", row.pattern);
            if row.is_folder() {
                let is_whole = !matches!(row.form, Form::Parsed(..));
                assert!(is_whole, "{}: folders are known by their pattern", row.pattern);
            }
        }
    }

    #[test]
    fn each_row_is_the_first_to_match_its_own_pattern() {
        for (at, row) in table().iter().enumerate() {
            let name = example(row);
            if matches!(row.form, Form::Parsed(..)) {
                continue;
            }
            let found = if row.is_folder() { folder } else { file }(name.as_bytes());
            assert_eq!(found, Some(LeftoverId::new(at)), "{name}");
            if matches!(row.form, Form::Star) && !row.is_folder() {
                assert_eq!(original_of(&name).as_deref(), Some("lorem"), "{name}");
            }
        }
    }

    #[test]
    fn what_systems_and_tools_leave() {
        for (name, expected) in [
            (".DS_Store", ".DS_Store"),
            ("._.DS_Store", "._*"),
            ("._168.jpg", "._*"),
            ("Icon\r", "Icon\r"),
            ("Thumbs.db", "Thumbs.db"),
            ("thumbs.db", "Thumbs.db"),
            ("Desktop.ini", "desktop.ini"),
            (".fuse_hidden0000002a00000001", ".fuse_hidden*"),
            (".nfs00000000004a2c2b00000001", ".nfs0*"),
            (".sync_5f3c2a.db", ".sync_*.db"),
            (".~lock.1728600000000.jpg#", ".~lock.*#"),
            ("~$labels.xlsx", "~$*"),
            (".picasa.ini", ".picasa.ini"),
            (".apdisk", ".apdisk"),
            (".s3cfg", ".s3cfg"),
            ("nohup.out", "nohup.out"),
            (".hidden", ".*"),
            (".env", ".*"),
            ("...", ".*"),
            (".1728600000000.jpg", ".*"),
            (".1000.123456", ".*"),
            (".settings.backup", "*.backup"),
            ("ZbThumbnail.info", "ZbThumbnail.info"),
            ("MD5SUMS", "MD5SUMS"),
            ("metadata.json.bak", "*.bak"),
            (".metadata.json.swp", ".*.sw?"),
            (".168.jpg.swo", ".*.sw?"),
            ("_SUCCESS", "_SUCCESS"),
            (".1681532060061.pcd.crc", ".*.crc"),
            ("1728600000000.jpg:Zone.Identifier", "*Zone.Identifier"),
            ("1728600000000.jpg@SynoEAStream", "*@SynoEAStream"),
            ("metadata.json~", "*~"),
            ("#metadata.json#", "#*#"),
            (".#metadata.json", ".#*"),
            ("dvc.lock", "dvc.lock"),
            ("data.dvc", "*.dvc"),
            (".gitattributes", ".gitattributes"),
            ("sensortree.toml", "sensortree.toml"),
        ] {
            assert_eq!(pattern(name), Some(expected), "{name}");
            assert!(file(name.as_bytes()).unwrap().class().is_harmless(), "{name}");
        }
        for name in ["", ".", "..", "~", "##", "README.md", "lidar-top_$folder$", "a.txt", "x.old"]
        {
            assert_eq!(pattern(name), None, "{name}");
        }
    }

    #[test]
    fn folders_whose_every_file_is_a_leftover() {
        for (name, expected) in [
            ("@eaDir", "@eaDir/"),
            (".@__thumb", ".@__thumb/"),
            ("@Recycle", "@Recycle/"),
            ("#recycle", "#recycle/"),
            ("lost+found", "lost+found/"),
            ("$RECYCLE.BIN", "$RECYCLE.BIN/"),
            ("System Volume Information", "System Volume Information/"),
            (".stversions", ".stversions/"),
            (".dropbox.cache", ".dropbox.cache/"),
            (".thumbnails", ".thumbnails/"),
            (".Trash-1000", ".Trash-*/"),
            (".huggingface", ".huggingface/"),
            (".vscode", ".vscode/"),
            ("@tmp", "@tmp/"),
            ("__MACOSX", "__MACOSX/"),
            ("__pycache__", "__pycache__/"),
            (".git", ".git/"),
            (".anything", ".*/"),
        ] {
            let found = folder(name.as_bytes()).map(|id| id.row().pattern);
            assert_eq!(found, Some(expected), "{name}");
            assert!(is_set_apart(name.as_bytes()), "{name}");
        }
        for name in ["", ".", "..", "MACOSX", "Thumbs", "drive.part", "drive.tmp", "1 (1)", "a~"] {
            assert_eq!(folder(name.as_bytes()), None, "{name}");
            assert!(!is_set_apart(name.as_bytes()), "{name}");
        }
        for name in ["#12", "@front"] {
            assert_eq!(folder(name.as_bytes()), None, "{name}");
            assert!(is_set_apart(name.as_bytes()), "{name}");
        }
    }

    #[test]
    fn what_a_broken_transfer_stands_for() {
        let uuid = "5f3c2a10-0000-4000-8000-0123456789ab";
        let hash = "0123456789abcdef0123456789abcdef";
        for (name, expected) in [
            ("168.jpg.part", Some("168.jpg")),
            ("168.jpg.PART", Some("168.jpg")),
            ("168.part", Some("168")),
            ("168.jpg.crdownload", Some("168.jpg")),
            ("168.jpg.tmp", Some("168.jpg")),
            (".168.jpg.Xy12Ab", Some("168.jpg")),
            (".168.jpg.abcdef", Some("168.jpg")),
            (".168.jpg.123456", Some("168.jpg")),
            (".notes.Ab12Cd", Some("notes")),
            ("168.jpg.6eF2a9B1", Some("168.jpg")),
            ("metadata.json.6eF2a9B1", Some("metadata.json")),
            (&format!(".azDownload-{uuid}-168.jpg"), Some("168.jpg")),
            (".azDownload-168.jpg", None),
            ("168.jpg.part.minio", Some("168.jpg")),
            (&format!("168.jpg.{hash}.part.minio"), Some("168.jpg")),
            (&format!("168.jpg.{hash}-2.part.minio"), Some("168.jpg")),
            ("168.jpg.1a2b3c4d.partial", Some("168.jpg")),
            ("168.jpg.rclone.partial", Some("168.jpg")),
            ("168.jpg.partial", Some("168.jpg")),
            ("168.pcd.rclone_chunk.001", Some("168.pcd")),
            (".in.168.jpg", Some("168.jpg")),
            (".in.168.jpg.", Some("168.jpg")),
            ("168.jpg.aria2", Some("168.jpg")),
            ("168.jpg_.gstmp", Some("168.jpg")),
            ("168.jpg.filepart", Some("168.jpg")),
            ("168.jpg._COPYING_", Some("168.jpg")),
            (".syncthing.168.jpg.tmp", Some("168.jpg")),
            (".168.jpg.~1a2b3c4d", Some("168.jpg")),
            (&format!(".unison.168.jpg.{hash}.unison.tmp"), Some("168.jpg")),
            (".getxfer.12.3.mega", None),
            (".com.google.Chrome.Xy12Ab", None),
        ] {
            let class = file(name.as_bytes()).map(LeftoverId::class);
            assert_eq!(class, Some(LeftoverClass::BrokenTransfer), "{name}");
            assert_eq!(original_of(name).as_deref(), expected, "{name}");
        }
        for name in ["dump.1a2b3c4d", "168.jpg.20230415", "1532402927.64795112", ".rclone_chunk."] {
            let class = file(name.as_bytes()).map(LeftoverId::class);
            assert_ne!(class, Some(LeftoverClass::BrokenTransfer), "{name}");
        }
    }

    #[test]
    fn what_a_placeholder_stands_for() {
        for (name, expected) in [
            (".168.jpg.icloud", "168.jpg"),
            ("168.jpg.nextcloud", "168.jpg"),
            ("168.pcd.dvc", "168.pcd"),
            ("lidar-top.dvc", "lidar-top"),
            ("camera-front.dvc", "camera-front"),
            ("168.jpg.lnk", "168.jpg"),
            ("168.jpg - Shortcut.lnk", "168.jpg"),
        ] {
            let class = file(name.as_bytes()).map(LeftoverId::class);
            assert_eq!(class, Some(LeftoverClass::Placeholder), "{name}");
            assert_eq!(original_of(name).as_deref(), Some(expected), "{name}");
        }
        assert_eq!(original_of("s1.dvc").as_deref(), Some("s1"));
        assert_eq!(pattern("notes.lnk"), Some("*.lnk"));
    }

    #[test]
    fn what_a_conflict_copy_stands_for() {
        for (name, expected) in [
            ("168 (1).jpg", "168.jpg"),
            ("168(1).jpg", "168.jpg"),
            ("168 (12).jpg", "168.jpg"),
            ("metadata (1).json", "metadata.json"),
            ("frame_000123 (1).pcd", "frame_000123.pcd"),
            ("168 (1).pcd.bin", "168.pcd.bin"),
            ("168 copy.jpg", "168.jpg"),
            ("168 copy 2.jpg", "168.jpg"),
            ("168 - Copy.jpg", "168.jpg"),
            ("168 - Copy (2).jpg", "168.jpg"),
            ("168 - Kopie.jpg", "168.jpg"),
            ("168 (copy).jpg", "168.jpg"),
            ("168 (another copy).jpg", "168.jpg"),
            ("168 (3rd copy).jpg", "168.jpg"),
            ("Copy of 168.jpg", "168.jpg"),
            ("168 (Anna's conflicted copy 2023-04-15).jpg", "168.jpg"),
            ("168 (conflicted copy 2023-04-15 121420).jpg", "168.jpg"),
            ("168 (Case Conflict).jpg", "168.jpg"),
            ("168 (Case Conflict 1).jpg", "168.jpg"),
            ("168 (case clash from 2023-04-15 121420).jpg", "168.jpg"),
            ("168 (SFConflict anna@example.org 2023-04-15-12-14-20).jpg", "168.jpg"),
            ("168.sync-conflict-20230415-121420-ABCDEFG.jpg", "168.jpg"),
            ("168.sync-conflict-20230415-121420.jpg", "168.jpg"),
            ("168_conflict-20230415-121420.jpg", "168.jpg"),
            ("168.Conflict.jpg", "168.jpg"),
            ("168.Conflict2.jpg", "168.jpg"),
            ("168.jpg.conflict1", "168.jpg"),
            ("168_ANNA-PC_Apr-15-1214-2023_Conflict.jpg", "168.jpg"),
            ("168_ANNA-PC_Apr-15-1214-2023_CaseConflict_1.jpg", "168.jpg"),
            ("168.variant-1a2b.jpg", "168.jpg"),
            ("168.jpg.1", "168.jpg"),
        ] {
            let class = file(name.as_bytes()).map(LeftoverId::class);
            assert_eq!(class, Some(LeftoverClass::ConflictCopy), "{name}");
            assert_eq!(original_of(name).as_deref(), Some(expected), "{name}");
        }
        for name in [
            "night (1).jpg",
            "168 (0).jpg",
            "168 (100).jpg",
            "168 2.jpg",
            "168-HOST.jpg",
            "copy.jpg",
            " copy.jpg",
            "conflict.jpg",
            "x.sync-conflict-2023.jpg",
            "168 (night).jpg",
            "notes.1",
        ] {
            assert_eq!(pattern(name), None, "{name}");
            assert_eq!(original_of(name), None, "{name}");
        }
    }

    #[test]
    fn backups_stand_for_what_they_were_made_of() {
        for name in ["168.jpg~", "168.jpg.bak", "168.jpg.orig"] {
            assert_eq!(original_of(name).as_deref(), Some("168.jpg"), "{name}");
            assert!(file(name.as_bytes()).unwrap().class().is_harmless(), "{name}");
        }
        assert_eq!(original_of("._168.jpg"), None);
        assert_eq!(original_of("168.jpg"), None);
    }

    /// What a lookup has to come to: the first row of the table that matches.
    fn first_match(name: &[u8], of_folders: bool) -> Option<LeftoverId> {
        let is_name = !matches!(name, b"" | b"." | b"..");
        let at =
            table().iter().position(|row| row.is_folder() == of_folders && row.matches(name))?;
        is_name.then(|| LeftoverId::new(at))
    }

    /// Names that are put together from what the rows look for.
    fn likely_name() -> impl Strategy<Value = Vec<u8>> {
        let literal = proptest::sample::select(table()).prop_map(|row| {
            let pieces = row.glob().split(|byte| !is_literal(byte));
            pieces.max_by_key(|piece| piece.len()).unwrap_or_default().to_vec()
        });
        let frame = proptest::sample::select(
            ["168", ".jpg", ".pcd", ".", " (1)", "1a2b3c4d", "20230415-121420", "~", "_", "-"]
                .map(|text| text.as_bytes().to_vec())
                .to_vec(),
        );
        proptest::collection::vec(prop_oneof![literal, frame], 0..5)
            .prop_map(|parts| parts.concat())
    }

    fn check(name: &[u8]) -> Result<(), TestCaseError> {
        prop_assert_eq!(file(name), first_match(name, false));
        prop_assert_eq!(folder(name), first_match(name, true));
        prop_assert!(folder(name).is_none() || is_set_apart(name));
        if let Some(original) = stands_for(name) {
            prop_assert!(file(name).is_some());
            prop_assert!(!original.is_empty() && original.len() < name.len());
        }
        Ok(())
    }

    proptest! {
        #[test]
        fn a_lookup_finds_the_first_row_that_matches(name in likely_name()) {
            check(&name)?;
        }

        #[test]
        fn any_bytes_are_read_without_harm(
            name in proptest::collection::vec(any::<u8>(), 0..300),
        ) {
            check(&name)?;
        }

        #[test]
        fn regular_frames_are_no_leftovers(
            stem in "[0-9]{1,20}|[0-9]{1,12}\\.[0-9]{1,9}|[0-9]{10}_[0-9]{9}\
                |(frame|scan|CAM_FRONT_|n015-2018-07-24)[_-]{1,2}[0-9]{1,18}\
                |[0-9]{4}(-[0-9]{2}){5}-[0-9]{3}|[0-9]{8}T[0-9]{6}",
            suffix in "pcd|jpg|jpeg|png|webp|bin|pcd\\.bin|JPG|txt|json|csv|mp4|npy",
        ) {
            let name = format!("{stem}.{suffix}");
            prop_assert_eq!(file(name.as_bytes()), None);
            prop_assert_eq!(stands_for(name.as_bytes()), None);
        }
    }
}
