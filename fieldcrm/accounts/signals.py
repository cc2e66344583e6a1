"""What accounts tell the rooms above them."""

from __future__ import annotations

from blinker import Namespace

_signals = Namespace()

accounts_merged = _signals.signal("accounts-merged")
"""Sent with the running ``Session`` as sender, ``actor=``, ``loser_id=`` and ``survivor_id=``.

Rooms move what hangs on the loser to the survivor, which is locked.
"""

accounts_reappeared = _signals.signal("accounts-reappeared")
"""Sent with the running ``Session`` as sender, ``actor=`` and ``account_ids=`` (a list).

The accounts were restored or came to other people: phones that see them now need what hangs on them
too. Rooms stamp their rows of these accounts with the change clock.
"""

owner_leaving = _signals.signal("owner-leaving")
"""Sent with the running ``Session`` as sender, ``actor=`` and ``user_id=`` before anything is handed over.

Rooms return the ids of the accounts at which they will hand something over: all are locked at once.
"""

owner_left = _signals.signal("owner-left")
"""Sent with the running ``Session`` as sender, ``actor=``, ``user_id=`` and ``heir_id=`` (None: nobody).

The accounts are handed over and locked. Rooms hand over what hangs on them, and return ``{kind: how many}``.
"""
