"""Criteria as SQL over ``accounts``: plain comparisons only, so that an index alone can answer them."""

from __future__ import annotations

from typing import Any

from fieldcrm.mapview.rules import Criteria

Parameters = dict[str, Any]


# Field of the criteria -> its condition; the field's own value is the parameter of the same name.
_CONDITIONS = {
    "statuses": "a.status = any(%(statuses)s::smallint[])",
    "owner_id": "a.owner_id = %(owner_id)s",
    "is_unowned": "a.owner_id is null",
    "team_ids": "a.team_id = any(%(team_ids)s::uuid[])",
    "is_overdue": "a.due_on < %(today)s",
    "is_never_visited": "a.last_visit_at is null",
    "visited_since": "a.last_visit_at >= %(visited_since)s",
    "covered_since": """((a.last_visit_at is not null and a.due_on >= %(today)s)
                         or (a.due_on is null and a.last_visit_at >= %(covered_since)s))""",
    "municipality_code": "a.municipality_code = %(municipality_code)s",
    "is_outside": "a.municipality_code is null",
    "win_min": "a.win_prob >= %(win_min)s",
    "win_max": "a.win_prob <= %(win_max)s",
    "kind": "a.kind = %(kind)s",
    "rank": "a.rank = %(rank)s",
    "tag": "a.tags @> array[%(tag)s]::text[]",
}
_REACH = """(a.owner_id = %(reach_user)s or a.team_id = any(%(reach_teams)s::uuid[])
             or (a.owner_id is null and a.team_id is null))"""


def where(criteria: Criteria) -> tuple[str, Parameters]:
    """Return `` and ...`` for a statement over living accounts ``a``, and its parameters."""
    conditions: list[str] = []
    given: Parameters = {"today": criteria.today}
    if criteria.reach is not None:
        conditions.append(_REACH)
        given["reach_user"] = criteria.reach.user_id
        given["reach_teams"] = list(criteria.reach.team_ids)
    for name, condition in _CONDITIONS.items():
        value = getattr(criteria, name)
        # Zero per cent is asked for, though it equals False.
        if value is not None and value is not False and value != ():
            conditions.append(condition)
            given[name] = list(value) if isinstance(value, tuple) else value
    return "".join(f" and {condition}" for condition in conditions), given
