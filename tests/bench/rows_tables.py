"""What a database holds after a year: SQL that fills each table in one statement, for any number of tasks.

Ten thousand people in five thousand organizations. Person 1 has one task in twenty: two fifths of them in one thread,
the rest in a channel with many threads. All tasks but the last few hundred have ended. Every row's key is computed
from its number, so that tables can be filled independently of one another.
"""

from collections.abc import Iterator
from dataclasses import dataclass

PEOPLE = 10_000
LIVE = 600
"""Tasks that have not ended, the newest."""
CHANNEL = 20_001
"""The number of the chat with many threads."""
CHANNEL_THREADS = 5_000_000
"""The first number of its threads."""
_YEAR_MS = 365 * 24 * 3_600 * 1_000

_SPEC = (
    '{"trigger": {"type": "manual"}, "edges": [["n1", "n2"]], "nodes": ['
    '{"id": "n1", "type": "tool", "name": "note", "config": {"text": "what was asked"}}, '
    '{"id": "n2", "type": "tool", "name": "note", "config": {"text": "what came of it"}}]}'
)


@dataclass(frozen=True, slots=True)
class Year:
    """A year that ends at ``until`` (milliseconds since 1970) with so many ``tasks``."""

    tasks: int
    until: int

    def key(self, table: int, number: str, share: str = "0") -> str:
        """A UUIDv7 of the moment at that share of the year; ``table`` and ``number`` make it unique."""
        moment = f"({self.until - _YEAR_MS} + ({share}) * {_YEAR_MS})::bigint"
        return (
            f"(lpad(to_hex({moment}), 12, '0') || '7{table:03x}8' || lpad(to_hex(({number})::bigint), 15, '0'))::uuid"
        )

    def moment(self, share: str) -> str:
        return f"to_timestamp(({self.until - _YEAR_MS} + ({share}) * {_YEAR_MS}) / 1000)"

    def task(self, number: str = "n") -> str:
        return self.key(1, number, f"({number})::float8 / {self.tasks}")

    def message(self, number: str) -> str:
        return self.key(6, number, f"({number})::float8 / {10 * self.tasks + 9}")

    def each(self, table: int, rows: int) -> str:
        """The key of row ``i`` of a table that has ``rows`` rows a task."""
        return self.key(table, "i", f"i::float8 / {rows * self.tasks + rows}")

    def numbers(self, rows: int) -> str:
        """``i`` counts the rows of a table that has ``rows`` a task; ``n`` is the task, ``k`` the row among its rows.

        ``p`` and ``t`` are the numbers of the task's person and thread, ``place`` counts the tasks of its chat.
        """
        last = rows * self.tasks + rows - 1
        return f"""(SELECT i, n, k,
            CASE WHEN n % 20 = 0 THEN 1 ELSE 2 + n % {PEOPLE - 1} END AS p,
            CASE WHEN n % 20 <> 0 THEN 2 + n % {PEOPLE - 1} + {PEOPLE} * (n / {PEOPLE - 1} / 5)
                 WHEN n / 20 % 5 < 2 THEN 1 ELSE {CHANNEL_THREADS} + n / 100 END AS t,
            CASE WHEN n % 20 = 0 THEN n / 20 ELSE n / {PEOPLE - 1} END AS place,
            n::float8 / {self.tasks} AS share
            FROM (SELECT i, i / {rows} AS n, i % {rows} AS k FROM generate_series({rows}, {last}) i) numbered) task"""

    @property
    def own_threads(self) -> int:
        """How many threads a person has in their own chat."""
        return self.tasks // (PEOPLE - 1) // 5 + 1

    @property
    def live(self) -> str:
        """Whether task ``n`` has not ended; the busiest thread has none that is open."""
        return f"(n > {self.tasks - LIVE} AND t <> 1)"


