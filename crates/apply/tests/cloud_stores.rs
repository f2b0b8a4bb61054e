//! Plans carried out on real stores: copied, made final, and taken back.
#![cfg(feature = "cloud")]
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeMap;
use std::process::Command;

use sensortree_apply::cloud::CloudExecutor;
use sensortree_apply::{ApplyError, Executor as _, Job, MetadataEdit, Removals, StateFolder};
use sensortree_cloud::CloudPrefix;
use sensortree_cloud::{
    Addressing, Bucket, CloudAccess, CloudUrl, EnvironmentAccess, ExplicitAccess, Secret,
};
use sensortree_core::Inspection;
use sensortree_core::document::MetadataFile;
use sensortree_core::plan::{Plan, Rename};
use sensortree_scan::ScanOptions;
use sensortree_scan::inspect;
use sensortree_stores::{Azurite, KeyPair, Moto, SeaweedFs, azurite, moto, seaweedfs};

const OLD_TEXT: &[u8] = b"{\"sequences\": 1}";
const NEW_TEXT: &[u8] = b"{\"sequences\": [1]}";

type Objects = BTreeMap<String, Vec<u8>>;

/// A dataset below a prefix, before and after the plan.
fn objects(prefix: &str) -> (Objects, Objects) {
    let renames = [
        ("Lidar_top/s 1/1.pcd", "lidar-top/s 1/1.pcd"),
        ("Lidar_top/s 1/2.pcd", "lidar-top/s 1/2.pcd"),
        ("camera-a/sc\u{e9}ne%20/1.jpg", "camera-b/sc\u{e9}ne%20/1.jpg"),
        ("camera-b/sc\u{e9}ne%20/1.jpg", "camera-a/sc\u{e9}ne%20/1.jpg"),
        ("camera-c/s/1.jpg", "camera-c/s/1.jpg"),
    ];
    let (mut before, mut after) = (Objects::new(), Objects::new());
    for (number, (from, to)) in (0..).zip(renames) {
        before.insert(format!("{prefix}{from}"), vec![number; 300]);
        after.insert(format!("{prefix}{to}"), vec![number; 300]);
    }
    before.insert(format!("{prefix}metadata.json"), OLD_TEXT.to_vec());
    after.insert(format!("{prefix}metadata.json"), NEW_TEXT.to_vec());
    (before, after)
}

/// A place in a store, and how it is asked.
struct Place {
    url: CloudUrl,
    access: CloudAccess,
}

impl Place {
    fn of(url: &str, endpoint: &str, keys: KeyPair) -> Self {
        let access = CloudAccess::Explicit(ExplicitAccess {
            access_key: Secret::new(keys.id.to_owned()),
            secret_key: Secret::new(keys.secret.to_owned()),
            endpoint_url: Some(endpoint.to_owned()),
            region: Some("us-east-1".to_owned()),
            addressing: Some(Addressing::Path),
        });
        Place { url: url.parse().unwrap(), access }
    }

    fn inspect(&self) -> Inspection {
        inspect(
            &CloudPrefix::new(self.url.clone(), self.access.clone()),
            &ScanOptions::default(),
            &(),
        )
        .unwrap()
    }

    /// What stands below the prefix, of these keys; that nothing else does is in the count.
    fn contents(&self, keys: &Objects) -> (Objects, u64) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let found = runtime.block_on(async {
            let bucket = Bucket::new(&self.url, &self.access).unwrap();
            let mut found = Objects::new();
            for key in keys.keys() {
                if let Ok((bytes, _)) = bucket.get(key).await {
                    found.insert(key.clone(), bytes);
                }
            }
            found
        });
        (found, self.inspect().tree.files())
    }

    fn assert_holds(&self, objects: &Objects, what: &str) {
        let (found, count) = self.contents(objects);
        assert!(found == *objects, "{what}: {:?}", found.keys());
        assert_eq!(count, objects.len() as u64, "{what}");
    }

    /// Carries a plan out and takes it back, at each stage.
    fn check(&self) {
        let (before, after) = objects(&self.url.prefix());
        let inspection = self.inspect();
        assert!(matches!(&inspection.metadata, MetadataFile::Text(text) if text == OLD_TEXT));
        let rename = |(from, to): (&str, &str)| Rename { from: from.into(), to: to.into() };
        let renames = [
            ("Lidar_top", "lidar-top"),
            ("camera-a/sc\u{e9}ne%20/1.jpg", "camera-b/sc\u{e9}ne%20/1.jpg"),
            ("camera-b/sc\u{e9}ne%20/1.jpg", "camera-a/sc\u{e9}ne%20/1.jpg"),
        ];
        let plan = Plan::from_renames(&inspection.tree, &renames.map(rename)).unwrap();
        let edit = MetadataEdit {
            path: b"metadata.json".to_vec(),
            before: OLD_TEXT.to_vec(),
            after: NEW_TEXT.to_vec(),
        };
        let job = Job { plan: &plan, metadata: Some(&edit), removals: Removals::ToTrash };
        let folder = tempfile::tempdir().unwrap();
        let state = StateFolder::in_folder(folder.path());
        let executor = CloudExecutor::new(&self.url, &self.access);
        let outline = executor.outline(&job).unwrap();
        assert_eq!((outline.renamed, outline.removed, outline.bytes), (4, 0, 1200));
        let apply = || {
            let applied = executor.apply(&job, &state, &()).unwrap();
            assert_eq!(applied.notes, Vec::<String>::new());
            state.run(&applied.run).unwrap()
        };
        let run = apply();
        // Four copies beside the originals.
        assert_eq!(self.contents(&before).1, before.len() as u64 + 4);
        executor.undo(&run, &()).unwrap();
        self.assert_holds(&before, "taken back before it was final");
        let run = apply();
        executor.finish(&run, &()).unwrap();
        self.assert_holds(&after, "final");
        executor.undo(&run, &()).unwrap();
        self.assert_holds(&before, "taken back after it was final");
        // Within a runtime, too.
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let run = runtime.block_on(async { apply() });
        runtime.block_on(async { executor.undo(&run, &()).unwrap() });
        self.assert_holds(&before, "taken back within a runtime");
        // No key of the access is written down anywhere.
        if let CloudAccess::Explicit(_) = &self.access {
            for entry in std::fs::read_dir(&run.folder).unwrap() {
                let text = std::fs::read(entry.unwrap().path()).unwrap();
                let text = String::from_utf8_lossy(&text);
                assert!(!text.contains(SeaweedFs::OWNER.secret), "{text}");
            }
        }
    }
}

