"""What a personal access token may do: less than its person, never more."""

from __future__ import annotations

from typing import Final

from fieldcrm.core.endpoint import token_of
from fieldcrm.core.errors import Forbidden, NotSignedIn
from fieldcrm.identity.policy import NOT_WITH_TOKEN
from fieldcrm.identity.tokens import TokenScope

__all__ = ["BadToken", "demand", "token_of"]

_READING: Final = frozenset({"GET", "HEAD", "OPTIONS"})


class BadToken(NotSignedIn):
    """Not a token of ours, or no longer: which, is not told."""

    code = "bad_token"


def demand(scope: TokenScope, policy_name: str, *, method: str) -> None:
    """Raise Forbidden unless a token of ``scope`` may be used for ``policy_name`` by ``method``."""
    if policy_name in NOT_WITH_TOKEN:
        raise Forbidden("not_with_token")
    if scope is TokenScope.READ and method not in _READING:
        raise Forbidden("token_read_only")