def statements(year: Year) -> Iterator[tuple[str, str]]:
    """Table and the statement that fills it, in the order of their references."""
    user, org = year.key(2, "p"), year.key(3, "(p + 1) / 2")
    thread, task = year.key(5, "t"), year.task()
    chat = year.key(4, f"CASE WHEN t >= {CHANNEL_THREADS} THEN {CHANNEL} ELSE p END")
    at = year.moment("share")
    planned = f"(t <> 1 OR n < {year.tasks // 10})"  # the busiest thread has long been only talked in
    ended = f"CASE WHEN {year.live} THEN NULL ELSE {at} END"
    yield from _people(year)
    yield (
        "threads",
        f"""INSERT INTO threads (id, org_id, user_id, chat_id, platform_thread, name, storage_id, active_at, created_at)
        SELECT {thread}, {org}, {user}, {chat}, CASE WHEN t >= {CHANNEL_THREADS} THEN 'root-' || t END,
               'Thread ' || t, {thread}::text, {at}, {at}
        FROM (SELECT p, p + {PEOPLE} * j AS t, (j + 1)::float8 / {year.own_threads} AS share
              FROM generate_series(1, {PEOPLE}) p, generate_series(0, {year.own_threads - 1}) j
              UNION ALL
              SELECT 1, {CHANNEL_THREADS} + h, h::float8 / {year.tasks // 100 + 1}
              FROM generate_series(0, {year.tasks // 100}) h) own""",
    )
    yield (
        "tasks",
        f"""INSERT INTO tasks (id, org_id, user_id, thread_id, message_id, title, description, status, waiting_for,
            plan, current_step, total_steps, result, error, cost, started_at, completed_at, created_at, updated_at)
        SELECT {task}, {org}, {user}, {thread}, {year.message("10 * n")}, 'Task ' || n, 'Look into number ' || n,
               status, CASE status WHEN 'PAUSED' THEN 'approval' END,
               CASE WHEN {planned} THEN '{_SPEC}'::jsonb END, 10, 10,
               CASE status WHEN 'SUCCEEDED' THEN '{{"text": "It is done."}}'::jsonb END,
               CASE status WHEN 'FAILED' THEN '{{"code": "x", "sentence": "It did not work."}}'::jsonb END,
               0.001, {at}, {ended}, {at}, {at}
        FROM (SELECT *, CASE WHEN {year.live} THEN (ARRAY['PAUSED', 'RUNNING', 'PAUSED', 'PENDING'])[1 + n % 4]
                             WHEN n % 25 = 1 THEN 'FAILED' WHEN n % 50 = 3 THEN 'CANCELLED' ELSE 'SUCCEEDED'
                             END AS status
              FROM {year.numbers(1)}) stated""",
    )
    yield (
        "task_steps",
        f"""INSERT INTO task_steps (id, org_id, task_id, node_id, type, name, status, attempt_count, input, output,
                                    started_at, finished_at, created_at)
        SELECT {year.each(7, 10)}, {org}, {task}, 'n' || k, 'tool', 'note',
               CASE WHEN {year.live} AND k = 9 THEN 'WAITING' ELSE 'SUCCEEDED' END, 1,
               '{{"text": "what was asked"}}', '{{"text": "note: what came of it"}}', {at}, {ended}, {at}
        FROM {year.numbers(10)}""",
    )
    yield (
        "task_logs",
        f"""INSERT INTO task_logs (id, org_id, task_id, level, message, step, timestamp)
        SELECT {year.each(8, 10)}, {org}, {task}, 'INFO', 'Something went as it should.', 'n' || k, {at}
        FROM {year.numbers(10)}""",
    )
    yield (
        "task_artifacts",
        f"""INSERT INTO task_artifacts (id, org_id, task_id, thread_id, step, type, name, url, size, mime_type,
                                        checksum, created_at)
        SELECT {year.each(9, 1)}, {org}, {task}, {thread}, 'n1', 'FILE', 'report-' || n || '.csv', 'made/' || n, 1000,
               'text/csv', md5(n::text), {at} FROM {year.numbers(1)} WHERE n % 4 < 2""",
    )
    yield (
        "approvals",
        f"""INSERT INTO approvals (id, org_id, task_id, node_id, hash, requested_of, decided_by, decision,
                                   decided_at, expires_at)
        SELECT {year.each(10, 1)}, {org}, {task}, 'n9', md5(n::text), {user}, CASE WHEN NOT {year.live} THEN {user} END,
               CASE WHEN NOT {year.live} THEN 'approved' END, {ended}, {at} + interval '7 days'
        FROM {year.numbers(1)} WHERE n % 10 = 3""",
    )
    yield (
        "task_feedback",
        f"""INSERT INTO task_feedback (id, org_id, task_id, user_id, value)
        SELECT {year.each(11, 1)}, {org}, {task}, {user}, 1 FROM {year.numbers(1)} WHERE n % 20 = 5""",
    )
    yield (
        "task_notes",
        f"""INSERT INTO task_notes (id, org_id, task_id, user_id, message_id, words, heard_by)
        SELECT {year.each(25, 1)}, {org}, {task}, {user}, {year.message("10 * n + 2")}, 'only 2025', 'n1[1].think'
        FROM {year.numbers(1)} WHERE n % 20 = 7""",
    )
    sealed = "row_number() OVER (PARTITION BY (p + 1) / 2 ORDER BY n)"
    yield (
        "audit_logs",
        f"""INSERT INTO audit_logs (id, org_id, actor_kind, actor_id, action, resource_type, resource_id, outcome,
                                   permission, details, details_hash, created_at, seq, hash)
        SELECT {year.each(26, 1)}, {org}, 'person', {user}, 'tasks.stop', 'task', {task}::text,
               CASE WHEN n % 50 = 0 THEN 'refused' ELSE 'done' END, 'work', '{{"salt": "0"}}', '\\x00', {at},
               {sealed}, '\\x00'
        FROM {year.numbers(1)}""",
    )
    yield (
        "health_checks",
        f"""INSERT INTO health_checks (id, name, status, message, response_time, standing, turned_at, streak)
        SELECT {year.key(27, "i")}, 'check ' || i, 'ok', 'It answers.', 3, 'up', now(), 0
        FROM generate_series(1, 12) i""",
    )
    yield (
        "maintenance_periods",
        f"""INSERT INTO maintenance_periods (id, words, begun_by, begun_at, ended_by, ended_at)
        SELECT {year.key(90, "i", "i / 60.0")}, 'A new version', {year.key(2, "1")}, {year.moment("i / 60.0")},
               {year.key(2, "1")}, {year.moment("i / 60.0")} + interval '10 minutes'
        FROM generate_series(1, 52) i""",
    )
    yield from _said(year, user=user, org=org, thread=thread, chat=chat, task=task, at=at)
    yield from _worked(year, user=user, org=org, task=task, at=at)


