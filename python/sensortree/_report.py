"""The report ``sensortree-report/1`` as typed objects. A test holds every field against the report's JSON Schema.

Paths and names are relative to the target and `/`-separated. Where the bytes of one are not UTF-8, it is percent-encoded, and the
field ``…_encoded`` beside it is true: so every text can be printed. `bytes_of` gives the bytes as they were listed.

Fields that a later version of the program adds are in `Report.raw` only.
"""

import re
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field, fields, is_dataclass
from inspect import signature
from typing import TYPE_CHECKING, Any, Optional, TypeVar, Union, get_args, get_origin, get_type_hints
from urllib.parse import unquote_to_bytes

from ._html import html_of
from ._table import Rows, frame_of
from ._words import Effect, Outcome, Severity, Word

if TYPE_CHECKING:
    from ._plan import Plan

SCHEMA = "sensortree-report/1"


def bytes_of(text: str, encoded: bool) -> bytes:
    """The bytes of a path or name as they were listed."""
    return unquote_to_bytes(text) if encoded else text.encode()


@dataclass(frozen=True)
class Tool:
    """The program that wrote the report."""

    name: str
    version: str


@dataclass(frozen=True)
class Target:
    """What was checked."""

    kind: str
    """``local``, ``zip``, ``s3``, ``gs``, ``az``, ``git``, ``listing``; or ``request``, where no tree was looked at."""
    uri: str
    """The place as it was named, without any secret."""


@dataclass(frozen=True)
class Scenes:
    """The scenes, and which of them are at risk."""

    total: int
    at_risk: tuple[str, ...]
    """Their names, all of them, ascending."""
    at_risk_encoded: bool = False
    """All names in `at_risk` are percent-encoded."""


@dataclass(frozen=True)
class WithoutIgnores:
    """The answer that is predicted when nothing is ignored and no rule is left out."""

    outcome: Union[Outcome, str]
    """``accepted``, ``scenes-at-risk``, ``rejected`` or ``unknown``."""
    code: Optional[int]
    """The response code; `None` when the outcome is unknown."""
    because: tuple[str, ...]
    """The codes of the rules that decide it, strongest first."""


@dataclass(frozen=True)
class Prediction:
    """The answer that the platform is predicted to give."""

    outcome: Union[Outcome, str]
    """``accepted``, ``scenes-at-risk``, ``rejected``; or ``unknown``: the inspection was incomplete, or of a request's body alone, and
    nothing found so far rejects it."""
    code: Optional[int]
    """The response code; `None` when the outcome is unknown."""
    message: Optional[str]
    """The response message; `None` when the outcome is unknown."""
    basis: Optional[str]
    """How well that is supported: ``documented``, ``implied`` or ``advice``; `None` where no finding decides it."""
    because: tuple[str, ...]
    """The codes of the rules that decide it, strongest first."""
    scenes: Scenes
    rules_left_out: int = 0
    """How many rules were left out that could have led to another prediction."""
    ignored: int = 0
    """How many occurrences the ignores of the configuration took away. The platform does not know of them."""
    without_ignores: Optional[WithoutIgnores] = None
    """The answer that is predicted when nothing is ignored and no rule is left out, where that is another one."""


@dataclass(frozen=True)
class Path:
    """A path relative to the target; the target itself is the empty path."""

    path: str
    path_encoded: bool = False
    """`path` is percent-encoded, since its bytes are not UTF-8."""

    @property
    def path_bytes(self) -> bytes:
        """The path as it was listed."""
        return bytes_of(self.path, self.path_encoded)


@dataclass(frozen=True)
class Unread:
    """A part of the target that could not be read."""

    path: str
    reason: str
    """Why, in words."""
    path_encoded: bool = False
    """`path` is percent-encoded, since its bytes are not UTF-8."""

    @property
    def path_bytes(self) -> bytes:
        """The path as it was listed."""
        return bytes_of(self.path, self.path_encoded)


