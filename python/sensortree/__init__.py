"""Checks a multi-sensor dataset tree before it is uploaded, and predicts the annotation platform's answer.

    import sensortree

    report = sensortree.check("drives/0423")
    print(report.outcome, report.code, report.message)
    for finding in report.findings:
        print(finding.code, finding.message)

This module drives the program ``sensortree``, which the same package installs, and reads the JSON report of it. So there is one
report for scripts of every kind, one wheel for every Python, and nothing that happens to the program happens to the interpreter.
"""

from ._check import Basis, Content, Endpoint, FailOn, Links, check
from ._errors import (
    PandasNotFound,
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
from ._progress import Progress
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
from ._words import Effect, Outcome, Severity

#: The version of the package, and of the program in it.
__version__: str


def __getattr__(name: str) -> str:
    # Asked for when it is wanted: it is read from the installed package's description.
    if name == "__version__":
        from importlib.metadata import PackageNotFoundError, version

        try:
            return version(__name__)
        except PackageNotFoundError as error:
            raise AttributeError(f"module {__name__!r} is not installed, and has no version") from error
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


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
    "Effect",
    "Endpoint",
    "Example",
    "FailOn",
    "Figure",
    "Finding",
    "Left",
    "Links",
    "Location",
    "Metadata",
    "Outcome",
    "Outlook",
    "Pairing",
    "PandasNotFound",
    "Path",
    "PathCounts",
    "Plan",
    "Prediction",
    "ProgramError",
    "Progress",
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
