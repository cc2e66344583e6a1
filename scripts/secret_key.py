"""The key that signs cookies: made once, kept in `.local/secret_key`, readable by its owner alone."""

import os
import secrets

from places import LOCAL


def ensure() -> None:
    """Create the key where there is none; SECRET_KEY in the environment wins over it."""
    target = LOCAL / "secret_key"
    LOCAL.mkdir(parents=True, exist_ok=True)
    try:
        handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return
    with os.fdopen(handle, "w") as file:
        file.write(f"{secrets.token_hex(32)}\n")
