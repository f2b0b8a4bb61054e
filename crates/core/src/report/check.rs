//! The straight line from a finished tree to a report.

use std::cell::OnceCell;

use crate::align::{Alignment, AlignmentOptions};
use crate::archive::ArchiveFacts;
use crate::document::metadata::{Metadata, MetadataFile};
use crate::document::request::Request;
use crate::document::{Document, json};
use crate::finding::settings::{Selector, Settings};
use crate::finding::{Context, Finding, Findings, Rule, Sink, proof};
use crate::layout::Layout;
use crate::names::{METADATA, SensorKind};
use crate::plan::{MetadataSource, Plan};
use crate::platform::Effect;
use crate::report::verdict::Verdict;
use crate::report::{Report, SensorSummary};
use crate::tree::unread::UnreadIndex;
use crate::tree::{Coverage, Target, TargetKind, Tree, TreeBuilder, Unread};
use crate::{rules, text};

/// All that a source found out about a target.
#[derive(Clone, Debug)]
pub struct Inspection {
    /// What was inspected.
    pub target: Target,
    /// What the listing holds.
    pub tree: Tree,
    /// What the archive tells that the tree was listed from, where it was one.
    pub archive: Option<ArchiveFacts>,
    /// The metadata.json at the top.
    pub metadata: MetadataFile,
    /// How much was looked at.
    pub coverage: Coverage,
}

impl Inspection {
    /// What is found out where no tree is looked at, but the request of this name alone.
    #[must_use]
    pub fn of_no_tree(request: &str) -> Self {
        Inspection {
            target: Target {
                kind: TargetKind::Request,
                uri: request.to_owned(),
                segments: Vec::new(),
            },
            tree: TreeBuilder::new().finish(),
            archive: None,
            metadata: MetadataFile::Absent,
            coverage: Coverage { content: "none", ..Coverage::default() },
        }
    }
}

impl Inspection {
    /// What would be found out once a plan for this tree was carried out. `metadata` is the text
    /// of the file that becomes metadata.json, where [`Plan::metadata_source`] names one and it
    /// could be read.
    #[must_use]
    pub fn after(&self, plan: &Plan<'_>, metadata: Option<Vec<u8>>) -> Inspection {
        let mut coverage = self.coverage.clone();
        let metadata = match (plan.metadata_source(), &self.metadata, metadata) {
            (MetadataSource::Kept, MetadataFile::Text(text), _) => {
                MetadataFile::Text(plan.edited(text))
            }
            (MetadataSource::Kept, file, _) => file.clone(),
            (MetadataSource::Absent, _, _) => MetadataFile::Absent,
            (MetadataSource::From(_), _, Some(text)) => MetadataFile::Text(text),
            (MetadataSource::From(path), _, None) => {
                let from = text::lossless(&path).into_owned();
                let reason = format!("it would come from `{from}`, which was not read");
                coverage.unread.push(Unread { path: METADATA.into(), reason });
                MetadataFile::Unreadable
            }
        };
        Inspection {
            target: self.target.clone(),
            tree: plan.tree(),
            archive: self.archive.clone(),
            metadata,
            coverage,
        }
    }
}

/// Judges a tree.
#[must_use]
pub fn check(inspection: Inspection, settings: &Settings) -> Report {
    judge(inspection, None, settings)
}

/// Judges a request and the tree that goes with it. Without a tree ([`Inspection::of_no_tree`])
/// nothing is predicted but what the body alone gives away.
#[must_use]
pub fn check_request(request: &Request, inspection: Inspection, settings: &Settings) -> Report {
    judge(inspection, Some(request), settings)
}

/// A tree as it is read, before any rule.
pub(super) struct Read {
    pub(super) layout: Layout,
    metadata: Option<Metadata>,
    pub(super) unseen: UnreadIndex,
    pub(super) alignment: Alignment,
}

impl Read {
    /// Reads a tree. What could not be read of metadata.json is added to the coverage.
    pub(super) fn new(
        tree: &Tree,
        target: &Target,
        metadata: MetadataFile,
        coverage: &mut Coverage,
        settings: &Settings,
    ) -> Self {
        let (layout, metadata) = Read::layout(tree, target, metadata, coverage);
        let unseen = UnreadIndex::of(tree, coverage);
        let body = metadata.as_ref().and_then(|metadata| metadata.body.as_ref());
        let listed = body.and_then(|body| body.sequence(SensorKind::Lidar));
        let lidar_sequence: Vec<&str> = listed
            .map_or(&[][..], |sequence| &sequence.names)
            .iter()
            .map(|name| name.value.as_str())
            .collect();
        let options = AlignmentOptions { lidar_sequence: &lidar_sequence, ..settings.alignment() };
        let alignment = Alignment::of(tree, &layout, &unseen, options);
        Read { layout, metadata, unseen, alignment }
    }

