"""Identity: organisations, people, teams, roles, sign-in, and the one policy table.

Owns ``organisations``, ``organisation_slugs``, ``sign_in_names``, ``users``, ``teams``,
``team_members``, ``user_sessions``.
"""
