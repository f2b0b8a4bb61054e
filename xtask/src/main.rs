//! Generates what is generated: rule pages, schemas, the man page; and scaffolds new rules.

fn main() {}
