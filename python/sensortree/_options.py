"""The options of `check` as flags of the program: one table, which a test holds against ``sensortree check --help``."""

import os
from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from typing import Any, Union

StrPath = Union[str, os.PathLike[str]]

Render = Callable[[str, Any], list[str]]


def name_of(path: StrPath) -> str:
    """A path as the program takes it. To the program `-` is standard input; here it is a file of that name."""
    name = os.fsdecode(path)
    return os.path.join(".", name) if name == "-" else name


# A value is bound to its flag by `=`: what begins with `-` stays a value.


def _value(flag: str, value: Any) -> list[str]:
    return [f"{flag}={value}"]


def _path(flag: str, value: StrPath) -> list[str]:
    return [f"{flag}={name_of(value)}"]


def _paths(flag: str, value: Union[StrPath, Iterable[StrPath]]) -> list[str]:
    paths = [value] if isinstance(value, (str, os.PathLike)) else value
    return [f"{flag}={name_of(path)}" for path in paths]


def _path_or_default(flag: str, value: Union[StrPath, bool]) -> list[str]:
    return _switch(flag, value) if isinstance(value, bool) else _path(flag, value)


def _switch(flag: str, value: bool) -> list[str]:
    return [flag] if value else []


def _rules(flag: str, value: Union[str, Iterable[str]]) -> list[str]:
    return [f"{flag}={rule}" for rule in ([value] if isinstance(value, str) else value)]


def _levels(flag: str, value: Mapping[str, str]) -> list[str]:
    return [f"{flag}={rule}={level}" for rule, level in value.items()]


def _numbers(flag: str, value: Mapping[str, int]) -> list[str]:
    return [f"{flag}={code}={number}" for code, number in value.items()]


def _duration(flag: str, value: Union[str, timedelta]) -> list[str]:
    if isinstance(value, timedelta):
        value = f"{value // timedelta(microseconds=1)}us"
    return [f"{flag}={value}"]


#: How each option is written; its flag is its name with hyphens.
OPTIONS: Mapping[str, Render] = {
    # the settings: written by `cargo xtask generate`
    "endpoint": _value,
    "basis": _value,
    "tolerance": _duration,
    "reference": _value,
    "select": _rules,
    "ignore": _rules,
    "severity": _levels,
    "fail_on": _value,
    "links": _value,
    "max_examples": _value,
    "baseline": _path,
    # end of the settings
    "allow_empty": _switch,
    "as_if": _path,
    "concurrency": _value,
    "config": _path,
    "content": _value,
    "data_type": _value,
    "endpoint_url": _value,
    "isolated": _switch,
    "jobs": _value,
    "listing": _path,
    "metadata": _path,
    "no_list": _switch,
    "no_sign_request": _switch,
    "path_style": _switch,
    "picture": _switch,
    "region": _value,
    "request": _path,
    "root": _value,
    "sample": _value,
    "save_listing": _path,
    "virtual_host_style": _switch,
    "write_baseline": _path_or_default,
}

#: The same of the options that only `fix` has.
FIX_OPTIONS: Mapping[str, Render] = {
    "choose": _numbers,
    "drop_incomplete": _switch,
    "far": _switch,
    "pair": _value,
    "remove": _switch,
    "times": _paths,
    "unsafe": _switch,
}

#: The flags of `fix` that are no options here, and why; beside those of `check`.
FIX_LEFT_OUT: Mapping[str, str] = {
    "--apply": "the plan is carried out by `Plan.apply`",
    "--dry-run": "nothing is touched before `Plan.apply`",
    "--fail-on": "a plan does not fail",
    "--finish": "it is for the command line",
    "--max-examples": "a plan has no examples",
    "--no-trash": "it is for `Plan.apply`",
    "--plan": "the plan is `Plan.raw`",
    "--yes": "nobody is asked",
}

#: The flags that are no options here, and why.
LEFT_OUT: Mapping[str, str] = {
    "--color": "nothing is drawn",
    "--each": "it checks several datasets, with a report for each; here they are checked one by one",
    "--format": "the report is always read as JSON",
    "--help": "the help is for the command line",
    "--no-progress": "progress is shown by whoever calls: `progress`",
    "--quiet": "nothing is drawn",
    "--staged": "it checks every dataset of a commit, with a report for each; it is for the hook",
    "--verbose": "nothing is drawn",
    "--version": "the report says it: `report.tool.version`",
}


def flag_of(option: str) -> str:
    """The flag of an option: ``--fail-on`` of ``fail_on``."""
    return "--" + option.replace("_", "-")


def flags(options: Mapping[str, Any]) -> list[str]:
    """The options as flags; those that are `None` are not given."""
    written: list[str] = []
    for option, value in options.items():
        if value is not None:
            written += {**OPTIONS, **FIX_OPTIONS}[option](flag_of(option), value)
    return written
