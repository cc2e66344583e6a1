"""Draw the application's icons from `static/public/icons/favicon.svg` with Chromium.

Run after changing the SVG: `.venv/bin/python scripts/draw_icons.py`. `CHROMIUM` names another browser.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

from playwright.sync_api import sync_playwright

ICONS = Path(__file__).resolve().parent.parent / "static" / "public" / "icons"
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")

# Launchers crop a maskable icon to a circle of 80 % of its side, so the mark is drawn smaller and the plate fills the corners.
MASKABLE_SCALE = 0.82
TARGETS = {
    "icon-192.png": (192, "plain"),
    "icon-512.png": (512, "plain"),
    "icon-maskable-192.png": (192, "full"),
    "icon-maskable-512.png": (512, "full"),
    "apple-touch-icon.png": (180, "full"),
    "badge-96.png": (96, "badge"),
}


def variant(svg: str, kind: str) -> str:
    """Return the SVG for one kind: `plain` as drawn, `full` to the edges, `badge` white on nothing."""
    if kind == "plain":
        return svg
    if kind == "full":
        svg = re.sub(r' rx="116"', "", svg)
        shift = 256 * (1 - MASKABLE_SCALE)
        return svg.replace('<g id="mark">', f'<g transform="translate({shift} {shift}) scale({MASKABLE_SCALE})">')
    badge = '<path d="M256 480C216 414 86 332 86 196a170 170 0 0 1 340 0c0 136-130 218-170 284Z" fill="#fff"/>'
    return re.sub(r"(<svg[^>]*>).*(</svg>)", rf"\1{badge}\2", svg, flags=re.DOTALL)


def main() -> None:
    """Write every icon of TARGETS beside the SVG."""
    svg = (ICONS / "favicon.svg").read_text(encoding="utf-8")
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        for name, (side, kind) in TARGETS.items():
            page = browser.new_page(viewport={"width": side, "height": side})
            page.set_content(f"<style>*{{margin:0}}svg{{display:block;width:{side}px}}</style>{variant(svg, kind)}")
            page.screenshot(path=ICONS / name, omit_background=True)
            page.close()
        browser.close()


if __name__ == "__main__":
    main()
