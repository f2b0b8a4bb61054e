//! Real stores: what is there, what is not, and what may not be seen.

use sensortree_stores::{Azurite, FaultServer, Keys, SeaweedFs, World, azurite, seaweedfs};

use crate::run::{GOOD, GOOD_FILES, Outcome, Run, keys, objects};

/// The same on every store: prefixes that are there, are not, and look alike. `on` prepares a run
/// on a prefix.
fn check_prefixes(on: impl Fn(&str) -> Run) {
    let good = |prefix: &str| {
        let outcome: Outcome = on(prefix).outcome();
        outcome.check(0, &["predicted answer: 200"]);
        assert_eq!(outcome.files(), GOOD_FILES, "{prefix:?}: {}", outcome.said);
    };
    good("same/data");
    good("same/data/");
    good("same/data2");
    on("same/dat").outcome().check(4, &[]);
    on("nothing/here/").outcome().check(4, &[]);
    on("nothing/here").with(&["--allow-empty"]).outcome().check(0, &[]);
    // One level too high.
    on("same").outcome().check(1, &[]);
}

/// Two trees whose prefixes begin alike, and an object of the same name as one of them.
fn alike() -> Vec<(String, Vec<u8>)> {
    let mut all = objects(GOOD, "same/data/");
    all.extend(objects(GOOD, "same/data2/"));
    all.push(("same/data".to_owned(), b"an object of the same name".to_vec()));
    all
}

/// What SeaweedFS and Azurite cannot hold: an object and a prefix of one name.
fn alike_but_for_the_object() -> Vec<(String, Vec<u8>)> {
    alike().into_iter().filter(|(key, _)| key != "same/data").collect()
}

#[test]
fn prefixes_of_a_made_up_bucket() {
    let keys =
        alike().into_iter().fold(Keys::new(), |keys, (key, content)| keys.object(&key, content));
    let server = FaultServer::start(World::new("data", keys).page(7)).unwrap();
    check_prefixes(|prefix| Run::on(&format!("s3://data/{prefix}"), &server.endpoint()));
    let gcs = |prefix: &str| {
        Run::on(&format!("gs://data/{prefix}"), &server.endpoint()).with(&["--no-sign-request"])
    };
    check_prefixes(gcs);
}

#[test]
fn prefixes_on_seaweedfs() {
    let Some(store) = seaweedfs() else { return };
    store.put(SeaweedFs::SIGNED, alike_but_for_the_object()).unwrap();
    let owner = SeaweedFs::OWNER;
    let s3 = |prefix: &str| {
        Run::on(&format!("s3://{}/{prefix}", SeaweedFs::SIGNED), store.endpoint())
            .keys(owner.id, owner.secret)
    };
    check_prefixes(s3);
    store.put(SeaweedFs::OPEN, alike_but_for_the_object()).unwrap();
    for scheme in ["s3", "gs"] {
        let open = |prefix: &str| {
            let target = format!("{scheme}://{}/{prefix}", SeaweedFs::OPEN);
            Run::on(&target, store.endpoint()).with(&["--no-sign-request"])
        };
        check_prefixes(open);
    }
}

#[test]
fn prefixes_on_azurite() {
    let Some(store) = azurite() else { return };
    store.put(Azurite::CONTAINER, alike()).unwrap();
    check_prefixes(|prefix| on_azurite(store, prefix).secret("AZURE_STORAGE_KEY", Azurite::KEY));
    let signature = Azurite::signature("rl", "2099-01-01T00:00:00Z").unwrap();
    check_prefixes(|prefix| {
        on_azurite(store, prefix).secret("AZURE_STORAGE_SAS_TOKEN", &signature)
    });
    store.put(Azurite::OPEN, alike()).unwrap();
    check_prefixes(|prefix| {
        let target =
            format!("abfss://{}@{}.dfs.core.windows.net/{prefix}", Azurite::OPEN, Azurite::ACCOUNT);
        Run::on(&target, store.endpoint()).with(&["--no-sign-request"])
    });
}

fn on_azurite(store: &Azurite, prefix: &str) -> Run {
    let target = format!("az://{}/{prefix}", Azurite::CONTAINER);
    Run::on(&target, store.endpoint()).variable("AZURE_STORAGE_ACCOUNT", Azurite::ACCOUNT)
}

/// A listing that is saved from a store gives the report that the store gave. [`Run`] looks for
/// keys in it.
fn check_saving(run: Run) {
    let run = run.with(&["--save-listing", "saved.gz"]);
    let listed = run.outcome();
    listed.check(1, &["A202"]);
    let saved = run.file("saved.gz");
    let mut again = Run::bare(&saved.display().to_string()).with(&["--listing"]).outcome();
    again.check(1, &["A202"]);
    let notes = again.report["coverage"].as_object_mut().unwrap().remove("notes").unwrap();
    assert!(notes[0].as_str().unwrap().starts_with("read a saved listing of "), "{notes}");
    assert_eq!(again.comparable(), listed.comparable());
    assert_eq!(again.report["target"]["kind"], "listing");
}

