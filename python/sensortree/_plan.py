"""The plan ``sensortree-plan/1`` as typed objects, and carrying it out. A test holds every field against the plan's JSON Schema."""

import json
import os
import re
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Optional, Union

from ._errors import ProgramError, UsageError
from ._program import run
from ._progress import Told
from ._report import Repair, Target, Tool, bytes_of, read_record
from ._words import Outcome

SCHEMA = "sensortree-plan/1"


@dataclass(frozen=True)
class PathCounts:
    """So many files and folders. A folder that goes as a whole counts as one."""

    files: int
    folders: int


@dataclass(frozen=True)
class Counts:
    """How much a repair changes by itself."""

    renamed: PathCounts
    """What gets another name in the same folder."""
    moved: PathCounts
    """What goes to another folder."""
    removed: PathCounts
    """What is taken out of the tree."""
    edits: int
    """Changes of stretches of metadata.json."""


@dataclass(frozen=True)
class Cause:
    """A finding that is mended."""

    code: str
    """The rule's code."""
    name: str
    """The rule's name."""
    message: str
    """What is wrong, in one sentence."""
    applicability: str
    """``safe``, ``unsafe`` or ``choice``."""
    rests_on: str
    """What makes the repair right."""
    choice: int
    """Which of the repairs of the finding it is, from 1."""
    choices: int
    """How many repairs the finding has."""
    counts: Counts


@dataclass(frozen=True)
class Answer:
    """A predicted answer."""

    outcome: Union[Outcome, str]
    """``accepted``, ``scenes-at-risk``, ``rejected`` or ``unknown``."""
    code: Optional[int]
    """The response code; `None` when the outcome is unknown."""
    because: tuple[str, ...]
    """The codes of the rules that decide it, strongest first."""


@dataclass(frozen=True)
class Left:
    """A finding that will be left."""

    code: str
    """The rule's code."""
    name: str
    """The rule's name."""
    message: str
    """What is wrong, in one sentence."""
    why: str
    """Why: ``person``, ``deselected``, ``unsafe``, ``removes``, ``unsafe-and-removes``, ``choice`` or ``later``; a later version may
    know more."""
    help: Optional[str]
    """What would mend it."""
    notes: tuple[str, ...]
    """What else is worth knowing, a sentence each."""
    repairs: tuple[Repair, ...]
    """Its repairs, in the order in which `choose` counts them."""


@dataclass(frozen=True)
class SceneOutlook:
    """How many frames of a scene all sensors have."""

    scene: str
    before: Optional[int]
    """How many now; `None` where there is no such scene, or it is not known."""
    after: Optional[int]
    """How many afterwards."""
    scene_encoded: bool = False
    """`scene` is percent-encoded, since its bytes are not UTF-8."""


@dataclass(frozen=True)
class Outlook:
    """What the dataset will be once the plan is carried out."""

    before: Answer
    """The answer that is predicted now."""
    after: Answer
    """The answer that will be predicted."""
    left: tuple[Left, ...]
    """The findings that will be left, gravest first."""
    complete_before: Optional[int]
    """How many frames all sensors have, over all scenes; `None` where that is not known."""
    complete_after: Optional[int]
    """How many they will have."""
    scenes: tuple[SceneOutlook, ...]
    """The same by scene, where it changes."""


@dataclass(frozen=True)
class Edit:
    """A change of a stretch of metadata.json."""

    start: int
    """Where the stretch begins, in bytes."""
    end: int
    """Where it ends."""
    before: str
    """What stands there."""
    text: str
    """What stands there afterwards."""
    before_encoded: bool = False
    """`before` is percent-encoded, since its bytes are not UTF-8."""
    text_encoded: bool = False
    """`text` is percent-encoded, since its bytes are not UTF-8."""


@dataclass(frozen=True)
class Metadata:
    """The changes of metadata.json."""

    path: str
    """Where it stands."""
    hash: str
    """Identifies its text."""
    causes: tuple[int, ...]
    """The causes, by their position."""
    edits: tuple[Edit, ...]
    """The changes, by their place."""


