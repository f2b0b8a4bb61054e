"""Where the program is found, and how it is run."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

import sensortree

StandIn = Callable[[str], Path]


def test_it_lies_beside_the_interpreter() -> None:
    assert Path(sensortree.find_program()).parent == Path(sys.executable).parent


def test_another_can_be_named(stand_in: StandIn) -> None:
    path = stand_in("")
    assert sensortree.find_program() == str(path)


def test_one_that_is_named_and_missing_is_not_replaced(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SENSORTREE_BINARY", str(tmp_path / "missing"))
    with pytest.raises(sensortree.SensortreeNotFound, match="SENSORTREE_BINARY"):
        sensortree.check(tmp_path)


def test_it_is_found_on_the_path_and_beside_packages(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    program = sensortree.find_program()
    name = Path(program).name
    monkeypatch.setattr("sysconfig.get_path", lambda *_, **__: str(tmp_path / "nowhere"))
    monkeypatch.setenv("PATH", str(Path(program).parent))
    assert sensortree.find_program() == program

    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(sensortree.SensortreeNotFound, match="pip install sensortree"):
        sensortree.find_program()
    with pytest.raises(FileNotFoundError):
        sensortree.check(tmp_path)

    beside = tmp_path / ("Scripts" if os.name == "nt" else "bin") / name
    beside.parent.mkdir()
    beside.write_bytes(b"")
    monkeypatch.setattr("sensortree._program.__file__", str(tmp_path / "sensortree" / "_program.py"))
    assert sensortree.find_program() == str(beside)


def test_a_file_that_is_no_program(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    path = tmp_path / "text"
    path.write_text("no program")
    monkeypatch.setenv("SENSORTREE_BINARY", str(path))
    with pytest.raises(sensortree.SensortreeNotFound, match="cannot be started"):
        sensortree.check(tmp_path)


def test_the_module_runs_the_program(example: Path) -> None:
    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "sensortree", *arguments]
        return subprocess.run(command, capture_output=True, encoding="utf-8", check=False)

    version = run("--version")
    assert (version.returncode, version.stdout.split()[0]) == (0, "sensortree")
    assert version.stdout.split()[1] == sensortree.check(example).tool.version
    assert run("check", str(example), "--format", "concise").returncode == 1
    assert run("check", "no-such-folder").returncode == 2


def test_output_of_any_size_is_read(stand_in: StandIn, example: Path) -> None:
    raw = dict(sensortree.check(example).raw)
    raw["padding"] = "x" * 5_000_000
    stand_in(
        "import json, os, sys\n"
        "os.write(2, b'y' * 5_000_000)\n"
        f"report = json.loads({json.dumps(json.dumps({**raw, 'padding': ''}))})\n"
        "report['padding'] = 'x' * 5_000_000\n"
        "json.dump(report, sys.stdout)\n"
        "sys.stdout.flush()\n"
        "os.write(2, b'y' * 5_000_000)\n"
        "sys.exit(1)\n"
    )
    assert dict(sensortree.check(example).raw) == raw


@pytest.mark.parametrize(
    ("script", "expected", "exit_code", "words"),
    [
        ("import sys; print('error: wrong', file=sys.stderr); sys.exit(2)", sensortree.UsageError, 2, "^wrong$"),
        ("import sys; print('error: locked', file=sys.stderr); sys.exit(3)", sensortree.TargetUnreadable, 3, "locked"),
        ("import os; os.kill(os.getpid(), 9)", sensortree.ProgramError, -9, "ended with -9"),
        ("import sys; sys.exit('panicked')", sensortree.ProgramError, 1, "cannot be read"),
        ("import sys; print('oh', file=sys.stderr); sys.exit(101)", sensortree.ProgramError, 101, "101: oh"),
        ("print('{\"schema\": \"sensortree-report/2\"}')", sensortree.ProgramError, 0, "sensortree-report/2"),
        ("print('{\"schema\": \"sensortree-report/1\"}')", sensortree.ProgramError, 0, "lacks `tool`"),
        ("print('cut {')", sensortree.ProgramError, 0, "cannot be read"),
    ],
)
def test_a_run_without_a_report(
    stand_in: StandIn, script: str, expected: type[sensortree.ProgramError], exit_code: int, words: str
) -> None:
    stand_in(script)
    with pytest.raises(expected, match=words) as raised:
        sensortree.check()
    assert type(raised.value) is expected
    assert raised.value.exit_code == exit_code


def test_a_request_goes_by_a_pipe_and_its_secrets_are_no_arguments(stand_in: StandIn, tmp_path: Path) -> None:
    seen = tmp_path / "seen.json"
    stand_in(
        "import json, os, sys\n"
        f"json.dump([sys.argv, sys.stdin.read(), os.environ['AWS_PROFILE']], open({str(seen)!r}, 'w'))\n"
        "sys.exit(2)\n"
    )
    with pytest.raises(sensortree.UsageError):
        sensortree.check(request={"secretKey": "hush", "names": ["é"] * 100_000}, environment={"AWS_PROFILE": "uploads"})
    arguments, given, profile = json.loads(seen.read_text())
    assert "--request=-" in arguments and "hush" not in str(arguments)
    assert json.loads(given)["secretKey"] == "hush"
    assert profile == "uploads"
    assert os.environ.get("AWS_PROFILE") != "uploads"


def test_a_program_that_does_not_read_the_request(stand_in: StandIn) -> None:
    stand_in("import sys; sys.exit(2)")
    with pytest.raises(sensortree.UsageError):
        sensortree.check(request={"names": ["x" * 100] * 100_000})


def test_standard_input_is_not_the_programs(stand_in: StandIn, tmp_path: Path) -> None:
    stand_in("import sys; sys.exit(f'read {len(sys.stdin.read())} characters' if sys.stdin.read() else 2)")
    with pytest.raises(sensortree.UsageError):
        sensortree.check(tmp_path)


@pytest.mark.parametrize("heeds", [True, False], ids=["a program that heeds it", "a program that does not"])
def test_an_interrupt_ends_the_program(stand_in: StandIn, tmp_path: Path, heeds: bool) -> None:
    started = tmp_path / "started"
    stand_in(
        "import os, pathlib, signal, time\n"
        f"signal.signal(signal.SIGTERM, signal.{'SIG_DFL' if heeds else 'SIG_IGN'})\n"
        f"beside = pathlib.Path({str(started)!r} + '.part')\n"
        "beside.write_text(str(os.getpid()))\n"
        f"beside.rename({str(started)!r})\n"
        "time.sleep(600)\n"
    )
    caller = subprocess.Popen(
        [sys.executable, "-c", "import sensortree, sensortree._program as p; p.GRACE = 0.2; sensortree.check()"],
        stderr=subprocess.PIPE,
    )
    while not started.exists():
        assert caller.poll() is None
        time.sleep(0.01)
    # Only the caller is told, as by `kill` or a notebook's stop button.
    caller.send_signal(signal.SIGINT)
    _, said = caller.communicate(timeout=60)
    assert b"KeyboardInterrupt" in said
    with pytest.raises(ProcessLookupError):
        os.kill(int(started.read_text()), 0)


@pytest.mark.parametrize("follows", [False, True], ids=["without progress", "with progress"])
@pytest.mark.parametrize("times", [1, 2], ids=["one interrupt", "two interrupts"])
def test_an_interrupt_leaves_no_process(stand_in: StandIn, tmp_path: Path, follows: bool, times: int) -> None:
    started, told = tmp_path / "started", tmp_path / "told"
    stand_in(
        "import pathlib, signal, time\n"
        # The second interrupt comes while the first is waited for.
        f"signal.signal(signal.SIGTERM, lambda *_: pathlib.Path({str(told)!r}).touch())\n"
        f"pathlib.Path({str(started)!r}).touch()\n"
        "end = time.monotonic() + 600\n"
        "while time.monotonic() < end: time.sleep(1)\n"
    )
    script = (
        "import os, sensortree, sensortree._program as p\n"
        f"p.GRACE = {0.2 if times == 1 else 60}\n"
        "try:\n"
        f"    sensortree.check(progress={'print' if follows else None})\n"
        "except KeyboardInterrupt:\n"
        # A child that was not waited for, living or not, would still be there.
        "    try: print('left', os.waitpid(-1, os.WNOHANG))\n"
        "    except ChildProcessError: print('none left')\n"
    )
    caller = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, encoding="utf-8")
    for sign in (started, told)[:times]:
        while not sign.exists():
            assert caller.poll() is None
            time.sleep(0.01)
        caller.send_signal(signal.SIGINT)
    said, _ = caller.communicate(timeout=50)
    assert said == "none left\n"


def test_progress_is_told(example: Path) -> None:
    seen: list[sensortree.Progress] = []
    here: set[int] = set()

    def told(progress: sensortree.Progress) -> None:
        here.add(threading.get_ident())
        seen.append(progress)

    report = sensortree.check(example, progress=told)
    assert report == sensortree.check(example)
    counts = [progress.entries for progress in seen]
    assert counts == sorted(counts) and counts[-1] == report.coverage.entries
    assert here == {threading.get_ident()}
    # The plan of the repairs does not call whoever was told of the check.
    assert "progress" not in report.options

    fixing: list[sensortree.Progress] = []
    assert sensortree.fix(example, progress=fixing.append) == sensortree.fix(example)
    assert fixing[-1].entries == counts[-1]


def test_what_the_callback_raises_ends_the_program(stand_in: StandIn, tmp_path: Path) -> None:
    started = tmp_path / "started"
    stand_in(
        "import os, pathlib, sys, time\n"
        f"pathlib.Path({str(started)!r}).write_text(str(os.getpid()))\n"
        "print('{\"progress\":{\"entries\":7,\"parts\":[1,2],\"frames\":[3,4]}}', file=sys.stderr, flush=True)\n"
        "time.sleep(600)\n"
    )
    seen: list[sensortree.Progress] = []

    def told(progress: sensortree.Progress) -> None:
        seen.append(progress)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        sensortree.check(progress=told)
    assert seen == [sensortree.Progress(7, 1, 2, 3, 4)]
    with pytest.raises(ProcessLookupError):
        os.kill(int(started.read_text()), 0)


def test_what_is_no_progress_is_the_programs_word(stand_in: StandIn) -> None:
    stand_in(
        "import sys\n"
        "sys.stderr.write('{\"progress\":7}\\n{\"progress\":{\"entries\":1}}\\nerror: wrong, and no line end')\n"
        "sys.exit(2)\n"
    )
    seen: list[sensortree.Progress] = []
    with pytest.raises(sensortree.UsageError, match="wrong, and no line end$"):
        sensortree.check(request={"names": ["x" * 100] * 100_000}, progress=seen.append)
    assert seen == [sensortree.Progress(1)]


def test_progress_of_a_report_of_any_size(stand_in: StandIn, example: Path) -> None:
    raw = dict(sensortree.check(example).raw)
    stand_in(
        "import json, os, sys\n"
        "os.write(2, b'y' * 5_000_000)\n"
        f"report = json.loads({json.dumps(json.dumps(raw))})\n"
        "report['padding'] = 'x' * 5_000_000\n"
        "json.dump(report, sys.stdout)\n"
        "sys.stdout.flush()\n"
        "os.write(2, b'y' * 5_000_000)\n"
        "sys.exit(1)\n"
    )
    seen: list[sensortree.Progress] = []
    assert dict(sensortree.check(example, progress=seen.append).raw) == {**raw, "padding": "x" * 5_000_000}
    assert seen == []