#[test]
fn on_seaweedfs() {
    let Some(store) = seaweedfs() else { return };
    for scheme in ["s3", "gs"] {
        let prefix = format!("apply-{scheme}/drive/");
        store.put(SeaweedFs::SIGNED, objects(&prefix).0).unwrap();
        let url = format!("{scheme}://{}/{prefix}", SeaweedFs::SIGNED);
        Place::of(&url, store.endpoint(), SeaweedFs::OWNER).check();
    }
}

#[test]
fn on_moto() {
    let Some(store) = moto() else { return };
    // Where a bucket keeps versions, what is deleted leaves a mark, and what is copied over another
    // object keeps both.
    for bucket in [Moto::BUCKET, store.versioned().unwrap()] {
        store.put(bucket, objects("drive/").0).unwrap();
        Place::of(&format!("s3://{bucket}/drive"), store.endpoint(), SeaweedFs::OWNER).check();
    }
}

#[test]
fn keys_that_may_only_read_change_nothing_and_the_words_hold_no_key() {
    let Some(store) = seaweedfs() else { return };
    let prefix = "open-apply/drive/";
    let (before, _) = objects(prefix);
    store.put(SeaweedFs::SIGNED, before.clone()).unwrap();
    let url = format!("s3://{}/{prefix}", SeaweedFs::SIGNED);
    let place = Place::of(&url, store.endpoint(), SeaweedFs::LIMITED);
    let inspection = place.inspect();
    let renames = [Rename { from: b"Lidar_top".to_vec(), to: b"lidar-top".to_vec() }];
    let plan = Plan::from_renames(&inspection.tree, &renames).unwrap();
    let job = Job { plan: &plan, metadata: None, removals: Removals::ToTrash };
    let folder = tempfile::tempdir().unwrap();
    let state = StateFolder::in_folder(folder.path());
    let executor = CloudExecutor::new(&place.url, &place.access);
    let error = executor.apply(&job, &state, &()).unwrap_err();
    let ApplyError::Step { source, undone: false, .. } = &error else { panic!("{error}") };
    assert_eq!(source.kind(), std::io::ErrorKind::PermissionDenied);
    let said = format!("{error} {error:?}");
    assert!(!said.contains(SeaweedFs::LIMITED.secret) && !said.contains("http"), "{said}");
    place.assert_holds(&before, "not permitted");
    // Nothing was copied, so taking it back deletes nothing, which is not permitted either.
    let run = state.interrupted(&executor.target()).unwrap().unwrap();
    executor.undo(&run, &()).unwrap();
    place.assert_holds(&before, "taken back");
}

/// The prefix that the child process below works on.
const CHILD: &str = "SENSORTREE_TEST_CLOUD_CHILD";

#[test]
#[ignore = "is run by the test below, in a process whose environment has the keys"]
fn child_on_azurite() {
    let [url, endpoint] = ["URL", "ENDPOINT"].map(|name| std::env::var(format!("{CHILD}_{name}")));
    let access = CloudAccess::Environment(EnvironmentAccess {
        endpoint_url: Some(endpoint.unwrap()),
        ..EnvironmentAccess::default()
    });
    Place { url: url.unwrap().parse().unwrap(), access }.check();
}

/// With the account's key alone: with a shared access signature Azurite answers with the status 500
/// to deletions, which are sent as batches.
#[test]
fn on_azurite() {
    let Some(store) = azurite() else { return };
    let prefix = "apply/drive/";
    store.put(Azurite::CONTAINER, objects(prefix).0).unwrap();
    let child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "--ignored", "--nocapture", "child_on_azurite"])
        .env(format!("{CHILD}_URL"), format!("az://{}/{prefix}", Azurite::CONTAINER))
        .env(format!("{CHILD}_ENDPOINT"), store.endpoint())
        .env("AZURE_STORAGE_ACCOUNT", Azurite::ACCOUNT)
        .env("AZURE_STORAGE_KEY", Azurite::KEY)
        .output()
        .unwrap();
    assert!(child.status.success(), "{}", String::from_utf8_lossy(&child.stderr));
}