@dataclass(frozen=True)
class Coverage:
    """How much of the target was looked at."""

    complete: bool
    """Whether all that was to be read was read."""
    entries: int
    """Entries listed, folders included."""
    files: int
    bytes: int
    """The size of all files, in bytes."""
    content: str
    """How far files were looked into: ``none``, ``headers`` or ``full``."""
    probed: int
    """How many files' contents were looked into."""
    probeable: int
    """Of how many: those of a known format that are not empty. 0 where none was to be looked into."""
    unread: tuple[Unread, ...]
    """What could not be read."""
    skipped: tuple[Path, ...]
    """What was left out on purpose."""
    sample: Optional[int] = None
    """How many of each folder's were to be looked into at the most; `None` for all."""
    notes: tuple[str, ...] = ()
    """How the target was taken, where that was not said, in words."""


@dataclass(frozen=True)
class Sensor:
    """A LiDAR or a camera."""

    folder: str
    kind: str
    """``lidar`` or ``camera``."""
    name: str
    """The sensor's name, without the prefix."""
    scenes: int
    """The scenes that it has a folder of."""
    frames: int
    """Its frames, over all scenes."""
    folder_encoded: bool = False
    """`folder` is percent-encoded, since its bytes are not UTF-8."""


@dataclass(frozen=True)
class Cadence:
    """How far apart frames are."""

    nanoseconds: int
    """From one frame to the next, in nanoseconds."""
    hertz: float
    """Frames a second."""


@dataclass(frozen=True)
class Tree:
    """What the tree holds."""

    sensors: tuple[Sensor, ...]
    """By folder name."""
    scenes: int
    frames: int
    """Over all sensors and scenes."""
    cadence: Optional[Cadence]
    """The cadence of the sensor that the others are compared with, the median over its scenes; `None` where it has none."""


@dataclass(frozen=True)
class Subject:
    """What a finding is about, whichever apply."""

    sensor: Optional[str] = None
    """The sensor's folder."""
    scene: Optional[str] = None
    """The scene."""
    sensor_encoded: bool = False
    """`sensor` is percent-encoded, since its bytes are not UTF-8."""
    scene_encoded: bool = False
    """`scene` is percent-encoded, since its bytes are not UTF-8."""


@dataclass(frozen=True)
class Location:
    """A stretch of a document."""

    document: str
    """The document's name."""
    offset: int
    """The first byte, from 0."""
    length: int
    """How many bytes."""
    line: int
    """The line of the first byte, from 1."""
    column: int
    """The column of the first byte in characters, from 1."""
    label: Optional[str] = None
    """What is to be said at the place."""


@dataclass(frozen=True)
class Example:
    """A place in the tree."""

    path: str
    present: bool
    """False where the fault is that nothing stands there."""
    path_encoded: bool = False
    """`path` is percent-encoded, since its bytes are not UTF-8."""
    note: Optional[str] = None
    """What is to be said at this place."""
    expected: Optional[str] = None
    """What would be right in its place."""
    expected_path: Optional[str] = None
    """The path that would be right in its place, relative to the target."""

    @property
    def path_bytes(self) -> bytes:
        """The path as it was listed."""
        return bytes_of(self.path, self.path_encoded)


@dataclass(frozen=True)
class Figure:
    """A measured value."""

    name: str
    """What was measured; a later version may know more."""
    value: int
    """How much it is."""
    unit: str
    """In what: ``ns``, ``byte``, ``px``, ``step`` (of the numbers in names) or ``1``."""


@dataclass(frozen=True)
class Repair:
    """A way to mend a finding by other names, places or values."""

    applicability: str
    """``safe`` follows from the tree alone, ``unsafe`` should be looked at, and of several ``choice`` a person chooses."""
    rests_on: str
    """What makes it right."""