def _people(year: Year) -> Iterator[tuple[str, str]]:
    user, org, chat = year.key(2, "p"), year.key(3, "(p + 1) / 2"), year.key(4, "p")
    everybody = f"FROM generate_series(1, {PEOPLE}) p"
    yield "users", f"INSERT INTO users (id, name) SELECT {user}, 'Person ' || p {everybody}"
    yield (
        "user_profiles",
        f"INSERT INTO user_profiles (id, user_id) SELECT {year.key(12, 'p')}, {user} {everybody}",
    )
    yield (
        "chat_identities",
        f"""INSERT INTO chat_identities (id, platform, workspace, platform_user_id, user_id, first_user_id)
        SELECT {year.key(13, "p")}, 'fake', 'w', 'person-' || p, {user}, {user} {everybody}
        UNION ALL SELECT {year.key(23, "p")}, 'slack', 'w', 'person-' || p, {user}, {user} {everybody}""",
    )
    yield (
        "organizations",
        f"""INSERT INTO organizations (id, name, slug)
        SELECT {year.key(3, "o")}, 'Organization ' || o, 'org-' || o FROM generate_series(1, {PEOPLE // 2}) o""",
    )
    yield (
        "data_keys",
        f"""INSERT INTO data_keys (id, org_id, version, wrapped, key_id)
        SELECT {year.key(60, "o")}, {year.key(3, "o")}, 1, decode(repeat('5e', 40), 'hex'), 'key:of the year'
        FROM generate_series(1, {PEOPLE // 2}) o""",
    )
    yield (
        "retention",
        f"""INSERT INTO retention (id, org_id, kind, days)
        SELECT {year.key(70, "o")}, {year.key(3, "o")}, 'logs', 90 FROM generate_series(1, {PEOPLE // 20}) o""",
    )
    yield (
        "data_exports",
        f"""INSERT INTO data_exports (id, user_id, org_id, status)
        SELECT {year.key(71, "p")}, {user}, {org}, 'expired' {everybody}""",
    )
    yield (
        "erasures",
        f"""INSERT INTO erasures (id, user_id, org_id, due_at, cancelled_at)
        SELECT {year.key(72, "p")}, {user}, {org}, now(), now() {everybody}""",
    )
    yield (
        "slack_installations",
        f"""INSERT INTO slack_installations (id, org_id, team, team_name, app, bot, scopes, token, key_version,
                                         installed_by, granted_at)
        SELECT {year.key(61, "o")}, {year.key(3, "o")}, 'T' || o, 'Workspace ' || o, 'A1', 'U1', 'chat:write',
               decode(repeat('5e', 90), 'hex'), 1, {year.key(2, "2 * o - 1")}, {year.moment("0")}
        FROM generate_series(1, {PEOPLE // 2}) o""",
    )
    yield (
        "organization_members",
        f"""INSERT INTO organization_members (id, org_id, user_id, role)
        SELECT {year.key(14, "p")}, {org}, {user}, 'owner' {everybody}""",
    )
    yield (
        "announcements",
        f"""INSERT INTO announcements (id, words, status, said_by, ended_at)
        SELECT {year.key(91, "i", "i / 60.0")}, 'A new version', 'sent', {year.key(2, "1")}, now()
        FROM generate_series(1, 12) i""",
    )
    yield (
        "announcement_recipients",
        f"""INSERT INTO announcement_recipients (id, announcement_id, user_id, status, said_at)
        SELECT {year.key(92, "12 * p + i")}, {year.key(91, "i", "i / 60.0")}, {user}, 'said', now()
        {everybody}, generate_series(1, 12) i""",
    )
    yield (
        "magic_links",
        f"""INSERT INTO magic_links (id, purpose, user_id, uses, expires_at)
        SELECT {year.key(71, "p")}, 'invitation', {user}, 0, now() {everybody}""",
    )
    yield (
        "oauth_states",
        f"""INSERT INTO oauth_states (id, hash, expires_at)
        SELECT {year.key(96, "i")}, sha256(i::text::bytea), now() FROM generate_series(1, 100) i""",
    )
    yield (
        "account_links",
        f"""INSERT INTO account_links (id, user_id, identity_id, thread_id)
        SELECT {year.key(74, "p")}, {user}, {year.key(13, "p")}, {year.key(5, "p")} {everybody}""",
    )
    yield (
        "sessions",
        f"""INSERT INTO sessions (id, token_hash, user_id, expires_at)
        SELECT {year.key(75, "p")}, decode(md5(p::text), 'hex'), {user}, now() {everybody}""",
    )
    yield (
        "invitations",
        f"""INSERT INTO invitations (id, org_id, link_id, role, uses, invited_by, expires_at)
        SELECT {year.key(70, "p")}, {org}, {year.key(71, "p")}, 'member', 1, {user}, now() {everybody}""",
    )
    yield (
        "mailed_links",
        f"""INSERT INTO mailed_links (id, org_id, user_id, link_id, kind, address, status)
        SELECT {year.key(97, "p")}, {org}, {user}, {year.key(71, "p")}, 'invitation', p || '@example.org', 'sent'
        {everybody}""",
    )
    yield "platform_admins", f"INSERT INTO platform_admins (id, user_id) SELECT {year.key(72, '1')}, {year.key(2, '1')}"
    yield "bots", f"INSERT INTO bots (id, platform, workspace, name) SELECT {year.key(73, '1')}, 'fake', 'w', 'legwork'"
    newest = year.key(5, f"CASE WHEN p = 1 THEN 1 ELSE p + {PEOPLE * (year.own_threads - 1)} END")
    yield (
        "chats",
        f"""INSERT INTO chats (id, platform, workspace, chat, org_id, private, current_thread_id)
        SELECT {chat}, 'fake', 'w', 'dm-person-' || p, {org}, true, {newest} {everybody}
        UNION ALL SELECT {year.key(24, "p")}, 'slack', 'w', 'dm-person-' || p, {org}, true, NULL::uuid {everybody}
        UNION ALL SELECT {year.key(4, str(CHANNEL))}, 'fake', 'w', 'channel', {year.key(3, "1")}, false, NULL""",
    )
    kept = f"FROM generate_series(1, {PEOPLE // 2 + year.tasks // 200}) i"
    number = f"CASE WHEN i > {PEOPLE // 2} THEN 1 ELSE i END"
    yield (
        "workflows",
        f"""INSERT INTO workflows (id, org_id, user_id, name, spec_json)
        SELECT {year.key(15, "i")}, {year.key(3, number)}, {year.key(2, number)}, 'Workflow ' || i, '{_SPEC}' {kept}""",
    )
    yield (
        "workflow_versions",
        f"""INSERT INTO workflow_versions (id, org_id, workflow_id, version, spec_json, author_id)
        SELECT {year.key(16, "i")}, {year.key(3, number)}, {year.key(15, "i")}, 1, '{_SPEC}',
               {year.key(2, number)} {kept}""",
    )


