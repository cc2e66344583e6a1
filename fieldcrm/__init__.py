"""FieldCRM: a mobile-first, map-based customer management system for outside sales."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

__version__ = "0.1.0"


def create_app() -> Flask:
    """Return the application as the environment configures it (what servers and `flask` call)."""
    # Late, so that `import fieldcrm` stays cheap.
    from fieldcrm.app import create_app as build

    return build()
