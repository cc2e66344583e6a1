"""What identity tells the rooms above it."""

from __future__ import annotations

from blinker import Namespace

_signals = Namespace()

organisation_created = _signals.signal("organisation-created")
"""Sent with the running ``Session`` as sender and ``actor=`` when an organisation has been written.

Rooms fill in their defaults (statuses, outcomes) in the same transaction.
"""

person_left = _signals.signal("person-left")
"""Sent with the running ``Session`` as sender, ``actor=``, ``user_id=`` and ``heir_id=`` (None: nobody).

Rooms hand over what is the person's, in the same transaction, and return ``{kind: how many}``.
"""

team_dissolved = _signals.signal("team-dissolved")
"""Sent with the running ``Session`` as sender, ``actor=``, ``team_id=`` and ``heir_id=`` (a team, or None).

People are still in it. Rooms hand over what is the team's, and return as for ``person_left``.
"""

timezone_changed = _signals.signal("timezone-changed")
"""Sent with the running ``Session`` as sender and ``actor=`` when the organisation has another time zone.

Rooms that keep days of the organisation's have them counted again.
"""
