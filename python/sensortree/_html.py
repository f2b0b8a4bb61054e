"""A report as HTML, for notebooks.

Names in a dataset are anybody's: nothing of them is markup here, or a formula to a notebook's typesetting, or changes what stands
beside it.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from ._picture import drawing
from ._text import safe as _safe

if TYPE_CHECKING:
    from ._report import Example, Finding, Report

#: How many findings are shown, and how many places of one, or parts that could not be read.
MOST_FINDINGS = 50
MOST_PLACES = 3

#: MathJax, of either generation, leaves alone what is in an element of these classes.
CLASSES = "sensortree mathjax_ignore tex2jax_ignore"

LEFT = "text-align:left"


def _name(text: str) -> str:
    return f"<code>{_safe(text)}</code>"


def _number(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def html_of(report: "Report") -> str:
    """The verdict, how the frames lie, a table of the findings, and how much was looked at."""
    code = "" if report.code is None else f" {report.code}"
    message = "" if report.message is None else f": {_safe(report.message)}"
    verdict = f"<p><strong>{_safe(report.outcome)}{code}</strong>{message} ({_name(report.target.uri)})</p>"
    picture = [shown for shown in [drawing(report.picture)] if shown]
    return "\n".join([f'<div class="{CLASSES}">', verdict, *picture, *_table(report.findings), *_coverage(report), "</div>"])


def _table(findings: "tuple[Finding, ...]") -> Iterable[str]:
    if not findings:
        yield "<p>Nothing found.</p>"
        return
    heads = "".join(f'<th style="{LEFT}">{head}</th>' for head in ("Code", "Severity", "Message", "Places"))
    yield f"<table><thead><tr>{heads}</tr></thead><tbody>"
    for finding in findings[:MOST_FINDINGS]:
        cells = (_safe(finding.code), _safe(finding.severity), _safe(finding.message), _places(finding))
        yield "<tr>" + "".join(f'<td style="{LEFT}">{cell}</td>' for cell in cells) + "</tr>"
    yield "</tbody></table>"
    if len(findings) > MOST_FINDINGS:
        yield f"<p>and {_number(len(findings) - MOST_FINDINGS, 'finding')} more</p>"


def _places(finding: "Finding") -> str:
    shown = [_place(each) for each in finding.examples[:MOST_PLACES]]
    if finding.location is not None:
        shown.insert(0, _name(f"{finding.location.document}:{finding.location.line}:{finding.location.column}"))
    if finding.count > max(1, len(shown)):
        shown.append(f"{finding.count:,} in all")
    return "<br>".join(shown)


def _place(place: "Example") -> str:
    right = "" if place.expected is None else f" \u2192 {_name(place.expected)}"
    return _name(place.path) + right


def _coverage(report: "Report") -> Iterable[str]:
    coverage = report.coverage
    parts = [_number(coverage.files, "file"), f"{coverage.bytes:,} bytes"]
    if coverage.probeable:
        parts.append(f"{coverage.probed:,} of {_number(coverage.probeable, 'file')} looked into ({_safe(coverage.content)})")
    parts.append("all was read" if coverage.complete else "<strong>not all was read</strong>")
    yield f"<p>{', '.join(parts)}</p>"
    if coverage.unread:
        unread = [f"{_name(part.path)}: {_safe(part.reason)}" for part in coverage.unread[:MOST_PLACES]]
        if len(coverage.unread) > MOST_PLACES:
            unread.append(f"{len(coverage.unread):,} in all")
        yield f"<p>{'<br>'.join(unread)}</p>"
