"""Where the program is, and how it is run."""

import contextlib
import os
import queue
import shutil
import subprocess
import sys
import sysconfig
import threading
from collections.abc import Iterator, Mapping, Sequence
from typing import IO, NamedTuple, Optional

from ._errors import SensortreeNotFound
from ._progress import Told, progress_of

PROGRAM = "sensortree.exe" if os.name == "nt" else "sensortree"

#: The environment variable that names the program, where another one than the installed is to run.
VARIABLE = "SENSORTREE_BINARY"

#: How long a program that was told to end may take for it, in seconds, until it is killed.
GRACE = 5.0

#: How often the wait for a program that says nothing looks up, in seconds: on Windows nothing else lets an interrupt through.
PULSE = 0.2


def find_program() -> str:
    """The path of the program that `check` runs.

    It is the one that the environment variable ``SENSORTREE_BINARY`` names; else the one that was installed with this module; else
    the first on the path.

    Raises:
        SensortreeNotFound: there is none.
    """
    named = os.environ.get(VARIABLE)
    if named:
        if not os.path.isfile(named):
            raise SensortreeNotFound(f"{VARIABLE} names `{named}`, and there is no such file")
        return os.path.abspath(named)
    for folder in _folders():
        path = os.path.join(folder, PROGRAM)
        if os.path.isfile(path):
            return path
    on_path = shutil.which(PROGRAM)
    if on_path is None:
        raise SensortreeNotFound(
            f"the program `{PROGRAM}` is neither beside {sys.executable or 'the interpreter'} nor on the path; "
            f"install it with `pip install sensortree`, or name it with {VARIABLE}"
        )
    return os.path.abspath(on_path)


def _folders() -> Iterator[str]:
    """Where installers put programs: of the environment, of the user, and beside packages (``pip install --target``)."""
    yield sysconfig.get_path("scripts")
    yield sysconfig.get_path("scripts", scheme=_user_scheme())
    packages = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    yield os.path.join(packages, "Scripts" if os.name == "nt" else "bin")


def _user_scheme() -> str:
    if sys.version_info >= (3, 10):
        return sysconfig.get_preferred_scheme("user")
    if sys.platform == "darwin" and getattr(sys, "_framework", None):
        return "osx_framework_user"
    return "nt_user" if os.name == "nt" else "posix_user"


class Outcome(NamedTuple):
    """How a run ended, and all that it wrote."""

    exit_code: int
    output: bytes
    errors: bytes


def run(
    arguments: Sequence[str], given: Optional[bytes], environment: Mapping[str, str], told: Optional[Told] = None
) -> Outcome:
    """Runs the program to its end, with `given` as its standard input. It ends with whatever ends the waiting for it.

    Who is `told` is told so in the thread that waits; what it raises ends the program.

    Raises:
        SensortreeNotFound: there is no program, or it cannot be started.
    """
    program = find_program()
    try:
        process = subprocess.Popen(
            [program, *arguments],
            stdin=subprocess.DEVNULL if given is None else subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**os.environ, **environment},
        )
    except OSError as error:
        raise SensortreeNotFound(f"`{program}` cannot be started: {error.strerror}") from error
    try:
        output, errors = process.communicate(given) if told is None else _follow(process, given, told)
    except BaseException:
        _end(process)
        raise
    return Outcome(process.returncode, output, errors)


def _follow(process: subprocess.Popen[bytes], given: Optional[bytes], told: Told) -> tuple[bytes, bytes]:
    """Waits for the end of the program as `communicate` does, and tells meanwhile how far it is."""
    lines: queue.Queue[Optional[bytes]] = queue.Queue()
    output: list[bytes] = []
    errors: list[bytes] = []

    def write(stream: IO[bytes]) -> None:
        # A program that ends early need not have read it.
        with contextlib.suppress(OSError, ValueError):
            stream.write(given or b"")
        with contextlib.suppress(OSError, ValueError):
            stream.close()

    def read(stream: IO[bytes]) -> None:
        with contextlib.suppress(OSError, ValueError):
            output.append(stream.read())

    def read_lines(stream: IO[bytes]) -> None:
        with contextlib.suppress(OSError, ValueError):
            for line in stream:
                lines.put(line)
        lines.put(None)

    work = [(write, process.stdin), (read, process.stdout), (read_lines, process.stderr)]
    threads = [threading.Thread(target=each, args=(stream,), daemon=True) for each, stream in work if stream is not None]
    for thread in threads:
        thread.start()
    try:
        while (line := _next(lines)) is not None:
            progress = progress_of(line)
            if progress is None:
                errors.append(line)
            else:
                told(progress)
        while process.poll() is None or any(thread.is_alive() for thread in threads):
            for thread in threads:
                thread.join(PULSE)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(PULSE)
    except BaseException:
        # A stream that a thread reads cannot be closed before the program is gone.
        process.terminate()
        try:
            process.wait(GRACE)
        except BaseException:
            process.kill()
        for thread in threads:
            thread.join(GRACE)
        raise
    for stream in (process.stdout, process.stderr):
        if stream is not None:
            stream.close()
    return b"".join(output), b"".join(errors)


def _next(lines: "queue.Queue[Optional[bytes]]") -> Optional[bytes]:
    while True:
        try:
            return lines.get(timeout=PULSE)
        except queue.Empty:
            continue


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    # What it still has to say goes nowhere, and does not keep it waiting.
    for stream in (process.stdin, process.stdout, process.stderr):
        if stream is not None:
            with contextlib.suppress(OSError):
                stream.close()
    try:
        process.wait(GRACE)
    except BaseException as error:
        # Also where a second interrupt ends the patience: the program is not left behind.
        process.kill()
        process.wait()
        if not isinstance(error, subprocess.TimeoutExpired):
            raise
