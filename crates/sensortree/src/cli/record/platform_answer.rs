//! The platform's answers as it gives them: JSON of the request that was sent, and of the status
//! that was asked for later.

use std::collections::{BTreeMap, BTreeSet};

use sensortree_core::platform::ResponseCode;
use serde::Deserialize;

use super::entry::Answer;

/// Why an answer cannot be used. None of it names a scene.
#[derive(Debug, thiserror::Error)]
pub enum AnswerError {
    /// It is none.
    #[error("it is no answer of the platform: line {0}")]
    NoAnswer(usize),
    /// Its code is none of an import or an upload.
    #[error("its code {0} is none that a check predicts")]
    UnknownCode(u16),
    /// It is not known which scenes came back as errors.
    #[error(
        "no `mappingList` says which scenes {0} of the ids in `errorDataIdList` are; name the answer of \
         `GET /dataset/status`, too"
    )]
    Unmapped(usize),
}

/// What counts here of an answer.
#[derive(Deserialize)]
struct Envelope {
    code: u16,
    #[serde(default)]
    data: Option<Data>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Data {
    error_data_id_list: Option<Vec<Id>>,
    #[serde(default)]
    mapping_list: Option<Vec<Mapping>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Mapping {
    data_id: Id,
    scene_id: Id,
}

/// An id, which some answers write as a number.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(from = "Written")]
struct Id(String);

#[derive(Deserialize)]
#[serde(untagged)]
enum Written {
    Number(u64),
    Text(String),
}

impl From<Written> for Id {
    fn from(written: Written) -> Self {
        Id(match written {
            Written::Number(number) => number.to_string(),
            Written::Text(text) => text,
        })
    }
}

/// All that several answers to one request say: which code it came to, and, where one of them has
/// an `errorDataIdList`, the scenes that came back as errors.
#[derive(Default)]
pub struct PlatformAnswer {
    refusal: Option<ResponseCode>,
    errors: Option<BTreeSet<Id>>,
    scenes: BTreeMap<Id, String>,
}

impl PlatformAnswer {
    /// Takes what an answer says, in JSON.
    ///
    /// # Errors
    /// When it is none.
    pub fn add(&mut self, text: &[u8]) -> Result<(), AnswerError> {
        let Envelope { code, data } =
            serde_json::from_slice(text).map_err(|error| AnswerError::NoAnswer(error.line()))?;
        let code = ResponseCode::from_code(code).ok_or(AnswerError::UnknownCode(code))?;
        if code != ResponseCode::Success {
            self.refusal.get_or_insert(code);
        }
        let Data { error_data_id_list, mapping_list } = data.unwrap_or_default();
        if let Some(errors) = error_data_id_list {
            self.errors.get_or_insert_default().extend(errors);
        }
        let scenes = mapping_list.into_iter().flatten();
        self.scenes.extend(scenes.map(|mapping| (mapping.data_id, mapping.scene_id.0)));
        Ok(())
    }

    /// The answer, with the scenes by their names.
    ///
    /// # Errors
    /// When it is not known which scenes came back as errors.
    pub fn answer(self) -> Result<Answer, AnswerError> {
        let PlatformAnswer { refusal, errors, scenes } = self;
        let code = refusal.unwrap_or(ResponseCode::Success);
        let Some(ids) = errors.filter(|_| code == ResponseCode::Success) else {
            return Ok(Answer { code, errors: None });
        };
        let named: Vec<Option<&String>> = ids.iter().map(|id| scenes.get(id)).collect();
        match named.iter().filter(|scene| scene.is_none()).count() {
            0 => Ok(Answer { code, errors: Some(named.into_iter().flatten().cloned().collect()) }),
            unmapped => Err(AnswerError::Unmapped(unmapped)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(texts: &[&str]) -> Result<Answer, String> {
        let mut answer = PlatformAnswer::default();
        for text in texts {
            answer.add(text.as_bytes()).map_err(|error| error.to_string())?;
        }
        answer.answer().map_err(|error| error.to_string())
    }

    #[test]
    fn scenes_are_named_by_the_ids_that_came_back() {
        let sent = r#"{"code": 200, "message": "Success", "data": {"datasetId": "7", "errorDataIdList": [12, "13"]}}"#;
        let status = r#"{"code": 200, "data": {"status": 2, "mappingList": [{"dataId": "12", "sceneId": "s-a"},
            {"dataId": 13, "sceneId": "s-b"}, {"dataId": 14, "sceneId": "s-c"}]}}"#;
        let errors = BTreeSet::from(["s-a".to_owned(), "s-b".to_owned()]);
        let expected = Answer { code: ResponseCode::Success, errors: Some(errors) };
        assert_eq!(answer(&[sent, status]).unwrap(), expected);
        assert_eq!(answer(&[status, sent]).unwrap(), expected);
        let said = answer(&[sent]).unwrap_err();
        assert!(said.contains("which scenes 2 of the ids"), "{said}");
    }

    #[test]
    fn what_an_answer_does_not_say_is_not_known() {
        let check = |text: &str, code, errors: Option<usize>| {
            let answer = answer(&[text]).unwrap();
            assert_eq!((answer.code, answer.errors.map(|it| it.len())), (code, errors), "{text}");
        };
        check(r#"{"code": 200, "data": {"status": 1}}"#, ResponseCode::Success, None);
        check(r#"{"code": 200, "data": {"errorDataIdList": []}}"#, ResponseCode::Success, Some(0));
        check(r#"{"code": 200, "data": {"errorDataIdList": null}}"#, ResponseCode::Success, None);
        check(r#"{"code": 5710, "data": null}"#, ResponseCode::TreeMisalignment, None);
        check(r#"{"code": 5710}"#, ResponseCode::TreeMisalignment, None);
        let said = |text: &str| answer(&[text]).unwrap_err();
        assert!(said(r#"{"code": 5308}"#).contains("5308"));
        assert!(said("{\n\"message\": \"SECRET\"}").contains("line 2"));
        assert!(!said(r#"{"code": "SECRET"}"#).contains("SECRET"));
    }
}
