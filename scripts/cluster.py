"""The private PostGIS cluster of this checkout: make it, start it, stop it, survive a kill -9.

It listens on a unix socket only, in a folder that nobody else can enter; nothing of it is outside
`.local/` except that socket (and the data, when root's checkout is closed to the server's user).
"""

import fcntl
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cluster_place import (
    SUPERUSER,
    as_server_user,
    choose_home,
    data_folder,
    home,
    leave_socket_folder,
    own_socket_folder,
    server_user,
    socket_folder,
)
from places import LOCAL, fail, is_root, say
from postgres_binaries import Binaries, find_with_postgis

START_TRIES = 20
SETTINGS = Path(__file__).with_name("postgresql.conf")


def find_binaries() -> Binaries:
    """Return the programs that fit this cluster, or stop with the command that installs them."""
    version_file = data_folder() / "PG_VERSION"
    major = int(version_file.read_text()) if version_file.exists() else None
    binaries = find_with_postgis(major)
    if binaries is None:
        fail(f"PostgreSQL {major or 15} with PostGIS is not installed; run: make setup")
    return binaries


def is_ready(binaries: Binaries) -> bool:
    """Tell whether the server answers; pg_ctl still says "running" for a while after a kill -9."""
    command = [binaries.program("pg_isready"), "-q", "-t", "2", "-h", str(socket_folder()), "-U", SUPERUSER]
    return subprocess.run(command, check=False).returncode == 0


@contextmanager
def lock() -> Iterator[None]:
    """Let one process at a time create, start or stop the cluster."""
    LOCAL.mkdir(parents=True, exist_ok=True)
    with (LOCAL / "postgres.lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def up() -> Binaries:
    """Make sure that the cluster runs and answers; return its programs. Call it under lock()."""
    choose_home()
    binaries = find_binaries()
    if not (data_folder() / "PG_VERSION").exists():
        _create(binaries)
    own_socket_folder()
    if _pid_in(_pid_file()) is None:
        _end_orphan()
        _start(binaries)
    elif not is_ready(binaries):
        _start(binaries)
    return binaries


def down() -> bool:
    """Stop the cluster; return False when it was not running. Call it under lock()."""
    if _pid_in(_pid_file()) is None:
        return False
    answer = _stop(find_binaries())
    if _pid_in(_pid_file()) is not None:
        fail(f"the database does not stop: {answer}")
    leave_socket_folder()
    return True


def _create(binaries: Binaries) -> None:
    say(f"Creating the private database in {home()} ...")
    fresh = home() / "data.new"
    # A set-up that was broken off leaves data.new behind; only the finished one gets its name.
    shutil.rmtree(fresh, ignore_errors=True)
    command = [binaries.program("initdb"), "-D", str(fresh), "-U", SUPERUSER, "--auth=trust"]
    command += ["--encoding=UTF8", "--locale=C.UTF-8", "--data-checksums", "--no-instructions"]
    result = as_server_user(command)
    if result.returncode != 0:
        fail(f"initdb failed: {result.stdout.strip()}")
    with (fresh / "postgresql.conf").open("a") as handle:
        handle.write("\ninclude 'fieldcrm.conf'\n")
    fresh.rename(data_folder())


def _start(binaries: Binaries) -> None:
    _write_settings()
    command = [binaries.program("pg_ctl"), "start", "-w", "-t", "60", "-s", "-D", str(data_folder())]
    command += ["-l", str(home() / "log")]
    answer = ""
    for _ in range(START_TRIES):
        _remove_stale_pid_file()
        answer = as_server_user(command).stdout.strip()
        if is_ready(binaries):
            return
        # Orphans of a killed postmaster hold its shared memory a moment longer; and a living server
        # whose socket was swept out of /tmp answers nobody until it is started anew.
        if _pid_in(_pid_file()) is not None:
            _stop(binaries)
        time.sleep(0.5)
    log = home() / "log"
    tail = "\n".join(log.read_text(errors="replace").splitlines()[-5:]) if log.exists() else ""
    fail(f"the database does not start ({answer}); the end of {log}:\n{tail}")


def _stop(binaries: Binaries) -> str:
    command = [binaries.program("pg_ctl"), "stop", "-w", "-m", "fast", "-D", str(data_folder())]
    return as_server_user(command).stdout.strip()


def _write_settings() -> None:
    """Write the settings anew at each start, so that a moved checkout or an upgrade takes effect."""
    target = data_folder() / "fieldcrm.conf"
    target.write_text(SETTINGS.read_text() + f"unix_socket_directories = '{socket_folder()}'\n")
    if is_root():
        shutil.chown(target, server_user().pw_uid)


def _end_orphan() -> None:
    """End the server whose data folder was deleted under it: it still holds our socket."""
    orphan = _pid_in(socket_folder() / ".s.PGSQL.5432.lock")
    if orphan is not None:
        os.kill(orphan, signal.SIGQUIT)
        time.sleep(0.5)


def _pid_file() -> Path:
    return data_folder() / "postmaster.pid"


def _pid_in(file: Path) -> int | None:
    """Return the pid of the living server that wrote this lock file, None when there is none."""
    try:
        pid = int(file.read_text().split("\n")[0])
        name = Path(f"/proc/{pid}/comm").read_text().strip()
        status = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except (OSError, ValueError):
        return None
    return pid if name == "postgres" and status != "Z" else None


def _remove_stale_pid_file() -> None:
    """Remove the pid file of a killed server whose number another program has got since."""
    if _pid_in(_pid_file()) is None:
        _pid_file().unlink(missing_ok=True)