#[test]
fn a_listing_saved_from_a_store_gives_the_same_report_and_holds_no_key() {
    let sketch = GOOD.replacen("1681532060061.jpg x12", "1681532060061.jpg x9", 1);
    let server = FaultServer::start(World::new("data", keys(&sketch, "drive/"))).unwrap();
    check_saving(Run::on("s3://data/drive", &server.endpoint()));
    check_saving(Run::on("gs://data/drive", &server.endpoint()).with(&["--no-sign-request"]));
    let Some(store) = azurite() else { return };
    store.put(Azurite::CONTAINER, objects(&sketch, "saved/drive/")).unwrap();
    let signature = Azurite::signature("rl", "2099-01-01T00:00:00Z").unwrap();
    check_saving(on_azurite(store, "saved/drive").secret("AZURE_STORAGE_KEY", Azurite::KEY));
    check_saving(on_azurite(store, "saved/drive").secret("AZURE_STORAGE_SAS_TOKEN", &signature));
}

#[test]
fn refusals_of_seaweedfs_are_said_in_words() {
    let Some(store) = seaweedfs() else { return };
    let owner = SeaweedFs::OWNER;
    let on = |bucket: &str| Run::on(&format!("s3://{bucket}/drive"), store.endpoint());
    on("nowhere")
        .keys(owner.id, owner.secret)
        .outcome()
        .check(2, &["there is no bucket `nowhere`"]);
    on(SeaweedFs::SIGNED).outcome().check(2, &["does not know the keys"]);
    on(SeaweedFs::SIGNED)
        .keys(owner.id, "another-secret-altogether")
        .outcome()
        .check(2, &["refuses the signature"]);
    on(SeaweedFs::SIGNED)
        .with(&["--no-sign-request"])
        .outcome()
        .check(3, &["no permission to list without keys"]);
    let limited = SeaweedFs::LIMITED;
    let denied = on(SeaweedFs::SIGNED).keys(limited.id, limited.secret).outcome();
    denied.check(3, &["no permission to list", "s3:ListBucket"]);
}

#[test]
fn keys_that_may_list_a_part_are_enough_for_that_part() {
    let Some(store) = seaweedfs() else { return };
    store.put(SeaweedFs::SIGNED, objects(GOOD, "open/drive/")).unwrap();
    let limited = SeaweedFs::LIMITED;
    let target = format!("s3://{}/open/drive", SeaweedFs::SIGNED);
    let outcome = Run::on(&target, store.endpoint()).keys(limited.id, limited.secret).outcome();
    outcome.check(0, &[]);
    assert_eq!(outcome.files(), GOOD_FILES);
}

#[test]
fn one_denied_prefix_on_seaweedfs_is_named() {
    let Some(store) = seaweedfs() else { return };
    // More than a page, which would hold all of it, and nothing would have to be asked
    // of the prefix.
    store.put(SeaweedFs::GUARDED, objects(&GOOD.replace("x12", "x300"), "drive/")).unwrap();
    store.deny_listing("drive/camera-front/").unwrap();
    let target = format!("s3://{}/drive", SeaweedFs::GUARDED);
    let outcome = Run::on(&target, store.endpoint()).with(&["--no-sign-request"]).outcome();
    outcome.check(3, &["no permission to list"]);
    assert_eq!(outcome.unread(), ["camera-front/"], "{}", outcome.said);
    assert_eq!(outcome.report["prediction"]["outcome"], "unknown");
}

#[test]
fn refusals_of_azurite_are_said_in_words() {
    let Some(store) = azurite() else { return };
    let on = |container: &str| {
        let target = format!("az://{container}/drive");
        Run::on(&target, store.endpoint()).variable("AZURE_STORAGE_ACCOUNT", Azurite::ACCOUNT)
    };
    let key = |run: Run| run.secret("AZURE_STORAGE_KEY", Azurite::KEY);
    key(on("nowhere")).outcome().check(2, &["there is no container `nowhere`"]);
    // Azure itself says that the signature is wrong; Azurite says what it says of missing
    // permissions.
    let another =
        "YW5vdGhlci1rZXktYWx0b2dldGhlci1hbmQtbm90LXRoZS1vbmUtb2YtdGhlLWFjY291bnQtdGhhdC1pcw==";
    on(Azurite::CONTAINER)
        .secret("AZURE_STORAGE_KEY", another)
        .outcome()
        .check(3, &["no permission to list"]);
    let expired = Azurite::signature("rl", "2020-01-01T00:00:00Z").unwrap();
    let outcome = on(Azurite::CONTAINER).secret("AZURE_STORAGE_SAS_TOKEN", &expired).outcome();
    assert!(matches!(outcome.code, Some(2 | 3)), "{}", outcome.said);
    let no_listing = Azurite::signature("r", "2099-01-01T00:00:00Z").unwrap();
    let outcome = on(Azurite::CONTAINER).secret("AZURE_STORAGE_SAS_TOKEN", &no_listing).outcome();
    outcome.check(3, &["no permission to list"]);
}

#[test]
fn nobody_there_is_said_in_words() {
    let gone = FaultServer::start(World::new("data", keys(GOOD, "drive/"))).unwrap().endpoint();
    let outcome = Run::on("s3://data/drive", &gone).outcome();
    assert!(matches!(outcome.code, Some(2 | 3)), "{:?}: {}", outcome.code, outcome.said);
}
