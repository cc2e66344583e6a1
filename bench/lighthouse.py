"""How fast, steady and accessible the signed-in app is for a phone, as Lighthouse sees it.

Measures the demo that `make run` started, with Lighthouse's simulated mobile network and processor.
Lighthouse is fetched by npm when first asked for: it is larger than all else that installing the app fetches.
"""

import json
import os
import re
import shutil
import socket
import subprocess
import tempfile
import urllib.parse
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

from bench.harness import ROOT, Suite, at_least, at_most

LIGHTHOUSE = "lighthouse@12.8.2"
SCREENS = ("/today", "/lists")
EMAIL, PASSWORD = "rep@mirai.example", "demo-fieldcrm"
PATIENCE_S = 180
# On a loaded machine Chromium sometimes loses the beginning of a trace (NO_NAVSTART).
ATTEMPTS = 3


def run() -> bool:
    """Measure each screen and weigh the shell."""
    suite = Suite("lighthouse")
    url = _running_app()
    with _signed_in_browser(url) as port:
        for screen in SCREENS:
            report = _report(f"{url}{screen}", port)
            shown = urllib.parse.urlsplit(report["finalDisplayedUrl"]).path
            if shown != screen:
                raise SystemExit(f"lighthouse saw {shown} in place of {screen}")
            _record(suite, screen, report)
    suite.record("shell, gzip", _shell_bytes(), "bytes", bar=at_most(60_000))
    return suite.finish()


def _record(suite: Suite, screen: str, report: dict[str, Any]) -> None:
    audits, scores = report["audits"], report["categories"]
    paint_s = audits["first-contentful-paint"]["numericValue"] / 1000
    suite.record(f"{screen} first contentful paint", paint_s, "s", bar=at_most(1.8))
    shift = audits["cumulative-layout-shift"]["numericValue"]
    suite.record(f"{screen} layout shift", shift, "", bar=at_most(0.01))
    for item in audits["layout-shifts"].get("details", {}).get("items", []):
        print(f"  {item['score']:.3f}: {item['node'].get('snippet', '')}", flush=True)
    for name, least in (("accessibility", 1.0), ("best-practices", 0.95)):
        suite.record(f"{screen} {name}", scores[name]["score"], "score", bar=at_least(least))
        for audit in _failed(report, name):
            print(f"  {audit['id']}: {audit['title']} {audit.get('displayValue', '')}", flush=True)


def _failed(report: dict[str, Any], category: str) -> list[dict[str, Any]]:
    """Return the audits that cost the category points."""
    weighed = (item["id"] for item in report["categories"][category]["auditRefs"] if item["weight"])
    audits = (report["audits"][name] for name in weighed)
    return [audit for audit in audits if audit["score"] is not None and audit["score"] < 1]


def _report(url: str, port: int) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder, "report.json")
        command = [
            *("npm", "exec", "--yes", f"--package={LIGHTHOUSE}", "--", "lighthouse", url, "--quiet"),
            *("--output=json", f"--output-path={output}", f"--port={port}"),
            "--only-categories=performance,accessibility,best-practices",
        ]
        environment = {"PUPPETEER_SKIP_DOWNLOAD": "1", **os.environ}
        for _attempt in range(ATTEMPTS):
            done = subprocess.run(command, cwd=folder, env=environment, check=False, timeout=PATIENCE_S)
            if done.returncode == 0:
                break
        done.check_returncode()
        report: dict[str, Any] = json.loads(output.read_text())
    return report


def _running_app() -> str:
    """Return the address of the demo that `make run` serves."""
    local = Path(os.environ.get("FIELDCRM_LOCAL_DIR") or ROOT / ".local")
    file = local / "pids" / "web.json"
    if not file.exists():
        raise SystemExit("the app is not running; start it with: make run")
    return str(json.loads(file.read_text())["note"]).rstrip("/")


@contextmanager
def _signed_in_browser(url: str) -> Iterator[int]:
    """A browser in which a rep has signed in; gives the port by which Lighthouse drives it.

    The cookie is the browser's own: a header added to the page's requests is lost once the service worker
    stands between, and the app then rightly says that the sign-in has ended.
    """
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch_persistent_context(
            folder,
            executable_path=shutil.which("chromium") or "/usr/bin/chromium",
            args=["--no-sandbox", f"--remote-debugging-port={port}"],
        )
        page = browser.new_page()
        page.goto(f"{url}/sign-in")
        page.fill("input[name=email]", EMAIL)
        page.fill("input[name=password]", PASSWORD)
        with page.expect_navigation():
            page.click("button[type=submit]")
        page.close()
        yield port
        browser.close()


def _shell_bytes() -> int:
    """Return what scripts/size.mjs weighs."""
    command = ["node", "scripts/size.mjs"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    total = re.search(r"(\d+)\s+shell, gzip", done.stdout)
    if total is None:
        raise SystemExit(f"the shell could not be weighed; build it with: make build\n{done.stderr}")
    return int(total[1])
