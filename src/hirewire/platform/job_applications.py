"""Jobs and the applications they got. They arrive by the platform's own side; partners only refer to applications."""

from __future__ import annotations

from dataclasses import dataclass

from hirewire.db import Statements, Transaction
from hirewire.values.time import Millis


@dataclass(frozen=True, slots=True)
class Job:
    """A posting of an organization; ``id`` is digits."""

    id: str
    organization: str
    title: str
    company: str | None
    location: str | None
    posted_at: Millis


@dataclass(frozen=True, slots=True)
class JobApplication:
    """One person's application for one job. ``applicant`` is the person's URN; ``organization`` is the job's."""

    urn: str
    job: str
    organization: str
    applicant: str
    name: str | None
    email: str | None
    locale: str | None
    submitted_at: Millis


class JobApplications:
    """The stored jobs and job applications."""

    def __init__(self, statements: Statements) -> None:
        self._statements = statements

    def post(self, tx: Transaction, job: Job) -> bool:
        """Store a job, unless its id is taken; whether it was stored."""
        params = {
            "id": job.id,
            "organization": job.organization,
            "title": job.title,
            "company": job.company,
            "location": job.location,
            "posted_at": job.posted_at,
        }
        return tx.one(self._statements["add_job"], params) is not None

    def job(self, tx: Transaction, job_id: str) -> Job | None:
        """One job."""
        row = tx.one(self._statements["find_job"], {"id": job_id})
        return None if row is None else Job(*row)

    def jobs(self, tx: Transaction, organization: str | None, count: int) -> list[Job]:
        """Jobs of one organization, or of all, the newest first."""
        params = {"organization": organization, "count": count}
        return [Job(*row) for row in tx.rows(self._statements["list_jobs"], params)]

    def add(self, tx: Transaction, application: JobApplication) -> bool:
        """Store an application, unless its URN is taken; whether it was stored."""
        params = {
            "urn": application.urn,
            "job": application.job,
            "organization": application.organization,
            "applicant": application.applicant,
            "name": application.name,
            "email": application.email,
            "locale": application.locale,
            "submitted_at": application.submitted_at,
        }
        return tx.one(self._statements["add_job_application"], params) is not None

    def find(self, tx: Transaction, urn: str) -> JobApplication | None:
        """One application."""
        row = tx.one(self._statements["find_job_application"], {"urn": urn})
        return None if row is None else JobApplication(*row)

    def each(
        self, tx: Transaction, *, job: str | None = None, applicant: str | None = None, count: int
    ) -> list[JobApplication]:
        """Applications for one job, of one person, or of both, the newest first."""
        params = {"job": job, "applicant": applicant, "count": count}
        return [JobApplication(*row) for row in tx.rows(self._statements["list_job_applications"], params)]

    def applicant_with(self, tx: Transaction, email: str) -> str | None:
        """Who applied with this email address before."""
        row = tx.one(self._statements["find_applicant"], {"email": email})
        return None if row is None else str(row[0])
