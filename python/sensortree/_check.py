"""The check: from a target and options to a report."""

import json
import sys
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any, Literal, Optional, Union

from ._errors import ProgramError, TargetUnreadable, UsageError
from ._options import StrPath, flags, name_of
from ._program import Outcome, run
from ._progress import Told
from ._report import Report, read_report
from ._words import Severity

Content = Literal["none", "headers", "full"]
# the words of settings: written by `cargo xtask generate`
Basis = Literal["documented", "implied", "advice"]
Endpoint = Literal["import", "import-annotation", "upload", "upload-annotation"]
FailOn = Literal["rejection", "scene", "advice", "never"]
Links = Literal["refuse", "follow"]
SeverityWord = Literal["error", "warning", "advice"]
# end of the words of settings


def check(
    target: Optional[StrPath] = None,
    *,
    request: Optional[Union[StrPath, Mapping[str, Any]]] = None,
    no_list: bool = False,
    # the settings: written by `cargo xtask generate`
    endpoint: Optional[Endpoint] = None,
    basis: Optional[Basis] = None,
    tolerance: Optional[Union[str, timedelta]] = None,
    reference: Optional[str] = None,
    select: Optional[Union[str, Iterable[str]]] = None,
    ignore: Optional[Union[str, Iterable[str]]] = None,
    severity: Optional[Mapping[str, Union[Severity, SeverityWord]]] = None,
    fail_on: Optional[FailOn] = None,
    links: Optional[Links] = None,
    max_examples: Optional[int] = None,
    baseline: Optional[StrPath] = None,
    # end of the settings
    data_type: Optional[Literal[2, 3]] = None,
    content: Optional[Content] = None,
    sample: Optional[int] = None,
    listing: Optional[StrPath] = None,
    root: Optional[str] = None,
    metadata: Optional[StrPath] = None,
    save_listing: Optional[StrPath] = None,
    as_if: Optional[StrPath] = None,
    endpoint_url: Optional[str] = None,
    region: Optional[str] = None,
    no_sign_request: bool = False,
    path_style: bool = False,
    virtual_host_style: bool = False,
    concurrency: Optional[int] = None,
    config: Optional[StrPath] = None,
    isolated: bool = False,
    write_baseline: Optional[Union[StrPath, bool]] = None,
    picture: Optional[bool] = None,
    jobs: Optional[int] = None,
    allow_empty: bool = False,
    environment: Optional[Mapping[str, str]] = None,
    progress: Optional[Told] = None,
) -> Report:
    """Checks one dataset and predicts the platform's answer. Nothing in the dataset is changed.

    The options are the flags of ``sensortree check``, and what is not given, or empty, is as it is there: a configuration file in the
    current folder or above counts, unless it is `isolated`. Keys of a cloud store are taken from where its own tools take them, and
    have no option: name none in `endpoint_url`, as everybody on the machine can see a program's arguments.

    Args:
        target: a folder or zip; a prefix or zip in a cloud store (``s3://``, ``gs://``, ``az://``); or ``git:REVISION[:FOLDER]``,
            ``git:index[:FOLDER]``. Without it: the current folder, or what the request's `resourceUrl` names.
        request: the body of the API call, which is checked too: a file of JSON, or the body itself. Its secrets stay between the
            two programs: it is handed over by a pipe.
        no_list: check the request alone, and list no tree.
        endpoint: which API call is predicted. Without it: what the request is made for; else import-annotation, and upload for a
            zip.
        basis: the weakest basis that counts for the prediction. Without it: implied.
        tolerance: how far apart the timestamps of one frame may lie. Without it: half the cadence, at most 100 ms. A number with
            its unit: 50ms, 1.5s, 100us.
        reference: the sensor whose clock is right. Without it: of the clock that most sensors share. By its folder or its name.
        select: run only these rules. Without it: all that are on by default. Codes, names, families (`L`) or `ALL`, separated by
            commas.
        ignore: leave out these rules. Adds to those of the configuration file. The narrower of a selection and an ignore wins; on a
            tie the ignore does.
        severity: override a rule's severity: error, warning or advice.
        fail_on: the least that makes the exit code 1. Without it: scene.
        links: what becomes of symbolic links in a local folder. Without it: refuse. `refuse` lists each as a link, `follow` as what
            it points at, also out of the folder.
        max_examples: how many examples a finding shows. Without it: 5; 100 in html, 1000 in jsonl.
        baseline: do not count the findings that this file has. `write_baseline` writes it. In a configuration file it is counted
            from the folder of that file.
        data_type: 2 for images, 3 for point clouds, where metadata.json does not say it.
        content: how far frames are looked into.
        sample: look into so many frames of each sensor's scenes at the most.
        listing: check this saved listing in place of a dataset.
        root: where in the listing's paths the dataset begins.
        metadata: where metadata.json is, as most listings only name it.
        save_listing: save what is listed into this file, for `listing`.
        as_if: judge the dataset as it would be after the renames of this CSV file (``from,to``); nothing is touched.
        endpoint_url: the cloud store's address, if it is not the provider's own.
        region: the region of an S3 bucket.
        no_sign_request: ask the store without any keys.
        path_style: name an S3 bucket in the address's path.
        virtual_host_style: name an S3 bucket in the address's host.
        concurrency: how many requests a store is asked at once, at the most.
        config: read this configuration file, in place of the nearest one.
        isolated: read no configuration file.
        write_baseline: write the findings into this file as the baseline: from then on they do not count. `True` is for the baseline in
            force, or ``sensortree-baseline.json``.
        picture: whether the report has the picture of the frames, which a notebook shows; it is drawn from the alignment, which is
            computed once more for it. Without it: in a notebook (where ``ipykernel`` runs).
        jobs: how many threads list the tree; without it one for each core, and 32 over a network.
        allow_empty: let an empty target pass.
        environment: variables that the program gets beside those of this process, as ``{"AWS_PROFILE": "uploads"}``.
        progress: is called with a `Progress` while the dataset is listed and looked into: once when it begins, at most ten times a
            second, and at the end. It is called in the thread that called `check`; what it raises ends the check.

    Returns:
        The report, whatever was found. Where parts of the target could not be read its ``complete`` is false, and its ``ok`` too.

    Raises:
        UsageError: an option, the configuration or the request cannot be used, or the target is missing.
        TargetUnreadable: nothing of the target could be read.
        SensortreeNotFound: the program is not installed.
        ProgramError: the program ended otherwise than it should.
    """
    # First of all, when these are the parameters and nothing else.
    options = dict(locals())
    given_options = {name: value for name, value in options.items() if name != "progress"}
    del options["target"], options["environment"], options["progress"]
    if picture is None:
        options["picture"] = "ipykernel" in sys.modules
    arguments = ["--color=never", "check", "--format=json", "--no-progress" if progress is None else "--progress-lines"]
    given = None
    if isinstance(request, Mapping):
        given = json.dumps(options.pop("request"), indent=2).encode()
        arguments.append("--request=-")
    arguments += flags(options)
    if target is not None:
        arguments += ["--", name_of(target)]
    return _report(run(arguments, given, environment or {}, progress), given_options)


def _report(outcome: Outcome, options: Mapping[str, Any]) -> Report:
    """What a run with these options came to."""
    said = outcome.errors.decode("utf-8", "replace").strip().removeprefix("error: ")
    if outcome.exit_code == 2:
        raise UsageError(said, outcome.exit_code)
    if outcome.exit_code == 3 and not outcome.output:
        raise TargetUnreadable(said, outcome.exit_code)
    if outcome.exit_code not in (0, 1, 3, 4):
        ended = f"sensortree ended with {outcome.exit_code}"
        raise ProgramError(f"{ended}: {said}" if said else ended, outcome.exit_code)
    try:
        return read_report(json.loads(outcome.output), outcome.exit_code, options)
    except (TypeError, ValueError) as error:
        raise ProgramError(f"the report of sensortree cannot be read: {error}", outcome.exit_code) from error
