"""Identity: organisations, people, teams, roles, sign-in, and the one policy table.

Owns ``organisations``, ``organisation_slugs``, ``sign_in_names``, ``users``, ``teams``,
``team_members``, ``user_sessions``, ``invitations``, ``password_resets``, ``personal_tokens``,
``sign_in_attempts``. Sends ``organisation_created`` and ``accounts_handed_over``.
"""