def _said(year: Year, *, user: str, org: str, thread: str, chat: str, task: str, at: str) -> Iterator[tuple[str, str]]:
    yield (
        "messages",
        f"""INSERT INTO messages (id, org_id, thread_id, user_id, role, content, attachments, press,
                                  platform_message_id, task_id, handled_at, created_at)
        SELECT {year.message("i")}, {org}, {thread}, CASE WHEN k % 3 = 0 THEN {user} END,
               CASE WHEN k % 3 = 0 THEN 'user' ELSE 'assistant' END, 'Some words about number ' || i,
               CASE WHEN k = 0 AND n % 40 IN (0, 7) THEN jsonb_build_array(jsonb_build_object(
                    'key', 'in/' || n, 'name', 'table-' || n || '.csv', 'mime_type', 'text/csv', 'size', 1000,
                    'sha256', md5(n::text), 'ref', null))
                    ELSE '[]' END,
               CASE WHEN k = 3 THEN '{{"action": "command", "value": "tasks"}}'::jsonb END,
               CASE WHEN k IN (0, 6, 9) THEN (10 * place + k)::text END,
               CASE WHEN k % 5 < 2 THEN {task} END, {at}, {at}
        FROM {year.numbers(10)}""",
    )
    yield (
        "inbound_events",
        f"""INSERT INTO inbound_events (id, platform, workspace, event_key, chat, platform_message_id, received_at)
        SELECT {year.each(17, 4)}, 'fake', 'w', 'seeded-' || i,
               CASE WHEN t >= {CHANNEL_THREADS} THEN 'channel' ELSE 'dm-person-' || p END,
               CASE WHEN k <> 1 THEN (10 * place + 3 * k)::text END, {at}
        FROM {year.numbers(4)}""",
    )
    yield (
        "outbound_messages",
        f"""INSERT INTO outbound_messages (id, org_id, chat_id, thread_id, task_id, reply_to, kind, body,
            dedupe_key, target_key, status, attempts, platform_message_id, created_at, sent_at)
        SELECT {year.each(18, 4)}, {org}, {chat}, {thread}, {task},
               CASE WHEN k IN (0, 3) THEN {year.message("10 * n")} END,
               CASE WHEN k IN (1, 2) THEN 'edit' ELSE 'post' END, '{{"type": "note", "text": "What was said."}}',
               CASE k WHEN 0 THEN 'card:' || {task} WHEN 3 THEN 'answer:' || {task}
                      ELSE 'card:' || {task} || ':' || k END,
               CASE WHEN k IN (1, 2) THEN 'card:' || {task} END,
               CASE WHEN {year.live} AND k = 3 THEN 'queued' WHEN k = 1 THEN 'superseded'
                    WHEN n % 1000 = 1 AND k = 3 THEN 'failed' ELSE 'sent' END, 1,
               CASE WHEN k = 0 OR (k = 3 AND n % 100 <> 0) THEN (10 * place + k + 1)::text
                    WHEN k = 3 THEN (10 * place + 4) || ',' || (10 * place + 5) END, {at}, {at}
        FROM {year.numbers(4)}""",
    )
    yield (
        "button_values",
        f"""INSERT INTO button_values (id, token, value, org_id, chat_id, user_id, created_at)
        SELECT {year.each(19, 1)}, md5(n::text), '{{"action": "command", "value": "tasks"}}', {org}, {chat}, {user},
               {at}
        FROM {year.numbers(1)} WHERE n % 4 = 0""",
    )


