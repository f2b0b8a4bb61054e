//! What the server answers, and how far it gets with it.

use std::io::{self, Read, Write};
use std::net::TcpStream;

/// An answer, before it is sent.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Vec<u8>,
    /// What Content-Length says where there is no body, in answer to HEAD.
    pub(crate) length: Option<u64>,
    pub(crate) delivery: Delivery,
}

/// How much of an answer is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Delivery {
    Whole,
    HalfThenClosed,
    HalfThenSilence,
    Silence,
    Closed,
}

impl Answer {
    pub(crate) fn new(status: u16, content_type: &str, body: Vec<u8>) -> Answer {
        let headers = vec![
            ("content-type", content_type.to_owned()),
            ("x-amz-request-id", "0123456789ABCDEF".to_owned()),
        ];
        Answer { status, headers, body, length: None, delivery: Delivery::Whole }
    }

    pub(crate) fn xml(status: u16, body: Vec<u8>) -> Answer {
        Answer::new(status, "application/xml", body)
    }

    /// S3's way to say an error.
    pub(crate) fn error(status: u16, code: &str, message: &str) -> Answer {
        let body = format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>{code}</Code><Message>{message}</Message>\
             <RequestId>0123456789ABCDEF</RequestId></Error>"
        );
        Answer::xml(status, body.into_bytes())
    }

    pub(crate) fn with(mut self, name: &'static str, value: &impl ToString) -> Answer {
        self.headers.push((name, value.to_string()));
        self
    }

    /// The answer to HEAD: what GET would be answered, without the body.
    pub(crate) fn without_body(self) -> Answer {
        Answer {
            length: Some(self.length.unwrap_or(self.body.len() as u64)),
            body: Vec::new(),
            ..self
        }
    }

    pub(crate) fn delivered(self, delivery: Delivery) -> Answer {
        Answer { delivery, ..self }
    }

    fn head(&self) -> Vec<u8> {
        let length = self.length.unwrap_or(self.body.len() as u64);
        let mut head = format!("HTTP/1.1 {} -\r\ncontent-length: {length}\r\n", self.status);
        for (name, value) in &self.headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        head.push_str("\r\n");
        head.into_bytes()
    }

    /// Sends it, and says whether the connection can be used again.
    pub(crate) fn send(&self, stream: &mut TcpStream) -> io::Result<bool> {
        let half = self.body.get(..self.body.len() / 2).unwrap_or_default();
        match self.delivery {
            Delivery::Whole => {
                stream.write_all(&[self.head().as_slice(), &self.body].concat())?;
                return Ok(true);
            }
            Delivery::HalfThenClosed => {
                stream.write_all(&[self.head().as_slice(), half].concat())?;
            }
            Delivery::HalfThenSilence => {
                stream.write_all(&[self.head().as_slice(), half].concat())?;
                wait_for_the_end(stream);
            }
            Delivery::Silence => wait_for_the_end(stream),
            Delivery::Closed => {}
        }
        Ok(false)
    }
}

/// Until the client gives up, or the server is stopped.
fn wait_for_the_end(stream: &mut TcpStream) {
    let mut room = [0; 512];
    while stream.read(&mut room).is_ok_and(|count| count > 0) {}
}
