"""A phone whose profile outlives its browser: its battery dies, it is switched on again."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Error, Page

from tests.browser.conftest import CHROMIUM, FLAGS, PHONE, SETTINGS, listen_for_faults, watch_policy


class Pocket:
    """A browser process of its own, on a folder of its own."""

    def __init__(self, chromium: Browser, folder: Path, *, base_url: str, flags: Sequence[str] = ()) -> None:
        self._chromium, self._folder, self._base_url = chromium, folder, base_url
        self._flags = [*FLAGS, *flags]
        self._context: BrowserContext | None = None
        self.faults: list[str] = []

    def switch_on(self, *, is_offline: bool = False) -> Page:
        """Start the browser on what the folder holds; return its one page."""
        self._context = context = self._chromium.browser_type.launch_persistent_context(
            self._folder,
            executable_path=shutil.which("chromium") or CHROMIUM,
            args=self._flags,
            base_url=self._base_url,
            offline=is_offline,
            locale="ja-JP",
            **SETTINGS,
            **PHONE,
        )
        context.set_default_timeout(40_000)
        watch_policy(context, self.faults)
        (page,) = context.pages
        listen_for_faults(page, self.faults)
        return page

    def die(self) -> None:
        """Kill -9 the browser with all its pages: nothing is written any more, nobody is told."""
        assert self._context is not None
        with self._context.expect_event("close"):
            os.kill(self._pid(), signal.SIGKILL)
        self._context = None

    def close(self) -> None:
        """Switch off in an orderly way, if it is on."""
        if self._context is not None:
            with suppress(Error):
                self._context.close()

    def _pid(self) -> int:
        mine = f"--user-data-dir={self._folder}".encode()
        for entry in Path("/proc").iterdir():
            with suppress(OSError):
                words = (entry / "cmdline").read_bytes().split(b"\0")
                # Its children are told of the folder too, and of what they are.
                if mine in words and not any(word.startswith(b"--type=") for word in words):
                    return int(entry.name)
        raise AssertionError("the browser does not run")
