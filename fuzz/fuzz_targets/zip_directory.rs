//! Any bytes as the directory of a zip.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| sensortree_fuzz::zip_directory(bytes));
