//! Frames changed at random, judged by the probes and by decoders that share no line with them.
//!
//! What every decoder refuses must be found when the whole file is looked into. What every decoder
//! opens, with the picture that it had before, must not be found above advice. `cargo xtask soak
//! --frames` runs many more of them, also against Pillow and djpeg where they are installed. Clouds
//! are held against pypcd4, Open3D and PCL there, as far as these are installed; without them,
//! against those changes of which it is sure what they do.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
#![expect(clippy::disallowed_methods, reason = "the extent of the test is set from outside")]
#![expect(clippy::disallowed_types, reason = "decoders that are programs are run as such")]
#![expect(clippy::print_stderr, reason = "what was not looked at is said")]
#![expect(clippy::cast_possible_truncation, reason = "small numbers of a test")]

mod changes;
mod cloud_readers;
mod clouds;
mod images;
mod readers;

use changes::change;
use cloud_readers::CloudReaders;
use clouds::Sure;
use images::Dice;
use readers::{Answer, Readers};
use sensortree_probe::{Depth, Exotic, Fault, Format, MissingPart, Probe, ProbeResult};

fn number(name: &str, default: u64) -> u64 {
    std::env::var(name).map_or(default, |text| text.parse().unwrap())
}

fn probe(depth: Depth, format: Format, file: &[u8]) -> ProbeResult {
    let mut probe = Probe::to(depth, format, file.len() as u64);
    loop {
        let stretch = probe.wanted();
        let start = stretch.offset as usize;
        if let Some(facts) = probe.take(&file[start..start + stretch.length]) {
            return facts;
        }
    }
}

/// What is wrong above advice.
fn graver(facts: &ProbeResult) -> Vec<Fault> {
    let is_advice = |fault: &Fault| {
        matches!(
            fault,
            Fault::Exotic(_)
                | Fault::Uncommon(_)
                | Fault::MorePoints
                | Fault::BlankTail
                | Fault::LostPoints
                | Fault::PointsAtOrigin
                | Fault::PointsEqual
                | Fault::OneColour
                | Fault::Disproportion(_)
        )
    };
    let faults = facts.problems.iter().map(|problem| problem.fault);
    faults.filter(|fault| !is_advice(fault)).collect()
}

/// Whether it is of a coding that is named, and not read.
fn is_not_read(facts: &ProbeResult) -> bool {
    facts.problems.iter().any(|problem| {
        matches!(
            problem.fault,
            Fault::Exotic(
                Exotic::Arithmetic | Exotic::Lossless | Exotic::Hierarchical | Exotic::Precision(_)
            )
        )
    })
}

/// Real files of one format in which nothing above advice is wrong, where there are any.
fn corpus(name: &str, format: Format) -> Vec<(String, Vec<u8>)> {
    let beside = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpora");
    let folder =
        std::env::var_os("SENSORTREE_CORPORA").map_or(beside, std::path::PathBuf::from).join(name);
    let Ok(entries) = std::fs::read_dir(&folder) else {
        eprintln!("no {name} files of others: there is no folder {}", folder.display());
        return Vec::new();
    };
    let mut paths: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let files = paths.into_iter().map(|path| {
        (path.file_name().unwrap().to_string_lossy().into_owned(), std::fs::read(&path).unwrap())
    });
    let is_right = |bytes: &[u8]| {
        bytes.len() < 100_000 && graver(&probe(Depth::Whole, format, bytes)).is_empty()
    };
    files.filter(|(_, bytes)| is_right(bytes)).collect()
}

