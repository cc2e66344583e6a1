"""What the database holds, asked past the app."""

from __future__ import annotations

from typing import Any

import psycopg
from psycopg.rows import dict_row

from tests.browser.serving import Served


class Records:
    """The rows of one organisation."""

    def __init__(self, served: Served, org_id: int) -> None:
        self._url, self._org_id = served.environment["DATABASE_SUPERUSER_URL"], org_id

    def rows(self, statement: str, **values: Any) -> list[dict[str, Any]]:
        """Return what a statement finds; ``%(org_id)s`` stands for the organisation."""
        with psycopg.connect(self._url, row_factory=dict_row, autocommit=True) as connection:
            found = connection.execute(statement, {**values, "org_id": self._org_id})
            return found.fetchall() if found.description else []

    def table(self, name: str, *columns: str) -> list[dict[str, Any]]:
        """Return these columns of every row of a table."""
        return self.rows(f"select {', '.join(columns)} from {name} where org_id = %(org_id)s")

    def end_sessions_of(self, email: str) -> None:
        """Let every session of a person expire, whatever browser it is in."""
        ended = self.rows(
            "update user_sessions set expires_at = now() - interval '1 hour' where org_id = %(org_id)s and "
            "user_id = (select user_id from sign_in_names where email = %(email)s) returning id",
            email=email,
        )
        assert ended, email
