//! The fields of a request, and which call takes which (facts Q1 to Q7).

use crate::platform::Endpoint;

/// A field of a request body.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Field {
    /// `resourceUrl`: where the tree is.
    ResourceUrl,
    /// `uploadFile`: the part of a multipart form that is the zip.
    UploadFile,
    /// `fileTreeType`: 0, sensor oriented.
    FileTreeType,
    /// `dataType`: 2 or 3.
    DataType,
    /// `name`: the dataset's.
    Name,
    /// `projectId`: whose tasks the scenes become.
    ProjectId,
    /// `externalStorage`: one's own storage, and its keys.
    ExternalStorage,
}

impl Field {
    /// Every field.
    pub const ALL: [Field; 7] = [
        Field::ResourceUrl,
        Field::UploadFile,
        Field::FileTreeType,
        Field::DataType,
        Field::Name,
        Field::ProjectId,
        Field::ExternalStorage,
    ];

    /// Its key.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Field::ResourceUrl => "resourceUrl",
            Field::UploadFile => "uploadFile",
            Field::FileTreeType => "fileTreeType",
            Field::DataType => "dataType",
            Field::Name => "name",
            Field::ProjectId => "projectId",
            Field::ExternalStorage => "externalStorage",
        }
    }

    /// Whether the call knows it.
    #[must_use]
    pub fn is_taken_by(self, endpoint: Endpoint) -> bool {
        match self {
            Field::ResourceUrl | Field::ExternalStorage => endpoint.lists_a_prefix(),
            Field::UploadFile => !endpoint.lists_a_prefix(),
            Field::ProjectId => endpoint.makes_tasks(),
            Field::FileTreeType | Field::DataType | Field::Name => true,
        }
    }

    /// Whether the call cannot do without it. The zip of an upload is a part of the form that no
    /// JSON can hold, so it is not asked for here.
    #[must_use]
    pub fn is_required_by(self, endpoint: Endpoint) -> bool {
        self.is_taken_by(endpoint) && !matches!(self, Field::ExternalStorage | Field::UploadFile)
    }
}

/// A field of `externalStorage`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum StorageField {
    /// `accessKey`
    AccessKey,
    /// `secreteKey`, spelled so.
    SecreteKey,
    /// `endpoint`: the store's address.
    Endpoint,
    /// `vendorType`: whose store it is.
    VendorType,
}

impl StorageField {
    /// Every field.
    pub const ALL: [StorageField; 4] = [
        StorageField::AccessKey,
        StorageField::SecreteKey,
        StorageField::Endpoint,
        StorageField::VendorType,
    ];

    /// Its key.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            StorageField::AccessKey => "accessKey",
            StorageField::SecreteKey => "secreteKey",
            StorageField::Endpoint => "endpoint",
            StorageField::VendorType => "vendorType",
        }
    }

    /// Whether its value is for nobody's eyes.
    #[must_use]
    pub fn is_secret(self) -> bool {
        matches!(self, StorageField::AccessKey | StorageField::SecreteKey)
    }
}
