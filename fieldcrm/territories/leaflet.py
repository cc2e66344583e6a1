"""Leaflet as one file carries it: script, styles and their pictures, from the front end's build.

The app itself draws with MapLibre; only the maps to pass on hold these (vite.config.ts puts them there).
"""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from fieldcrm.core.assets import NotBuilt
from fieldcrm.core.pages import DIST

FOLDER = DIST / "leaflet"
_PICTURE = re.compile(r"url\(images/([\w-]+\.png)\)")
# Says where the sources are: nobody looks for them from within a file.
_SOURCE_MAP = re.compile(r"//# sourceMappingURL=\S+")


@dataclass(frozen=True, slots=True)
class Leaflet:
    """Text for a ``<script>`` and a ``<style>`` that name nothing outside."""

    script: str
    style: str


def leaflet() -> Leaflet:
    """Return Leaflet; raises NotBuilt where the front end was not built."""
    return _read(FOLDER)


@lru_cache(maxsize=1)
def _read(folder: Path) -> Leaflet:
    try:
        script = (folder / "leaflet.js").read_text("utf-8")
        style = (folder / "leaflet.css").read_text("utf-8")
    except FileNotFoundError as missing:
        raise NotBuilt(f"{missing.filename} is missing: run `npm run build`") from None

    def inlined(found: re.Match[str]) -> str:
        content = base64.b64encode((folder / "images" / found[1]).read_bytes()).decode()
        return f"url(data:image/png;base64,{content})"

    # Internet Explorer's way of drawing, which would be fetched as a file by nobody but a checker.
    style = style.replace("url(#default#VML)", "none")
    return Leaflet(_SOURCE_MAP.sub("", script), _PICTURE.sub(inlined, style))
