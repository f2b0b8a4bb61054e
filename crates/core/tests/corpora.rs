//! Files that others wrote, each judged as it was decided to be right before it was looked into.
//!
//! They are no part of the project: `SENSORTREE_CORPORA` names the folder, and without it the test
//! says that it looked at nothing.
#![expect(
    clippy::disallowed_methods,
    reason = "the files are read here and handed to the core, which reads none"
)]
#![expect(clippy::print_stderr, reason = "what was not looked at is said")]
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use sensortree_probe::pcd::{DataFault, Disproportion, FieldFault, HeaderFault, Keyword, Uncommon};
use sensortree_probe::{
    ActualFormat, Damage, Depth, Exotic, Fault, Format, JpegHeaderFault, MissingPart, Pointer,
    Probe, ProbeResult,
};

/// Point clouds with something wrong; all others are in order.
const WRONG_POINT_CLOUDS: &[(&str, Fault)] = &[
    ("cloudcompare_nosize.pcd", Fault::Header(HeaderFault::Missing(Keyword::Size))),
    ("lfs_pointer_pypcd_bin.pcd", Fault::Pointer(Pointer::GitLfs)),
    ("pcdrs_corrupt_compressed.pcd", Fault::ShortPointCloud),
    ("pcdrs_empty_compressed.pcd", Fault::NoPoints),
    ("pcdrs_mixed_types_compressed.pcd", Fault::Fields(FieldFault::NoPosition)),
    ("pcdrs_test_v05_no_viewpoint.pcd", Fault::Fields(FieldFault::NoPosition)),
    ("pcdrs_test_v06_mixed_types.pcd", Fault::Fields(FieldFault::NoPosition)),
    ("pcdrs_test_v6_compressed.pcd", Fault::ShortPointCloud),
    ("pypcd4_ascii_invalid_header.pcd", Fault::Header(HeaderFault::CutOff)),
    ("python-pcl_flydracyl_DATA_glued.pcd", Fault::Header(HeaderFault::Glued)),
];

/// The width and height of an image.
type Pixels = Option<(u32, u32)>;

/// Images: their size, and what is wrong with them.
const IMAGES: &[(&str, Pixels, Option<Fault>)] = &[
    ("exif_Landscape_6.jpg", Some((1200, 1800)), Some(Fault::Exotic(Exotic::Orientation(6)))),
    ("is_extra.jpg", Some((1500, 844)), None),
    ("is_wrong_size.jpg", Some((1080, 1080)), None),
    ("jd_extraneous-bytes-after-sos.jpg", Some((1744, 2464)), None),
    ("jd_jpg-gray.jpg", Some((32, 32)), None),
    ("jd_jpg-size-6x6.jpg", None, Some(Fault::NotTheImage(ActualFormat::Known("a PNG image")))),
    ("jd_missing-frame-image-1410.jpg", None, Some(Fault::CutOffImage(MissingPart::Frame))),
    ("jd_missing-sos.jpg", None, Some(Fault::CutOffImage(MissingPart::Data))),
    ("jd_multiple-0xff-before-eoi.jpg", Some((640, 480)), None),
    ("jd_null_height.jpg", None, Some(Fault::CutOffImage(MissingPart::Frame))),
    ("jd_progressive-missing-ac.jpg", Some((8, 8)), None),
    ("ljt_monkey12_12bit.jpg", Some((149, 227)), Some(Fault::Exotic(Exotic::Precision(12)))),
    ("pil_hopper_gray.jpg", Some((128, 128)), None),
    ("pil_hopper_orientation_8.jpg", Some((128, 128)), Some(Fault::Exotic(Exotic::Orientation(8)))),
    ("pil_junk_jpeg_header.jpg", Some((1024, 768)), None),
    ("pil_pil_sample_cmyk.jpg", Some((100, 100)), Some(Fault::Exotic(Exotic::Cmyk))),
    ("pil_truncated_app14.jpg", Some((100, 100)), None),
    ("pil_truncated_jpeg.jpg", Some((100, 100)), Some(Fault::CutOffImage(MissingPart::End))),
    ("t4_CAM_FRONT_001.jpg", Some((800, 600)), None),
];

