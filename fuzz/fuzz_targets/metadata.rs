//! Any bytes as a metadata.json.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| sensortree_fuzz::metadata(bytes));
