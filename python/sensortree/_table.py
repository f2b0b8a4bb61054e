"""A report as tables: rows, and columns that are there also where no row is."""

import importlib
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal

from ._errors import PandasNotFound

if TYPE_CHECKING:
    from ._report import Report

Rows = Literal["findings", "places"]

#: The columns of each table, with the types that pandas keeps them in.
COLUMNS: Mapping[str, Mapping[str, str]] = {
    "findings": {
        "code": "object",
        "name": "object",
        "severity": "object",
        "effect": "object",
        "basis": "object",
        "message": "object",
        "help": "object",
        "count": "int64",
        "scene_count": "int64",
        "sensor": "object",
        "scene": "object",
        "fixable": "bool",
        "fingerprint": "object",
    },
    "places": {
        "code": "object",
        "severity": "object",
        "path": "object",
        "path_encoded": "bool",
        "present": "bool",
        "expected": "object",
        "expected_path": "object",
        "note": "object",
        "fingerprint": "object",
    },
}


def rows_of(report: "Report", of: str) -> Sequence[Mapping[str, Any]]:
    """The rows of a table.

    Raises:
        ValueError: there is no such table.
    """
    if of == "findings":
        return [
            {
                "code": finding.code,
                "name": finding.name,
                "severity": str(finding.severity),
                "effect": str(finding.effect),
                "basis": finding.basis,
                "message": finding.message,
                "help": finding.help,
                "count": finding.count,
                "scene_count": finding.scene_count,
                "sensor": finding.subject.sensor,
                "scene": finding.subject.scene,
                "fixable": bool(finding.repairs),
                "fingerprint": finding.fingerprint,
            }
            for finding in report.findings
        ]
    if of == "places":
        return [
            {
                "code": finding.code,
                "severity": str(finding.severity),
                "path": place.path,
                "path_encoded": place.path_encoded,
                "present": place.present,
                "expected": place.expected,
                "expected_path": place.expected_path,
                "note": place.note,
                "fingerprint": finding.fingerprint,
            }
            for finding in report.findings
            for place in finding.examples
        ]
    raise ValueError(f"there is no table of {of!r}: there are {' and '.join(map(repr, COLUMNS))}")


def frame_of(report: "Report", of: str) -> Any:
    """A table as a `pandas.DataFrame`."""
    rows = rows_of(report, of)
    try:
        pandas = importlib.import_module("pandas")
    except ModuleNotFoundError as error:
        if error.name != "pandas":
            raise
        raise PandasNotFound(
            "to_pandas needs pandas, which is not installed: `pip install pandas`; all that it gives is in `findings` without it",
            name="pandas",
        ) from error
    columns = COLUMNS[of]
    return pandas.DataFrame(rows, columns=list(columns)).astype(dict(columns))
