"""A phone on which somebody of the demo is signed in, for `make screenshots`."""

import json
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Browser, Geolocation, Page

from places import ROOT, fail
from processes import WEB

PASSWORD = "demo-fieldcrm"  # noqa: S105 - printed by `make run`
LOCALES = {"ja": "ja-JP", "en": "en-GB"}
SHIBUYA: Geolocation = {"longitude": 139.7016, "latitude": 35.6580, "accuracy": 15}
ANDROID = (
    "Mozilla/5.0 (Linux; Android 15; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/142.0.0.0 Mobile Safari/537.36"
)


@dataclass(frozen=True)
class Demo:
    """The running demo, as one language and theme show it."""

    browser: Browser
    language: str
    theme: str

    @property
    def words(self) -> dict[str, str]:
        """Return what the screens say, by key."""
        folder = ROOT / "static/src/core/i18n"
        names = (f"{self.language}.json", f"{self.language}.more.json")
        return {
            key: text
            for name in names
            for key, text in json.loads((folder / name).read_text(encoding="utf-8")).items()
        }

    def phone(self, email: str) -> Page:
        """Open a phone of its own, signed in; an error of its pages stops everything."""
        context = self.browser.new_context(
            base_url=WEB.note(),
            viewport={"width": 390, "height": 844},
            device_scale_factor=2,
            is_mobile=True,
            has_touch=True,
            user_agent=ANDROID,
            locale=LOCALES[self.language],
            timezone_id="Asia/Tokyo",
            color_scheme="dark" if self.theme == "dark" else "light",
            geolocation=SHIBUYA,
            permissions=["geolocation"],
        )
        page = context.new_page()
        page.on("pageerror", lambda error: fail(f"the page reports: {error}"))
        # Before the app starts: a phone keeps the language it began with until it starts anew.
        send(page, "POST", "/api/session", {"email": email, "password": PASSWORD})
        send(page, "PUT", "/api/session/preferences", {"locale": self.language})
        page.goto("/today")
        return page


def ask(page: Page, path: str) -> Any:
    """Return what the server tells the person who is signed in there."""
    answer = page.request.get(path)
    if not answer.ok:
        fail(f"{path}: {answer.status} {answer.text()}")
    return answer.json()


def send(page: Page, method: str, path: str, data: dict[str, object] | None = None) -> None:
    """Change something on the server as the person who is signed in there."""
    token = ask(page, "/api/csrf")["csrf_token"]
    answer = page.request.fetch(path, method=method, data=data, headers={"X-CSRFToken": token})
    if not answer.ok:
        fail(f"{method} {path}: {answer.status} {answer.text()}")
