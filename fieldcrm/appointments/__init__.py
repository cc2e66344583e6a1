"""Appointments: what is fixed in time in a person's calendar, with or without an account.

Owns ``appointments``. They are their owner's alone: nobody else sees them, whoever sees the account.
"""
