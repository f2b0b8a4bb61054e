//! [`Store`]: what is asked of an object store, so that tests can put another one in its place.

use std::future::Future;

use sensortree_cloud::{Bucket, BucketError, Head, Precondition};

/// A bucket, as [`Bucket`] has it.
pub(super) trait Store: Sync {
    fn head(&self, key: &str) -> impl Future<Output = Result<Option<Head>, BucketError>>;
    fn get(&self, key: &str) -> impl Future<Output = Result<(Vec<u8>, Head), BucketError>>;
    fn copy(&self, from: &str, to: &str) -> impl Future<Output = Result<(), BucketError>>;
    fn overwrite(&self, from: &str, to: &str) -> impl Future<Output = Result<(), BucketError>>;
    fn delete(&self, key: &str) -> impl Future<Output = Result<(), BucketError>>;
    fn put(
        &self,
        key: &str,
        bytes: Vec<u8>,
        precondition: Precondition<'_>,
    ) -> impl Future<Output = Result<(), BucketError>>;
}

impl Store for Bucket {
    async fn head(&self, key: &str) -> Result<Option<Head>, BucketError> {
        Bucket::head(self, key).await
    }

    async fn get(&self, key: &str) -> Result<(Vec<u8>, Head), BucketError> {
        Bucket::get(self, key).await
    }

    async fn copy(&self, from: &str, to: &str) -> Result<(), BucketError> {
        Bucket::copy(self, from, to).await
    }

    async fn overwrite(&self, from: &str, to: &str) -> Result<(), BucketError> {
        Bucket::overwrite(self, from, to).await
    }

    async fn delete(&self, key: &str) -> Result<(), BucketError> {
        Bucket::delete(self, key).await
    }

    async fn put(
        &self,
        key: &str,
        bytes: Vec<u8>,
        precondition: Precondition<'_>,
    ) -> Result<(), BucketError> {
        Bucket::put(self, key, bytes, precondition).await
    }
}
