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
