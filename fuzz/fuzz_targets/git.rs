//! Any bytes as the objects and the index of a git repository.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| sensortree_fuzz::git(bytes));
