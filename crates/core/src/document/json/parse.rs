//! A forgiving parser that keeps every place.

use std::borrow::Cow;

use hashbrown::HashMap;
use jsonc_parser::errors::{ParseError, ParseErrorKind};
use jsonc_parser::tokens::Token;
use jsonc_parser::{ParseStringErrorKind, Scanner, ScannerOptions};

use super::broken::{another_object, excerpt, open_string, unexpected};
use super::encoding::SUBSTITUTE;
use super::fault::{Fault, FaultKind};
use super::{Kind, MAX_DEPTH, MAX_VALUES, Member, Object, Span, Spanned, Value};

/// What a text holds, and what it has that JSON does not.
#[derive(Debug)]
pub(super) struct Parsed {
    pub(super) root: Option<Value>,
    pub(super) faults: Vec<Fault>,
    /// Whether the text ends in the middle of the root, so that it is what stands before the end.
    pub(super) is_cut: bool,
    /// Why there is no root though no fault says so.
    pub(super) unread: Option<String>,
}

/// Parses the text from `start` on.
pub(super) fn parse(text: &str, start: usize) -> Parsed {
    let mut parser = Parser {
        text,
        start,
        scanner: Scanner::new(text.get(start..).unwrap_or_default(), &ScannerOptions::default()),
        token: None,
        span: Span::at(start),
        before: start,
        depth: 0,
        values: 0,
        faults: Vec::new(),
        cut: None,
        last_noted: None,
    };
    let root = parser.document();
    let mut faults = parser.faults;
    let mut unread = None;
    let mut is_cut = false;
    // Where a comma is missing, what follows was only guessed at.
    let has_guessed = faults.iter().any(|fault| fault.kind == FaultKind::MissingComma);
    let root = match root {
        Ok(root) => match parser.cut {
            None => Some(root),
            Some(_) if has_guessed => None,
            Some(fault) => {
                is_cut = true;
                faults.push(fault);
                Some(root)
            }
        },
        Err(Stop::TooMany) => {
            unread = Some(format!(
                "it has over {} keys and values",
                crate::text::number(MAX_VALUES as i64)
            ));
            None
        }
        Err(Stop::Fault(fault)) => {
            // A word that touches what was not expected is the same mistake; and a byte that is not
            // UTF-8 has been said.
            let guessed = has_guessed
                || parser
                    .last_noted
                    .is_some_and(|noted| noted.end == fault.span.start && noted.start < noted.end);
            let substitute =
                text.get(fault.span.start..).is_some_and(|rest| rest.starts_with(SUBSTITUTE));
            if !guessed && !substitute {
                faults.push(fault);
            }
            None
        }
    };
    Parsed { root, faults, is_cut, unread }
}

/// Why there is no going on.
enum Stop {
    Fault(Fault),
    TooMany,
}

struct Parser<'t> {
    text: &'t str,
    /// Where the scanner's text starts in `text`.
    start: usize,
    scanner: Scanner<'t>,
    /// The token that is looked at, and its place. `None` at the end.
    token: Option<Token<'t>>,
    span: Span,
    /// Where the token before it ended.
    before: usize,
    depth: usize,
    values: usize,
    faults: Vec<Fault>,
    /// That the text ends where it was not expected to.
    cut: Option<Fault>,
    /// The place of the fault that was noted last.
    last_noted: Option<Span>,
}

impl<'t> Parser<'t> {
    fn document(&mut self) -> Result<Value, Stop> {
        self.advance()?;
        let root = self.value()?;
        if self.token.is_some() {
            let rest = Span::new(self.span.start, self.text.len());
            match another_object(self.text, root.span, rest) {
                Some(label) => self.note(FaultKind::SecondObject, rest, &label),
                None => self.note(FaultKind::TrailingText, rest, "not part of the JSON"),
            }
        }
        Ok(root)
    }

