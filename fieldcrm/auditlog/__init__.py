"""The audit log to read: who did what to what and when, in words, for administrators.

Owns no table: ``core.audit`` writes ``audit_log``; this room reads it, and the names of what it is about,
across rooms. Sends no events; an export of the log is itself in the log.
"""
