//! The header of a PCD file, as it is written in the wild.
//!
//! Every version is read the same way: lines of a keyword and its values, in any order, up to
//! `DATA`. What readers take, is taken: no version, no counts, no viewpoint, comments, `\r\n`,
//! spaces at a line's end. The libraries for PCD read whole files and stop at the first thing they
//! do not know, without saying where, so the header is read here.

use crate::facts::pcd::{HeaderFault, Keyword, MAX_HEADER, Uncommon};
use crate::span::Span;

/// How the points are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// A line of text for each point.
    Ascii,
    /// Point by point, as in memory.
    Binary,
    /// Two sizes, and then all values field by field, compressed with LZF.
    BinaryCompressed,
}

/// One field of a point.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// Its name.
    pub name: Vec<u8>,
    /// Where the name stands.
    pub span: Span,
    /// The bytes of one value.
    pub size: u64,
    /// What a value is: `F`, `I` or `U` in a header that is right.
    pub kind: u8,
    /// The values that a point has of it.
    pub count: u64,
}

impl Field {
    /// Whether it only fills up a point.
    #[must_use]
    pub fn is_padding(&self) -> bool {
        self.name == b"_"
    }
}

/// A header that is whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    /// The fields, in order.
    pub fields: Vec<Field>,
    /// Where the line of their names stands.
    pub fields_span: Span,
    /// How many points there are.
    pub points: u64,
    /// How they are written.
    pub encoding: Encoding,
    /// The header's own length in bytes: the points begin there.
    pub length: usize,
    /// What one reader or another refuses in it, and where.
    pub uncommon: Option<(Uncommon, Span)>,
}

impl Header {
    /// The bytes of one point, except in ASCII.
    #[must_use]
    pub fn stride(&self) -> u64 {
        self.fields
            .iter()
            .fold(0, |sum: u64, field| sum.saturating_add(field.size.saturating_mul(field.count)))
    }

    /// The bytes of one point without padding, which some writers leave out of compressed data.
    #[must_use]
    pub fn stride_without_padding(&self) -> u64 {
        let fields = self.fields.iter().filter(|field| !field.is_padding());
        fields.fold(0, |sum: u64, field| sum.saturating_add(field.size.saturating_mul(field.count)))
    }

    /// The least numbers that a line of text has for one point. Padding is left out by some
    /// writers.
    #[must_use]
    pub fn words(&self) -> u64 {
        let fields = self.fields.iter().filter(|field| !field.is_padding());
        fields.fold(0, |sum: u64, field| sum.saturating_add(field.count))
    }
}

/// What a file's first bytes are as a header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Read {
    /// A whole header.
    Header(Header),
    /// A header with something wrong in it, and where.
    Faulty(HeaderFault, Span),
    /// No header at all.
    None,
    /// The beginning of one: more bytes are needed.
    More,
}

/// What editors put before text in UTF-8.
const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// Reads a header from a file's first bytes; `whole` where there are no others.
#[must_use]
pub(super) fn read(head: &[u8], whole: bool) -> Read {
    if let Some(behind) = head.strip_prefix(BYTE_ORDER_MARK) {
        return match read(behind, whole) {
            Read::None => Read::None,
            _ => Read::Faulty(HeaderFault::ByteOrderMark, Span::new(0, BYTE_ORDER_MARK.len())),
        };
    }
    let mut lines = Lines::default();
    let mut at = 0;
    loop {
        let rest = head.get(at..).unwrap_or_default();
        let ended = rest.iter().position(|byte| *byte == b'\n');
        let line =
            Line { start: at, text: rest.get(..ended.unwrap_or(rest.len())).unwrap_or_default() };
        let first = line.words().next();
        let keyword = first.and_then(|word| Keyword::of(word.text));
        if ended.is_none() && !(whole && keyword == Some(Keyword::Data)) {
            return lines.unended(line, head.len(), whole);
        }
        if let Some(at) = line.lone_return() {
            return Read::Faulty(HeaderFault::CarriageReturns, Span::new(at, at + 1));
        }
        at += line.text.len() + usize::from(ended.is_some());
        match (keyword, first) {
            (_, None) => {}
            (Some(Keyword::Data), _) if at > MAX_HEADER => {
                return Read::Faulty(HeaderFault::Endless, line.span());
            }
            (Some(Keyword::Data), _) => return lines.finish(line, at),
            (Some(keyword), _) => lines.keep(keyword, line),
            (None, Some(word)) if word.text.starts_with(b"#") => {
                lines.is_announced |= line.announces();
            }
            (None, Some(word)) if lines.is_begun() => {
                let is_last = whole && at >= head.len();
                let fault = if is_last { HeaderFault::CutOff } else { HeaderFault::UnknownLine };
                return Read::Faulty(fault, word.span());
            }
            (None, Some(_)) => return Read::None,
        }
    }
}

