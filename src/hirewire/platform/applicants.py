"""What applicants experience: applications arrive, actions are reported, and each event shows where the plan says.

Decisions are plan's (notices.py there); here they are written down, in the transaction of what causes them.
"""

from __future__ import annotations

from hirewire.db import Transaction
from hirewire.plan.mailing import Consent, MailState
from hirewire.plan.notices import Event, tell
from hirewire.platform.customers import Choice, Customers
from hirewire.platform.doorbell import Doorbell
from hirewire.platform.job_applications import JobApplication, JobApplications
from hirewire.platform.mails import Mails
from hirewire.platform.notices import Notices
from hirewire.values.time import Millis


class Applicants:
    """The applicants, as far as they are told anything."""

    def __init__(
        self,
        applications: JobApplications,
        customers: Customers,
        notices: Notices,
        mails: Mails,
        bell: Doorbell,
    ) -> None:
        self._applications = applications
        self._customers = customers
        self._notices = notices
        self._mails = mails
        self._bell = bell

    def submit(self, tx: Transaction, application: JobApplication) -> bool:
        """An application arrives, and its applicant is told, whatever the customer consents to; False: its URN is taken."""
        if not self._applications.add(tx, application):
            return False
        self.hear_of(tx, application, Event.SUBMITTED, application.submitted_at)
        return True

    def hear_of(self, tx: Transaction, application: JobApplication, event: Event, now: Millis) -> None:
        """Show an event on the surfaces it belongs on, and put its mail on the list; each once, however often it comes."""
        is_consented = self._customers.find(tx, application.organization).applicant_notifications
        telling = tell(event, is_consented=is_consented, now=now)
        self._notices.show(tx, application.urn, event, telling.surfaces, now)
        if telling.mail_at is not None:
            state = mail_state(application, is_withheld=telling.is_withheld)
            self._mails.put(tx, application.urn, event, application.email, state, telling.mail_at, now)
            self._bell.ring()

    def consents(self, tx: Transaction, organization: str) -> list[Consent]:
        """A customer's words on applicant notifications, the oldest first."""
        changes = self._customers.changes(tx, organization)
        return [Consent(each.at, each.value) for each in changes if each.choice is Choice.APPLICANT_NOTIFICATIONS]


def mail_state(application: JobApplication, *, is_withheld: bool) -> MailState:
    """What a mail begins as: without consent there is none, whether there is an address (decision G-46) or not."""
    if is_withheld:
        return MailState.WITHHELD
    return MailState.DUE if application.email is not None else MailState.NO_ADDRESS
