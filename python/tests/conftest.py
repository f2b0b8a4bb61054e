"""What the tests share. They are run against an installed package, as `cargo xtask python` does it."""

import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import sensortree

REPOSITORY = Path(__file__).parents[2]


def pytest_configure() -> None:
    if Path(sensortree.__file__).is_relative_to(REPOSITORY / "python"):
        raise pytest.UsageError("the tests are for the installed package, and would try the sources: see CONTRIBUTING.md")


@pytest.fixture(autouse=True)
def _without_configuration(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of whoever runs the tests has a say in them."""
    monkeypatch.delenv("SENSORTREE_BINARY", raising=False)
    monkeypatch.chdir(REPOSITORY)


@pytest.fixture
def example() -> Path:
    """A small drive with faults: docs and tests share it."""
    return REPOSITORY / "examples" / "drive_0423"


@pytest.fixture
def clean(tmp_path: Path) -> Path:
    """A dataset without a fault, but for its metadata.json, which it lacks."""
    root = tmp_path / "drive"
    for sensor, suffix in [("lidar-top", "pcd"), ("camera-front", "jpg")]:
        scene = root / sensor / "scene_0001"
        scene.mkdir(parents=True)
        for frame in range(3):
            (scene / f"{1681532060061 + 100 * frame}.{suffix}").write_bytes(b"a frame")
    return root


@pytest.fixture
def stand_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Path]:
    """Puts a script of Python in the place of the program."""
    if os.name == "nt":
        pytest.skip("a script is no program on Windows")

    def put(script: str) -> Path:
        path = tmp_path / "stand-in"
        path.write_text(f"#!{sys.executable}\n{script}")
        path.chmod(0o755)
        monkeypatch.setenv("SENSORTREE_BINARY", str(path))
        return path

    return put
