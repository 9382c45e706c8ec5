"""The printed request of Retrieve Prospect Notes, sent to a served platform with curl itself."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable

import pytest

from hirewire.db import Transaction, open_database
from hirewire.platform.prospect_notes import Harvest
from hirewire.platform.prospecting import PersonWish, SeatWish, create_contract, create_person, create_seat
from hirewire.platform.stores import Stores
from tests.platform.exchanges import curl_command, exchanges
from tests.platform.recruiters import CONTRACT
from tests.platform.sandbox import NOON, ORGANIZATION
from tests.platform.served import Served


@pytest.mark.skipif(shutil.which("curl") is None, reason="there is no curl here")
def test_the_printed_request_sent_with_curl(serve: Callable[..., Served]):
    served = serve()
    made = served.provision()
    database = open_database(served.database_url)
    stores = Stores.of(database, journal_rows=3)

    def fill(tx: Transaction) -> None:
        stores.applications.bind(tx, made.client_id, CONTRACT)
        create_contract(tx, stores, CONTRACT, ORGANIZATION)
        prospect = create_person(tx, stores, PersonWish("Pat", "Poe", "a1b2c3d4e5"), os.urandom)
        create_seat(tx, stores, SeatWish(CONTRACT, prospect.id, id="123456789"), os.urandom, NOON)
        moment = 1489192513000
        harvest = Harvest(1234567, [123456789], [prospect.id], 0, moment - 9, moment + 1, 10, 0, 9)
        stores.prospect_notes.harvest(tx, harvest)

    database.write_now(fill)
    database.close()
    (exchange,) = exchanges("prospect_notes")
    command = curl_command(exchange, served.url, served.token())
    done = subprocess.run(command, capture_output=True, timeout=30, check=True)
    head, _, body = done.stdout.partition(b"\r\n\r\n")
    answer = json.loads(body)
    assert head.startswith(b"HTTP/1.1 200")
    assert answer["paging"] == exchange.answer["paging"]
    assert [element.keys() for element in answer["elements"]] == 5 * [exchange.answer["elements"][0].keys()]
    assert answer["elements"][-1]["member"] == exchange.answer["elements"][0]["member"]
