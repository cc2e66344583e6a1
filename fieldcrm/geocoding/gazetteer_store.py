"""Opens the gazetteer: from the cache, or built from the packages (5 s, once per version of the data)."""

import os
import tempfile
from pathlib import Path

from fieldcrm.config import Settings
from fieldcrm.geocoding.gazetteer import FORMAT_VERSION, Gazetteer
from fieldcrm.geocoding.gazetteer_build import build_drafts, serialise
from fieldcrm.geocoding.gazetteer_source import data_key, read_postal, read_towns
from fieldcrm.geocoding.postal_points import postal_columns, postal_points


def default_cache_folder() -> Path:
    """Return the folder for what can be built again."""
    return Settings().fieldcrm_local_dir / "cache"


def open_gazetteer(cache_folder: Path) -> Gazetteer:
    """Return the gazetteer, from the cache if there is one; if the cache cannot be written, from memory."""
    path = cache_folder / f"gazetteer-{data_key(FORMAT_VERSION)}.bin"
    try:
        return Gazetteer.open(path)
    except (OSError, ValueError):
        data = build()
    try:
        _write_atomically(path, data)
        return Gazetteer.open(path)
    except OSError:
        return Gazetteer(data)


def build() -> bytes:
    """Return the bytes of a gazetteer file made from the installed packages."""
    postal = list(read_postal())
    drafts, keys = build_drafts(read_towns(), postal)
    towns_only = Gazetteer(serialise(drafts, keys, postal_columns([])))
    return serialise(drafts, keys, postal_columns(postal_points(towns_only, postal)))


def _write_atomically(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=".gazetteer-")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
        # mkstemp makes it private; the web server may run as another user than the command line.
        Path(name).chmod(0o644)
        Path(name).replace(path)
        # Files of former data; a process that still maps one keeps it until it ends.
        for former in path.parent.glob("gazetteer-*.bin"):
            if former != path:
                former.unlink(missing_ok=True)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
