"""The typed report is the report of the schema."""

import copy
import dataclasses
import json
from pathlib import Path
from typing import Any

import pytest

import sensortree
from sensortree import _report

SCHEMA = json.loads(Path(__file__).parents[2].joinpath("schema", "sensortree-report-1.schema.json").read_text("utf-8"))
DEFINITIONS = {**SCHEMA["$defs"], "Report": SCHEMA}

#: What the module adds to the report.
ADDED = {"exitCode", "options", "raw"}


@pytest.mark.parametrize("name", sorted(DEFINITIONS))
def test_the_fields_are_those_of_the_schema(name: str) -> None:
    schema = DEFINITIONS[name]
    fields = {_report.key_of(field.name): field for field in dataclasses.fields(getattr(sensortree, name))}
    for added in ADDED:
        fields.pop(added, None)
    assert set(fields) == set(schema["properties"])
    needed = {
        key
        for key, field in fields.items()
        if field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING
    }
    assert needed == set(schema.get("required", []))


@pytest.fixture
def raw(example: Path) -> dict[str, Any]:
    report = sensortree.check(example)
    return copy.deepcopy(dict(report.raw))


def test_all_of_the_report_is_there(raw: dict[str, Any]) -> None:
    def as_json(value: Any) -> Any:
        if isinstance(value, (list, tuple)):
            return [as_json(item) for item in value]
        if isinstance(value, dict):
            return {_report.key_of(key): as_json(item) for key, item in value.items() if key not in ("raw", "exit_code")}
        return value

    def is_within(part: Any, whole: Any) -> bool:
        """Whether all that the program wrote is there; what it left out has a default."""
        if isinstance(part, dict):
            return isinstance(whole, dict) and all(is_within(value, whole.get(key)) for key, value in part.items())
        if isinstance(part, list):
            return isinstance(whole, list) and len(part) == len(whole) and all(map(is_within, part, whole))
        return bool(part == whole)

    assert is_within(raw, as_json(dataclasses.asdict(_report.read_report(raw, 1))))


def test_what_a_later_version_adds_is_passed_over(raw: dict[str, Any]) -> None:
    expected = _report.read_report(copy.deepcopy(raw), 1)
    raw["weather"] = {"rain": True}
    raw["findings"][0]["weight"] = 3
    raw["tree"]["sensors"][0]["maker"] = "unknown"
    raw["prediction"]["outcome"] = expected.outcome
    report = _report.read_report(raw, 1)
    assert report == expected
    assert report.raw["weather"] == {"rain": True}


@pytest.mark.parametrize("damaged", [None, [], {}, {"schema": "sensortree-report/2"}, {"schema": "sensortree-report/1"}])
def test_what_is_no_report_is_refused(damaged: Any) -> None:
    with pytest.raises(ValueError):
        _report.read_report(damaged, 0)


def test_names_are_given_as_listed() -> None:
    assert sensortree.Path("a%FF%25", True).path_bytes == b"a\xff%"
    assert sensortree.Path("a%FF", False).path_bytes == b"a%FF"
    assert sensortree.Unread("é", "why").path_bytes == "é".encode()


def test_reports_do_not_change(raw: dict[str, Any]) -> None:
    report = _report.read_report(raw, 1)
    with pytest.raises(dataclasses.FrozenInstanceError):
        report.endpoint = "import"  # type: ignore[misc]
