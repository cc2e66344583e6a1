"""Appointments: what is fixed in time in a person's calendar, with or without an account.

Owns ``appointments``, ``calendar_feeds`` (the link to read one's own from elsewhere), ``busy_calendars`` and
``busy_times`` (what a calendar elsewhere says is taken). They are
their owner's alone: nobody else sees them, whoever sees the account.
"""
