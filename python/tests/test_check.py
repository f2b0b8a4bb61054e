"""Checks of datasets, by the real program."""

import json
import os
import pickle
import re
import sys
from datetime import timedelta
from pathlib import Path

import pytest

import sensortree


def test_the_readme_shows_what_its_code_prints(capsys: pytest.CaptureFixture[str]) -> None:
    shown = re.search(r"```python\n(.*?)```", Path("README.md").read_text("utf-8"), re.DOTALL)
    assert shown is not None
    exec(compile(shown[1], "README.md", "exec"), {})
    printed = capsys.readouterr().out.splitlines()
    # What a line prints first stands beside it.
    beside = re.findall(r"print\(.*\)\s+# (.+)", shown[1])
    assert len(beside) == 2
    assert printed[: len(beside)] == beside


def test_an_example_with_faults(example: Path) -> None:
    report = sensortree.check(example)

    assert (report.outcome, report.code, report.ok, report.exit_code) == ("rejected", 5710, False, 1)
    assert report.message == "File tree misalignment, refer to API doc for correction"
    assert [finding.code for finding in report.findings] == ["L103", "M108", "A202", "A204"]
    first = report.findings[0]
    assert first.examples[0] == sensortree.Example(
        path="Cam_left/",
        present=True,
        note=first.examples[0].note,
        expected="camera-left/",
        expected_path="camera-left/",
    )
    in_metadata = report.findings[1].location
    assert in_metadata is not None and (in_metadata.document, in_metadata.line) == ("metadata.json", 6)
    assert [sensor.folder for sensor in report.tree.sensors] == ["Cam_left", "camera-front", "lidar-top"]
    assert report.tree.cadence is not None and report.tree.cadence.nanoseconds == 100_000_000
    assert report.complete and report.coverage.files == 59
    assert report.timing.list_seconds >= 0


def test_a_report_says_the_same_each_time(example: Path) -> None:
    first, second = sensortree.check(example), sensortree.check(str(example))
    assert first == second
    assert hash(first) == hash(second)
    assert first.raw["findings"] == second.raw["findings"]
    assert pickle.loads(pickle.dumps(first)) == first


def test_options_reach_the_program(example: Path) -> None:
    def codes(**options: object) -> list[str]:
        return [finding.code for finding in sensortree.check(example, **options).findings]  # type: ignore[arg-type]

    assert codes(select="L") == ["L103"]
    assert codes(select=["L", "M108"]) == ["L103", "M108"]
    assert codes(ignore=["L103", "A"]) == ["M108"]
    assert codes(severity={"A204": "error"}, select=["A"])[0] == "A204"
    assert sensortree.check(example, fail_on="never").ok
    assert sensortree.check(example, endpoint="import").endpoint == "import"
    assert sensortree.check(example, content="none").coverage.probed == 0
    assert sensortree.check(example, sample=2).coverage.sample == 2
    assert len(sensortree.check(example, max_examples=1).findings[3].examples) == 1
    with pytest.raises(sensortree.UsageError, match="8 parsecs"):
        sensortree.check(example, tolerance="8 parsecs")
    assert codes(tolerance=timedelta(milliseconds=2)) == codes(tolerance="2ms") != codes()


def test_a_configuration_counts_unless_isolated(example: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("sensortree.toml").write_text('select = ["M108"]')
    Path("other.toml").write_text('select = ["L103"]')
    assert [finding.code for finding in sensortree.check(example).findings] == ["M108"]
    assert [finding.code for finding in sensortree.check(example, config=Path("other.toml")).findings] == ["L103"]
    assert len(sensortree.check(example, isolated=True).findings) == 4


def test_a_baseline_written_and_counted(example: Path, tmp_path: Path) -> None:
    file = tmp_path / "known.json"
    written = sensortree.check(example, write_baseline=file)
    report = sensortree.check(example, baseline=file)
    assert report.ok and report.findings == () and report.outcome == "rejected"
    assert report.baseline is not None and report.baseline.stale == ()
    assert [known.code for known in report.baseline.suppressed] == ["L103", "M108", "A202", "A204"]
    assert written.ok


def test_a_target_that_is_missing(tmp_path: Path) -> None:
    with pytest.raises(sensortree.UsageError, match="no-such-folder") as raised:
        sensortree.check(tmp_path / "no-such-folder")
    assert raised.value.exit_code == 2
    assert "\x1b" not in str(raised.value)
    again = pickle.loads(pickle.dumps(raised.value))
    assert (str(again), again.exit_code) == (str(raised.value), 2)


def test_names_that_look_like_flags_or_streams_are_names(clean: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(clean.parent)
    for name in ["--version", "-"]:
        clean.rename(name)
        assert sensortree.check(name).tree.frames == 6
        Path(name).rename(clean)


def test_an_empty_target(tmp_path: Path) -> None:
    report = sensortree.check(tmp_path)
    assert (report.exit_code, report.ok) == (4, False)
    assert sensortree.check(tmp_path, allow_empty=True).ok


def test_a_listing_saved_and_checked(example: Path, tmp_path: Path) -> None:
    saved = tmp_path / "listing.gz"
    report = sensortree.check(example, save_listing=saved)
    again = sensortree.check(listing=saved)
    assert again.findings == report.findings
    assert again.prediction == report.prediction


def test_a_request_as_a_file_and_as_an_object(tmp_path: Path) -> None:
    body = json.loads(Path("examples/request.json").read_text("utf-8"))
    body["fileTreeType"] = 0
    file = tmp_path / "request.json"
    file.write_text(json.dumps(body))
    for request in (file, body):
        report = sensortree.check(request=request, no_list=True)
        assert [finding.code for finding in report.findings] == ["R103"]
        assert report.target.kind == "request"


@pytest.mark.skipif(sys.platform != "linux", reason="other systems refuse names that are not UTF-8")
def test_a_name_that_is_not_utf_8(clean: Path) -> None:
    folder = os.fsencode(clean) + b"/camera-\xff%41"
    os.mkdir(folder)
    report = sensortree.check(clean)
    places = [place for finding in report.findings for place in finding.examples if place.path_encoded]
    assert b"camera-\xff%41/" in [place.path_bytes for place in places]
    for place in places:
        place.path.encode("ascii")
    for sensor in report.tree.sensors:
        assert sensor.folder_encoded == ("%FF" in sensor.folder.upper())


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root can read everything")
def test_a_folder_that_cannot_be_read(clean: Path) -> None:
    scene = clean / "lidar-top" / "scene_0001"
    scene.chmod(0)
    try:
        report = sensortree.check(clean)
    finally:
        scene.chmod(0o755)
    assert (report.exit_code, report.complete, report.ok) == (3, False, False)
    assert report.outcome != "accepted"
    assert report.coverage.unread[0].path == "lidar-top/scene_0001"


def test_a_cut_listing_is_incomplete(example: Path, tmp_path: Path) -> None:
    saved = tmp_path / "listing"
    sensortree.check(example, save_listing=saved)
    saved.write_bytes(saved.read_bytes()[:-40])
    report = sensortree.check(listing=saved)
    assert (report.exit_code, report.complete, report.ok) == (3, False, False)
    assert report.outcome != "accepted"
    assert report.coverage.unread[0].reason
