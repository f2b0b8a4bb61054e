//! The catalogue: one file a rule (but for those on single frames, which differ by a table), and
//! here the one registry of them.

use crate::finding::Rule;

/// The families, by letter, with what they look at.
pub const FAMILIES: &[(&str, &str)] = &[
    ("R", "request"),
    ("Z", "zip"),
    ("L", "layout"),
    ("A", "alignment"),
    ("M", "metadata.json"),
    ("C", "calibration"),
    ("F", "file content"),
    ("H", "hygiene"),
];

/// Declares a rule: its `///` is its page, and becomes one static.
///
/// A page has a `tree bad` block that fires exactly this rule and a `tree good` block that fires
/// none; the tests run both. It is looked for by the function `check` beside it, or, where rules
/// differ by rows of a table, by the one that `checked_by` names, which is told for which rule.
macro_rules! declare_rule {
    (
        $(#[doc = $line:literal])*
        $id:ident {
            code: $code:literal,
            name: $name:literal,
            effect: $effect:expr,
            basis: $basis:ident,
            facts: [$($fact:literal),*],
            $(scope: $scope:ident,)?
            $(needs: $needs:ident,)?
            $(judges: $judges:ident,)?
            $(default_on: $default_on:literal,)?
            $(checked_by: $checked_by:path,)?
        }
    ) => {
        $(#[doc = $line])*
        pub(crate) static $id: $crate::finding::Rule = $crate::finding::Rule {
            code: $code,
            name: $name,
            effect: $effect,
            basis: $crate::platform::Basis::$basis,
            facts: &[$($fact),*],
            scope: declare_rule!(@scope $($scope)?),
            needs: declare_rule!(@needs $($needs)?),
            judges: declare_rule!(@judges $code $($judges)?),
            default_on: declare_rule!(@default_on $($default_on)?),
            docs: concat!($($line, "\n"),*),
            check: declare_rule!(@check $id $($checked_by)?),
        };
    };
    (@scope) => { $crate::finding::Scope::SensorOriented };
    (@scope $scope:ident) => { $crate::finding::Scope::$scope };
    (@needs) => { $crate::finding::Needs::Names };
    (@needs $needs:ident) => { $crate::finding::Needs::$needs };
    (@judges $code:literal) => { const { $crate::rules::judged::of_family($code) } };
    (@judges $code:literal $judges:ident) => { $crate::rules::judged::$judges };
    (@default_on) => { true };
    (@default_on $value:literal) => { $value };
    (@check $id:ident) => { check };
    (@check $id:ident $by:path) => { |context, sink| $by(context, sink, &$id) };
}

mod alignment;
mod archive;
mod calibration;
mod content;
pub mod groupings;
mod hygiene;
mod in_place;
mod judged;
mod layout;
mod metadata;
mod request;
pub mod selector;
mod sentences;
mod who_says;

/// The rule that names what no other does. It runs after all others.
pub(crate) static LAST: &Rule = &alignment::frames_differ::FRAMES_DIFFER;

/// Every rule, family by family, by code.
#[rustfmt::skip]
pub static ALL: &[&Rule] = &[
    // Request.
    &request::request_syntax::REQUEST_SYNTAX,
    &request::request_field_missing::REQUEST_FIELD_MISSING,
    &request::request_field_type::REQUEST_FIELD_TYPE,
    &request::request_field_unknown::REQUEST_FIELD_UNKNOWN,
    &request::resource_url_scheme::RESOURCE_URL_SCHEME,
    &request::file_tree_type_unsupported::FILE_TREE_TYPE_UNSUPPORTED,
    &request::data_type_unsupported::DATA_TYPE_UNSUPPORTED,
    &request::dataset_name_too_long::DATASET_NAME_TOO_LONG,
    &request::dataset_name_empty::DATASET_NAME_EMPTY,
    &request::project_id_out_of_range::PROJECT_ID_OUT_OF_RANGE,
    &request::external_storage_incomplete::EXTERNAL_STORAGE_INCOMPLETE,
    &request::data_type_contradicts_tree::DATA_TYPE_CONTRADICTS_TREE,
    &request::secret_in_repository::SECRET_IN_REPOSITORY,

    // Zip.
    &archive::not_a_zip::NOT_A_ZIP,
    &archive::zip_too_large::ZIP_TOO_LARGE,
    &archive::zip_empty::ZIP_EMPTY,
    &archive::top_folder_name::TOP_FOLDER_NAME,
    &archive::top_folder_missing::TOP_FOLDER_MISSING,
    &archive::several_top_folders::SEVERAL_TOP_FOLDERS,
    &archive::zip_path_unsafe::ZIP_PATH_UNSAFE,
    &archive::zip_encrypted::ZIP_ENCRYPTED,
    &archive::zip_damaged::ZIP_DAMAGED,
    &archive::zip_duplicate_entry::ZIP_DUPLICATE_ENTRY,
    &archive::zip_name_encoding::ZIP_NAME_ENCODING,
    &archive::zip_method_unsupported::ZIP_METHOD_UNSUPPORTED,
    &archive::zip_bomb::ZIP_BOMB,

    // Layout.
    &layout::metadata_missing::METADATA_MISSING,
    &layout::metadata_misplaced::METADATA_MISPLACED,
    &layout::sensor_prefix_missing::SENSOR_PREFIX_MISSING,
    &layout::sensor_name_empty::SENSOR_NAME_EMPTY,
    &layout::stray_file::STRAY_FILE,
    &layout::stray_folder::STRAY_FOLDER,
    &layout::frame_outside_scene::FRAME_OUTSIDE_SCENE,
    &layout::nested_too_deep::NESTED_TOO_DEEP,
    &layout::empty_sensor::EMPTY_SENSOR,
    &layout::empty_scene::EMPTY_SCENE,
    &layout::scene_oriented_tree::SCENE_ORIENTED_TREE,
    &layout::wrong_root::WRONG_ROOT,
    &layout::no_sensor::NO_SENSOR,
    &layout::lidar_suffix::LIDAR_SUFFIX,
    &layout::camera_suffix::CAMERA_SUFFIX,
    &layout::modality_swapped::MODALITY_SWAPPED,
    &layout::stem_not_timestamp::STEM_NOT_TIMESTAMP,
    &layout::timestamp_unit::TIMESTAMP_UNIT,
    &layout::duplicate_frame::DUPLICATE_FRAME,
    &layout::name_collision::NAME_COLLISION,
    &layout::name_characters::NAME_CHARACTERS,
    &layout::foreign_layout::FOREIGN_LAYOUT,

    // Alignment.
    &alignment::scene_missing_in_sensor::SCENE_MISSING_IN_SENSOR,
    &alignment::frame_missing_in_sensor::FRAME_MISSING_IN_SENSOR,
    &alignment::timestamps_jittered::TIMESTAMPS_JITTERED,
    &alignment::clock_offset::CLOCK_OFFSET,
    &alignment::frame_rate_mismatch::FRAME_RATE_MISMATCH,
    &alignment::timestamp_unit_mismatch::TIMESTAMP_UNIT_MISMATCH,
    &alignment::no_common_frame::NO_COMMON_FRAME,
    &alignment::timeline_gap::TIMELINE_GAP,
    &alignment::frame_order::FRAME_ORDER,
    &alignment::frames_differ::FRAMES_DIFFER,

    // metadata.json.
    &metadata::metadata_syntax::METADATA_SYNTAX,
    &metadata::metadata_field_missing::METADATA_FIELD_MISSING,
    &metadata::metadata_field_type::METADATA_FIELD_TYPE,
    &metadata::metadata_field_unknown::METADATA_FIELD_UNKNOWN,
    &metadata::metadata_version::METADATA_VERSION,
    &metadata::metadata_file_tree_type::METADATA_FILE_TREE_TYPE,
    &metadata::metadata_data_type::METADATA_DATA_TYPE,
    &metadata::sequence_sensor_unknown::SEQUENCE_SENSOR_UNKNOWN,
    &metadata::sensor_not_in_sequence::SENSOR_NOT_IN_SEQUENCE,
    &metadata::sequence_duplicate::SEQUENCE_DUPLICATE,
    &metadata::coefficients_missing::COEFFICIENTS_MISSING,
    &metadata::coefficients_unknown_camera::COEFFICIENTS_UNKNOWN_CAMERA,

    // Calibration.
    &calibration::camera_model_unknown::CAMERA_MODEL_UNKNOWN,
    &calibration::camera_parameters_mismatch::CAMERA_PARAMETERS_MISMATCH,
    &calibration::image_size_invalid::IMAGE_SIZE_INVALID,
    &calibration::image_size_mismatch::IMAGE_SIZE_MISMATCH,
    &calibration::focal_length_invalid::FOCAL_LENGTH_INVALID,
    &calibration::principal_point_outside::PRINCIPAL_POINT_OUTSIDE,
    &calibration::rotation_not_unit::ROTATION_NOT_UNIT,
    &calibration::position_implausible::POSITION_IMPLAUSIBLE,
    &calibration::calibration_copied::CALIBRATION_COPIED,
    &calibration::field_of_view_implausible::FIELD_OF_VIEW_IMPLAUSIBLE,
    &calibration::parameter_key_order::PARAMETER_KEY_ORDER,
    &calibration::calibration_placeholder::CALIBRATION_PLACEHOLDER,

    // File content.
    &content::file_empty::FILE_EMPTY,
    &content::point_clouds::PCD_HEADER,
    &content::point_clouds::PCD_TRUNCATED,
    &content::point_clouds::PCD_FIELDS,
    &content::point_clouds::PCD_NO_POINTS,
    &content::images::JPEG_SIGNATURE,
    &content::images::JPEG_TRUNCATED,
    &content::images::JPEG_EXOTIC,
    &content::content_is_pointer::CONTENT_IS_POINTER,
    &content::content_all_zero::CONTENT_ALL_ZERO,
    &content::point_clouds::PCD_NAN_POINTS,
    &content::point_clouds::PCD_ZERO_POINTS,
    &content::point_clouds::PCD_COORDINATES_IMPLAUSIBLE,
    &content::point_clouds::PCD_DATA_MALFORMED,
    &content::point_clouds::PCD_SURPLUS_POINTS,
    &content::images::JPEG_HEADER,
    &content::images::JPEG_DAMAGED,
    &content::images::IMAGE_DAMAGED,
    &content::point_clouds::PCD_HEADER_UNCOMMON,
    &content::point_clouds::PCD_BLANK_TAIL,
    &content::frames_identical::FRAMES_IDENTICAL,
    &content::pcd_sparse::PCD_SPARSE,
    &content::pcd_fields_differ::PCD_FIELDS_DIFFER,
    &content::point_clouds::PCD_POINTS_EQUAL,
    &content::image_blank::IMAGE_BLANK,
    &content::image_sizes_differ::IMAGE_SIZES_DIFFER,

    // Hygiene.
    &hygiene::junk_file::JUNK_FILE,
    &hygiene::folder_marker::FOLDER_MARKER,
    &hygiene::partial_file::PARTIAL_FILE,
    &hygiene::symbolic_link::SYMBOLIC_LINK,
    &hygiene::special_file::SPECIAL_FILE,
];

/// The position of a rule in [`ALL`].
pub(crate) fn position(rule: &Rule) -> usize {
    ALL.iter().position(|known| std::ptr::eq(*known, rule)).unwrap_or(ALL.len())
}

/// The rule of this code or name.
#[must_use]
pub fn find(word: &str) -> Option<&'static Rule> {
    ALL.iter().copied().find(|rule| rule.code.eq_ignore_ascii_case(word) || rule.name == word)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::Needs;
    use crate::finding::settings::Settings;
    use crate::sketch::Sketch;
    use std::collections::BTreeSet;

    #[test]
    fn a_page_says_where_frames_have_to_be_read_to_their_end() {
        for rule in ALL {
            // The first paragraph is what the catalogue shows of it.
            let first = rule.docs.split("\n\n").next().unwrap_or_default().replace("\n ", " ");
            let is_said = first.contains("Seen with `--content full`");
            let is_needed = matches!(rule.needs, Needs::Whole | Needs::AllWhole);
            assert_eq!(is_said, is_needed, "{}: {first}", rule.code);
        }
    }

    #[test]
    fn the_catalogue_is_in_order() {
        let family = |rule: &Rule| FAMILIES.iter().position(|(letter, _)| *letter == rule.family());
        let keys: Vec<_> =
            ALL.iter().map(|rule| (family(rule).expect("a known family"), rule.code)).collect();
        assert!(
            keys.windows(2).all(|pair| pair[0] < pair[1]),
            "codes ascend within their family: {keys:?}"
        );
        let names: BTreeSet<_> = ALL.iter().map(|rule| rule.name).collect();
        assert_eq!(names.len(), ALL.len(), "names are unique");
        for rule in ALL {
            for fact in rule.facts {
                assert!(
                    crate::platform::FACTS.iter().any(|known| known.id == *fact),
                    "{}: no fact {fact}",
                    rule.code
                );
            }
        }
    }

    /// The example is the test: a bad one fires exactly its rule, a good one fires none.
    #[test]
    fn every_page_holds_what_it_shows() {
        for rule in ALL {
            let sketches = rule.sketches();
            // What no other rule names cannot be shown.
            let is_last = std::ptr::eq(*rule, LAST);
            let has_bad = sketches.iter().any(|(bad, _)| *bad);
            assert!(has_bad != is_last, "{}: `tree bad`", rule.code);
            assert!(sketches.iter().any(|(bad, _)| !*bad), "{}: no `tree good`", rule.code);
            for (bad, text) in sketches {
                // Images that are no JPEG are said to be such (L115), whatever else is
                // wrong with them.
                let beside = (rule.code == "F118").then(|| "L115".parse().unwrap());
                let settings = Settings {
                    ignore: beside.into_iter().collect(),
                    select: if rule.default_on {
                        Vec::new()
                    } else {
                        vec!["ALL".parse().unwrap(), rule.code.parse().unwrap()]
                    },
                    ..Settings::default()
                };
                let sketch = Sketch::parse(&text)
                    .unwrap_or_else(|error| panic!("{}: {error}\n{text}", rule.code));
                let report = sketch.check(&settings);
                let fired: BTreeSet<_> =
                    report.findings.iter().map(|finding| finding.rule.code).collect();
                let expected: BTreeSet<_> = bad.then_some(rule.code).into_iter().collect();
                assert_eq!(
                    fired, expected,
                    "{} on\n{text}\nfound {:#?}",
                    rule.code, report.findings
                );
                // What is shown as good is something that the rule judges, and lets pass.
                let is_judged = report.rules.iter().any(|judged| judged.code == rule.code);
                assert!(bad || is_judged, "{} has nothing to judge in\n{text}", rule.code);
            }
        }
    }
}
