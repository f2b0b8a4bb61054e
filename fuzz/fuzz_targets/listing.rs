//! Any bytes as a saved listing.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| sensortree_fuzz::listing(bytes));
