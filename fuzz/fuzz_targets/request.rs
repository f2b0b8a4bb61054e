//! Any bytes as a request, and as what stands around a secret in one.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| sensortree_fuzz::request(bytes));
