"""The options are those of the program, no more and no fewer."""

import inspect
import re
import subprocess
from pathlib import Path
from typing import Any, get_args

import pytest

import sensortree
from sensortree import _options


@pytest.fixture(scope="module")
def help_text() -> str:
    command = [sensortree.find_program(), "check", "--help"]
    return subprocess.run(command, check=True, capture_output=True, encoding="utf-8").stdout


def sections(help_text: str) -> dict[str, str]:
    """What the help says of each flag."""
    parts = re.split(r"^ {2,6}(?:-\w, )?(--[a-z-]+)", help_text, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2]))


def test_every_flag_is_an_option_or_left_out_for_a_reason(help_text: str) -> None:
    options = {_options.flag_of(option) for option in _options.OPTIONS}
    assert not options & set(_options.LEFT_OUT)
    assert set(sections(help_text)) == options | set(_options.LEFT_OUT)


def test_every_option_of_the_table_is_a_parameter_with_a_word_on_it() -> None:
    parameters = list(inspect.signature(sensortree.check).parameters)
    assert sorted(parameters) == sorted([*_options.OPTIONS, "target", "environment", "progress"])
    page = inspect.getdoc(sensortree.check) or ""
    assert re.findall(r"^    (\w+): ", page.partition("Returns:")[0], re.MULTILINE) == parameters


@pytest.mark.parametrize(
    ("option", "words"),
    [
        ("basis", sensortree.Basis),
        ("content", sensortree.Content),
        ("endpoint", sensortree.Endpoint),
        ("fail_on", sensortree.FailOn),
        ("links", sensortree.Links),
    ],
)
def test_the_words_of_an_option_are_those_of_the_program(help_text: str, option: str, words: Any) -> None:
    listed = re.search(r"\[possible values: ([^]]+)\]", sections(help_text)[_options.flag_of(option)])
    assert listed is not None
    assert tuple(re.split(r",\s+", listed[1])) == get_args(words)


def test_what_is_not_given_is_no_flag() -> None:
    assert _options.flags({"select": None, "isolated": False, "ignore": [], "severity": {}}) == []


def test_a_value_stays_a_value_whatever_it_looks_like() -> None:
    assert _options.flags({"root": "--format", "metadata": Path("-"), "select": "-x"}) == [
        "--root=--format",
        "--metadata=./-",
        "--select=-x",
    ]