/// A line, or a word in it, and where it stands.
#[derive(Clone, Copy, Debug)]
struct Line<'a> {
    start: usize,
    text: &'a [u8],
}

impl<'a> Line<'a> {
    fn words(self) -> impl Iterator<Item = Line<'a>> {
        let mut at = self.start;
        self.text.split(u8::is_ascii_whitespace).filter_map(move |text| {
            let start = at;
            at += text.len() + 1;
            (!text.is_empty()).then_some(Line { start, text })
        })
    }

    /// Its words less the first.
    fn values(self) -> impl Iterator<Item = Line<'a>> {
        self.words().skip(1)
    }

    fn keyword(self) -> Option<Keyword> {
        Keyword::of(self.words().next()?.text)
    }

    /// Its words as one span.
    fn span(self) -> Span {
        let text = self.text.trim_ascii_end();
        let lead = text.len() - text.trim_ascii_start().len();
        Span::new(self.start + lead, self.start + text.len())
    }

    /// Whether it is the comment that writers put first.
    fn announces(self) -> bool {
        self.text.windows(4).any(|part| part == b".PCD")
    }

    /// The first `\r` that another line of a header stands behind.
    fn lone_return(self) -> Option<usize> {
        let at = self.text.iter().position(|byte| *byte == b'\r')?;
        let behind = Line { start: 0, text: self.text.get(at + 1..)? };
        let next = Line { text: behind.text.split(|byte| *byte == b'\r').next()?, ..behind };
        (next.keyword().is_some()).then_some(self.start + at)
    }

    fn number(self) -> Result<u64, Read> {
        let digits = std::str::from_utf8(self.text)
            .ok()
            .filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()));
        digits
            .and_then(|digits| digits.parse().ok())
            .ok_or(Read::Faulty(HeaderFault::NoNumber, self.span()))
    }
}

/// The lines that are read so far. Of two with one keyword readers take the last.
#[derive(Default)]
struct Lines<'a> {
    kept: [Option<Line<'a>>; Keyword::ALL.len()],
    /// What readers, who check each line as it comes, refuse though a later line has it right.
    fault: Option<(HeaderFault, Span)>,
    is_announced: bool,
}

