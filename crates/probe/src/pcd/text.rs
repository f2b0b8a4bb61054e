//! The points of a cloud in text: a line for each.

use super::header::{Field, Header};
use super::positions::Positions;
use crate::facts::pcd::DataFault;
use crate::facts::{Defect, Fault, Measurement, TextPlace};
use crate::span::Span;

/// The longest line that is read, in bytes. A point takes some dozen.
const MAX_LINE: usize = 1 << 16;

/// Reads lines piece by piece.
#[derive(Clone, Debug)]
pub(super) struct Lines {
    /// The words of a line where padding is written, and where it is left out: writers do both.
    shapes: [Shape; 2],
    /// The line that the last piece ended in.
    begun: Vec<u8>,
    /// Where that line begins in the file.
    at: u64,
    /// Its number, from 1.
    number: u64,
    /// The lines that are no points.
    fault: Option<Misfit>,
    points: u64,
    /// How many the header says that there are.
    promised: u64,
    positions: Positions,
}

/// The first line that is no point.
#[derive(Clone, Copy, Debug)]
pub(super) struct Misfit {
    pub(super) fault: DataFault,
    /// Its number, from 1.
    pub(super) line: u64,
    /// Where in the file the word is that is none, or the whole line.
    pub(super) span: Span,
}

#[derive(Clone, Copy, Debug)]
struct Shape {
    words: u64,
    /// Which words are the position.
    position: [u64; 3],
}

impl Misfit {
    /// The problem that it is in a file that begins so.
    pub(super) fn problem(self, head: &[u8]) -> Defect {
        let place = TextPlace::new(head, self.span);
        let figures = Some(Measurement::Line(self.line));
        Defect { place, figures, ..Defect::new(Fault::Data(self.fault)) }
    }
}

impl Shape {
    fn of(header: &Header, is_written: impl Fn(&Field) -> bool) -> Self {
        // Of a field without a count readers take one word.
        let words = |field: &Field| if is_written(field) { field.count.max(1) } else { 0 };
        let sum = |fields: &[Field]| fields.iter().map(words).fold(0, u64::saturating_add);
        let position = super::AXES.map(|axis| {
            let before = header.fields.iter().position(|field| field.name == axis).unwrap_or(0);
            sum(header.fields.get(..before).unwrap_or_default())
        });
        Shape { words: sum(&header.fields), position }
    }
}

impl Lines {
    /// Reads what stands behind a header. `text` is all up to there.
    pub(super) fn new(header: &Header, text: &[u8]) -> Self {
        let text = text.get(..header.length).unwrap_or(text);
        let lines = text.iter().filter(|byte| **byte == b'\n').count() as u64;
        Lines {
            shapes: [Shape::of(header, |_| true), Shape::of(header, |field| !field.is_padding())],
            begun: Vec::new(),
            at: header.length as u64,
            number: lines + 1,
            fault: None,
            points: 0,
            promised: header.points,
            positions: Positions::default(),
        }
    }

    pub(super) fn take(&mut self, mut piece: &[u8]) {
        while let Some(end) = piece.iter().position(|byte| *byte == b'\n') {
            let (line, rest) = piece.split_at(end);
            if self.begun.is_empty() {
                self.line(line);
            } else {
                self.begin(line);
                let line = std::mem::take(&mut self.begun);
                self.line(&line);
                self.begun = line;
                self.begun.clear();
            }
            self.at = self.at.saturating_add(1);
            self.number += 1;
            piece = rest.get(1..).unwrap_or_default();
        }
        self.begin(piece);
    }

    /// Takes what there is where the file ends: its last line may have no end of its own.
    pub(super) fn finish(&mut self) {
        let line = std::mem::take(&mut self.begun);
        self.line(&line);
    }

    pub(super) fn points(&self) -> u64 {
        self.points
    }

    pub(super) fn fault(&self) -> Option<Misfit> {
        self.fault
    }

    pub(super) fn positions(&self) -> &Positions {
        &self.positions
    }

    /// Keeps the beginning of a line. What is longer than any line is cut short, and is no
    /// point for that.
    fn begin(&mut self, piece: &[u8]) {
        let room = MAX_LINE.saturating_sub(self.begun.len());
        self.begun.extend_from_slice(piece.get(..room).unwrap_or(piece));
        let lost = piece.len().saturating_sub(room);
        self.at = self.at.saturating_add(lost as u64);
    }

    fn line(&mut self, line: &[u8]) {
        let start = usize::try_from(self.at).unwrap_or(usize::MAX);
        self.at = self.at.saturating_add(line.len() as u64);
        if line.trim_ascii().is_empty() {
            return;
        }
        match self.position(line) {
            // Readers stop behind the last point that the header says; text behind it is not read.
            Err(_) if self.points >= self.promised => {}
            Ok(position) => {
                self.points += 1;
                let marks = (0..)
                    .zip(position)
                    .fold(0, |marks, (axis, value)| marks | self.positions.see(axis, value));
                self.positions.count(marks);
            }
            Err((fault, span)) => {
                self.points += 1;
                let span =
                    Span::new(start.saturating_add(span.start), start.saturating_add(span.end));
                self.fault.get_or_insert(Misfit { fault, line: self.number, span });
            }
        }
    }

    fn position(&self, line: &[u8]) -> Result<[f64; 3], (DataFault, Span)> {
        let [full, short] = self.shapes;
        let count =
            line.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty()).count() as u64;
        if count < short.words {
            let end = line.trim_ascii_end().len();
            return Err((DataFault::TooFewNumbers, Span::new(0, end)));
        }
        let shape = if count >= full.words { full } else { short };
        let mut position = [f64::NAN; 3];
        let mut start = 0;
        let mut at = 0;
        for word in line.split(u8::is_ascii_whitespace) {
            if !word.is_empty() {
                let value = number(word)
                    .ok_or((DataFault::NoNumber, Span::new(start, start + word.len())))?;
                for (axis, place) in position.iter_mut().zip(shape.position) {
                    if place == at {
                        *axis = value;
                    }
                }
                at += 1;
            }
            start += word.len() + 1;
        }
        Ok(position)
    }
}

/// A number as any writer's library prints it: `1e-3`, `-nan`, and `1.#QNAN` or `nan(ind)`
/// of old ones.
fn number(word: &[u8]) -> Option<f64> {
    let word = std::str::from_utf8(word).ok()?;
    word.parse().ok().or_else(|| {
        let unsigned = word.trim_start_matches(['-', '+']);
        let is_lost = unsigned.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("nan("))
            || unsigned.split_once(".#").is_some_and(|(one, _)| one == "1");
        is_lost.then_some(f64::NAN)
    })
}