@dataclass(frozen=True)
class Finding:
    """One fault, with everything that shares its cause."""

    code: str
    """The rule's code, stable for ever."""
    name: str
    """The rule's name."""
    severity: Union[Severity, str]
    """``error``, ``warning`` or ``advice``."""
    effect: Union[Effect, str]
    """What is predicted: the response code that rejects the request, ``scene`` (accepted, and scenes are at risk) or ``advice``."""
    basis: str
    """How well that is supported: ``documented``, ``implied`` or ``advice``."""
    message: str
    """What is wrong, in one sentence."""
    notes: tuple[str, ...]
    """What else is worth knowing, a sentence each."""
    help: Optional[str]
    """What would mend it."""
    count: int
    """How often it occurs."""
    subject: Subject
    scene_count: int
    """How many scenes it concerns."""
    examples: tuple[Example, ...]
    """The first few places, by path."""
    fingerprint: str
    """The same in every run that finds the same fault, wherever the target lies; different for every finding of a run."""
    location: Optional[Location] = None
    """The place in a document, for a finding in one."""
    figures: tuple[Figure, ...] = ()
    """What was measured, where anything was."""
    repairs: tuple[Repair, ...] = ()
    """The ways to mend it that a program can carry out; with several, a person has to choose."""

    def __repr__(self) -> str:
        return f"<Finding {self.code} {self.severity}: {self.message!r}, count {self.count}>"


@dataclass(frozen=True)
class Suppressed:
    """A finding that a baseline covers."""

    code: str
    name: str
    severity: Union[Severity, str]
    """``error``, ``warning`` or ``advice``."""
    effect: Union[Effect, str]
    message: str
    count: int
    subject: Subject
    fingerprint: str


@dataclass(frozen=True)
class Stale:
    """An entry of a baseline that covers nothing any more."""

    code: str
    name: str
    message: str
    """What was wrong when the baseline was written."""
    count: int
    """How often that was."""
    fingerprint: str
    now: Optional[int] = None
    """How often the finding occurs that it has become; `None` where it is gone, or `regrouped`."""
    regrouped: bool = False
    """Whether its rule groups findings otherwise since the baseline was written."""


@dataclass(frozen=True)
class Baseline:
    """What a baseline covers, and where it does no more."""

    file: str
    """Its file, as it was named."""
    suppressed: tuple[Suppressed, ...]
    """The findings that it covers."""
    stale: tuple[Stale, ...]
    """Its entries whose finding is gone or has changed."""
    written_for: Optional[str] = None
    """The name of the target that it was written for, where that is another than the one checked."""


@dataclass(frozen=True)
class Timing:
    """How long the run took, in seconds."""

    list_seconds: float
    check_seconds: float