impl<'a> Lines<'a> {
    fn keep(&mut self, keyword: Keyword, line: Line<'a>) {
        const OF_FIELDS: [Keyword; 3] = [Keyword::Size, Keyword::Type, Keyword::Count];
        let fields = self.get(Keyword::Fields);
        let mut fault = |fault, line: Line<'_>| {
            self.fault.get_or_insert((fault, line.span()));
        };
        if keyword == Keyword::Fields {
            // Readers forget what stood before, which does no harm where it is what
            // they begin with.
            let mut begin_with = OF_FIELDS.into_iter().zip([b"4", b"F", b"1"]);
            let before = begin_with.find_map(|(before, value)| {
                let line = (*self.kept.get(before as usize)?)?;
                line.values().any(|word| word.text != value).then_some(line)
            });
            before.into_iter().for_each(|line| fault(HeaderFault::BeforeFields, line));
        } else if OF_FIELDS.contains(&keyword) {
            match (fields, self.kept.get(keyword as usize)) {
                (None, _) => fault(HeaderFault::BeforeFields, line),
                (Some(fields), Some(Some(first)))
                    if first.values().count() != fields.values().count() =>
                {
                    fault(HeaderFault::Uneven, *first);
                }
                _ => {}
            }
        }
        if let Some(kept) = self.kept.get_mut(keyword as usize) {
            *kept = Some(line);
        }
    }

    fn get(&self, keyword: Keyword) -> Option<Line<'a>> {
        *self.kept.get(keyword as usize)?
    }

    fn is_begun(&self) -> bool {
        self.is_announced || self.kept.iter().any(Option::is_some)
    }

    /// What there is where the bytes end in this line.
    fn unended(&self, line: Line<'a>, length: usize, whole: bool) -> Read {
        if let Some(at) = line.lone_return() {
            return Read::Faulty(HeaderFault::CarriageReturns, Span::new(at, at + 1));
        }
        let begins = line.text.starts_with(b"#")
            || line.keyword().is_some()
            || (line.text.is_empty() && length > 0);
        if !begins && !self.is_begun() {
            Read::None
        } else if !whole && length < MAX_HEADER {
            Read::More
        } else {
            let fault = if whole { HeaderFault::CutOff } else { HeaderFault::Endless };
            Read::Faulty(fault, if line.text.is_empty() { Span::at(length) } else { line.span() })
        }
    }

    fn finish(self, data: Line<'_>, length: usize) -> Read {
        self.header(data, length).map_or_else(|faulty| faulty, Read::Header)
    }

    fn header(&self, data: Line<'_>, length: usize) -> Result<Header, Read> {
        let needed = |keyword| {
            self.get(keyword).ok_or(Read::Faulty(HeaderFault::Missing(keyword), data.span()))
        };
        let encoding = encoding(data)?;
        let names = needed(Keyword::Fields)?;
        if let Some((fault, span)) = self.fault {
            return Err(Read::Faulty(fault, span));
        }
        let count = names.values().count();
        let sizes = each(needed(Keyword::Size)?, count, Line::number)?;
        let kinds = each(needed(Keyword::Type)?, count, |word| {
            Ok(if let [kind] = word.text { *kind } else { b'?' })
        })?;
        let counts = match self.get(Keyword::Count) {
            Some(line) => each(line, count, Line::number)?,
            None => vec![1; count],
        };
        let shapes = sizes.into_iter().zip(kinds).zip(counts);
        let fields: Vec<Field> = names
            .values()
            .zip(shapes)
            .map(|(name, ((size, kind), count))| Field {
                name: name.text.to_vec(),
                span: name.span(),
                size,
                kind,
                count,
            })
            .collect();
        let points_line = needed(Keyword::Points)?;
        let points = one_number(points_line)?;
        let heading = self.viewpoint()?;
        let empty = fields_of(&fields, |field| field.count == 0);
        let uncommon = self.shape(points, data)?.or(heading).or(empty);
        Ok(Header { fields, fields_span: names.span(), points, encoding, length, uncommon })
    }

    /// Checks `WIDTH` and `HEIGHT` against the number of points, and says what is uncommon of them.
    fn shape(&self, points: u64, data: Line<'_>) -> Result<Option<(Uncommon, Span)>, Read> {
        let number = |keyword| {
            let line: Option<Line<'_>> = self.get(keyword);
            line.map(|line| one_number(line).map(|number| (number, line.span()))).transpose()
        };
        match (number(Keyword::Width)?, number(Keyword::Height)?) {
            // Files of before version 0.6 have neither.
            (None, None) => Ok(None),
            (None, Some(_)) => Err(Read::Faulty(HeaderFault::Missing(Keyword::Width), data.span())),
            (Some((width, at)), None) => Ok((width != points).then_some((Uncommon::NoHeight, at))),
            (Some((0, at)), Some((0, _))) => Ok((points > 0).then_some((Uncommon::NoShape, at))),
            (Some((0, at)), Some(_)) | (Some(_), Some((0, at))) => {
                Ok((points > 0).then_some((Uncommon::ZeroSide, at)))
            }
            (Some((width, _)), Some((height, _))) if width.checked_mul(height) == Some(points) => {
                Ok(None)
            }
            _ => {
                let line = self.get(Keyword::Points).unwrap_or(data);
                Err(Read::Faulty(HeaderFault::Points, line.span()))
            }
        }
    }

    /// Checks `VIEWPOINT`, where there is one, and says what is uncommon of it.
    fn viewpoint(&self) -> Result<Option<(Uncommon, Span)>, Read> {
        let Some(line) = self.get(Keyword::Viewpoint) else { return Ok(None) };
        let number = |word: Line<'_>| std::str::from_utf8(word.text).ok()?.parse::<f64>().ok();
        let numbers: Option<Vec<f64>> = line.values().map(number).collect();
        let Some([_, _, _, heading @ ..]) = numbers.as_deref().filter(|all| all.len() == 7) else {
            return Err(Read::Faulty(HeaderFault::Viewpoint, line.span()));
        };
        let is_none = heading.iter().all(|number| *number == 0.0);
        Ok(is_none.then_some((Uncommon::NoHeading, line.span())))
    }
}

