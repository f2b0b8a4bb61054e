//! What the parts of a page are called, so that links lead to them.

/// The ids of one dataset's part. Where it is the only one of the page, they are what each part is
/// called; else they begin with its place, so that each is there once.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ids {
    /// The dataset's place among those of the page, from 0; `None` where it is the only one.
    dataset: Option<usize>,
}

impl Ids {
    /// Those of the only dataset.
    pub(super) const ALONE: Ids = Ids { dataset: None };

    /// Those of a dataset among several, by its place.
    pub(super) fn of(dataset: usize) -> Self {
        Ids { dataset: Some(dataset) }
    }

    /// Whether the page has no other dataset.
    pub(super) fn is_alone(self) -> bool {
        self.dataset.is_none()
    }

    /// The id of what is called so.
    pub(super) fn id(self, name: &str) -> String {
        match self.dataset {
            Some(at) => format!("{}-{name}", dataset(at)),
            None => name.to_owned(),
        }
    }

    /// The id of a heading that names a landmark of the page. Of several datasets the parts would
    /// all have the same names, and are none: headings and the table lead to them.
    pub(super) fn landmark(self, name: &str) -> Option<String> {
        self.is_alone().then(|| self.id(name))
    }

    /// The id of a finding, by its place among those of the dataset.
    pub(super) fn finding(self, at: usize) -> String {
        self.id(&format!("finding-{}", at + 1))
    }

    /// The id of a scene, by its place among those of the dataset.
    pub(super) fn scene(self, at: usize) -> String {
        self.id(&format!("scene-{}", at + 1))
    }
}

/// The id of all that is said of a dataset among several.
pub(super) fn dataset(at: usize) -> String {
    format!("dataset-{}", at + 1)
}
