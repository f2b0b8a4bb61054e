"""The plan of the repairs of a target: from a target and options to a plan."""

import json
import os
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any, Literal, Optional, Union

from ._check import Basis, Content, Endpoint, Links, SeverityWord
from ._errors import ProgramError, TargetUnreadable, UsageError
from ._options import StrPath, flags, name_of
from ._plan import Plan, read_plan
from ._program import run
from ._progress import Told
from ._words import Severity

#: The options of `fix` that the target is found and looked at with, also when the plan is carried out.
AGAIN = (
    "concurrency",
    "config",
    "endpoint_url",
    "isolated",
    "jobs",
    "links",
    "no_sign_request",
    "path_style",
    "region",
    "virtual_host_style",
)


def fix(
    target: Optional[StrPath] = None,
    *,
    unsafe: bool = False,
    remove: bool = False,
    choose: Optional[Mapping[str, int]] = None,
    pair: Optional[str] = None,
    times: Optional[Union[StrPath, Iterable[StrPath]]] = None,
    far: bool = False,
    drop_incomplete: bool = False,
    select: Optional[Union[str, Iterable[str]]] = None,
    ignore: Optional[Union[str, Iterable[str]]] = None,
    # the settings: written by `cargo xtask generate`
    endpoint: Optional[Endpoint] = None,
    basis: Optional[Basis] = None,
    tolerance: Optional[Union[str, timedelta]] = None,
    reference: Optional[str] = None,
    severity: Optional[Mapping[str, Union[Severity, SeverityWord]]] = None,
    links: Optional[Links] = None,
    baseline: Optional[StrPath] = None,
    # end of the settings
    data_type: Optional[Literal[2, 3]] = None,
    content: Optional[Content] = None,
    sample: Optional[int] = None,
    listing: Optional[StrPath] = None,
    root: Optional[str] = None,
    metadata: Optional[StrPath] = None,
    endpoint_url: Optional[str] = None,
    region: Optional[str] = None,
    no_sign_request: bool = False,
    path_style: bool = False,
    virtual_host_style: bool = False,
    concurrency: Optional[int] = None,
    config: Optional[StrPath] = None,
    isolated: bool = False,
    jobs: Optional[int] = None,
    environment: Optional[Mapping[str, str]] = None,
    progress: Optional[Told] = None,
) -> Plan:
    """Plans the repairs of a dataset. Nothing is changed until the plan is carried out: `Plan.apply`.

    The options are those of ``sensortree fix``. What is not listed here is as for `check`.

    Args:
        target: a folder or zip; a prefix in a cloud store; or ``git:…``, of which a plan can be had and not carried out. Without it:
            the current folder.
        unsafe: also repairs that are right in all likelihood, and that a person should look at.
        remove: also repairs that take files out of the tree: leftovers, copies, surplus frames.
        choose: by the code of a rule, which of the repairs of its findings is chosen, from 1: ``{"A204": 1}``.
        pair: how frames of sensors that stand apart are paired: ``offset``, ``nearest``, ``order`` or ``table=FILE``.
        times: files with the times of frames, each ``FILE`` or ``FOLDER=FILE``.
        far: also moves of a frame by more than half a step beyond its sensor's clock.
        drop_incomplete: take out the frames that are then not in all sensors of their scene.
        select: mend only what these rules find.
        ignore: do not mend what these rules find.

    Raises:
        UsageError: an option or the configuration cannot be used, the target is missing, or an earlier run on it was interrupted.
        TargetUnreadable: not all of the target could be read, and no plan is made of a part.
        SensortreeNotFound: the program is not installed.
        ProgramError: the program ended otherwise than it should.
    """
    # First of all, when these are the parameters and nothing else.
    options: dict[str, Any] = dict(locals())
    del options["target"], options["environment"], options["progress"]
    arguments = ["--color=never", "fix", "--format=json", "--no-progress" if progress is None else "--progress-lines", *flags(options)]
    if target is not None:
        arguments += ["--", name_of(target)]
    outcome = run(arguments, None, environment or {}, progress)
    said = outcome.errors.decode("utf-8", "replace").strip().removeprefix("error: ")
    if outcome.exit_code in (2, 4):
        raise UsageError(said, outcome.exit_code)
    if outcome.exit_code == 3:
        raise TargetUnreadable(said, outcome.exit_code)
    if outcome.exit_code != 0:
        ended = f"sensortree ended with {outcome.exit_code}"
        raise ProgramError(f"{ended}: {said}" if said else ended, outcome.exit_code)
    again = flags({option: options[option] for option in AGAIN})
    try:
        raw = json.loads(outcome.output)
        if raw["target"]["kind"] in ("local", "zip"):
            # It is found also when the current folder is another one by then.
            again.append(f"--target={os.path.abspath(os.fsdecode(target if target is not None else '.'))}")
        return read_plan(raw, tuple(again), environment or {})
    except (KeyError, TypeError, ValueError) as error:
        raise ProgramError(f"the plan of sensortree cannot be read: {error}", outcome.exit_code) from error
