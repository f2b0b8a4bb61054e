"""The notebook in `python/examples` does what it shows: its cells are run here, and what they give is what it keeps.

`python python/tests/test_notebook.py`, in an environment with the package and pandas, writes what they give into it.
"""

import ast
import contextlib
import io
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

NOTEBOOK = Path(__file__).parents[1] / "examples" / "check.ipynb"


def outputs(cell: str, names: dict[str, Any], count: int) -> list[dict[str, Any]]:
    """What a cell gives: what it prints, and the value of its last line where that is an expression."""
    tree = ast.parse(cell)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    printed = io.StringIO()
    value = None
    with contextlib.redirect_stdout(printed):
        exec(compile(tree, f"cell {count}", "exec"), names)
        if isinstance(last, ast.Expr):
            value = eval(compile(ast.Expression(last.value), f"cell {count}", "eval"), names)
    given: list[dict[str, Any]] = []
    if printed.getvalue():
        given.append({"name": "stdout", "output_type": "stream", "text": lines(printed.getvalue())})
    if value is not None:
        data = {"text/plain": lines(repr(value))}
        # That of others changes with their version.
        if type(value).__module__.startswith("sensortree"):
            data["text/html"] = lines(value._repr_html_()) if hasattr(value, "_repr_html_") else []
        data = {kind: text for kind, text in data.items() if text}
        given.append({"data": data, "execution_count": count, "metadata": {}, "output_type": "execute_result"})
    return given


def lines(text: str) -> list[str]:
    """A text as notebooks keep it."""
    return text.splitlines(keepends=True)


@contextlib.contextmanager
def kernel() -> Iterator[None]:
    """By this module `check` knows that it is asked in a notebook."""
    sys.modules["ipykernel"] = ModuleType("ipykernel")
    try:
        yield
    finally:
        del sys.modules["ipykernel"]


def run() -> dict[str, Any]:
    """The notebook with what its cells give now, run where it stands."""
    notebook: dict[str, Any] = json.loads(NOTEBOOK.read_text("utf-8"))
    names: dict[str, Any] = {}
    count = 0
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            count += 1
            cell["execution_count"] = count
            with kernel():
                cell["outputs"] = outputs("".join(cell["source"]), names, count)
    return notebook


def test_the_notebook_gives_what_it_shows(monkeypatch: Any) -> None:
    monkeypatch.chdir(NOTEBOOK.parent)
    kept = json.loads(NOTEBOOK.read_text("utf-8"))
    now = run()
    assert (kept["nbformat"], kept["nbformat_minor"]) == (4, 5)
    codes = [cell for cell in kept["cells"] if cell["cell_type"] == "code"]
    assert len(codes) >= 6
    for before, after in zip(kept["cells"], now["cells"]):
        assert before == after, "".join(before["source"])


if __name__ == "__main__":
    os.chdir(NOTEBOOK.parent)
    NOTEBOOK.write_text(json.dumps(run(), indent=1, ensure_ascii=False) + "\n", "utf-8")
