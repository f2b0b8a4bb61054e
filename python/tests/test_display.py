"""What is seen of reports: as text, in notebooks, as tables; and their words."""

import dataclasses
import importlib.metadata
import json
import pickle
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, Optional

import pytest

import sensortree
from sensortree import _html, _picture, _report

SCHEMA = json.loads(Path(__file__).parents[2].joinpath("schema", "sensortree-report-1.schema.json").read_text("utf-8"))

#: A name that would be markup, an attribute's end, a formula, and text that turns about.
HOSTILE = "<script>alert(1)</script>\" onload='x' &lt; $\\href{javascript:alert(1)}{x}$ \u202e\x1b[31m\n\ud800"


class Elements(HTMLParser):
    """The elements of a piece of HTML, and its text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, list[tuple[str, Optional[str]]]]] = []
        self.open: list[str] = []
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, Optional[str]]]) -> None:
        self.tags.append((tag, attrs))
        if tag != "br":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.fixture
def report(example: Path) -> sensortree.Report:
    return sensortree.check(example, picture=True)


def hostile(report: sensortree.Report) -> sensortree.Report:
    """The report, with every text in it another one."""

    def replaced(value: Any) -> Any:
        if isinstance(value, str):
            return HOSTILE
        if isinstance(value, list):
            return [replaced(item) for item in value]
        if isinstance(value, dict):
            return {key: replaced(item) for key, item in value.items()}
        return value

    raw = {**replaced(dict(report.raw)), "schema": report.schema}
    raw["coverage"] = {**raw["coverage"], "complete": False, "unread": [{"path": HOSTILE, "reason": HOSTILE}] * 5}
    return _report.read_report(raw, 3)


def test_the_version_is_that_of_the_package_and_the_program(report: sensortree.Report) -> None:
    assert sensortree.__version__ == importlib.metadata.version("sensortree") == report.tool.version
    with pytest.raises(AttributeError, match="no_such_name"):
        sensortree.no_such_name


def test_no_version_where_nothing_is_installed(tmp_path: Path) -> None:
    sources = Path(sensortree.__file__).parent
    (tmp_path / "sensortree").symlink_to(sources, target_is_directory=True)
    script = f"import sys; sys.path.insert(0, {str(tmp_path)!r}); import sensortree; print(hasattr(sensortree, '__version__'))"
    ran = subprocess.run([sys.executable, "-I", "-S", "-c", script], check=True, capture_output=True, encoding="utf-8")
    assert ran.stdout == "False\n"


@pytest.mark.parametrize(
    ("words", "listed"),
    [
        (sensortree.Outcome, SCHEMA["$defs"]["Prediction"]["properties"]["outcome"]),
        (sensortree.Severity, SCHEMA["$defs"]["Finding"]["properties"]["severity"]),
        (sensortree.Effect, SCHEMA["$defs"]["Finding"]["properties"]["effect"]),
    ],
)
def test_the_words_are_those_of_the_schema(words: Any, listed: Any) -> None:
    assert [word.value for word in words] == listed["enum"]


def test_a_word_is_its_string(report: sensortree.Report) -> None:
    assert report.outcome is sensortree.Outcome.REJECTED
    assert report.findings[0].severity is sensortree.Severity.ERROR
    assert report.findings[0].effect is sensortree.Effect.REJECTED_5710
    for word in [*sensortree.Outcome, *sensortree.Severity, *sensortree.Effect]:
        text: str = word.value
        assert word == text and text == word and hash(word) == hash(text)
        assert {text: 1}[word] == 1 and word in [text]
        assert str(word) == text == f"{word}" and repr(word) == repr(text) and f"{word:>20}" == f"{text:>20}"
        assert json.dumps({word: word}) == json.dumps({text: text})
        assert pickle.loads(pickle.dumps(word)) is word


def test_a_word_is_taken_where_its_string_is(example: Path) -> None:
    raised = sensortree.check(example, severity={"A204": sensortree.Severity.ERROR}, select=["A"])
    assert raised.findings == sensortree.check(example, severity={"A204": "error"}, select=["A"]).findings
    assert raised.findings[0].code == "A204"


def test_a_word_of_a_later_version_stays_a_string(report: sensortree.Report) -> None:
    raw = json.loads(json.dumps(dict(report.raw)))
    raw["findings"][0]["effect"] = "5999"
    effect = _report.read_report(raw, 1).findings[0].effect
    assert effect == "5999" and not isinstance(effect, sensortree.Effect)


def test_what_is_printed_is_short(report: sensortree.Report, example: Path) -> None:
    assert repr(report) == f"<Report of {report.target.uri!r}: rejected 5710, 4 findings>"
    first = report.findings[0]
    assert repr(first) == f"<Finding L103 error: {first.message!r}, count 1>"
    plan = sensortree.fix(example)
    assert repr(plan) == f"<Plan for {plan.target.uri!r}: 3 mended, 1 left, rejected 5710 -> scenes-at-risk 200>"
    # A report's words are the program's own; its names are anybody's.
    names = dataclasses.replace(hostile(report), prediction=report.prediction)
    finding = dataclasses.replace(names.findings[0], code=first.code, severity=first.severity)
    for shown in (repr(names), repr(finding)):
        assert shown.isprintable()


def test_a_notebook_shows_a_table(report: sensortree.Report) -> None:
    shown = Elements(report._repr_html_())
    assert shown.open == []
    assert [tag for tag, _ in shown.tags].count("tr") == 1 + len(report.findings)
    assert report.message is not None
    for text in ["rejected 5710", report.message, "59 files", "all was read", "20 in all", "metadata.json:6:"]:
        assert text in shown.text
    for finding in report.findings:
        assert finding.code in shown.text and finding.message in shown.text
    assert "Cam_left/ \u2192 camera-left/" in shown.text


def test_nothing_in_a_name_is_markup(report: sensortree.Report) -> None:
    html = hostile(report)._repr_html_()
    shown, plain = Elements(html), Elements(dataclasses.replace(report, picture=None)._repr_html_())
    assert shown.open == []
    # The elements and what they carry are this module's own.
    assert {tag for tag, _ in shown.tags} <= {*(tag for tag, _ in plain.tags), "strong"}
    assert {str(attributes) for _, attributes in shown.tags} == {str(attributes) for _, attributes in plain.tags}
    assert all(line.isprintable() for line in html.split("\n"))
    html.encode()
    written = HOSTILE.replace("\u202e", "\\u{202e}").replace("\x1b", "\\u{1b}").replace("\n", "\\u{a}").replace("\ud800", "\\u{d800}")
    assert written in shown.text
    # No typesetting of what is between dollars.
    assert shown.tags[0] == ("div", [("class", "sensortree mathjax_ignore tex2jax_ignore")])
    assert "not all was read" in shown.text and "5 in all" in shown.text


def test_a_notebook_shows_how_the_frames_lie(report: sensortree.Report, example: Path) -> None:
    shown = Elements(report._repr_html_())
    assert shown.open == []
    tags = [tag for tag, _ in shown.tags]
    assert tags.index("svg") < tags.index("table")
    for text in ["Sensors in 2 scenes", "2 of 20 frames missing in 1 of 2 scenes", "8 h ahead", "scene_0002, the gravest of 2 scenes"]:
        assert text in shown.text
    # Text has the colour of what is around it, on a light and on a dark ground.
    assert dict(shown.tags[tags.index("svg")][1])["fill"] == "currentColor"
    # Where no notebook runs it is not asked for.
    without = sensortree.check(example)
    assert without.picture is None and without == report
    assert "svg" not in [tag for tag, _ in Elements(without._repr_html_()).tags]
    # One that was read from a file shows what the file has.
    loaded = _report.read_report(json.loads(json.dumps(dict(report.raw))), 1)
    assert loaded._repr_html_() == report._repr_html_()


def test_names_in_the_picture_are_text(tmp_path: Path) -> None:
    names = ["<script>window.ran=1<-script>", "\" onload=\"x", "$\\href{x}$", "&lt;b&gt;", "\u202eturned"]
    for sensor in ["lidar-top", *(f"camera-{name}" for name in names)]:
        scene = tmp_path / sensor / "scene <b>"
        scene.mkdir(parents=True)
        for frame in range(5):
            (scene / f"{1681532060061 + 100 * frame}.{'pcd' if sensor == 'lidar-top' else 'jpg'}").write_bytes(b"a frame")
    html = sensortree.check(tmp_path, picture=True)._repr_html_()
    shown = Elements(html)
    assert shown.open == [] and "svg" in [tag for tag, _ in shown.tags]
    known = {"div", "p", "strong", "code", "table", "thead", "tbody", "tr", "th", "td", "br", *_picture.ELEMENTS}
    assert {tag for tag, _ in shown.tags} <= known
    assert {name for tag, attributes in shown.tags for name, _ in attributes} <= {"class", "style", *map(str.lower, _picture.ATTRIBUTES)}
    assert "\u202e" not in html
    for name in names[:-1]:
        assert f"camera-{name}"[:14] in shown.text


@pytest.mark.parametrize(
    "picture",
    [
        "",
        "no markup",
        "<svg",
        "<svg/>",
        "<img src='x'/>",
        '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
        '<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"></svg>',
        '<svg xmlns="http://www.w3.org/2000/svg"><path fill="url(http://x)"></path></svg>',
        '<svg xmlns="http://www.w3.org/2000/svg"><a href="x">y</a></svg>',
        '<svg xmlns="http://www.w3.org/2000/svg"><style>*{}</style></svg>',
        '<svg xmlns="http://www.w3.org/2000/svg"><script xmlns="http://www.w3.org/1999/xhtml">alert(1)</script></svg>',
        '<!DOCTYPE svg [<!ENTITY a "b">]><svg xmlns="http://www.w3.org/2000/svg"><text>&a;</text></svg>',
        '<svg xmlns="http://www.w3.org/2000/svg">\ud800</svg>',
        '<svg xmlns="http://www.w3.org/2000/svg"></svg>' + " " * _picture.MOST,
    ],
)
def test_a_picture_that_is_none_of_the_program_is_not_shown(report: sensortree.Report, picture: str) -> None:
    plain = dataclasses.replace(report, picture=None)._repr_html_()
    assert dataclasses.replace(report, picture=picture)._repr_html_() == plain


def test_a_table_of_many_findings_is_cut(report: sensortree.Report) -> None:
    many = dataclasses.replace(report, findings=report.findings[:1] * 60)
    shown = Elements(many._repr_html_())
    assert [tag for tag, _ in shown.tags].count("tr") == 1 + _html.MOST_FINDINGS
    assert "and 10 findings more" in shown.text


def test_a_report_without_a_finding(clean: Path) -> None:
    report = sensortree.check(clean, select=["A"])
    assert "Nothing found." in Elements(report._repr_html_()).text
    for of in ("findings", "places"):
        assert len(report.to_pandas(of)) == 0
    assert list(report.to_pandas().columns)[:2] == ["code", "name"]


def test_tables_for_pandas(report: sensortree.Report) -> None:
    findings = report.to_pandas()
    assert list(findings["code"]) == ["L103", "M108", "A202", "A204"]
    assert list(findings["count"]) == [finding.count for finding in report.findings]
    assert list(findings[findings["severity"] == "error"]["code"]) == ["L103", "M108"]
    assert findings["count"].sum() == sum(finding.count for finding in report.findings)
    assert list(findings["fixable"]) == [bool(finding.repairs) for finding in report.findings]

    places = report.to_pandas("places")
    assert len(places) == sum(len(finding.examples) for finding in report.findings)
    assert (places["path"][0], places["expected_path"][0]) == ("Cam_left/", "camera-left/")
    joined = places.merge(findings, on="fingerprint")
    assert len(joined) == len(places) and set(joined["code_x"] == joined["code_y"]) == {True}

    with pytest.raises(ValueError, match="no table of 'frames'"):
        report.to_pandas("frames")  # type: ignore[arg-type]


def test_without_pandas_it_says_so(report: sensortree.Report, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(ImportError, match="pip install pandas") as raised:
        report.to_pandas()
    assert isinstance(raised.value, sensortree.SensortreeError)
    assert isinstance(raised.value, sensortree.PandasNotFound) and raised.value.name == "pandas"


def test_a_pandas_that_is_broken_says_what_is_wrong(
    report: sensortree.Report, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "pandas.py").write_text("import no_such_module_of_pandas")
    monkeypatch.delitem(sys.modules, "pandas", raising=False)
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(ModuleNotFoundError, match="no_such_module_of_pandas"):
        report.to_pandas()
