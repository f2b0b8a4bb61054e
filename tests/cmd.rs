//! What the command line answers where no dataset is needed: the transcripts in `tests/cmd/`.

#[test]
fn transcripts() {
    trycmd::TestCases::new()
        .case("tests/cmd/*.trycmd")
        .env("LC_ALL", "C.UTF-8")
        .env("COLUMNS", "100")
        .insert_var("[VERSION]", env!("CARGO_PKG_VERSION"))
        .unwrap();
}