@dataclass(frozen=True)
class Change:
    """A change of one path."""

    from_: str
    """The path before; a folder's ends in `/`, and stands for all that is in it."""
    to: Optional[str]
    """The path afterwards; `None` where it is taken out of the tree."""
    causes: tuple[int, ...]
    """The causes, by their position."""
    from_encoded: bool = False
    """`from_` is percent-encoded, since its bytes are not UTF-8."""
    to_encoded: bool = False
    """`to` is percent-encoded, since its bytes are not UTF-8."""

    @property
    def from_bytes(self) -> bytes:
        """The path before, as it was listed."""
        return bytes_of(self.from_, self.from_encoded)

    @property
    def to_bytes(self) -> Optional[bytes]:
        """The path afterwards."""
        return None if self.to is None else bytes_of(self.to, self.to_encoded)


@dataclass(frozen=True)
class Disagreement:
    """Where the nearest stamps and a sensor's fitted clock give frames other partners."""

    frames: int
    """Of how many frames of the sensor."""
    scene: str
    """The scene of the first of them."""
    frame: str
    """The file name of the first of them."""
    by_offset: Optional[str]
    """The file name of its partner by the fitted clock; `None` without one."""
    by_nearest: Optional[str]
    """The file name of its partner by the nearest stamp; `None` without one."""
    scene_encoded: bool = False
    """`scene` is percent-encoded, since its bytes are not UTF-8."""
    frame_encoded: bool = False
    """`frame` is percent-encoded, since its bytes are not UTF-8."""
    by_offset_encoded: bool = False
    """`by_offset` is percent-encoded, since its bytes are not UTF-8."""
    by_nearest_encoded: bool = False
    """`by_nearest` is percent-encoded, since its bytes are not UTF-8."""


@dataclass(frozen=True)
class SensorPairing:
    """How the frames of one sensor are paired, over all scenes in which they are. Lengths are in `unit`, and `None` where nothing tells
    them."""

    sensor: str
    """The sensor's folder."""
    reference: str
    """The folder of the sensor that it is paired with; its own, where its stems are given one by one."""
    scenes: int
    """In how many scenes."""
    frames: int
    """The sensor's frames."""
    pairs: int
    """How many of them pair."""
    without_partner: int
    """How many have no partner."""
    reference_without_partner: int
    """How many frames of the reference have none."""
    far: int
    """How many of the pairs move a frame by more than half a step beyond its sensor's clock: they are left out unless `moves_far`."""
    unit: str
    """``ns``, or ``step`` of the numbers in names where those are no times."""
    offset: Optional[int]
    """How far the clock runs ahead of the reference's, as it was fitted, in the middle of all scenes; behind it, where that is below
    zero."""
    residual_median: Optional[int]
    """How far the frames of a pair lie apart, once the clock as this way takes it is set right: the median, in the middle of all
    scenes."""
    residual_p95: Optional[int]
    """What 95 of 100 pairs do not exceed, in the worst scene."""
    disagreement: Optional[Disagreement]
    """Where the nearest stamps and the fitted clock give other pairs; `None` where they do not."""
    sensor_encoded: bool = False
    """`sensor` is percent-encoded, since its bytes are not UTF-8."""
    reference_encoded: bool = False
    """`reference` is percent-encoded, since its bytes are not UTF-8."""


@dataclass(frozen=True)
class Unpaired:
    """A sensor of a scene of which no pairs are known."""

    sensor: str
    """The sensor's folder."""
    scene: str
    """The scene."""
    why: str
    """Why, in a few words."""
    sensor_encoded: bool = False
    """`sensor` is percent-encoded, since its bytes are not UTF-8."""
    scene_encoded: bool = False
    """`scene` is percent-encoded, since its bytes are not UTF-8."""


@dataclass(frozen=True)
class Pairing:
    """How the frames of sensors are paired, where a way was chosen."""

    by: str
    """The way: ``offset``, ``nearest``, ``order`` or ``table``."""
    moves_far: bool
    """Whether frames are moved by more than half a step beyond their sensor's clock, too."""
    sensors: tuple[SensorPairing, ...]
    """The sensors that do not have the very frames of what they are paired with."""
    refused: tuple[Unpaired, ...]
    """Sensors of scenes of which no pairs are known. Their frames stay as they are."""


