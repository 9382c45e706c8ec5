"""Every store of the platform over one set of statements: what a unit of work is given."""

from __future__ import annotations

from dataclasses import dataclass

from hirewire.db import Database, Statements, Transaction, migrate
from hirewire.platform.applicants import Applicants
from hirewire.platform.applications import Applications
from hirewire.platform.callbacks import Callbacks
from hirewire.platform.customers import Customers
from hirewire.platform.doorbell import Doorbell
from hirewire.platform.events import Events
from hirewire.platform.job_applications import JobApplications
from hirewire.platform.journal import Journal
from hirewire.platform.lifecycle_log import LifecycleLog
from hirewire.platform.mails import Mails
from hirewire.platform.notices import Notices
from hirewire.platform.onboarding import Onboarding
from hirewire.platform.persons import Persons
from hirewire.platform.prospect_notes import ProspectNotes
from hirewire.platform.records import Records
from hirewire.platform.sealing import SealedSecrets, Sealer
from hirewire.platform.seats import Seats
from hirewire.platform.served_pages import ServedPages
from hirewire.platform.tokens import Tokens
from hirewire.platform.usage import Usages

STAMP_TABLE = "platform_schema"


@dataclass(frozen=True, slots=True)
class Stores:
    """The stored side of the platform."""

    applications: Applications
    tokens: Tokens
    records: Records
    usages: Usages
    journal: Journal
    secrets: SealedSecrets
    customers: Customers
    callbacks: Callbacks
    events: Events
    onboarding: Onboarding
    job_applications: JobApplications
    lifecycle_log: LifecycleLog
    notices: Notices
    mails: Mails
    applicants: Applicants
    persons: Persons
    seats: Seats
    prospect_notes: ProspectNotes
    served_pages: ServedPages
    bell: Doorbell
    statements: Statements

    @classmethod
    def of(cls, database: Database, *, journal_rows: int, sealing_key: str | None = None) -> Stores:
        """The stores of a database, whose schema is brought forward if need be.

        Raises:
            SchemaTooNew: the database was migrated by a newer version.
            ValueError: the sealing key is none.
        """
        migrate(database, "hirewire.platform.migrations", STAMP_TABLE)
        statements = Statements.load("hirewire.platform.queries", database.dialect)
        return cls.over(statements, journal_rows=journal_rows, sealer=Sealer.of(database, sealing_key))

    @classmethod
    def over(cls, statements: Statements, *, journal_rows: int, sealer: Sealer | None = None) -> Stores:
        """The stores over statements at hand, for a database whose schema is current."""
        applications, records, bell = Applications(statements), Records(statements), Doorbell()
        customers, callbacks = Customers(statements), Callbacks(statements)
        events = Events(statements, records, customers, callbacks, bell)
        job_applications, notices, mails = JobApplications(statements), Notices(statements), Mails(statements)
        return cls(
            applications=applications,
            tokens=Tokens(statements, applications),
            records=records,
            usages=Usages(statements),
            journal=Journal(statements, journal_rows),
            secrets=SealedSecrets(statements, sealer),
            customers=customers,
            callbacks=callbacks,
            events=events,
            onboarding=Onboarding(statements, records, customers, events),
            job_applications=job_applications,
            lifecycle_log=LifecycleLog(statements),
            notices=notices,
            mails=mails,
            applicants=Applicants(job_applications, customers, notices, mails, bell),
            persons=Persons(statements),
            seats=Seats(statements),
            prospect_notes=ProspectNotes(statements),
            served_pages=ServedPages(statements),
            bell=bell,
            statements=statements,
        )

    def own_contract(self, tx: Transaction, contract: str, organization: str) -> None:
        """Say whose a contract is; push events that waited for that find their way."""
        self.customers.own(tx, contract, organization)
        self.events.adopt(tx, contract, organization)

    def ping(self, tx: Transaction) -> None:
        """Do nothing, if the database answers."""
        tx.one(self.statements["ping"])
