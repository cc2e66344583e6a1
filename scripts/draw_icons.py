"""Draw the application's icons from `static/public/icons/icon.svg` with Chromium.

Run after changing the SVG: `.venv/bin/python scripts/draw_icons.py`. `CHROMIUM` names another browser.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

from playwright.sync_api import sync_playwright

ICONS = Path(__file__).resolve().parent.parent / "static" / "public" / "icons"
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")

# Launchers crop a maskable icon to a circle of 80 % of its side: the mark is drawn smaller, the plate
# fills the corners.
MASKABLE_SCALE = 0.82
ICON_SIDES = {
    "icon-192.png": (192, "plain"),
    "icon-512.png": (512, "plain"),
    "icon-maskable-192.png": (192, "full"),
    "icon-maskable-512.png": (512, "full"),
    "apple-touch-icon.png": (180, "full"),
}
# The same lines as the app's tabs (static/src/ui/icons.ts).
SHORTCUTS = {
    "shortcut-map.png": "M9 4 3 6v14l6-2 6 2 6-2V4l-6 2-6-2Z M9 4v14 M15 6v14",
    "shortcut-today.png": "M5 5h14v15H5zM5 10h14M9 3v4M15 3v4",
    "shortcut-lists.png": "M8 6h12M8 12h12M8 18h12M4 6h.01M4 12h.01M4 18h.01",
}
SHORTCUT_SIDE = 96


def variant(svg: str, kind: str) -> str:
    """Return the SVG for one kind: `plain` as drawn, `full` to the edges with a smaller mark."""
    if kind == "plain":
        return svg
    svg = svg.replace(' rx="116"', "")
    shift = 256 * (1 - MASKABLE_SCALE)
    return re.sub(
        r'<g id="mark">', f'<g transform="translate({shift} {shift}) scale({MASKABLE_SCALE})">', svg
    )


def shortcut(path: str) -> str:
    """Return the SVG of a long-press shortcut: the tab's icon on a soft disc."""
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="-12 -12 48 48"><circle cx="12" cy="12" r="24" '
        f'fill="#dcefe9"/><path d="{path}" fill="none" stroke="#0b6b57" stroke-width="1.9" '
        'stroke-linecap="round" stroke-linejoin="round"/></svg>'
    )


def main() -> None:
    """Write every icon beside the SVG."""
    source = (ICONS / "icon.svg").read_text(encoding="utf-8")
    pictures = {name: (side, variant(source, kind)) for name, (side, kind) in ICON_SIDES.items()}
    pictures |= {name: (SHORTCUT_SIDE, shortcut(path)) for name, path in SHORTCUTS.items()}
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        for name, (side, svg) in pictures.items():
            page = browser.new_page(viewport={"width": side, "height": side})
            page.set_content(f"<style>*{{margin:0}}svg{{display:block;width:{side}px}}</style>{svg}")
            page.screenshot(path=ICONS / name, omit_background=True)
            page.close()
        browser.close()


if __name__ == "__main__":
    main()
