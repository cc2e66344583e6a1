"""Accounts: companies, people and properties, their contacts, statuses and custom fields.

Owns ``accounts``, ``account_statuses``, ``contacts``, ``custom_fields``.
"""