    /// Looks at the next token that is no comment.
    fn advance(&mut self) -> Result<(), Stop> {
        loop {
            self.before = self.span.end;
            let token = self.scanner.scan();
            self.span = Span::new(
                self.start + self.scanner.token_start(),
                self.start + self.scanner.token_end(),
            );
            self.note_spaces();
            match token {
                Ok(Some(Token::CommentLine(_) | Token::CommentBlock(_))) => {
                    self.note(FaultKind::Comment, self.span, "a comment");
                }
                Ok(token) => {
                    self.token = token;
                    return Ok(());
                }
                // The scanner lets a word end at a space or colon alone; `None,` is one
                // all the same.
                Err(error)
                    if matches!(error.kind(), ParseErrorKind::UnexpectedToken)
                        && !self.span_text().is_empty() =>
                {
                    self.token = Some(Token::Word(self.span_text()));
                    return Ok(());
                }
                Err(error) => {
                    let fault = self.broken_token(&error);
                    if fault.kind != FaultKind::Truncated {
                        return Err(Stop::Fault(fault));
                    }
                    self.end_at(fault);
                    return Ok(());
                }
            }
        }
    }

    /// Takes the text for ended here, in the middle: what stands before is read all the same.
    fn end_at(&mut self, fault: Fault) {
        self.token = None;
        self.cut.get_or_insert(fault);
    }

    /// Whether a token inside of others may go on behind the end of the text.
    fn may_go_on(&self, span: Span) -> bool {
        self.depth > 0 && span.end == self.text.len()
    }

    fn note(&mut self, kind: FaultKind, span: Span, label: &str) {
        self.last_noted = Some(span);
        match self.faults.iter_mut().find(|fault| fault.kind == kind) {
            Some(fault) => fault.again(span),
            None => self.faults.push(Fault::new(kind, span, label)),
        }
    }

