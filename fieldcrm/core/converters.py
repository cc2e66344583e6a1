"""Values in addresses beyond Werkzeug's own: ``<date:day>`` is a local day, 2026-12-01."""

from __future__ import annotations

from datetime import date

from flask import Flask
from werkzeug.exceptions import NotFound
from werkzeug.routing import BaseConverter


class DateConverter(BaseConverter):
    """A day; what is none is an address that is not there."""

    regex = r"\d{4}-\d{2}-\d{2}"

    def to_python(self, value: str) -> date:
        """Return the day."""
        try:
            return date.fromisoformat(value)
        except ValueError:
            # Not a ValidationError: the address's other methods would make a 405 of it.
            raise NotFound from None

    def to_url(self, value: object) -> str:
        """Return it as it stands in the address."""
        return str(value)


def configure_converters(app: Flask) -> None:
    """Let rooms write ``<date:...>``; before their URLs are mounted."""
    app.url_map.converters["date"] = DateConverter
