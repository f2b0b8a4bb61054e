//! Builds the trees of `../shared/cases`, where that folder and `python3` are there.
//!
//! Each `caseNN.py FOLDER [VARIANT]` builds one tree. What it draws images with is replaced by a
//! module that gives the same picture for each size, so that nothing need be installed.

use std::path::{Path, PathBuf};
use std::process::Command;

use jpeg_encoder::{ColorType, Encoder};
use tempfile::TempDir;

/// One built tree.
pub(crate) struct Case {
    /// The case, and its variant.
    pub(crate) name: String,
    pub(crate) folder: TempDir,
}

/// The cases that have variants.
const VARIANTS: &[(&str, &str)] = &[
    ("64", "swapped noname index case space one"),
    ("65", "conflict lfs annex repr numpy jsonc html empty zeros cut yaml two nested"),
    ("66", "one zero"),
    ("73", "all"),
    ("76", "fwdigits fwhyphen endash nbhyphen cyr fwdot space trail lead zwsp fwname colon"),
    ("80", "lidar both"),
    ("82", "tmp1 tmp5 log sub link odd png png2 mask fifo pcd none"),
    ("91", "bare scenes half pulled"),
    ("95", "loop all cam dangling some extra"),
    ("97", "text"),
    ("100", "one usb"),
    ("101", "plain prealloc"),
    ("106", "all17 all20 all14 one17 one17l two"),
    ("107", "wnro gps tow hour leap"),
    ("108", "lidar camera both tail"),
];

/// Those that write zips or listings, and no folder.
const NO_TREES: &[&str] = &["70", "83", "84"];

/// The sizes of the images that the cases draw.
const SIZES: &[(u16, u16)] = &[(64, 48), (32, 24), (320, 240)];

/// What the cases use of Pillow.
const PILLOW: &str = "\
import os
class Picture:
    def __init__(self, size): self.size = size
    def putdata(self, data): pass
    def save(self, file, format, **options):
        name = '%dx%d.jpg' % self.size
        with open(os.path.join(os.path.dirname(__file__), name), 'rb') as picture:
            file.write(picture.read())
def new(mode, size): return Picture(size)
";

/// Every case that can be built; none, and it is said why, where they are not there.
pub(crate) fn all() -> Vec<Case> {
    let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/cases");
    let Ok(entries) = std::fs::read_dir(&cases) else {
        eprintln!("skipped: reported cases, as ../shared/cases is not there");
        return Vec::new();
    };
    if Command::new("python3").arg("--version").output().is_err() {
        eprintln!("skipped: reported cases, as python3 is not on this machine");
        return Vec::new();
    }
    let mut scripts: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    scripts.sort();
    let pillow = pillow();
    let mut built = Vec::new();
    for script in scripts {
        let stem = script.file_stem().unwrap().to_string_lossy().into_owned();
        let is_script = script.extension().is_some_and(|suffix| suffix == "py");
        let Some(name) = stem.strip_prefix("case").filter(|_| is_script) else { continue };
        if NO_TREES.contains(&name) {
            continue;
        }
        let variants = VARIANTS.iter().find(|(known, _)| *known == name);
        let variants = variants.map_or(vec![""], |(_, words)| words.split(' ').collect());
        built.extend(variants.into_iter().map(|variant| build(&script, name, variant, &pillow)));
    }
    built
}

/// A folder with the module that stands for Pillow.
fn pillow() -> TempDir {
    let folder = TempDir::new().unwrap();
    let package = folder.path().join("PIL");
    std::fs::create_dir(&package).unwrap();
    std::fs::write(package.join("__init__.py"), "").unwrap();
    std::fs::write(package.join("Image.py"), PILLOW).unwrap();
    for (width, height) in SIZES {
        let pixels: Vec<u8> = (0..u32::from(*width) * u32::from(*height) * 3)
            .map(|at| (at * 7 % 251) as u8)
            .collect();
        let picture = Encoder::new_file(package.join(format!("{width}x{height}.jpg")), 80).unwrap();
        picture.encode(&pixels, *width, *height, ColorType::Rgb).unwrap();
    }
    folder
}

fn build(script: &Path, name: &str, variant: &str, pillow: &TempDir) -> Case {
    let folder = TempDir::new().unwrap();
    let mut command = Command::new("python3");
    command.arg("-B").arg(script).arg(folder.path()).env("PYTHONPATH", pillow.path());
    if !variant.is_empty() {
        command.arg(variant);
    }
    let output = command.output().unwrap();
    assert!(
        output.status.success(),
        "{name} {variant}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    Case { name: format!("case {name} {variant}"), folder }
}