    fn span_text(&self) -> &'t str {
        self.text.get(self.span.start..self.span.end).unwrap_or_default()
    }

    /// The scanner skips spaces that JSON does not have.
    fn note_spaces(&mut self) {
        let gap = self.text.get(self.before..self.span.start).unwrap_or_default();
        if let Some((at, space)) =
            gap.char_indices().find(|(_, c)| !matches!(c, ' ' | '\t' | '\n' | '\r'))
        {
            let place = self.before + at;
            let label = format!("U+{:04X}", u32::from(space));
            self.note(FaultKind::Space, Span::new(place, place + space.len_utf8()), &label);
        }
    }

    fn broken_token(&self, error: &ParseError) -> Fault {
        let range = error.range();
        let span = Span::new(self.start + range.start, self.start + range.end.max(range.start));
        match error.kind() {
            ParseErrorKind::String(ParseStringErrorKind::UnterminatedStringLiteral) => {
                let rest = self.text.get(self.span.start..).unwrap_or_default();
                match rest.find('\n') {
                    Some(end) => open_string(self.span.start, rest.get(..end).unwrap_or_default()),
                    None => Fault::new(
                        FaultKind::Truncated,
                        Span::at(self.text.len()),
                        "a string is not closed",
                    ),
                }
            }
            ParseErrorKind::UnterminatedCommentBlock => Fault::new(
                FaultKind::Truncated,
                Span::at(self.text.len()),
                "a comment is not closed",
            ),
            ParseErrorKind::String(_) => {
                Fault::new(FaultKind::Escape, span, format!("`{}`", excerpt(self.text, span)))
            }
            _ if span.start >= self.text.len() => Fault::new(
                FaultKind::Truncated,
                Span::at(self.text.len()),
                "a value is not finished",
            ),
            _ => unexpected(self.text, span),
        }
    }

    fn value(&mut self) -> Result<Value, Stop> {
        self.values += 1;
        if self.values > MAX_VALUES {
            return Err(Stop::TooMany);
        }
        let span = self.span;
        let kind = match self.token.take() {
            Some(Token::OpenBrace) => return self.nested(Self::object),
            Some(Token::OpenBracket) => return self.nested(Self::array),
            Some(Token::String(string)) => self.string(string)?.map_or(Kind::Broken, Kind::String),
            Some(Token::Number(_) | Token::Word(_)) if self.may_go_on(span) => Kind::Broken,
            Some(Token::Number(number)) => self.number(number),
            Some(Token::Boolean(value)) => Kind::Bool(value),
            Some(Token::Null) => Kind::Null,
            Some(Token::Word(_)) => {
                let label = format!("`{}`", excerpt(self.text, span));
                self.note(FaultKind::Word, span, &label);
                Kind::Broken
            }
            Some(_) => return Err(Stop::Fault(unexpected(self.text, span))),
            None => {
                let end = Span::at(self.text.len());
                self.end_at(Fault::new(FaultKind::Truncated, end, "a value is missing"));
                return Ok(Value { span: end, kind: Kind::Broken });
            }
        };
        self.advance()?;
        Ok(Value { span, kind })
    }

    fn nested(&mut self, read: fn(&mut Self, Span) -> Result<Kind, Stop>) -> Result<Value, Stop> {
        let open = self.span;
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            let label = format!("over {MAX_DEPTH} levels");
            return Err(Stop::Fault(Fault::new(FaultKind::TooDeep, open, label)));
        }
        self.advance()?;
        let kind = read(self, open)?;
        let span = Span::new(open.start, self.span.end);
        self.depth -= 1;
        if self.cut.is_none() {
            self.advance()?;
        }
        Ok(Value { span, kind })
    }

    fn object(&mut self, open: Span) -> Result<Kind, Stop> {
        let mut members: Vec<Member> = Vec::new();
        while self.token != Some(Token::CloseBrace) {
            if self.token.is_none() {
                self.end_at(self.ends_inside("an object", open));
                break;
            }
            let key = self.key()?;
            match self.token {
                Some(Token::Colon) => {}
                None => {
                    self.end_at(self.ends_inside("an object", open));
                    break;
                }
                _ => return Err(Stop::Fault(unexpected(self.text, self.span))),
            }
            self.advance()?;
            let value = self.value()?;
            members.push(Member { key, value, overridden: false });
            self.separator(open, "an object", &Token::CloseBrace)?;
        }
        self.note_duplicates(&mut members);
        let is_cut = self.cut.is_some();
        // Of an object inside of others nothing is known to be all of it.
        if is_cut && self.depth > 1 {
            return Ok(Kind::Broken);
        }
        Ok(Kind::Object(Object { members, is_cut }))
    }

    fn array(&mut self, open: Span) -> Result<Kind, Stop> {
        let mut elements = Vec::new();
        while self.token != Some(Token::CloseBracket) {
            if self.token.is_none() {
                self.end_at(self.ends_inside("an array", open));
                // More may follow.
                elements.push(Value { span: Span::at(self.text.len()), kind: Kind::Broken });
                break;
            }
            elements.push(self.value()?);
            self.separator(open, "an array", &Token::CloseBracket)?;
        }
        Ok(Kind::Array(elements))
    }

    fn key(&mut self) -> Result<Spanned<String>, Stop> {
        self.values += 1;
        if self.values > MAX_VALUES {
            return Err(Stop::TooMany);
        }
        let span = self.span;
        let value = match self.token.take() {
            // A key that cannot be read is no known one, and as unknown as any other.
            Some(Token::String(key)) => {
                self.string(key)?.unwrap_or_else(|| excerpt(self.text, span))
            }
            Some(Token::Word(_) | Token::Number(_) | Token::Boolean(_) | Token::Null) => {
                self.note(FaultKind::UnquotedKey, span, "a key without quotes");
                self.text.get(span.start..span.end).unwrap_or_default().to_owned()
            }
            _ => return Err(Stop::Fault(unexpected(self.text, span))),
        };
        self.advance()?;
        Ok(Spanned { value, span })
    }

    /// Steps over the comma between two members or elements, or stops at the bracket
    /// that closes them.
    fn separator(&mut self, open: Span, inside: &str, close: &Token<'t>) -> Result<(), Stop> {
        match &self.token {
            Some(Token::Comma) => {
                let comma = self.span;
                self.advance()?;
                if self.token.as_ref() == Some(close) {
                    self.note(FaultKind::TrailingComma, comma, "a comma behind the last value");
                }
                Ok(())
            }
            Some(token) if token == close => Ok(()),
            Some(
                Token::String(_)
                | Token::Word(_)
                | Token::Number(_)
                | Token::Boolean(_)
                | Token::Null
                | Token::OpenBrace
                | Token::OpenBracket,
            ) => {
                let touching = self.span.start == self.before;
                let digit = self
                    .text
                    .as_bytes()
                    .get(self.before.saturating_sub(1))
                    .is_some_and(u8::is_ascii_digit);
                if touching
                    && digit
                    && matches!(self.token, Some(Token::Word(_) | Token::Number(_)))
                {
                    // `007`, `1_000`, `20px`: one number to whoever wrote it.
                    return Err(Stop::Fault(self.strange_number()));
                }
                self.note(FaultKind::MissingComma, Span::at(self.before), "a comma is missing");
                Ok(())
            }
            None => {
                self.end_at(self.ends_inside(inside, open));
                Ok(())
            }
            Some(_) => Err(Stop::Fault(unexpected(self.text, self.span))),
        }
    }

    fn ends_inside(&self, inside: &str, open: Span) -> Fault {
        let line = self.text.get(..open.start).unwrap_or_default().matches('\n').count() + 1;
        let label = format!("{inside} that opens in line {line} is not closed");
        Fault::new(FaultKind::Truncated, Span::at(self.text.len()), label)
    }

    fn strange_number(&self) -> Fault {
        let digits = self.text.get(..self.before).unwrap_or_default();
        let start = digits
            .trim_end_matches(|c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '+'))
            .len();
        let span = Span::new(start, self.span.end);
        Fault::new(FaultKind::NumberNotation, span, format!("`{}`", excerpt(self.text, span)))
    }

    /// What a string token says; `None` where that is not clear.
    fn string(&mut self, value: Cow<'t, str>) -> Result<Option<String>, Stop> {
        let span = self.span;
        let raw = self.text.get(span.start..span.end).unwrap_or_default();
        if let Some(end) = raw.find('\n') {
            // The quote that closes it belongs to another string, and whatever follows is off
            // by one quote.
            return Err(Stop::Fault(open_string(span.start, raw.get(..end).unwrap_or_default())));
        }
        if raw.starts_with('\'') {
            self.note(FaultKind::SingleQuote, span, "single quotes");
        }
        if raw.contains(SUBSTITUTE) {
            return Ok(None);
        }
        for (at, control) in raw.char_indices().filter(|(_, c)| u32::from(*c) < 0x20) {
            let place = span.start + at;
            let label = format!("U+{:04X}", u32::from(control));
            self.note(FaultKind::ControlCharacter, Span::new(place, place + 1), &label);
        }
        let mut clear = true;
        let mut chars = raw.char_indices();
        while let Some((at, c)) = chars.next() {
            if c != '\\' {
                continue;
            }
            if let Some((_, escaped)) = chars.next()
                && !matches!(escaped, '"' | '\\' | '/' | 'b' | 'f' | 'n' | 'r' | 't' | 'u')
            {
                let place = Span::new(span.start + at, span.start + at + 1 + escaped.len_utf8());
                let label = format!("`{}`", excerpt(self.text, place));
                self.note(FaultKind::Escape, place, &label);
                // An escaped single quote is one to whoever knows the escape.
                clear &= escaped == '\'';
            }
        }
        Ok(clear.then(|| value.into_owned()))
    }

    fn number(&mut self, number: &str) -> Kind {
        let span = self.span;
        let label = format!("`{}`", excerpt(self.text, span));
        if number.ends_with("NaN") || number.ends_with("Infinity") {
            self.note(FaultKind::NotFinite, span, &label);
            return Kind::Broken;
        }
        let unsigned = number.trim_start_matches(['+', '-']);
        if let Some(digits) = unsigned.strip_prefix("0x").or_else(|| unsigned.strip_prefix("0X")) {
            self.note(FaultKind::NumberNotation, span, &label);
            let Ok(value) = u32::from_str_radix(digits, 16) else { return Kind::Broken };
            let value = f64::from(value);
            return Kind::Number(if number.starts_with('-') { -value } else { value });
        }
        let bare = unsigned.starts_with('.')
            || unsigned.ends_with('.')
            || unsigned.contains(".e")
            || unsigned.contains(".E");
        if number.starts_with('+') || bare {
            self.note(FaultKind::NumberNotation, span, &label);
        }
        match number.parse::<f64>() {
            Ok(value) if value.is_finite() => Kind::Number(value),
            Ok(_) => {
                self.note(FaultKind::NumberTooLarge, span, &label);
                Kind::Broken
            }
            Err(_) => Kind::Broken,
        }
    }

    fn note_duplicates(&mut self, members: &mut [Member]) {
        let mut repeats = Vec::new();
        {
            let mut last: HashMap<&str, usize> = HashMap::with_capacity(members.len());
            for (at, member) in members.iter().enumerate() {
                if let Some(earlier) = last.insert(&member.key.value, at) {
                    repeats.push((earlier, member.key.span));
                }
            }
        }
        for (earlier, span) in repeats {
            if let Some(member) = members.get_mut(earlier) {
                member.overridden = true;
            }
            let label = format!("`{}`", excerpt(self.text, span).trim_matches(['"', '\'']));
            self.note(FaultKind::DuplicateKey, span, &label);
        }
    }
}