fn fields_of(fields: &[Field], is: impl Fn(&&Field) -> bool) -> Option<(Uncommon, Span)> {
    fields.iter().find(is).map(|field| (Uncommon::NoValues, field.span))
}

fn encoding(data: Line<'_>) -> Result<Encoding, Read> {
    let mut words = data.values();
    let Some(word) = words.next() else {
        return Err(Read::Faulty(HeaderFault::Encoding, data.span()));
    };
    // The longest first, since one begins as another does.
    let known = [
        (&b"binary_compressed"[..], Encoding::BinaryCompressed),
        (b"binary", Encoding::Binary),
        (b"ascii", Encoding::Ascii),
    ];
    let Some((name, encoding)) = known.into_iter().find(|(name, _)| word.text.starts_with(name))
    else {
        return Err(Read::Faulty(HeaderFault::Encoding, word.span()));
    };
    let behind = word.start + name.len();
    let glued = word.text.len() > name.len();
    if glued || words.next().is_some() {
        let start =
            if glued { behind } else { data.values().nth(1).map_or(behind, |word| word.start) };
        return Err(Read::Faulty(HeaderFault::Glued, Span::new(start, data.span().end)));
    }
    Ok(encoding)
}

/// The values of a line, which has one for each field.
fn each<'a, T>(
    line: Line<'a>,
    count: usize,
    read: impl Fn(Line<'a>) -> Result<T, Read>,
) -> Result<Vec<T>, Read> {
    let values: Vec<T> = line.values().map(read).collect::<Result<_, _>>()?;
    if values.len() == count {
        Ok(values)
    } else {
        Err(Read::Faulty(HeaderFault::Uneven, line.span()))
    }
}

fn one_number(line: Line<'_>) -> Result<u64, Read> {
    let word = line.values().next().ok_or(Read::Faulty(HeaderFault::NoNumber, line.span()))?;
    // Readers take the digits up to a byte that belongs to no word, such as a zero byte.
    let digits = word.text.iter().position(|byte| !byte.is_ascii_digit());
    let is_end =
        |byte: &u8| byte.is_ascii() && !byte.is_ascii_alphanumeric() && !b"_.-?+*".contains(byte);
    match digits.and_then(|at| Some((at, word.text.get(at)?))) {
        Some((at, byte)) if at > 0 && is_end(byte) => {
            Line { text: word.text.get(..at).unwrap_or_default(), ..word }.number()
        }
        _ => word.number(),
    }
}
