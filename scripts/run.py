#!/usr/bin/env python3
"""`make run`: install what is missing, start database, web server and worker, say where it is.

It returns when the app answers; everything goes on in the background until `make stop`.
"""

import hashlib
import os
import socket
import subprocess
import sys
import time

import assets
import healthz
import roads
from cluster_place import data_folder
from places import LOCAL, ROOT, STAMPS, VENV_BIN, environment, fail, say
from processes import WEB, WORKER

READY_WITHIN_S = 90
EVERYWHERE = ("0.0.0.0", "::")  # noqa: S104 - what an operator may ask for, not what we do
SIGN_INS = LOCAL / "demo.txt"
PREPARED = STAMPS / "prepared"


def main() -> None:
    """Bring everything up, or say that it is up already."""
    started = time.monotonic()
    if (
        WEB.is_running()
        and WORKER.is_running()
        and healthz.ask(WEB.note()).get("status") in ("ok", "degraded")
    ):
        say("FieldCRM is already running. To take in changes: make stop run")
        _greet(WEB.note())
        return
    host, port = os.environ.get("HOST") or "127.0.0.1", os.environ.get("PORT") or "8000"
    address = f"http://{'127.0.0.1' if host in EVERYWHERE else host}:{port}"
    WEB.end_orphans()
    if not WEB.is_running() and healthz.is_port_taken(address):
        fail(f"port {port} is taken by another program; choose one: make run PORT={int(port) + 1}")
    for script, *words in (("setup.py",), ("db.py", "up")):
        _call([sys.executable, str(ROOT / "scripts" / script), *words])
    _prepare_database()
    assets.build_if_changed()
    # Links in mails lead to where people are told to look.
    os.environ.setdefault("PUBLIC_URL", _public(address, host=host, port=port))
    roads.start()
    _start(host=host, port=port, address=address)
    _wait(address)
    say(f"Started in {time.monotonic() - started:.0f} s.")
    _greet(address)


def _call(command: list[str], *, is_quiet: bool = False) -> None:
    output = subprocess.DEVNULL if is_quiet else None
    done = subprocess.run(command, cwd=ROOT, env=environment(), stdout=output, check=False)
    if done.returncode != 0:
        raise SystemExit(done.returncode)


def _prepare_database() -> None:
    """Migrate and load the demo, unless this very cluster was prepared by this very code."""
    is_private = not os.environ.get("DATABASE_URL")
    prepared = _prepared_by() if is_private else ""
    if is_private and PREPARED.exists() and PREPARED.read_text() == prepared and SIGN_INS.exists():
        return
    _call([sys.executable, str(ROOT / "scripts/migrate.py")])
    _load_demo()
    _build_basemap_later()
    if is_private:
        STAMPS.mkdir(parents=True, exist_ok=True)
        PREPARED.write_text(prepared)


def _prepared_by() -> str:
    """Return what names both the cluster (a new one has another folder) and the code that prepares it."""
    digest = hashlib.sha256(f"{data_folder()} {data_folder().stat().st_ino}".encode())
    for path in sorted([*(ROOT / "migrations").rglob("*.py"), *(ROOT / "fieldcrm/core").glob("*.py")]):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _load_demo() -> None:
    """Load the demo into our own cluster; into a database of somebody's own only when asked to."""
    if os.environ.get("DATABASE_URL") and os.environ.get("DEMO") != "1":
        SIGN_INS.unlink(missing_ok=True)
        return
    command = ["flask", "--app", "fieldcrm", "demo"]
    done = subprocess.run(
        command, cwd=ROOT, env=environment(), stdout=subprocess.PIPE, text=True, check=False
    )
    if done.returncode != 0:
        fail("the demo could not be loaded, see above.")
    SIGN_INS.write_text(done.stdout)
    os.environ["DEMO"] = "1"  # the sign-in page then shows them as well


def _build_basemap_later() -> None:
    """Leave the embedded basemap to the worker: it takes a while, and the app serves without it."""
    _call(["flask", "--app", "fieldcrm", "basemap", "build", "--later"], is_quiet=True)


def _start(*, host: str, port: str, address: str) -> None:
    cores = os.cpu_count() or 2
    web = ["granian", "--interface", "wsgi", "--factory", "fieldcrm:create_app", "--no-access-log", "--no-ws"]
    web += [
        "--host",
        host,
        "--port",
        port,
        "--workers",
        str(min(4, max(2, cores))),
        "--blocking-threads",
        "8",
    ]
    # A process that was killed may leave the others waiting when they are told to stop.
    web += ["--respawn-failed-workers", "--workers-kill-timeout", "10"]
    if not WEB.is_running():
        WEB.start([str(VENV_BIN / web[0]), *web[1:]], note=address)
    if not WORKER.is_running():
        WORKER.start([str(VENV_BIN / "flask"), "--app", "fieldcrm", "worker"])


def _wait(address: str) -> None:
    deadline = time.monotonic() + READY_WITHIN_S
    report: dict[str, object] = {}
    while time.monotonic() < deadline:
        report = healthz.ask(address)
        if report.get("status") == "ok":
            return
        for program in (WEB, WORKER):
            if not program.is_running():
                fail(f"the {program.name} process ended; the end of {program.log}:\n{program.last_lines()}")
        time.sleep(0.2)
    fail(f"not ready after {READY_WITHIN_S} s: {report or 'no answer'}; logs are in {WEB.log.parent}")


def _greet(address: str) -> None:
    say(f"\nFieldCRM: {address}")
    if "127.0.0.1" not in address or os.environ.get("HOST") in EVERYWHERE:
        say(f"On the same network: http://{_own_address()}:{address.rsplit(':', 1)[1]}")
    else:
        say("To reach it from a phone in the same network: make stop && make run HOST=0.0.0.0")
    if SIGN_INS.exists():
        say(f"\n{SIGN_INS.read_text().rstrip()}")
    if not os.environ.get("SMTP_URL"):
        say(f"\nMails (invitations, password resets) become files in {LOCAL / 'mail'}; SMTP_URL sends them.")
    say(f"\nTravel times: {roads.described()}")
    say("\nmake stop ends it.")


def _public(address: str, *, host: str, port: str) -> str:
    return f"http://{_own_address()}:{port}" if host in EVERYWHERE else address


def _own_address() -> str:
    """Return this machine's address on its network; no packet is sent to find it."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
        except OSError:
            return "127.0.0.1"
        return str(probe.getsockname()[0])


if __name__ == "__main__":
    main()
