//! Looking into frames in a store: of each the few parts are asked for that tell what it holds,
//! many frames at once.
//!
//! That is done once all is listed, since it is only then known which frames there are, and what
//! looking into them takes. A frame that cannot be read, or is another by now than was listed, is
//! one more thing that is unread.

use std::ops::Range;
use std::time::Instant;

use futures_util::StreamExt as _;
use futures_util::stream;
use sensortree_core::text;
use sensortree_core::tree::{Found, SelectedFile, Tree};
use sensortree_probe::{ByteRange, PIECE, Probe, ProbeResult};
use sensortree_scan::{Content, Cost, Progress, ScanErrors, ScanOptions};
use tokio::time::timeout;

use super::client::{Client, Object};
use super::listing::{RequestError, RetryClient, TICK};
use super::pages::PageError;

/// How much is asked for where a frame's header goes on behind its first part: what most of those
/// take that do.
const MORE: u64 = 64 << 10;

/// No more is read of one frame for its header, whatever that asks for.
const MOST_OF_A_FRAME: u64 = 256 << 10;

/// When so many frames were refused and none was read, the others are not asked for.
const MOST_REFUSED: u64 = 100;

/// What was found in the frames of a tree.
pub(super) struct Looked {
    pub(super) found: Found,
    /// The frames that could not be read.
    pub(super) errors: ScanErrors,
    /// What it took, in words.
    pub(super) note: Option<String>,
}

/// Looks into the frames of a tree that lies below a prefix.
pub(super) struct Looking<'l> {
    pub(super) client: &'l Client,
    pub(super) retry_client: &'l RetryClient,
    pub(super) prefix: &'l str,
    pub(super) options: &'l ScanOptions,
    pub(super) progress: &'l dyn Progress,
}

/// What came of one frame.
struct Frame {
    pick: SelectedFile,
    facts: Result<ProbeResult, NoFacts>,
    /// The answers that it took, and their bytes.
    answers: u64,
    bytes: u64,
}

/// Why a frame could not be looked into.
enum NoFacts {
    /// For a reason of its own.
    Refused(String),
    /// For one that all others share.
    Ended(String),
    /// Nobody wants to know any more.
    Stopped,
}

impl From<RequestError> for NoFacts {
    fn from(no_answer: RequestError) -> Self {
        match no_answer {
            RequestError::Denied(said) | RequestError::GivenUp(said) => NoFacts::Refused(said),
            RequestError::Fatal(error) => NoFacts::Ended(error.to_string()),
            RequestError::Stopped => NoFacts::Stopped,
        }
    }
}

impl Looking<'_> {
    pub(super) async fn look(&self, tree: &Tree) -> Looked {
        let cost = self.cost(tree);
        self.progress.looks(cost);
        let mut found = Found::default();
        let mut errors = ScanErrors::default();
        let mut spent = Cost::default();
        let mut refused = 0;
        let mut told = Instant::now();
        let frames =
            stream::iter(tree.picks(self.options.sample)).map(|pick| self.frame(tree, pick));
        let mut frames = frames.buffer_unordered(self.retry_client.concurrency());
        loop {
            let next = timeout(TICK, frames.next()).await;
            if told.elapsed() >= TICK {
                told = Instant::now();
                self.progress.looked(spent.frames + refused, cost.frames);
                if self.progress.cancelled() {
                    self.retry_client.stop();
                    errors.unread_folder_for(b"", of_frames("interrupted"));
                    break;
                }
            }
            let frame = match next {
                Err(_) => continue,
                Ok(None) => break,
                Ok(Some(frame)) => frame,
            };
            spent.requests += frame.answers;
            spent.bytes += frame.bytes;
            match frame.facts {
                Ok(facts) => {
                    found.add(&frame.pick, facts);
                    spent.frames += 1;
                }
                Err(NoFacts::Refused(said)) => {
                    refused += 1;
                    if self.retry_client.has_given_up()
                        || (refused >= MOST_REFUSED && spent.frames == 0)
                    {
                        errors.unread_folder_for(b"", of_frames(&said));
                        break;
                    }
                    errors.unread_file_for(&tree.path(frame.pick.folder), &frame.pick.name, said);
                }
                Err(NoFacts::Ended(said)) => {
                    errors.unread_folder_for(b"", of_frames(&said));
                    break;
                }
                Err(NoFacts::Stopped) => {}
            }
        }
        Looked { found, errors, note: note(spent) }
    }

    /// What is to be expected.
    fn cost(&self, tree: &Tree) -> Cost {
        tree.picks(self.options.sample).fold(Cost::default(), |sum, pick| {
            let (requests, bytes) = self.usual_reads(&pick);
            Cost {
                frames: sum.frames + 1,
                requests: sum.requests + requests,
                bytes: sum.bytes.saturating_add(bytes),
            }
        })
    }

    fn usual_reads(&self, pick: &SelectedFile) -> (u64, u64) {
        match self.options.content {
            Content::None => (0, 0),
            Content::Headers => Probe::usual_reads(pick.format, pick.size),
            Content::Full => (1 + pick.size.div_ceil(PIECE as u64), pick.size),
        }
    }

    async fn frame(&self, tree: &Tree, pick: SelectedFile) -> Frame {
        let mut parts = Parts {
            looking: self,
            key: String::new(),
            size: pick.size,
            last: None,
            answers: 0,
            bytes: 0,
        };
        let facts = match String::from_utf8(tree.path_of(pick.folder, &pick.name)) {
            Ok(path) => {
                parts.key = format!("{}{path}", self.prefix);
                match self.options.content.probe(pick.format, pick.size) {
                    Some(probe) => parts.look(probe).await,
                    None => Ok(ProbeResult::default()),
                }
            }
            Err(_) => {
                Err(NoFacts::Refused("a key that is not UTF-8 cannot be asked for".to_owned()))
            }
        };
        Frame { pick, facts, answers: parts.answers, bytes: parts.bytes }
    }
}

