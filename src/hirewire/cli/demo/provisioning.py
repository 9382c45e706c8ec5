"""The demonstration's one customer, made known to the platform as ``hirewire platform provision`` does it."""

from __future__ import annotations

import os

from hirewire.db import open_database
from hirewire.platform.administration import Administration, Provision
from hirewire.platform.settings import PlatformSettings
from hirewire.platform.stores import Stores
from hirewire.runtime.clock import Clock

NAME = "Demo ATS - Example customer"


def provision(database_url: str, organization: str, client_id: str, client_secret: str, clock: Clock) -> None:
    """Bind an application with these credentials to the organization; a running platform sees it at once."""
    settings = PlatformSettings()
    database = open_database(database_url)
    try:
        stores = Stores.of(database, journal_rows=settings.journal_rows)
        administration = Administration(database, stores, os.urandom, secret_cost=settings.secret_cost)
        administration.provision(Provision(organization, None, NAME, client_id, client_secret), clock.now())
    finally:
        database.close()
