"""`scripts/bootstrap` finds a Python that really runs. Those here are stand-ins that do what it asks of one."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from django.conf import settings

_TOOLS = [
    *("awk", "bash", "cat", "chmod", "cut", "dirname", "env", "grep"),
    *("head", "mkdir", "rm", "sed", "sha256sum", "sleep", "sort", "tail"),
]
PYTHON = """#!/bin/bash
case "$1" in
  -c) {behaviour} ;;
  -V) echo "Python {version}" ;;
  -m) case "$2" in
        venv) mkdir -p "$3/bin"; sed 's/{name}/environment/' "$0" > "$3/bin/python"; chmod +x "$3/bin/python"
              echo "{name}" > "$3/made-with" ;;
        pip) echo "Collecting a"; echo "WARNING: noise"; {pip} ;;
      esac ;;
esac
"""


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    root = tmp_path / "clone"
    (root / "scripts").mkdir(parents=True)
    shutil.copy(settings.BASE_DIR / "scripts" / "bootstrap", root / "scripts" / "bootstrap")
    (root / "requirements-dev.lock").write_text("a==1 \\\n    --hash=sha256:0\n")
    (tmp_path / "bin").mkdir()
    return root


def add_python(path: Path, version: str, *, runs: bool = True, pip: str = "true") -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    major, minor, *_ = version.split(".")
    answer = (
        f'case "$2" in *ensurepip*) echo "{int(major):03}.{int(minor):03} $0" ;; esac'
        if runs and int(minor) >= 12
        else "exit 1"
    )
    path.write_text(PYTHON.format(behaviour=answer, version=version, name=path.name + version, pip=pip))
    path.chmod(0o755)


def bootstrap(clone: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [clone / "scripts" / "bootstrap"],
        env={"PATH": f"{clone.parent / 'bin'}:{_tools(clone)}", "HOME": str(clone.parent / "home"), **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def _tools(clone: Path) -> Path:
    """The few tools bootstrap needs, and none of this machine's Pythons."""
    folder = clone.parent / "tools"
    folder.mkdir(exist_ok=True)
    for name in _TOOLS:
        target = shutil.which(name, path="/usr/bin:/bin")
        if target and not (folder / name).exists():
            (folder / name).symlink_to(target)
    return folder


@pytest.mark.skipif(
    any(Path("/usr/bin", f"python3.{minor}").exists() for minor in range(12, 20)), reason="this machine's own is found"
)
def test_machine_without_a_usable_python_is_told_what_to_install(clone: Path) -> None:
    add_python(clone.parent / "bin" / "python3", "3.11.2")
    add_python(clone.parent / "bin" / "python3.12", "3.12.1", runs=False)  # a version manager's empty shim

    done = bootstrap(clone)

    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "no Python 3.12 or newer was found that runs: install one" in done.stderr
    assert not (clone / ".venv").exists()


def test_newest_python_of_the_lock_that_runs_is_taken_from_a_version_managers_folder(clone: Path) -> None:
    versions = clone.parent / "home" / ".pyenv" / "versions"
    add_python(clone.parent / "bin" / "python3", "3.11.2")
    add_python(versions / "3.12.1" / "bin" / "python3", "3.12.1")
    add_python(versions / "3.13.0" / "bin" / "python3", "3.13.0")
    add_python(versions / "3.14.0" / "bin" / "python3", "3.14.0", runs=False)

    done = bootstrap(clone)

    assert done.returncode == 0, done.stderr
    assert (clone / ".venv" / "made-with").read_text().strip() == "python33.13.0"
    assert "1/3 environment .venv with Python 3.13.0" in done.stdout
    assert "WARNING" not in done.stdout + done.stderr


def test_named_python_is_used_or_refused(clone: Path) -> None:
    add_python(clone.parent / "bin" / "python3", "3.13.0")
    add_python(clone.parent / "other" / "python", "3.12.1")
    add_python(clone.parent / "old" / "python", "3.11.2")

    refused = bootstrap(clone, PYTHON=str(clone.parent / "old" / "python"))
    used = bootstrap(clone, PYTHON=str(clone.parent / "other" / "python"))

    assert refused.returncode == 1
    assert "does not run as Python 3.12 or newer" in refused.stderr
    assert used.returncode == 0, used.stderr
    assert (clone / ".venv" / "made-with").read_text().strip() == "python3.12.1"


def test_second_run_installs_nothing_until_the_lock_changes(clone: Path) -> None:
    add_python(clone.parent / "bin" / "python3", "3.13.0")
    assert bootstrap(clone).returncode == 0

    again = bootstrap(clone)
    (clone / "requirements-dev.lock").write_text("a==2 \\\n    --hash=sha256:0\n")
    changed = bootstrap(clone)

    assert again.stdout == ""
    assert "2/3 1 packages" in changed.stdout


def test_failed_installation_shows_its_reason_and_is_tried_again(clone: Path) -> None:
    add_python(clone.parent / "bin" / "python3", "3.13.0", pip="echo 'ERROR: no such hash'; exit 1")

    done = bootstrap(clone)

    assert done.returncode == 1
    assert "ERROR: no such hash" in done.stderr
    assert not (clone / ".venv" / "clearway-installed").exists()
    assert os.access(clone / "scripts" / "bootstrap", os.X_OK)
