"""``hirewire notify``: report one lifecycle action of a job application, so that the applicant hears of it."""

from __future__ import annotations

from typing import Annotated

import typer

from hirewire.catalog.lifecycle_actions import LifecycleAction, LifecycleActionType
from hirewire.cli.config import ConfigFlag
from hirewire.cli.connector import connector_settings, customer_client, customer_named
from hirewire.cli.output import JsonFlag, Output
from hirewire.runtime.clock import RealClock
from hirewire.values.time import Millis, from_iso, to_iso

_ACTIONS = ", ".join(each.value for each in LifecycleActionType)

app = typer.Typer(add_completion=False, rich_markup_mode="markdown")


@app.command()
def notify(
    job_application: Annotated[
        str,
        typer.Argument(metavar="JOB_APPLICATION", help="urn:li:jobApplication:ID, or the ID."),
    ],
    action: Annotated[str, typer.Argument(metavar="ACTION", help=f"{_ACTIONS}.")],
    performed_at: Annotated[
        str | None,
        typer.Option(
            metavar="TIME", help="When it was done: ISO 8601 with a zone, or epoch milliseconds (default: now)."
        ),
    ] = None,
    organization: Annotated[
        str | None, typer.Option(help="Whose applicant it is: id or URN (default: the only customer).")
    ] = None,
    config: ConfigFlag = None,
    json: JsonFlag = False,
) -> None:
    """Report that a job application was viewed or rejected, or its resume downloaded.

    The applicant is told where the customer has consented ("Applicant notifications"), of a rejection 72 hours later.
    """
    settings = connector_settings(config, needs_customers=True)
    customer = customer_named(settings, organization)
    reported = LifecycleAction(
        job_application=job_application,
        action=action,
        performed_at=_moment(performed_at),
        integration_context=customer.organization,
    )
    with customer_client(settings, customer) as client:
        key = client.lifecycle_actions.create(reported)
    output = Output(json=json)
    number = key.id if key is not None else None
    if json:
        output.json(
            {
                "id": number,
                "job_application": job_application,
                "action": action,
                "performed_at": reported.performed_at,
                "organization": customer.organization,
            }
        )
    else:
        output.say(f"Accepted: {action} of {job_application} at {to_iso(Millis(reported.performed_at or 0))}.")


def _moment(text: str | None) -> Millis:
    if text is None:
        return RealClock().now()
    if text.isascii() and text.isdecimal() and len(text) < 20:
        return Millis(int(text))
    try:
        return from_iso(text)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--performed-at") from None