    /// Reads a tree as far as its sensors and scenes, with its metadata.json.
    pub(super) fn layout(
        tree: &Tree,
        target: &Target,
        metadata: MetadataFile,
        coverage: &mut Coverage,
    ) -> (Layout, Option<Metadata>) {
        let mut layout = Layout::read(tree, target);
        let misplaced = match &metadata {
            MetadataFile::Misplaced(text) if layout.is_sensor_oriented() => {
                Some(Metadata::parse(text.clone()))
            }
            _ => None,
        };
        let metadata = if layout.is_sensor_oriented() { Metadata::read(metadata) } else { None };
        if let Some(reason) = metadata.as_ref().and_then(Metadata::unread) {
            coverage.unread.push(Unread { path: METADATA.into(), reason });
            coverage.unread.sort();
        }
        let named_by = metadata.as_ref().or(misplaced.as_ref());
        if let Some(body) = named_by.and_then(|metadata| metadata.body.as_ref()) {
            for kind in SensorKind::ALL {
                let names = body.sequence(kind).map_or(&[][..], |sequence| &sequence.names);
                layout.name_as_listed(tree, kind, names.iter().map(|name| name.value.as_str()));
            }
        }
        layout.join_alike(tree, &|kind| {
            let body = named_by.and_then(|metadata| metadata.body.as_ref());
            let names = body.and_then(|body| body.sequence(kind)).map(|sequence| &sequence.names);
            names.into_iter().flatten().map(|name| name.value.clone()).collect()
        });
        (layout, metadata)
    }
}

/// Why nothing is predicted of a request that names scenes.
const OTHER_CALL: &str = "the scenes of the request: `sceneIdMap` is of POST /annotation-request, which takes \
                          a document for each scene and no tree, and those documents are not read here; \
                          what is said of a tree holds for an import of that tree alone";