#[test]
fn changed_images_are_judged_as_decoders_do() {
    let (count, seed) = (number("SENSORTREE_SOAK_FRAMES", 600), number("SENSORTREE_SOAK_SEED", 0));
    let is_soak = std::env::var_os("SENSORTREE_SOAK_FRAMES").is_some();
    let mut readers = Readers::new(is_soak);
    let images = images::all(is_soak);
    let (mut wrong, mut refused, mut unchanged, mut found_in_opened) = (Vec::new(), 0, 0, 0);
    for number in 0..count {
        let mut dice = Dice::new(seed + number);
        let image = &images[dice.below(images.len())];
        let (file, what) = change(&image.bytes, &mut dice);
        let [headers, whole] =
            [Depth::Headers, Depth::Whole].map(|depth| probe(depth, Format::Jpeg, &file));
        let [of_headers, of_whole] = [&headers, &whole].map(graver);
        let mut say = |complaint: &str| {
            if let Ok(folder) = std::env::var("SENSORTREE_SOAK_KEEP") {
                std::fs::write(format!("{folder}/{}.jpg", seed + number), &file).unwrap();
            }
            wrong.push(format!(
                "{complaint}: {} of seed {}, {what}: {of_headers:?}, whole {:?}",
                image.name,
                seed + number,
                whole.problems
            ));
        };
        if !of_headers.is_empty() && of_whole.is_empty() {
            say("the whole is judged milder than the headers");
        }
        let answers = readers.read(&file);
        if answers.iter().all(|answer| *answer == Answer::Refused) {
            refused += 1;
            if of_whole.is_empty() && !is_not_read(&whole) {
                say("missed");
            }
        }
        let is_opened = answers.iter().all(|answer| matches!(answer, Answer::Opened(_)));
        let is_unchanged = is_opened && answers == image.answers(&mut readers);
        if is_unchanged {
            unchanged += 1;
            let is_whole_but_for_its_end = of_whole == [Fault::CutOffImage(MissingPart::End)]
                && !file.windows(2).any(|pair| pair == [0xFF, 0xD9]);
            if !of_whole.is_empty() && !is_whole_but_for_its_end {
                say("a false alarm");
            }
        } else if is_opened && !of_whole.is_empty() {
            found_in_opened += 1;
        }
    }
    eprintln!(
        "{count} images, read by {}: {refused} refused by all, {unchanged} opened with the same \
         picture, {found_in_opened} found damaged that all opened with another picture",
        readers.names().join(", ")
    );
    assert!(
        wrong.is_empty(),
        "{} wrong:\n{}",
        wrong.len(),
        wrong[..wrong.len().min(40)].join("\n")
    );
    assert!(refused > 0 && unchanged > 0, "the changes are of all kinds");
}

#[test]
fn changed_clouds_are_judged_as_readers_do() {
    let (count, seed) = (number("SENSORTREE_SOAK_FRAMES", 600), number("SENSORTREE_SOAK_SEED", 0));
    let is_soak = std::env::var_os("SENSORTREE_SOAK_FRAMES").is_some();
    let mut readers = CloudReaders::new(is_soak);
    let clouds = clouds::all(is_soak);
    let originals: Vec<Vec<Answer>> =
        clouds.iter().map(|cloud| readers.read(&cloud.bytes)).collect();
    let (mut wrong, mut refused, mut unchanged, mut found_in_opened) = (Vec::new(), 0, 0, 0);
    let (mut sure_good, mut sure_bad) = (0, 0);
    for number in 0..count {
        let mut dice = Dice::new(seed + number);
        let at = dice.below(clouds.len());
        let (file, what, sure) = clouds::change(&clouds[at], &mut dice);
        let [headers, whole] =
            [Depth::Headers, Depth::Whole].map(|depth| probe(depth, Format::Pcd, &file));
        let [of_headers, of_whole] = [&headers, &whole].map(graver);
        let mut say = |complaint: &str| {
            if let Ok(folder) = std::env::var("SENSORTREE_SOAK_KEEP") {
                std::fs::write(format!("{folder}/{}.pcd", seed + number), &file).unwrap();
            }
            wrong.push(format!(
                "{complaint}: {} of seed {}, {what}: {of_headers:?}, whole {of_whole:?}",
                clouds[at].name,
                seed + number
            ));
        };
        if !of_headers.is_empty() && of_whole.is_empty() {
            say("the whole is judged milder than the headers");
        }
        match sure {
            Some(Sure::Good) => {
                sure_good += 1;
                if !of_whole.is_empty() {
                    say("a false alarm by what was changed");
                }
            }
            Some(Sure::Bad) => {
                sure_bad += 1;
                if of_whole.is_empty() {
                    say("missed by what was changed");
                }
            }
            None => {}
        }
        let answers = readers.read(&file);
        // What one reader alone refuses, others may read.
        let are_several = answers.len() > 1;
        if are_several && answers.iter().all(|answer| *answer == Answer::Refused) {
            refused += 1;
            if of_whole.is_empty() {
                say("missed");
            }
        }
        let is_opened =
            are_several && answers.iter().all(|answer| matches!(answer, Answer::Opened(_)));
        if is_opened && answers == originals[at] {
            unchanged += 1;
            if !of_whole.is_empty() {
                say("a false alarm");
            }
        } else if is_opened && !of_whole.is_empty() {
            found_in_opened += 1;
        }
    }
    match readers.names().as_slice() {
        names @ [_, _, ..] => eprintln!(
            "{count} clouds, read by {}: {refused} refused by all, {unchanged} opened with the \
             same points, {found_in_opened} found damaged that all opened with other points",
            names.join(", ")
        ),
        _ => eprintln!(
            "{count} clouds, held against what was changed alone: that takes two of pypcd4, Open3D \
             and PCL"
        ),
    }
    assert!(
        wrong.is_empty(),
        "{} wrong:\n{}",
        wrong.len(),
        wrong[..wrong.len().min(40)].join("\n")
    );
    assert!(sure_good > 0 && sure_bad > 0, "the changes are of all kinds");
}
