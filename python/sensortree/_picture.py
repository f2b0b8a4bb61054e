"""The picture of a report as a part of a notebook.

The program draws it. A report may also come from a file that anybody wrote, so it is written anew from what it was read as: elements
that draw, attributes that say where and in which colour, and text. Where it holds anything else, it is not shown.
"""

import re
from collections.abc import Mapping
from typing import Optional
from xml.etree.ElementTree import ParseError, XMLParser

from ._text import safe

SVG = "{http://www.w3.org/2000/svg}"

#: What the program draws with.
ELEMENTS = {"svg", "g", "path", "line", "text", "title"}
ATTRIBUTES = {
    "d",
    "fill",
    "fill-opacity",
    "font-family",
    "font-size",
    "font-weight",
    "height",
    "role",
    "stroke",
    "stroke-dasharray",
    "stroke-opacity",
    "stroke-width",
    "text-anchor",
    "viewBox",
    "visibility",
    "width",
    "x",
    "x1",
    "x2",
    "y",
    "y1",
    "y2",
}
#: Numbers, colours and words: no address, and no call of anything.
VALUE = re.compile(r"[A-Za-z0-9 .,#%-]*")

#: A picture that is longer is none of the program.
MOST = 2_000_000


class _NotDrawn(Exception):
    """There is something else in it."""


class _Writer:
    """Writes what is read."""

    def __init__(self) -> None:
        self.parts: list[str] = []

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        name = tag[len(SVG) :]
        if not tag.startswith(SVG) or name not in ELEMENTS:
            raise _NotDrawn
        for attribute, value in attributes.items():
            if attribute not in ATTRIBUTES or not VALUE.fullmatch(value):
                raise _NotDrawn
        said = "".join(f' {attribute}="{safe(value)}"' for attribute, value in attributes.items())
        self.parts.append(f"<{name}{said}>")

    def end(self, tag: str) -> None:
        self.parts.append(f"</{tag[len(SVG) :]}>")

    def data(self, text: str) -> None:
        self.parts.append(safe(text))

    def close(self) -> None:
        """There is nothing to be done at the end."""


def drawing(picture: Optional[str]) -> str:
    """The picture as HTML; nothing where there is none, or it is none of the program."""
    # A declaration could name entities, which the program never does.
    if picture is None or "<!" in picture or len(picture) > MOST:
        return ""
    writer = _Writer()
    parser = XMLParser(target=writer)
    try:
        parser.feed(picture)
        parser.close()
    except (ParseError, ValueError, _NotDrawn):
        return ""
    return "".join(writer.parts)
