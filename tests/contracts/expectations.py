"""What each role may do to whose rows: the policy as it was agreed, written down once more and on purpose.

Read a cell as whose row it is: one's own, the team's, another team's, the pool's (nobody's).

    y   may, and finds it in lists, exports, tiles, the feed, searches and counts
    n   sees it, and is refused with 403
    .   it is as if it were not there: 404, in no list, counted nowhere, told by no error

``MAY`` and ``NO`` stand where it is about the organisation as a whole. A row of another organisation is never
there, for nobody: no cell is needed. A policy (or an endpoint that differs from its policy) without a line
here fails the matrix.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

MAY: Final = "may"
NO: Final = "no"


class Cells(NamedTuple):
    """One line of the table."""

    administrator: str
    manager: str
    rep: str
    back_office: str


# A table is read by its columns.
# fmt: off
EXPECTED: Final[Mapping[str, Cells]] = {
    # policy                    administrator manager rep     back office
    "session.read":        Cells(MAY,        MAY,    MAY,    MAY),
    "session.update":      Cells(MAY,        MAY,    MAY,    MAY),
    "accounts.read":       Cells("yyyy",     "yy.y", "yy.y", "yyyy"),
    "accounts.create":     Cells(MAY,        MAY,    MAY,    NO),
    "accounts.update":     Cells("yyyy",     "yy.y", "yy.y", NO),
    "accounts.delete":     Cells("yyyy",     "yy.y", "yn.y", NO),
    "accounts.merge":      Cells("yyyy",     "yy.y", NO,     NO),
    "accounts.export":     Cells("yyyy",     "yy.y", "yy.y", "yyyy"),
    "accounts.settings":   Cells(MAY,        NO,     NO,     NO),
    "contacts.read":       Cells("yyyy",     "yy.y", "yy.y", "yyyy"),
    "contacts.create":     Cells("yyyy",     "yy.y", "yy.y", "yyyy"),
    "contacts.update":     Cells("yyyy",     "yy.y", "yy.y", "yyyy"),
    "contacts.delete":     Cells("yyyy",     "yy.y", "yy.y", "yyyy"),
    "activities.read":     Cells("yyyy",     "yy.y", "yy.y", "yyyy"),
    "activities.create":   Cells("yyyy",     "yy.y", "yy.y", "yyyy"),
    "activities.update":   Cells("yyyy",     "yn.n", "yn.n", "ynnn"),
    "tasks.read":          Cells("yyyy",     "yy.y", "yy.y", "yyyy"),
    "tasks.update":        Cells("yyyy",     "yy.y", "yy.y", "yyyy"),
    # A calendar is its owner's alone; an appointment may be with any account one sees.
    "appointments.read":   Cells("y...",     "y...", "y...", "y..."),
    "appointments.create": Cells("yyyy",     "yy.y", "yy.y", "yyyy"),
    "appointments.update": Cells("y...",     "y...", "y...", "y..."),
    # Links with calendars elsewhere are a person's own, and no token makes one.
    "calendars.read":      Cells(MAY,        MAY,    MAY,    MAY),
    "calendars.link":      Cells(MAY,        MAY,    MAY,    MAY),
    "attachments.read":    Cells("yyyy",     "yy.y", "yy.y", "yyyy"),
    "attachments.create":  Cells("yyyy",     "yy.y", "yy.y", "yyyy"),
    # Only who announced a file sends its bytes.
    "PUT /api/attachments/<uuid:attachment_id>/bytes":
                           Cells("ynnn",     "yn.n", "yn.n", "ynnn"),
    "attachments.delete":  Cells("yyyy",     "yy.y", "yn.n", "ynnn"),
    # Of one's own days only: where people live and when they are out is told to nobody.
    "plans.read":          Cells("y...",     "y...", "y...", NO),
    "plans.create":        Cells(MAY,        MAY,    MAY,    NO),
    "plans.update":        Cells(MAY,        MAY,    MAY,    NO),
    # A rep sees what they did themselves.
    "team.read":           Cells("yyyy",     "yy.y", "y...", "yyyy"),
    # Coverage is of the accounts one sees.
    "GET /api/coverage":   Cells("yyyy",     "yy.y", "yy.y", "yyyy"),
    "coverage.export":     Cells("yyyy",     "yy.y", "yy.y", "yyyy"),
    "mapview.read":        Cells("yyyy",     "yy.y", "yy.y", "yyyy"),
    "sync.pull":           Cells("yyyy",     "yy.y", "yy.y", "yyyy"),
    # What is in a push is judged one by one: test_pushed.py.
    "sync.push":           Cells(MAY,        MAY,    MAY,    MAY),
    "conflicts.read":      Cells("yyyy",     "yy.y", "yy.y", "yyyy"),
    # What stands may be settled by who sees it; the other value is written by who may write it.
    "conflicts.settle":    Cells("yyyy",     "yy.y", "yy.y", "yyyy"),
    "devices.register":    Cells("y...",     "y...", "y...", "y..."),
    "devices.read":        Cells("yyyy",     "yy..", "y...", "y..."),
    "devices.wipe":        Cells("yyyy",     "y...", "y...", "y..."),
    "geocoding.read":      Cells(MAY,        MAY,    MAY,    MAY),
    "organisation.read":   Cells(MAY,        NO,     NO,     NO),
    "organisation.update": Cells(MAY,        NO,     NO,     NO),
    # The log tells of everything.
    "audit.read":          Cells("yyyy",     NO,     NO,     NO),
    "audit.export":        Cells("yyyy",     NO,     NO,     NO),
    "users.read":          Cells(MAY,        NO,     NO,     NO),
    "users.create":        Cells(MAY,        NO,     NO,     NO),
    "users.update":        Cells(MAY,        NO,     NO,     NO),
    "teams.create":        Cells(MAY,        NO,     NO,     NO),
    "teams.update":        Cells(MAY,        NO,     NO,     NO),
    "teams.delete":        Cells(MAY,        NO,     NO,     NO),
    "tokens.read":         Cells(MAY,        MAY,    MAY,    MAY),
    "tokens.issue":        Cells(MAY,        MAY,    MAY,    MAY),
    "tokens.revoke":       Cells("yyyy",     "y...", "y...", "y..."),
    "imports.read":        Cells(MAY,        MAY,    NO,     NO),
    "imports.create":      Cells(MAY,        MAY,    NO,     NO),
    "imports.update":      Cells(MAY,        MAY,    NO,     NO),
}
# fmt: on
