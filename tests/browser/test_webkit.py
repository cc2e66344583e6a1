"""The engine of iPhones: the app opens without a network, keeps a visit, and sends it once it can."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait
from selenium.webdriver.webkitgtk.options import Options
from selenium.webdriver.webkitgtk.service import Service
from selenium.webdriver.webkitgtk.webdriver import WebDriver

from tests.browser.conftest import PASSWORD
from tests.browser.line import Line, line_to
from tests.browser.serving import Served

BROWSERS = Path("/usr/lib").glob("*/webkit2gtk-4.*/MiniBrowser")
PATIENCE_S = 60
NOTE = "電波の届かない地下で書いた記録"

IS_KEPT = """
const done = arguments[arguments.length - 1];
caches.open('assets').then((cache) => cache.keys()).then((keys) => done(keys.length)).catch(() => done(0));
"""
IS_CONTROLLED = "return navigator.serviceWorker && navigator.serviceWorker.controller !== null;"


@pytest.fixture
def phone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[WebDriver]:
    """WebKit on a screen that nobody sees."""
    driver_path, screen_path = shutil.which("WebKitWebDriver"), shutil.which("Xvfb")
    browser = next(BROWSERS, None)
    if driver_path is None or screen_path is None or browser is None:
        pytest.skip("no WebKit on this machine: the packages webkit2gtk-driver and xvfb are not installed")
    for name in ("HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME", "XDG_RUNTIME_DIR"):
        monkeypatch.setenv(name, str(tmp_path))
    with _screen(screen_path, tmp_path / "screen") as display:
        monkeypatch.setenv("DISPLAY", display)
        options = Options()
        options.binary_location = str(browser)
        options.add_argument("--automation")
        driver = WebDriver(options=options, service=Service(executable_path=driver_path))
        driver.set_window_size(390, 844)
        yield driver
        driver.quit()


class _Screen:
    """An X server on a display number of its own choice."""

    def __init__(self, path: str, note: Path) -> None:
        self._command = [path, "-displayfd", "1", "-screen", "0", "1280x1024x24", "-nolisten", "tcp"]
        self._note = note

    def __enter__(self) -> str:
        self._process = subprocess.Popen(
            self._command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        assert self._process.stdout is not None
        return f":{self._process.stdout.readline().strip()}"

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.wait(timeout=15)


_screen = _Screen


def test_a_visit_kept_offline_is_sent_when_the_line_is_back(phone: WebDriver, served: Served) -> None:
    with line_to(served.url) as line:
        _sign_in(phone, line)
        account_id = _own_account(phone)
        phone.get(f"{line.url}/accounts/{account_id}")
        _see(phone, "訪問記録")
        _wait(phone, lambda: phone.execute_script(IS_CONTROLLED) and phone.execute_async_script(IS_KEPT) > 5)

        line.cut()
        phone.get(f"{line.url}/accounts/{account_id}")
        _press(phone, "訪問記録")
        _wait(phone, lambda: phone.find_elements(By.CSS_SELECTOR, "textarea"))
        phone.find_element(By.CSS_SELECTOR, "textarea").send_keys(NOTE)
        _press(phone, "保存")
        _see(phone, "端末に保存しました")

        line.mend()
        phone.refresh()
        _wait(phone, lambda: NOTE in _notes(phone, account_id))
        assert _notes(phone, account_id).count(NOTE) == 1


def _sign_in(phone: WebDriver, line: Line) -> None:
    phone.get(f"{line.url}/sign-in?lang=ja")
    phone.find_element(By.NAME, "email").send_keys("rep@mirai.example")
    phone.find_element(By.NAME, "password").send_keys(PASSWORD)
    phone.find_element(By.CSS_SELECTOR, "button[type=submit]").click()
    _wait(phone, lambda: phone.find_elements(By.CSS_SELECTOR, "nav"))


def _ask(phone: WebDriver, path: str) -> Any:
    """Ask the server from within the page, with its session."""
    script = """
    const done = arguments[arguments.length - 1];
    fetch(arguments[0]).then((answer) => answer.text()).then(done).catch(() => done('{}'));
    """
    return json.loads(phone.execute_async_script(script, path) or "{}")


def _own_account(phone: WebDriver) -> str:
    return str(_ask(phone, "/api/accounts?limit=1&owner=me")["items"][0]["id"])


def _notes(phone: WebDriver, account_id: str) -> list[str]:
    items = _ask(phone, f"/api/accounts/{account_id}/activities").get("items", [])
    return [item["note"] for item in items]


def _press(phone: WebDriver, name: str) -> None:
    def is_pressed() -> bool:
        buttons = phone.find_elements(By.XPATH, f"//button[normalize-space(.)='{name}']")
        shown = [button for button in buttons if button.is_displayed() and button.is_enabled()]
        # Drawn anew between finding and pressing, it refuses: then it is looked for again.
        shown[-1].click()
        return True

    _wait(phone, is_pressed)


def _see(phone: WebDriver, text: str) -> None:
    _wait(phone, lambda: text in phone.find_element(By.TAG_NAME, "body").text)


def _wait(phone: WebDriver, is_so: Any) -> Any:
    return WebDriverWait(phone, PATIENCE_S, ignored_exceptions=(Exception,)).until(lambda _: is_so())
