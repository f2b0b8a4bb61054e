//! Any bytes as a point cloud.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| sensortree_fuzz::pcd(bytes));
