"""Where the private cluster keeps its data and its socket, and which user runs it.

As root the server runs as the owner of the data, at first the user `postgres`, because PostgreSQL
refuses to run as root; and where that user cannot enter the checkout, the data is kept elsewhere.
"""

import hashlib
import os
import pwd
import shutil
import stat
import subprocess
from contextlib import suppress
from pathlib import Path

from places import LOCAL, fail, is_root, say

SUPERUSER = "postgres"
ELSEWHERE = Path("/var/lib/fieldcrm-clusters")


def socket_folder() -> Path:
    """Return the socket's folder: short, because a socket path over 107 bytes does not start."""
    return Path(f"/tmp/fieldcrm-{_hash()}")  # noqa: S108 - checked for its owner and mode before use


def home() -> Path:
    """Return the folder that holds `data` and `log`."""
    note = LOCAL / "postgres.location"
    return Path(note.read_text().strip()) if note.exists() else LOCAL / "postgres"


def data_folder() -> Path:
    """Return the cluster's data folder, which may not exist yet."""
    return home() / "data"


def refuse_foreign_files() -> None:
    """Stop with a sentence when root, or somebody else, has used this checkout before us."""
    for path in (LOCAL, LOCAL / "env", LOCAL / "postgres.lock", home()):
        if path.exists() and not is_root() and path.stat().st_uid != os.geteuid():
            fail(
                f"{path} belongs to {path.owner()}, who ran this here before; run it as that user or as root."
            )


def choose_home() -> None:
    """Make the folder for the data where the server's user can reach it."""
    folder = home()
    if data_folder().exists():
        return
    folder.mkdir(parents=True, exist_ok=True)
    if not is_root():
        return
    _give_to_postgres(folder)
    if as_server_user(["test", "-x", str(folder), "-a", "-w", str(folder)]).returncode == 0:
        return
    folder.rmdir()
    folder = ELSEWHERE / _hash()
    folder.mkdir(parents=True, exist_ok=True)
    _give_to_postgres(folder)
    (LOCAL / "postgres.location").write_text(f"{folder}\n")
    say(f"The user postgres cannot enter {LOCAL}: the database is kept in {folder} instead.")


def own_socket_folder() -> None:
    """Create the socket's folder for the server's user alone; refuse one that somebody else laid there."""
    folder = socket_folder()
    owner = server_user().pw_uid
    try:
        folder.mkdir(mode=0o700)
        os.chown(folder, owner, -1)
    except FileExistsError:
        found = folder.lstat()
        if is_root() and stat.S_ISDIR(found.st_mode):
            # Left by a cluster that another user ran from the same place.
            os.chown(folder, owner, -1, follow_symlinks=False)
        elif not stat.S_ISDIR(found.st_mode) or found.st_uid != owner:
            fail(f"{folder} belongs to somebody else; remove it.")
    folder.chmod(0o700)


def leave_socket_folder() -> None:
    """Remove the socket's folder once the server has left it, so that another user may take its place."""
    with suppress(OSError):
        socket_folder().rmdir()


def server_user() -> pwd.struct_passwd:
    """Return who runs the server: we; as root the owner of the data, of a new cluster `postgres`."""
    if not is_root():
        return pwd.getpwuid(os.geteuid())
    try:
        uid = data_folder().stat().st_uid
    except FileNotFoundError:
        return pwd.getpwnam(SUPERUSER)
    return pwd.getpwuid(uid)


def as_server_user(command: list[str]) -> subprocess.CompletedProcess[str]:
    """Run a program as the user of the server, outside any folder closed to that user."""
    if is_root():
        user = server_user()
        command = ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--init-groups", *command]
    return subprocess.run(
        command,
        cwd="/",
        env={"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LC_ALL": "C.UTF-8"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )


def _give_to_postgres(folder: Path) -> None:
    try:
        shutil.chown(folder, SUPERUSER, SUPERUSER)
    except LookupError:
        fail("there is no user named postgres; install the distribution's postgresql-common package.")
    folder.chmod(0o700)


def _hash() -> str:
    return hashlib.sha256(str(LOCAL).encode()).hexdigest()[:12]
