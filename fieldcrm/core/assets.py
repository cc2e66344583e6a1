"""Where the built front end is: the URLs that the app's page loads, read from the build's manifest."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

ENTRY = "src/main.ts"
BASE = "/static/"
EARLY = "assets/early-"


@dataclass(frozen=True)
class ShellAssets:
    """URLs for templates/shell.html."""

    js: str
    early: str | None = None
    css: tuple[str, ...] = ()
    preload: tuple[str, ...] = ()


class NotBuilt(RuntimeError):
    """The front end has not been built: `npm run build` comes first."""


def shell_assets(dist: Path, *, vite_url: str | None = None) -> ShellAssets:
    """Return the page's assets: the build's in `dist`, or the dev server's when its URL is given."""
    if vite_url:
        return ShellAssets(js=f"{vite_url}{BASE}{ENTRY}")
    manifest = dist / ".vite" / "manifest.json"
    try:
        changed_ns = manifest.stat().st_mtime_ns
    except FileNotFoundError:
        raise NotBuilt(f"{manifest} is missing: run `npm run build`") from None
    return _read(manifest, changed_ns)


@lru_cache(maxsize=2)
def _read(manifest: Path, _changed_ns: int) -> ShellAssets:
    chunks = json.loads(manifest.read_text("utf-8"))
    entry = chunks[ENTRY]
    return ShellAssets(
        js=BASE + entry["file"],
        early=next((BASE + c["file"] for c in chunks.values() if c["file"].startswith(EARLY)), None),
        css=tuple(BASE + name for name in entry.get("css", [])),
        preload=tuple(BASE + chunks[key]["file"] for key in entry.get("imports", [])),
    )
