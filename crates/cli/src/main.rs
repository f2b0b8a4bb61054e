//! sensortree: checks a dataset tree before it is uploaded.

fn main() {}
