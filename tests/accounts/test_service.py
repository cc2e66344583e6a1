"""The use cases of accounts against a real database."""

from __future__ import annotations

from fieldcrm.accounts import service
from fieldcrm.core.db import transaction


def test_created_account_is_placed_by_its_address(organisation, make_account):
    account_id = make_account(address="東京都千代田区神田駿河台1-8-13", phones=["03-3295-1311"])
    with transaction(organisation.actor) as session:
        account = service.get_account(session, organisation.actor, account_id)
        assert (account.prefecture, account.municipality) == ("東京都", "千代田区")
        assert account.geo_source == "gazetteer"
        assert account.precision >= 4
        assert account.phones == [{"number": "+81332951311", "label": ""}]
        assert account.qk is not None
