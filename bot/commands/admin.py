"""``/admin``: what whoever runs this installation sees and does."""

from bot.commands import (
    admin_admission,
    admin_audit,
    admin_broadcast,
    admin_health,
    admin_jobs,
    admin_maintenance,
    admin_people,
    admin_tools,
)
from bot.commands.declare import Noun

NOUN = Noun(
    "admin",
    "run this installation: people, organizations, and how it goes",
    (
        *admin_people.VERBS,
        *admin_admission.VERBS,
        *admin_tools.VERBS,
        *admin_audit.VERBS,
        *admin_health.VERBS,
        *admin_jobs.VERBS,
        *admin_maintenance.VERBS,
        *admin_broadcast.VERBS,
    ),
)