fn judge(inspection: Inspection, request: Option<&Request>, settings: &Settings) -> Report {
    let Inspection { target, tree, archive, metadata, mut coverage } = inspection;
    let Read { layout, metadata, unseen, alignment } =
        Read::new(&tree, &target, metadata, &mut coverage, settings);
    // Said once the tree is read: what is missing in it is missing all the same.
    if request.is_some_and(Request::names_scenes) {
        coverage.unread.push(Unread { path: Vec::new(), reason: OTHER_CALL.to_owned() });
    }
    let (incomplete, complete) = (OnceCell::new(), OnceCell::new());
    let context = Context {
        target: &target,
        tree: &tree,
        layout: &layout,
        archive: archive.as_ref(),
        metadata: metadata.as_ref(),
        request,
        alignment: &alignment,
        unseen: &unseen,
        incomplete: &incomplete,
        complete: &complete,
        settings,
    };

    let mut sink = Sink::new(settings).in_layout(&layout);
    let (mut ran, mut deselected) = (Vec::new(), 0);
    // The rule that names what no other does comes last.
    let is_last = |rule: &&Rule| std::ptr::eq(*rule, rules::LAST);
    let others = rules::ALL.iter().copied().filter(|rule| !is_last(rule));
    for rule in others.chain([rules::LAST]).filter(|rule| context.is_judged_by(rule)) {
        let runs = settings.runs(rule);
        if runs {
            ran.push(rule);
        } else if rule.default_on && rule.effect != Effect::Advice && rule.basis <= settings.basis {
            deselected += 1;
        }
        // What the user left out counts for what would be predicted with it, and for
        // what it explains.
        if runs || rule.default_on {
            sink.keep(runs);
            (rule.check)(&context, &mut sink);
        }
    }
    ran.sort_by_key(|rule| rules::position(rule));
    let has_judged = |rule: &&&Rule| rule.needs.are_met(&coverage) && (rule.judges)(&context);
    let rules = ran.iter().filter(has_judged).copied().collect();
    let Findings { mut findings, mut documents, matched, potential, ignored } = sink.finish();
    findings.sort_by(|a, b| order(a).cmp(&order(b)));

    let complete_frames = match settings.complete_frames {
        true => proof::complete_by_scene(&context),
        false => Vec::new(),
    };
    let idle_settings =
        idle_excuses(settings, &matched, &ran).chain(alignment.idle_settings()).collect();
    let sensors: Vec<SensorSummary> = layout
        .sensors()
        .map(|(id, sensor)| SensorSummary {
            folder: sensor.folder_name.clone(),
            kind: sensor.kind,
            name: sensor.name.clone(),
            scenes: layout.sensor_cells(id).len() as u64,
            frames: layout.sensor_cells(id).map(|cell| layout.frames_in(&tree, cell)).sum(),
        })
        .collect();
    // Where there is nothing, nothing can be predicted either; and nothing of a tree that was
    // not looked at.
    let judged = target.kind != TargetKind::Request && (tree.files() > 0 || !findings.is_empty());
    let complete = coverage.is_complete() && judged;
    let verdict = Verdict::of(&findings, complete, settings);
    let without_ignores = Verdict::without_ignores(&potential, complete, settings);
    let without_ignores = Some(without_ignores).filter(|other| !verdict.is_same_answer(other));
    let texts = [
        metadata.as_ref().map(|metadata| &metadata.document),
        request.map(|request| &request.document),
    ];
    let is_pointed_into = |document: &json::Document| {
        let mut locations = findings.iter().filter_map(|finding| finding.location.as_ref());
        locations.any(|location| location.document == document.name())
    };
    documents.extend(texts.into_iter().flatten().filter(|document| is_pointed_into(document)).map(
        |document| Document { name: document.name().to_owned(), text: document.text().to_vec() },
    ));
    Report {
        endpoint: settings.endpoint,
        verdict,
        without_ignores,
        ignored,
        coverage,
        entries: tree.entries(),
        files: tree.files(),
        bytes: tree.bytes(),
        frames: sensors.iter().map(|sensor| sensor.frames).sum(),
        sensors,
        cadence_ns: alignment.cadence_ns(),
        complete_frames,
        scenes: layout.scenes,
        rules,
        deselected,
        request: request.map(|request| request.name().to_owned()),
        findings,
        baseline: None,
        idle_settings,
        documents,
        pictures: None,
        target,
    }
}

/// What is to be said of the suppressions that held for nothing: of rules that ran and found
/// nothing there, or past their day.
fn idle_excuses(
    settings: &Settings,
    matched: &[Vec<bool>],
    ran: &[&Rule],
) -> impl Iterator<Item = String> {
    let here = settings.suppressions.iter().zip(matched);
    let here = here.filter(|(suppression, _)| !suppression.is_for_another_dataset());
    here.filter_map(|(suppression, matched)| {
        if let Some(day) = &suppression.expired_on {
            let label = suppression.label(&suppression.rules);
            let rest = if matched.contains(&true) {
                "what it excused is reported"
            } else {
                "it matches nothing"
            };
            return Some(format!("{label} ended on {day}, and {rest}"));
        }
        let of_use = matched.iter().copied().chain(std::iter::repeat(false));
        let idle = suppression.rules.iter().zip(of_use).filter(|(selector, of_use)| {
            let has_run = ran.iter().any(|rule| selector.matches(rule));
            !of_use && has_run
        });
        let idle: Vec<&Selector> = idle.map(|(selector, _)| selector).collect();
        (!idle.is_empty()).then(|| match suppression.why_out_of_reach() {
            Some(reason) => format!("{} can match nothing: {reason}", suppression.label(idle)),
            None => format!("{} matched nothing", suppression.label(idle)),
        })
    })
}

/// Gravest first; of equal ones, causes before consequences; then by rule, subject and place.
fn order(finding: &Finding) -> impl Ord + '_ {
    (
        finding.severity,
        finding.basis,
        stage(finding.rule),
        finding.rule.code,
        finding.location.as_ref().map(|location| location.offset),
        &finding.subject,
        &finding.examples,
        &finding.message,
    )
}

/// How early what a rule finds stands in the way: what is wrong with an archive or with folders has
/// consequences in all that is judged by scenes, frames and names.
fn stage(rule: &Rule) -> u8 {
    match rule.code.as_bytes().first() {
        Some(b'Z') => 0,
        Some(b'L') => 1,
        _ => 2,
    }
}