@dataclass(frozen=True)
class Report:
    """What one check of one tree found. Two reports are equal where they say the same, however long each took."""

    schema: str
    """``sensortree-report/1``."""
    tool: Tool
    target: Target
    endpoint: str
    """The API call whose answer is predicted."""
    prediction: Prediction
    coverage: Coverage
    tree: Tree
    findings: tuple[Finding, ...]
    """Gravest first, in a fixed order."""
    fixable: int
    """How many of the findings have a repair, which `repair_plan` plans."""
    idle_settings: tuple[str, ...]
    """Settings that had no effect, in words."""
    timing: Timing = field(compare=False)
    request: Optional[str] = None
    """The document that is the request's body, where one was checked too."""
    baseline: Optional[Baseline] = None
    """What the baseline covers, where one was given. What it covers is none of the findings, and does not count for `ok`; the prediction
    takes no notice of it."""
    picture: Optional[str] = field(default=None, repr=False, compare=False)
    """How the frames lie on the time axis, as SVG, which a notebook shows; `None` where it was not asked for, or there is nothing to
    draw."""
    exit_code: int = 0
    """What ``sensortree check`` ends with: 0, 1 (findings at or above `fail_on`), 3 (incomplete) or 4 (nothing there to check)."""
    options: Mapping[str, Any] = field(default_factory=dict, repr=False, compare=False)
    """The target and the options that it was checked with."""
    raw: Mapping[str, Any] = field(default_factory=dict, repr=False, compare=False)
    """The report as it was read, with what this version of the module does not know."""

    @property
    def ok(self) -> bool:
        """Whether everything was read, and nothing found that is at or above `fail_on`: the exit code is 0."""
        return self.exit_code == 0

    @property
    def complete(self) -> bool:
        """Whether all that was to be read was read. A report that is not complete is never `ok`."""
        return self.coverage.complete

    @property
    def outcome(self) -> Union[Outcome, str]:
        """The predicted outcome: ``accepted``, ``scenes-at-risk``, ``rejected`` or ``unknown``."""
        return self.prediction.outcome

    @property
    def code(self) -> Optional[int]:
        """The predicted response code; `None` when the outcome is unknown."""
        return self.prediction.code

    @property
    def message(self) -> Optional[str]:
        """The predicted response message; `None` when the outcome is unknown."""
        return self.prediction.message

    def __repr__(self) -> str:
        answer = f"{self.outcome}" if self.code is None else f"{self.outcome} {self.code}"
        findings = f"{len(self.findings)} finding{'' if len(self.findings) == 1 else 's'}"
        return f"<Report of {self.target.uri!r}: {answer}, {findings}{'' if self.complete else ', incomplete'}>"

    def _repr_html_(self) -> str:
        """What a notebook shows of it: the verdict, how the frames lie, the findings with their first places, and how much was looked at."""
        return html_of(self)

    def to_pandas(self, of: Rows = "findings") -> Any:
        """A table as a `pandas.DataFrame`, where pandas is installed; this package does not ask for it.

        Args:
            of: ``findings`` for a row of each finding, gravest first; ``places`` for a row of each place that the report has as an
                example of one, with its `code` and `fingerprint`. `max_examples` of `check` says how many places are kept.

        Raises:
            PandasNotFound: pandas is not installed; it is an `ImportError`.
            ValueError: there is no such table.
        """
        return frame_of(self, of)

    def repair_plan(self, **options: Any) -> "Plan":
        """Plans the repairs of what was checked, with the options of the check and these: `fix` says which there are.

        What the check selected or ignored has no part in it: `select` and `ignore` here say what is mended.
        """
        # Not above: the plan is made of what is here.
        from ._fix import fix

        known = signature(fix).parameters
        kept = {name: value for name, value in self.options.items() if name in known and name not in ("select", "ignore")}
        return fix(**{**kept, **options})


def read_report(raw: Any, exit_code: int, options: Optional[Mapping[str, Any]] = None) -> Report:
    """The report of its JSON.

    Raises:
        ValueError: it is not of the format, or lacks a field that every report has.
    """
    schema = raw.get("schema") if isinstance(raw, dict) else None
    if schema != SCHEMA:
        raise ValueError(f"its format is {schema!r}, and this module reads {SCHEMA!r}")
    return read_record(Report, {**raw, "exitCode": exit_code, "options": options or {}, "raw": raw})


Record = TypeVar("Record")


def read_record(record: type[Record], raw: Mapping[str, Any]) -> Record:
    """A record of an object of JSON. What is absent has the field's default; what is unknown is passed over."""
    hints = _hints(record)
    values: dict[str, Any] = {}
    for each in fields(record):  # type: ignore[arg-type]
        key = key_of(each.name)
        if key in raw:
            values[each.name] = _value(hints[each.name], raw[key])
        elif each.default is MISSING and each.default_factory is MISSING:
            raise ValueError(f"a {record.__name__} lacks `{key}`")
    return record(**values)


def _hints(record: type) -> Mapping[str, Any]:
    """The types of a record's fields, asked for once."""
    if record not in HINTS:
        HINTS[record] = get_type_hints(record)
    return HINTS[record]


HINTS: dict[type, Mapping[str, Any]] = {}


def _value(hint: Any, raw: Any) -> Any:
    arguments = get_args(hint)
    if get_origin(hint) is Union:
        return None if raw is None else _value(arguments[0], raw)
    if isinstance(hint, type) and issubclass(hint, Word):
        try:
            return hint(raw)
        except ValueError:
            # A word that a later version of the program adds stays a string.
            return raw
    if get_origin(hint) is tuple:
        return tuple(_value(arguments[0], item) for item in raw)
    if isinstance(hint, type) and is_dataclass(hint):
        return read_record(hint, raw)
    return raw


def key_of(name: str) -> str:
    """A field's name in JSON: ``pathEncoded`` of ``path_encoded``, ``from`` of ``from_``."""
    return re.sub("_(.)", lambda match: match[1].upper(), name.rstrip("_"))
