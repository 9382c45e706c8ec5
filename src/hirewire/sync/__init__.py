"""The connector: from what an ATS commits to what the platform holds, once, in order, within the platform's limits.

``outbox`` is what an ATS calls inside its own transactions, `files` reads exports, `connector` sends, `reports` says
where everything stands.
"""

from hirewire.plan.entity import Added, Urgency
from hirewire.sync import outbox
from hirewire.sync.changes import Change

__all__ = ["Added", "Change", "Urgency", "outbox"]
