"""The private PostGIS cluster of this checkout: make it, start it, stop it, survive a kill -9.

It listens on a unix socket only, in a folder that nobody else can enter; nothing of it is outside
`.local/` except that socket (and the data, when root's checkout is closed to the postgres user).
As root every server program runs as the `postgres` user, because PostgreSQL refuses to run as root.
"""

import fcntl
import hashlib
import os
import pwd
import shutil
import stat
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from places import LOCAL, fail, is_root, say
from postgres_binaries import Binaries, find_with_postgis

SUPERUSER = "postgres"
START_TRIES = 20
DEFAULT_HOME = LOCAL / "postgres"
ELSEWHERE = Path("/var/lib/fieldcrm")
SETTINGS = Path(__file__).with_name("postgresql.conf")


def _hash() -> str:
    return hashlib.sha256(str(LOCAL).encode()).hexdigest()[:12]


def socket_folder() -> Path:
    """Return the socket's folder: short, because a socket path over 107 bytes does not start."""
    return Path(f"/tmp/fieldcrm-{_hash()}")  # noqa: S108 - checked for its owner and mode before use


def home() -> Path:
    """Return the folder that holds `data` and `log`."""
    note = LOCAL / "postgres.location"
    return Path(note.read_text().strip()) if note.exists() else DEFAULT_HOME


def data_folder() -> Path:
    """Return the cluster's data folder, which may not exist yet."""
    return home() / "data"


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
    command = [
        binaries.program("pg_isready"),
        "-q",
        "-t",
        "2",
        "-h",
        str(socket_folder()),
        "-U",
        SUPERUSER,
    ]
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
    _choose_home()
    binaries = find_binaries()
    if not (data_folder() / "PG_VERSION").exists():
        _create(binaries)
    _own_socket_folder()
    if not is_ready(binaries):
        _start(binaries)
    return binaries


def down() -> bool:
    """Stop the cluster; return False when it was not running. Call it under lock()."""
    if _postmaster_pid() is None:
        return False
    binaries = find_binaries()
    result = _as_owner([binaries.program("pg_ctl"), "stop", "-w", "-m", "fast", "-D", str(data_folder())])
    if result.returncode != 0 and _postmaster_pid() is not None:
        fail(f"the database does not stop: {result.stdout.strip()}")
    return True


def _choose_home() -> None:
    """Put the data where the server's user can reach it: not below a folder closed to it."""
    LOCAL.mkdir(parents=True, exist_ok=True)
    folder = home()
    folder.mkdir(parents=True, exist_ok=True)
    if is_root():
        _give_to_postgres(folder)
    if _can_enter(folder):
        return
    if not is_root():
        owner = folder.owner()
        fail(f"{folder} belongs to user {owner}: run this as root or as {owner}, or remove the folder.")
    folder.rmdir()
    folder = ELSEWHERE / _hash()
    folder.mkdir(parents=True, exist_ok=True)
    _give_to_postgres(folder)
    (LOCAL / "postgres.location").write_text(f"{folder}\n")
    say(f"The user postgres cannot enter {LOCAL}: the database is kept in {folder} instead.")


def _give_to_postgres(folder: Path) -> None:
    try:
        shutil.chown(folder, SUPERUSER, SUPERUSER)
    except LookupError:
        fail("there is no user named postgres; install the distribution's postgresql-common package.")
    folder.chmod(0o700)


def _can_enter(folder: Path) -> bool:
    return _as_owner(["test", "-x", str(folder), "-a", "-w", str(folder)]).returncode == 0


def _create(binaries: Binaries) -> None:
    say(f"Creating the private database in {home()} ...")
    fresh = home() / "data.new"
    # A set-up that was broken off leaves data.new behind; only the finished one gets its name.
    shutil.rmtree(fresh, ignore_errors=True)
    command = [binaries.program("initdb"), "-D", str(fresh), "-U", SUPERUSER, "--auth=trust"]
    result = _as_owner(
        [*command, "--encoding=UTF8", "--locale=C.UTF-8", "--data-checksums", "--no-instructions"]
    )
    if result.returncode != 0:
        fail(f"initdb failed: {result.stdout.strip()}")
    with (fresh / "postgresql.conf").open("a") as handle:
        handle.write("\ninclude 'fieldcrm.conf'\n")
    fresh.rename(data_folder())


def _start(binaries: Binaries) -> None:
    _write_settings()
    command = [
        binaries.program("pg_ctl"),
        "start",
        "-w",
        "-t",
        "60",
        "-s",
        "-D",
        str(data_folder()),
    ]
    command += ["-l", str(home() / "log")]
    answer = ""
    for _ in range(START_TRIES):
        _remove_stale_pid_file()
        answer = _as_owner(command).stdout.strip()
        if is_ready(binaries):
            return
        # Orphans of a killed postmaster hold its shared memory a moment longer; and a living server
        # whose socket was swept out of /tmp answers nobody until it is started anew.
        if _postmaster_pid() is not None:
            _as_owner([binaries.program("pg_ctl"), "stop", "-w", "-m", "fast", "-D", str(data_folder())])
        time.sleep(0.5)
    log = home() / "log"
    tail = "\n".join(log.read_text(errors="replace").splitlines()[-5:]) if log.exists() else ""
    fail(f"the database does not start ({answer}); the end of {log}:\n{tail}")


def _write_settings() -> None:
    """Write the settings anew at each start, so that a moved checkout or an upgrade takes effect."""
    target = data_folder() / "fieldcrm.conf"
    target.write_text(SETTINGS.read_text() + f"unix_socket_directories = '{socket_folder()}'\n")
    if is_root():
        shutil.chown(target, SUPERUSER, SUPERUSER)


def _own_socket_folder() -> None:
    """Create the socket's folder for the server's user alone; refuse one that somebody else laid there."""
    folder = socket_folder()
    owner = pwd.getpwnam(SUPERUSER).pw_uid if is_root() else os.geteuid()
    try:
        folder.mkdir(mode=0o700)
        os.chown(folder, owner, -1)
    except FileExistsError:
        found = folder.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != owner:
            fail(f"{folder} belongs to somebody else; remove it.")
    folder.chmod(0o700)


def _postmaster_pid() -> int | None:
    """Return the pid of the living server of this data folder, None when there is none."""
    try:
        pid = int((data_folder() / "postmaster.pid").read_text().split("\n")[0])
        name = Path(f"/proc/{pid}/comm").read_text().strip()
        status = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except (OSError, ValueError):
        return None
    return pid if name == "postgres" and status != "Z" else None


def _remove_stale_pid_file() -> None:
    """Remove the pid file of a killed server whose number another program has got since."""
    if _postmaster_pid() is None:
        (data_folder() / "postmaster.pid").unlink(missing_ok=True)


def _as_owner(command: list[str]) -> subprocess.CompletedProcess[str]:
    if is_root():
        command = [
            "setpriv",
            f"--reuid={SUPERUSER}",
            f"--regid={SUPERUSER}",
            "--init-groups",
            *command,
        ]
    environment = {"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LC_ALL": "C.UTF-8"}
    return subprocess.run(
        command,
        cwd="/",
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
