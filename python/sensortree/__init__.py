"""Checks a multi-sensor dataset tree before it is uploaded, and predicts the annotation platform's answer.

    import sensortree

    report = sensortree.check("drives/0423")
    print(report.outcome, report.code, report.message)
    for finding in report.findings:
        print(finding.code, finding.message)

This module drives the program ``sensortree``, which the same package installs, and reads the JSON report of it. So there is one
report for scripts of every kind, one wheel for every Python, and nothing that happens to the program happens to the interpreter.
"""

from ._check import Basis, Content, Endpoint, FailOn, Links, Severity, check
from ._errors import (
    ProgramError,
    SensortreeError,
    SensortreeNotFound,
    TargetUnreadable,
    UsageError,
)
from ._fix import fix
from ._options import StrPath
from ._plan import (
    Answer,
    Cause,
    Change,
    Counts,
    Disagreement,
    Edit,
    Left,
    Metadata,
    Outlook,
    Pairing,
    PathCounts,
    Plan,
    SceneOutlook,
    SensorPairing,
    Unpaired,
)
from ._program import find_program
from ._report import (
    Baseline,
    Cadence,
    Coverage,
    Example,
    Figure,
    Repair,
    Finding,
    Location,
    Path,
    Prediction,
    Report,
    Scenes,
    Sensor,
    Stale,
    Subject,
    Suppressed,
    Target,
    Timing,
    Tool,
    Tree,
    Unread,
    WithoutIgnores,
)

__all__ = [
    "Answer",
    "Baseline",
    "Basis",
    "Cadence",
    "Cause",
    "Change",
    "Content",
    "Counts",
    "Coverage",
    "Disagreement",
    "Edit",
    "Endpoint",
    "Example",
    "FailOn",
    "Figure",
    "Finding",
    "Left",
    "Links",
    "Location",
    "Metadata",
    "Outlook",
    "Pairing",
    "Path",
    "PathCounts",
    "Plan",
    "Prediction",
    "ProgramError",
    "Repair",
    "Report",
    "SceneOutlook",
    "Scenes",
    "Sensor",
    "SensorPairing",
    "SensortreeError",
    "SensortreeNotFound",
    "Severity",
    "Stale",
    "StrPath",
    "Subject",
    "Suppressed",
    "Target",
    "TargetUnreadable",
    "Timing",
    "Tool",
    "Tree",
    "Unpaired",
    "Unread",
    "UsageError",
    "WithoutIgnores",
    "check",
    "find_program",
    "fix",
]
