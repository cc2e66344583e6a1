"""Find the newest installed PostgreSQL that has PostGIS."""

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

OLDEST = 15
DISTRIBUTION_ROOT = Path("/usr/lib/postgresql")


@dataclass(frozen=True)
class Binaries:
    """One installed PostgreSQL: its major version and the folder of its programs."""

    major: int
    folder: Path
    has_postgis: bool

    def program(self, name: str) -> str:
        """Return the full path of initdb, pg_ctl, psql..."""
        return str(self.folder / name)


def find_installed() -> list[Binaries]:
    """Return every usable server installation, newest first, those with PostGIS before the others."""
    folders = {path.parent.resolve() for path in DISTRIBUTION_ROOT.glob("*/bin/initdb")}
    on_path = shutil.which("initdb")
    if on_path:
        folders.add(Path(on_path).resolve().parent)
    found = [binaries for folder in folders if (binaries := _inspect(folder)) is not None]
    return sorted(found, key=lambda b: (b.has_postgis, b.major), reverse=True)


def find_with_postgis(major: int | None = None) -> Binaries | None:
    """Return the installation to use, or None; `major` is asked for by a cluster that already exists."""
    for binaries in find_installed():
        if binaries.has_postgis and major in (None, binaries.major):
            return binaries
    return None


def _inspect(folder: Path) -> Binaries | None:
    if not all((folder / name).exists() for name in ("initdb", "pg_ctl", "pg_isready", "psql", "postgres")):
        return None
    answer = subprocess.run([folder / "postgres", "--version"], capture_output=True, text=True, check=False)
    digits = "".join(c if c.isdigit() else " " for c in answer.stdout).split()
    if not digits or int(digits[0]) < OLDEST:
        return None
    return Binaries(major=int(digits[0]), folder=folder, has_postgis=_has_postgis(folder, int(digits[0])))


def _has_postgis(folder: Path, major: int) -> bool:
    candidates = [
        Path(f"/usr/share/postgresql/{major}"),
        folder.parent / "share/postgresql",
        folder.parent / "share",
    ]
    return any((share / "extension/postgis.control").exists() for share in candidates)
