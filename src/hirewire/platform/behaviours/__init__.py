"""What a call does to the stores, by resource and method: a table. By the time one runs, every check has been passed.

A behaviour answers for each key of the call; it raises only when the whole request must leave no trace. Each module
here brings its part of the table.
"""

from __future__ import annotations

from hirewire.catalog.call import Call
from hirewire.catalog.provisioned_applications import PROVISIONED_APPLICATIONS
from hirewire.platform import provisioning
from hirewire.platform.behaviours import configurations, general, integrations, lifecycle, prospects
from hirewire.platform.effects import Behaviour
from hirewire.wire.methods import Method

_SPECIAL: dict[tuple[str, Method], Behaviour] = {
    **general.BEHAVIOURS,
    **integrations.BEHAVIOURS,
    **configurations.BEHAVIOURS,
    **prospects.BEHAVIOURS,
    **lifecycle.BEHAVIOURS,
    (PROVISIONED_APPLICATIONS.name, Method.CREATE): provisioning.create,
    (PROVISIONED_APPLICATIONS.name, Method.PARTIAL_UPDATE): provisioning.update,
    (PROVISIONED_APPLICATIONS.name, Method.FINDER): provisioning.find,
}


def behaviour_of(call: Call) -> Behaviour:
    """What performs a call: the resource's own behaviour, or the general one of its method."""
    return _SPECIAL.get((call.resource.name, call.method)) or general.GENERAL[call.method]
