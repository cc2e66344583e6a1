"""How fast, steady and accessible the signed-in app is for a phone, as Lighthouse sees it.

Measures the demo that `make run` started, with Lighthouse's simulated mobile network and processor.
Lighthouse is fetched by npm when first asked for: it is larger than all else that installing the app fetches.
"""

import http.cookiejar
import json
import os
import re
import shutil
import subprocess
import tempfile
import urllib.parse
import urllib.request
from pathlib import Path
from typing import Any

from bench.harness import ROOT, Suite, at_least, at_most

LIGHTHOUSE = "lighthouse@12.8.2"
SCREENS = ("/today", "/lists")
EMAIL, PASSWORD = "rep@mirai.example", "demo-fieldcrm"
FLAGS = "--headless=new --no-sandbox"
PATIENCE_S = 180
# On a loaded machine Chromium sometimes loses the beginning of a trace (NO_NAVSTART).
ATTEMPTS = 3


def run() -> bool:
    """Measure each screen and weigh the shell."""
    suite = Suite("lighthouse")
    url = _running_app()
    cookie = _sign_in(url)
    for screen in SCREENS:
        report = _report(f"{url}{screen}", cookie)
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


def _report(url: str, cookie: str) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        headers, output = Path(folder, "headers.json"), Path(folder, "report.json")
        headers.write_text(json.dumps({"Cookie": cookie}))
        command = [
            *("npm", "exec", "--yes", f"--package={LIGHTHOUSE}", "--", "lighthouse", url, "--quiet"),
            *("--output=json", f"--output-path={output}", f"--extra-headers={headers}"),
            *("--only-categories=performance,accessibility,best-practices", f"--chrome-flags={FLAGS}"),
        ]
        chromium = shutil.which("chromium") or "/usr/bin/chromium"
        environment = {"CHROME_PATH": chromium, "PUPPETEER_SKIP_DOWNLOAD": "1", **os.environ}
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


def _sign_in(url: str) -> str:
    """Sign in as a rep would; return the session's cookie."""
    jar = http.cookiejar.CookieJar()
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
    page = opener.open(f"{url}/sign-in").read().decode()
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    if token is None:
        raise SystemExit("the sign-in page has no form")
    form = {"email": EMAIL, "password": PASSWORD, "csrf_token": token[1]}
    opener.open(f"{url}/sign-in", urllib.parse.urlencode(form).encode())
    return "; ".join(f"{cookie.name}={cookie.value}" for cookie in jar)


def _shell_bytes() -> int:
    """Return what scripts/size.mjs weighs."""
    command = ["node", "scripts/size.mjs"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    total = re.search(r"(\d+)\s+shell, gzip", done.stdout)
    if total is None:
        raise SystemExit(f"the shell could not be weighed; build it with: make build\n{done.stderr}")
    return int(total[1])
