"""Every table in one place: what migrations are compared with."""

from domain.announcements import models as _announcements
from domain.audit import models as _audit
from domain.billing import models as _billing
from domain.connectors import models as _connectors
from domain.conversations import models as _conversations
from domain.core.crypto import models as _crypto
from domain.core.db import metadata
from domain.core.queue import models as _queue
from domain.emails import models as _emails
from domain.health import models as _health
from domain.identity import models as _identity
from domain.maintenance import models as _maintenance
from domain.orgs import models as _orgs
from domain.personal import models as _personal
from domain.tasks import models as _tasks
from domain.tools import models as _tools
from domain.workflows import models as _workflows

__all__ = ["metadata"]

_TABLES = (
    _announcements,
    _audit,
    _billing,
    _connectors,
    _conversations,
    _crypto,
    _emails,
    _health,
    _identity,
    _maintenance,
    _orgs,
    _personal,
    _queue,
    _tasks,
    _tools,
    _workflows,
)