def _worked(year: Year, *, user: str, org: str, task: str, at: str) -> Iterator[tuple[str, str]]:
    yield (
        "queue_jobs",
        f"""INSERT INTO queue_jobs (id, org_id, queue, kind, data, task_id, share, lane, dedupe_key, turn, status,
                                    progress, attempts, max_attempts, crashes, epoch, worker, lease_until, run_at,
                                    created_at, started_at, completed_at)
        SELECT {year.each(20, 3)}, {org}, (ARRAY['TASK', 'TASK', 'DELIVER'])[1 + k],
               (ARRAY['understand', 'advance', 'deliver'])[1 + k], '{{}}',
               CASE WHEN k = 1 THEN {task} END, CAST({user} AS text), CASE WHEN k = 2 THEN 'chat:' || i END,
               'key:' || i, n, status, 0, 1, 8, CASE status WHEN 'quarantined' THEN 3 ELSE 0 END, 1,
               CASE status WHEN 'running' THEN 'elsewhere' END,
               CASE status WHEN 'running' THEN now() + interval '1 day' END,
               CASE status WHEN 'scheduled' THEN now() + interval '1 day' ELSE {at} END, {at}, {at},
               CASE status WHEN 'completed' THEN {at} END
        FROM (SELECT *, CASE WHEN {year.live} AND k = 1 THEN CASE WHEN n % 2 = 0 THEN 'running' ELSE 'scheduled' END
                             WHEN n > {year.tasks - 1_500} AND n % 50 = 7 AND k = 1 THEN 'quarantined'
                             WHEN n % 100 = 1 AND k = 1 THEN 'failed' ELSE 'completed' END AS status
              FROM {year.numbers(3)}) stated""",
    )
    yield (
        "tool_executions",
        f"""INSERT INTO tool_executions (id, org_id, tool_id, task_id, node_id, input, output, status, duration,
                                         started_at, completed_at, created_at)
        SELECT {year.each(21, 5)}, {org}, there.ids[1 + i % cardinality(there.ids)], {task}, 'n' || k,
               '{{"text": "what was asked"}}', '{{"text": "note: what came of it"}}', 'COMPLETED', 12, {at}, {at}, {at}
        FROM {year.numbers(5)}, (SELECT array_agg(id ORDER BY name) AS ids FROM tools) there""",
    )
    yield (
        "usages",
        f"""INSERT INTO usages (id, org_id, user_id, task_id, provider, model, type, tokens_in, tokens_out,
                                tokens_total, cost, duration_ms, created_at)
        SELECT {year.each(22, 2)}, {org}, {user}, {task}, 'openai', 'gpt-5-mini', 'chat', 900, 100, 1000, 0.0005, 800,
               {at}
        FROM {year.numbers(2)}""",
    )
