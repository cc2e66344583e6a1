"""An application with the probe's endpoints besides the real ones."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from tests.core.probe import Probe, bp, probe


@pytest.fixture(scope="session")
def probe_app(database: dict[str, str]) -> Flask:
    from tests.conftest import build_app

    app = build_app(database)
    app.register_blueprint(bp)
    return app


@pytest.fixture
def the_probe() -> Iterator[Probe]:
    probe.reset()
    yield probe
    probe.reset()