/// The files of a folder, by name; `None` where it is not there.
fn files(name: &str) -> Option<BTreeMap<String, Vec<u8>>> {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpora");
    let folder =
        std::env::var_os("SENSORTREE_CORPORA").map_or_else(beside, PathBuf::from).join(name);
    let Ok(entries) = std::fs::read_dir(&folder) else {
        eprintln!("no files were looked at: there is no folder {}", folder.display());
        return None;
    };
    let paths = entries.map(|entry| entry.unwrap().path());
    Some(
        paths
            .map(|path| {
                (
                    path.file_name().unwrap().to_str().unwrap().to_owned(),
                    std::fs::read(path).unwrap(),
                )
            })
            .collect(),
    )
}

/// What a file holds, looked into so far, and how often it was read.
fn probe(depth: Depth, name: &str, file: &[u8]) -> (ProbeResult, u32) {
    let mut probe = Probe::to(depth, Format::of_name(name.as_bytes()).unwrap(), file.len() as u64);
    let mut reads = 0;
    loop {
        let stretch = probe.wanted();
        let start = usize::try_from(stretch.offset).unwrap();
        reads += 1;
        if let Some(facts) = probe.take(&file[start..start + stretch.length]) {
            return (facts, reads);
        }
    }
}

#[test]
fn point_clouds_of_others_are_judged_right() {
    let Some(files) = files("pcd") else { return };
    for (name, file) in &files {
        let (facts, reads) = probe(Depth::Headers, name, file);
        let faults = |facts: &ProbeResult| {
            facts.problems.iter().map(|problem| problem.fault).collect::<Vec<_>>()
        };
        let found = faults(&facts);
        let expected: Vec<Fault> = WRONG_POINT_CLOUDS
            .iter()
            .filter(|(wrong, _)| wrong == name)
            .map(|(_, fault)| *fault)
            .collect();
        assert_eq!(found, expected, "{name}");
        assert_eq!(reads, 1, "{name}");
        // Of the points themselves nothing is wrong in any of them.
        let (facts, reads) = probe(Depth::Whole, name, file);
        assert_eq!(faults(&facts), expected, "all of {name}");
        assert!(reads <= 3, "{name} was read {reads} times");
    }
    assert!(WRONG_POINT_CLOUDS.iter().all(|(name, _)| files.contains_key(*name)));
}

#[test]
fn images_of_others_are_judged_right() {
    let Some(files) = files("jpeg") else { return };
    for (name, size, fault) in IMAGES {
        let (facts, reads) = probe(Depth::Headers, name, &files[*name]);
        let (mut whole, _) = probe(Depth::Whole, name, &files[*name]);
        // It is grey all over.
        if *name == "t4_CAM_FRONT_001.jpg" {
            assert_eq!(whole.problems.remove(0).fault, Fault::OneColour, "{name}");
        }
        // It has bytes before a restart marker that belong to nothing, and is whole.
        if *name == "jd_extraneous-bytes-after-sos.jpg" {
            let stray = whole.problems.remove(0);
            assert_eq!(stray.fault, Fault::Exotic(Exotic::StrayBytes), "{name}");
        }
        assert_eq!((whole.image, whole.problems), (facts.image, facts.problems.clone()), "{name}");
        assert_eq!(facts.image.map(|size| (size.width, size.height)), *size, "{name}");
        assert_eq!(facts.problems.first().map(|problem| problem.fault), *fault, "{name}");
        assert!(facts.problems.len() < 2, "{name}: {:?}", facts.problems);
        assert!(reads <= 4, "{name} was read {reads} times");
    }
    assert_eq!(files.len(), IMAGES.len(), "each file is judged");
}