/// One frame, read by parts.
struct Parts<'p> {
    looking: &'p Looking<'p>,
    key: String,
    size: u64,
    /// The part that was read last, and where it begins.
    last: Option<(u64, Object)>,
    answers: u64,
    bytes: u64,
}

impl Parts<'_> {
    async fn look(&mut self, mut probe: Probe) -> Result<ProbeResult, NoFacts> {
        loop {
            let wanted = probe.wanted();
            if self.at_hand(wanted).is_none() {
                self.fetch(wanted).await?;
            }
            if let Some(facts) = probe.take(self.at_hand(wanted).unwrap_or_default()) {
                return Ok(facts);
            }
        }
    }

    /// What is wanted, where the part that was read last holds it.
    fn at_hand(&self, wanted: ByteRange) -> Option<&[u8]> {
        let (start, object) = self.last.as_ref()?;
        let at = usize::try_from(wanted.offset.checked_sub(*start)?).ok()?;
        object.bytes.get(at..at.checked_add(wanted.length)?)
    }

    async fn fetch(&mut self, wanted: ByteRange) -> Result<(), NoFacts> {
        let mut length = wanted.length as u64;
        let left = self.size.saturating_sub(wanted.offset);
        // The first part is enough for most, and so is the last; what is asked for in between
        // will go on.
        if self.last.is_some() && length < left {
            length = length.max(MORE).min(left);
        }
        let is_limited = self.looking.options.content == Content::Headers;
        if is_limited && self.bytes.saturating_add(length) > MOST_OF_A_FRAME {
            let said = format!(
                "its header is longer than is read of a frame in a store ({} kB)",
                MOST_OF_A_FRAME >> 10
            );
            return Err(NoFacts::Refused(said));
        }
        let range = wanted.offset..wanted.offset.saturating_add(length);
        let object = self.ask(&range).await?;
        self.answers += 1;
        self.bytes += object.bytes.len() as u64;
        let version = self.last.as_ref().and_then(|(_, last)| last.version.as_ref());
        if version.is_some() && object.version.is_some() && version != object.version.as_ref() {
            return Err(NoFacts::Refused("changed while it was read".to_owned()));
        }
        self.last = Some((wanted.offset, object));
        Ok(())
    }

    async fn ask(&self, range: &Range<u64>) -> Result<Object, NoFacts> {
        let Looking { client, retry_client, .. } = self.looking;
        let ask = || async {
            match client.read_range(&self.key, range.clone()).await? {
                Some(object)
                    if object.size == Some(self.size)
                        && (object.bytes.len() as u64) < range.end - range.start =>
                {
                    Err(PageError::Transient { said: "the answer was cut off".to_owned() })
                }
                object => Ok(object),
            }
        };
        match retry_client.ask(ask).await? {
            None => Err(NoFacts::Refused("vanished since it was listed".to_owned())),
            Some(object) if object.size.is_some_and(|size| size != self.size) => {
                Err(NoFacts::Refused("changed since it was listed".to_owned()))
            }
            Some(object) => Ok(object),
        }
    }
}

/// A reason why no frame is looked into any more.
fn of_frames(reason: &str) -> String {
    format!("not all frames were looked into: {reason}")
}

fn note(spent: Cost) -> Option<String> {
    let Cost { frames, requests, bytes } = spent;
    let (frames, requests) = (text::count(frames, "frame"), text::count(requests, "request"));
    (spent.requests > 0).then(|| {
        format!("looking into {frames} took {requests} and {}", text::count(bytes, "byte"))
    })
}
