"""Customers: organizations, what their administrators have said, and which contracts are theirs.

What a partner sets for a customer is not here; those are integration configurations.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass

from hirewire.db import Statements, Transaction
from hirewire.platform.applications import Kind
from hirewire.values.time import Millis
from hirewire.values.urn import Urn, UrnKind


class Choice(enum.Enum):
    """What an administrator decides. The value is the name of the column."""

    USES_ACLS = "uses_acls"
    """Access to records is ruled by access control lists that the ATS synchronises; then no viewers key is needed."""
    APPLICANT_NOTIFICATIONS = "applicant_notifications"
    """"Applicant notifications" is ticked in the onboarding widget: applicants are told what happens to them."""


@dataclass(frozen=True, slots=True)
class Customer:
    """What one organization's administrator has said; nothing said is no."""

    uses_acls: bool = False
    applicant_notifications: bool = False


@dataclass(frozen=True, slots=True)
class Change:
    """One decision, when it was made."""

    at: Millis
    choice: Choice
    value: bool


class Customers:
    """The stored customers."""

    def __init__(self, statements: Statements) -> None:
        self._statements = statements

    def find(self, tx: Transaction, organization: str) -> Customer:
        """What an organization's administrator has said by now."""
        row = tx.one(self._statements["find_customer"], {"organization": organization})
        return Customer() if row is None else Customer(*map(bool, row))

    def choose(self, tx: Transaction, organization: str, choice: Choice, value: bool, now: Millis) -> Customer:
        """Store a decision; one that changes nothing leaves no trace."""
        before = self.find(tx, organization)
        if getattr(before, choice.value) == value:
            return before
        values = {each.value: int(getattr(before, each.value)) for each in Choice} | {choice.value: int(value)}
        tx.execute(self._statements["put_customer"], {"organization": organization, **values})
        change = {"organization": organization, "at": now, "name": choice.value, "value": int(value)}
        tx.execute(self._statements["add_customer_change"], change)
        return self.find(tx, organization)

    def changes(self, tx: Transaction, organization: str) -> list[Change]:
        """Every decision of an organization's administrator, the oldest first."""
        rows = tx.rows(self._statements["list_customer_changes"], {"organization": organization})
        return [Change(Millis(at), Choice(name), bool(value)) for at, name, value in rows]

    def own(self, tx: Transaction, contract: str, organization: str) -> None:
        """Say whose a contract is."""
        tx.execute(
            self._statements["put_customer_contract"],
            {"contract": contract, "organization": organization},
        )

    def contracts(self, tx: Transaction, organization: str | None = None) -> list[tuple[str, str]]:
        """The contracts somebody has said the owner of, each with that organization: of one of them, or all."""
        rows = tx.rows(self._statements["list_customer_contracts"], {"organization": organization})
        return [(contract, owner) for contract, owner in rows]

    def of(self, tx: Transaction, context: str) -> str | None:
        """The organization an integration context belongs to; None for a contract nobody can tell whose it is.

        A contract is whose somebody said it is, else the one organization of the applications that may touch it:
        customers' applications first, because a parent may touch many.
        """
        if Urn.parse(context).kind is UrnKind.ORGANIZATION:
            return context
        row = tx.one(self._statements["find_customer_contract"], {"contract": context})
        if row is not None:
            return str(row[0])
        for kind in (Kind.CUSTOMER, Kind.PARENT):
            params = {"contract": context, "kind": kind.value}
            found = tx.rows(self._statements["list_contract_organizations"], params)
            if found:
                return str(found[0][0]) if len(found) == 1 else None
        return None