/// Files of one change each: what is found in the headers, and what in the whole.
const ODD_IMAGES: &[(&str, Option<Fault>, Option<Fault>)] = &[
    ("01_jpeg_then_4096_zeros.jpg", None, None),
    ("02_jpeg_then_4096_ff.jpg", None, None),
    ("03_jpeg_then_4100_junk_without_markers.jpg", None, None),
    both("04_jpeg_cut_right_behind_sos.jpg", Fault::CutOffImage(MissingPart::Data)),
    both("06_jpeg_without_dqt.jpg", header(JpegHeaderFault::NoQuantisation)),
    both("07_jpeg_sof_says_2_components_of_3.jpg", header(JpegHeaderFault::Frame)),
    both("08_jpeg_sos_names_component_not_in_sof.jpg", header(JpegHeaderFault::UnknownComponent)),
    ("09_jpeg_half_then_eoi.jpg", None, Some(Fault::DamagedImage(Damage::Early))),
    ("10_jpeg_zeros_from_mid_to_eoi.jpg", None, Some(Fault::DamagedImage(Damage::Surplus))),
    ("12_jpeg_half_then_whole_jpeg.jpg", None, Some(Fault::DamagedImage(Damage::Early))),
    both("13_jpeg_says_4095x4095_in_few_bytes.jpg", header(JpegHeaderFault::TooFewBytes)),
    both("17_jpeg_cut_behind_1_coded_byte.jpg", Fault::CutOffImage(MissingPart::End)),
    ("real_01_Pentax_Optio_S4.jpg", None, None),
];

const fn both(name: &'static str, fault: Fault) -> (&'static str, Option<Fault>, Option<Fault>) {
    (name, Some(fault), Some(fault))
}

const fn header(fault: JpegHeaderFault) -> Fault {
    Fault::ImageHeader(fault)
}

#[test]
fn odd_images_are_judged_right() {
    let Some(files) = files("odd") else { return };
    for (name, of_headers, of_whole) in ODD_IMAGES {
        for (depth, expected) in [(Depth::Headers, of_headers), (Depth::Whole, of_whole)] {
            let (facts, _) = probe(depth, name, &files[*name]);
            let found: Vec<Fault> = facts.problems.iter().map(|problem| problem.fault).collect();
            assert_eq!(found, expected.iter().copied().collect::<Vec<_>>(), "{name} {depth:?}");
        }
    }
    let images = files.keys().filter(|name| name.ends_with(".jpg")).count();
    assert_eq!(images, ODD_IMAGES.len(), "each image is judged");
}

/// Point clouds of one change each.
const ODD_POINT_CLOUDS: &[(&str, Option<Fault>, Option<Fault>)] = &[
    both("20_pcd_width0_height0.pcd", Fault::Uncommon(Uncommon::NoShape)),
    both("21_pcd_no_width.pcd", Fault::Header(HeaderFault::Missing(Keyword::Width))),
    both("22_pcd_viewpoint_6_numbers.pcd", Fault::Header(HeaderFault::Viewpoint)),
    both("22c_pcd_viewpoint_quaternion_0.pcd", Fault::Uncommon(Uncommon::NoHeading)),
    both("23_pcd_height_missing_width_wrong.pcd", Fault::Uncommon(Uncommon::NoHeight)),
    both("24_pcd_compressed_points_one_fewer.pcd", Fault::Data(DataFault::Size)),
    ("24a_pcd_compressed_good.pcd", None, None),
    ("25_pcd_second_half_zeros.pcd", None, Some(Fault::BlankTail)),
    ("26_pcd_ascii_comment_behind_last_point.pcd", None, None),
    ("26a_pcd_ascii_good.pcd", None, None),
    both("27_pcd_bom.pcd", Fault::Header(HeaderFault::ByteOrderMark)),
    ("28_pcd_all_points_equal.pcd", None, Some(Fault::PointsEqual)),
    both("29_pcd_binary_twice_the_points.pcd", Fault::MorePoints),
    both("31_pcd_pad_field_in_compressed_left_out.pcd", Fault::Uncommon(Uncommon::PaddingLeftOut)),
    ("32_pcd_one_point.pcd", None, None),
    ("38_pcd_xyz_i4_mm.pcd", None, Some(Fault::Disproportion(Disproportion::Unit))),
];

#[test]
fn odd_point_clouds_are_judged_right() {
    let Some(files) = files("odd") else { return };
    for (name, of_headers, of_whole) in ODD_POINT_CLOUDS {
        for (depth, expected) in [(Depth::Headers, of_headers), (Depth::Whole, of_whole)] {
            let (facts, _) = probe(depth, name, &files[*name]);
            let found: Vec<Fault> = facts.problems.iter().map(|problem| problem.fault).collect();
            assert_eq!(found, expected.iter().copied().collect::<Vec<_>>(), "{name} {depth:?}");
        }
    }
    let clouds = files.keys().filter(|name| name.ends_with(".pcd")).count();
    assert_eq!(clouds, ODD_POINT_CLOUDS.len(), "each cloud is judged");
}