@dataclass(frozen=True)
class Plan:
    """What is to be done to one tree, and what it comes to. Nothing was touched yet."""

    schema: str
    """``sensortree-plan/1``."""
    tool: Tool
    target: Target
    fingerprint: str
    """Identifies the tree that the plan is made for. It is carried out on no other."""
    causes: tuple[Cause, ...]
    """The findings that are mended, gravest first."""
    outlook: Outlook
    """What the dataset will be afterwards."""
    changes: tuple[Change, ...]
    """The changes of paths. All of them happen at once."""
    metadata: Optional[Metadata] = None
    """The changes of metadata.json, where there are any."""
    pairing: Optional[Pairing] = None
    """How the frames of sensors are paired, where `pair` or `times` asked for it."""
    flags: tuple[str, ...] = field(default=(), repr=False, compare=False)
    """The flags by which the target is found and looked at again."""
    environment: Mapping[str, str] = field(default_factory=dict, repr=False, compare=False)
    """Variables that the program gets beside those of this process."""
    raw: Mapping[str, Any] = field(default_factory=dict, repr=False, compare=False)
    """The plan as it was read: `json.dump` of it is a file for ``sensortree apply``."""

    def __repr__(self) -> str:
        before, after = (
            str(answer.outcome) if answer.code is None else f"{answer.outcome} {answer.code}"
            for answer in (self.outlook.before, self.outlook.after)
        )
        counts = f"{len(self.causes)} mended, {len(self.outlook.left)} left"
        return f"<Plan for {self.target.uri!r}: {counts}, {before} -> {after}>"

    @property
    def empty(self) -> bool:
        """Whether nothing is changed by it."""
        return not self.changes and self.metadata is None

    def apply(self, *, no_trash: bool = False, progress: Optional[Told] = None) -> Optional[str]:
        """Carries the plan out, as it stands here.

        Args:
            no_trash: delete what is taken out of the tree, in place of keeping it in ``.sensortree`` beside it.
            progress: is called with a `Progress` while the target is listed, while the steps of the plan are carried out, and while the
                target is listed once more: when each of these begins, at most ten times a second, and at its end. It is called in
                the thread that called `apply`. What it raises ends the run, as Ctrl-C does: what was done until then is taken back
                where it can be, and else by ``sensortree undo``.

        Returns:
            The name of the run, by which ``sensortree undo`` takes it back; `None` where there was nothing to do.

        Raises:
            UsageError: the tree is not as it was when the plan was made, or the plan cannot be carried out.
            SensortreeNotFound: the program is not installed.
            ProgramError: the program ended otherwise than it should.
        """
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "plan.json")
            with open(path, "w", encoding="utf-8") as file:
                json.dump(self.raw, file)
            shown = "--no-progress" if progress is None else "--progress-lines"
            arguments = ["--color=never", "apply", "--yes", shown, *self.flags]
            if no_trash:
                arguments.append("--no-trash")
            outcome = run([*arguments, "--", path], None, self.environment, progress)
        said = outcome.errors.decode("utf-8", "replace").strip().removeprefix("error: ")
        if outcome.exit_code == 2:
            raise UsageError(said, outcome.exit_code)
        if outcome.exit_code != 0:
            raise ProgramError(said or f"sensortree ended with {outcome.exit_code}", outcome.exit_code)
        named = re.match(rb"run (\S+): ", outcome.output)
        return named[1].decode() if named else None


def read_plan(raw: Any, flags: tuple[str, ...], environment: Mapping[str, str]) -> Plan:
    """The plan of its JSON.

    Raises:
        ValueError: it is not of the format, or lacks a field that every plan has.
    """
    schema = raw.get("schema") if isinstance(raw, dict) else None
    if schema != SCHEMA:
        raise ValueError(f"its format is {schema!r}, and this module reads {SCHEMA!r}")
    return read_record(Plan, {**raw, "flags": flags, "environment": environment, "raw": raw})
