"""Plans of repairs, by the real program."""

import dataclasses
import inspect
import json
import pickle
import re
import shutil
import subprocess
from pathlib import Path

import pytest

import sensortree
from sensortree import _options, _report

SCHEMA = json.loads(Path(__file__).parents[2].joinpath("schema", "sensortree-plan-1.schema.json").read_text("utf-8"))

#: The records that have another name than in the schema, where that is too general.
NAMES = {"Paths": "PathCounts", "Scene": "SceneOutlook"}

#: What the module adds to a plan.
ADDED = {"environment", "flags", "raw"}


@pytest.fixture
def drive(example: Path, tmp_path: Path) -> Path:
    """A copy of the example, which may be changed."""
    return Path(shutil.copytree(example, tmp_path / "drive"))


@pytest.mark.parametrize("name", ["Plan", *sorted(SCHEMA["$defs"])])
def test_the_fields_are_those_of_the_schema(name: str) -> None:
    schema = SCHEMA if name == "Plan" else SCHEMA["$defs"][name]
    record = getattr(sensortree, NAMES.get(name, name))
    fields = {_report.key_of(field.name): field for field in dataclasses.fields(record)}
    for added in ADDED:
        fields.pop(added, None)
    assert set(fields) == set(schema["properties"])


def test_the_options_are_those_of_the_program() -> None:
    command = [sensortree.find_program(), "fix", "--help"]
    shown = subprocess.run(command, check=True, capture_output=True, encoding="utf-8").stdout
    flags = set(re.findall(r"^ {2,6}(?:-\w, )?(--[a-z-]+)", shown, re.MULTILINE))
    options = set(inspect.signature(sensortree.fix).parameters) - {"target", "environment", "progress"}
    left_out = {*_options.LEFT_OUT, *_options.FIX_LEFT_OUT}
    assert {_options.flag_of(option) for option in options} == flags - left_out


def test_what_is_not_complete_is_dropped(drive: Path) -> None:
    plan = sensortree.fix(drive, drop_incomplete=True, pair="offset")
    assert plan.outlook.after.code == 200
    assert plan.pairing is not None and plan.pairing.by == "offset" and plan.pairing.refused == ()
    front = {each.sensor: each for each in plan.pairing.sensors}["camera-front"]
    assert (front.frames, front.pairs, front.without_partner, front.far) == (20, 20, 0, 0)
    assert (front.unit, front.offset) == ("ns", 8 * 3600 * 10**9)
    assert front.residual_median is not None and front.residual_p95 is not None
    # Eight hours away no stamp is the nearest one.
    assert front.disagreement is not None
    assert front.disagreement.by_offset is not None and front.disagreement.by_nearest is None
    plan.apply()
    assert sensortree.check(drive).ok


def test_how_frames_are_paired_is_said_where_it_was_chosen(drive: Path) -> None:
    assert sensortree.fix(drive).pairing is None
    plan = sensortree.fix(drive, pair="nearest")
    assert plan.pairing is not None and plan.pairing.by == "nearest"
    assert pickle.loads(pickle.dumps(plan)) == plan
    assert "camera-front" in [each.sensor for each in plan.pairing.refused]


def test_a_plan_is_made_and_carried_out(drive: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    before = sorted(drive.rglob("*"))
    plan = sensortree.fix("drive")
    assert sorted(drive.rglob("*")) == before
    assert [cause.code for cause in plan.causes][0] == "L103"
    assert plan.causes[0].counts.renamed == sensortree.PathCounts(files=0, folders=1)
    assert plan.changes[0].from_ == "Cam_left/" and plan.changes[0].to == "camera-left/"
    assert plan.changes[0].from_bytes == b"Cam_left/" and plan.changes[0].causes == (0,)
    assert not plan.empty and plan.outlook.before.code == 5710
    assert pickle.loads(pickle.dumps(plan)) == plan

    # The plan is for the dataset wherever it is carried out from.
    monkeypatch.chdir("/")
    run = plan.apply()
    assert run is not None and re.fullmatch(r"\d{8}-\d{6}-\d+", run)
    assert (drive / "camera-left").is_dir() and not (drive / "Cam_left").exists()
    assert len(sensortree.check(drive).findings) == len(plan.outlook.left)
    with pytest.raises(sensortree.UsageError, match="is not as it was"):
        plan.apply()
    subprocess.run([sensortree.find_program(), "undo", str(drive)], check=True, capture_output=True)
    assert sorted(drive.rglob("*")) == before


def test_progress_is_told_while_a_plan_is_carried_out(drive: Path) -> None:
    seen: list[sensortree.Progress] = []
    assert sensortree.fix(drive).apply(progress=seen.append) is not None
    assert (drive / "camera-left").is_dir()
    steps = [(progress.steps, progress.planned_steps) for progress in seen if progress.steps is not None]
    planned = steps[0][1]
    assert planned is not None and steps == sorted(steps) and steps[-1] == (planned, planned)
    # Before and after, the target is listed.
    assert seen[0].steps is None and seen[0].entries > 0
    assert seen[-1].steps is None and seen[-1].entries > 0


def test_what_is_raised_while_a_plan_is_carried_out_ends_that(drive: Path) -> None:
    before = sorted(drive.rglob("*"))

    def told(progress: sensortree.Progress) -> None:
        if progress.steps is not None:
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        sensortree.fix(drive).apply(progress=told)
    # It is taken back; or all was done already when the program was told to end.
    is_done = (drive / "camera-left").is_dir()
    if is_done:
        assert not (drive / "Cam_left").exists()
        subprocess.run([sensortree.find_program(), "undo", str(drive)], check=True, capture_output=True)
    assert sorted(drive.rglob("*")) == before


def test_a_report_has_a_plan(drive: Path) -> None:
    report = sensortree.check(drive, content="none", select=["L"])
    assert report.fixable == 1
    # What was selected to be checked is not what is mended.
    assert report.repair_plan() == sensortree.fix(drive, content="none")
    assert [cause.code for cause in report.repair_plan(select="L103").causes] == ["L103"]


def test_what_needs_a_word_gets_none_unless_it_is_said(clean: Path) -> None:
    (clean / "lidar-top" / "scene_0001" / "Thumbs.db").write_bytes(b"x")
    plan = sensortree.fix(clean, content="none")
    assert plan.empty and plan.apply() is None
    assert "removes" in [left.why for left in plan.outlook.left]
    plan = sensortree.fix(clean, content="none", remove=True)
    assert [change.to for change in plan.changes] == [None]
    with pytest.raises(sensortree.UsageError, match="no finding of A204"):
        sensortree.fix(clean, choose={"A204": 1})
    with pytest.raises(sensortree.UsageError, match="there is no folder"):
        sensortree.fix(clean / "absent")
