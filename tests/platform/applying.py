"""People apply for jobs in a sandbox, and an ATS reports what it does with their applications."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tests.platform.sandbox import ORGANIZATION, Answer, Caller, Sandbox

TARGET = "/v2/jobApplicationLifecycleActions"
SUBMITTED, VIEWED, DOWNLOADED, REJECTED = (
    "SUBMITTED",
    "APPLICATION_VIEWED",
    "RESUME_DOWNLOADED",
    "APPLICATION_REJECTED",
)
THREE_DAYS_S = 72 * 3600


def action(
    application: str, name: str = VIEWED, organization: str | None = ORGANIZATION, **more: Any
) -> dict[str, Any]:
    """One action as it is sent."""
    sent = {"jobApplicationId": application, "action": name, "performedAt": 1_604_600_000_017, **more}
    return sent if organization is None else {**sent, "integrationContext": organization}


def create(caller: Caller, element: dict[str, Any], **headers: str) -> Answer:
    return caller.send("POST", TARGET, element, **{"X_RestLi_Method": "create", **headers})


def create_many(caller: Caller, *elements: Any) -> Answer:
    return caller.send("POST", TARGET, {"elements": list(elements)}, X_RestLi_Method="batch_create")


def consent(sandbox: Sandbox, is_given: bool, organization: str = "12345") -> None:
    body = {"applicant_notifications": is_given}
    assert sandbox.control("PATCH", f"/control/customers/{organization}", body).status == 200


@dataclass
class Applied:
    """One application, and what can be seen of it."""

    sandbox: Sandbox
    urn: str
    job: str
    applicant: str

    def story(self) -> dict[str, Any]:
        found: dict[str, Any] = self.sandbox.control("GET", f"/control/job-applications/{self.urn}").json
        return found

    def on_posting(self) -> list[str]:
        """The events its applicant sees on the job posting."""
        target = f"/control/job-postings/{self.job}?applicant={self.applicant}"
        (own,) = self.sandbox.control("GET", target).json["applications"]
        return [notice["event"] for notice in own["notices"]]

    def in_my_jobs(self) -> list[str]:
        """The events its applicant sees in My Jobs."""
        listed = self.sandbox.control("GET", f"/control/my-jobs/{self.applicant}").json["applications"]
        (own,) = (each for each in listed if each["job_application"] == self.urn)
        return [notice["event"] for notice in own["notices"]]

    def mails(self) -> dict[str, str]:
        """The state of each mail by its event."""
        return {mail["event"]: mail["state"] for mail in self.story()["mails"]}


def apply(sandbox: Sandbox, organization: str = ORGANIZATION, **wish: Any) -> Applied:
    """Somebody applies for a new job."""
    job = sandbox.control(
        "POST", "/control/jobs", {"organization": organization, "title": "Engineer", "company": "Acme"}
    ).json
    person = {"name": "Zo\u00eb", "email": "zoe@example.com", **wish}
    answer = sandbox.control("POST", "/control/job-applications", {"job": job["id"], **person})
    assert answer.status == 200, answer.body
    return Applied(sandbox, answer.json["urn"], job["id"], answer.json["applicant"])
