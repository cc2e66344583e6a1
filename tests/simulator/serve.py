"""The web server of a run: what takes long to load is loaded before the workers are forked.

Many histories kill a worker; loading the app costs each new one two seconds of a core, and nobody's promise
depends on that. Every worker makes the app and its connections for itself.
"""

from __future__ import annotations

import gc
from importlib import import_module
from typing import Final

from granian.cli import entrypoint
from sqlalchemy.orm import configure_mappers

LOADED_BEFORE: Final = (
    "fieldcrm.app",
    "fieldcrm.rooms",
    "fieldcrm.cli",
    "fieldcrm.geocoding.places",
    "tests.simulator.planted",
)

if __name__ == "__main__":
    for name in LOADED_BEFORE:
        import_module(name)
    configure_mappers()
    gc.freeze()
    entrypoint()
