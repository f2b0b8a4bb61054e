"""How far a run is, as the program says it while it runs."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Optional


@dataclass(frozen=True)
class Progress:
    """What was done so far. No count goes back from one to the next, but where a plan is carried out: its target is listed first, then its
    steps are done, then the target is listed once more, and each of these begins anew."""

    entries: int
    """Entries listed, folders included."""
    parts: Optional[int] = None
    """Parts of a large prefix listed; `None` where the target is not listed in parts."""
    known_parts: Optional[int] = None
    """Of how many that are known; more may become known."""
    frames: Optional[int] = None
    """Frames looked into; `None` before, and where that is done while listing."""
    wanted_frames: Optional[int] = None
    """Of how many that are to be."""
    steps: Optional[int] = None
    """Steps of a plan carried out; `None` while a target is listed."""
    planned_steps: Optional[int] = None
    """Of how many that the plan has."""


#: Who is told. What it raises ends the run.
Told = Callable[[Progress], object]

#: What a line of standard error begins with that says it; no warning does.
MARK = b'{"progress":'


def progress_of(line: bytes) -> Optional[Progress]:
    """What a line of standard error says of it; `None` where it is about something else."""
    if not line.startswith(MARK):
        return None
    try:
        said = json.loads(line)["progress"]
        parts, known_parts = said.get("parts", (None, None))
        frames, wanted_frames = said.get("frames", (None, None))
        steps, planned_steps = said.get("steps", (None, None))
        return Progress(said["entries"], parts, known_parts, frames, wanted_frames, steps, planned_steps)
    except (AttributeError, KeyError, TypeError, ValueError):
        return None
