#!/usr/bin/env python3
"""`make screenshots`: the five places of the demo and the scenes beyond them, into docs/screenshots/.

Runs in the virtual environment, against the app that `make run` started.
"""

from playwright.sync_api import sync_playwright

from demo_phone import LOCALES, Demo
from places import ROOT, fail, say
from processes import WEB
from scenes import MANAGER, SCENES

FOLDER = ROOT / "docs/screenshots"
PLACES = ("map", "lists", "today", "team", "more")
THEMES = ("light", "dark")
# Each scene once a language, so that both themes are seen and the folder stays small.
SCENES_IN = {"ja": "light", "en": "dark"}
FLAGS = [
    "--no-sandbox",
    "--disable-background-networking",
    "--use-gl=angle",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--ignore-gpu-blocklist",
]
SETTLED_MS = 2500


def main() -> None:
    """Take all pictures; stop at the first page that reports an error."""
    if not WEB.is_running():
        fail("the app is not running; start it with: make run")
    FOLDER.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        for language in LOCALES:
            for theme in THEMES:
                demo = Demo(browser=browser, language=language, theme=theme)
                _take_places(demo)
                if SCENES_IN[language] == theme:
                    _take_scenes(demo)
        browser.close()
    say(f"{len(list(FOLDER.glob('*.png')))} pictures in {FOLDER.relative_to(ROOT)}")


def _take_places(demo: Demo) -> None:
    page = demo.phone(MANAGER)
    for place in PLACES:
        page.goto(f"/{place}")
        page.locator(".boot").wait_for(state="detached")
        page.wait_for_load_state("networkidle")
        if place == "map":
            # Where the phone is, at the zoom where single accounts have names.
            page.get_by_role("button", name=demo.words["map.locate"], exact=True).click()
            page.wait_for_timeout(SETTLED_MS)
            page.wait_for_load_state("networkidle")
        # Tiles fade in and the map's labels are placed after the last answer has come.
        page.wait_for_timeout(SETTLED_MS)
        page.screenshot(path=FOLDER / f"{place}-{demo.theme}-{demo.language}.png")
    page.context.close()


def _take_scenes(demo: Demo) -> None:
    for name, scene in SCENES.items():
        with scene(demo) as page:
            page.screenshot(path=FOLDER / f"{name}-{demo.theme}-{demo.language}.png")
        for context in demo.browser.contexts:
            context.close()


if __name__ == "__main__":
    main()
