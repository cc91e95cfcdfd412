"""Every setting, read once from the environment. No rule lives here: only names, types and defaults."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Literal

import platformdirs
from pydantic import AliasChoices, Field, HttpUrl, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict, SettingsError

from domain.core.errors import Misconfigured

_ACCOUNT = re.compile(r"[a-z]+:[^:\s]+:[^:\s]+")

_MAIL_SERVER = re.compile(
    r"smtp://(?:[^\s/@:]*(?::[^\s/@]*)?@)?(?:[\w.-]+|\[[0-9a-fA-F:]+\])(?::[0-9]{1,4}|:[1-5][0-9]{4})?/?"
)
_SENDER = re.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+")


class Settings(BaseSettings):
    """The whole configuration. ``docs`` lists each name with its meaning; ``legwork doctor`` checks them."""

    model_config = SettingsConfigDict(
        env_prefix="LEGWORK_", env_ignore_empty=True, extra="ignore", frozen=True, populate_by_name=True
    )

    data_dir: Path = Field(default_factory=lambda: Path(platformdirs.user_data_dir("legwork", appauthor=False)))
    """Everything that is kept on this machine: embedded servers, files, keys, history."""

    # -- where the truth and the wake-ups live -------------------------------------------------------
    database_url: SecretStr | None = Field(default=None, validation_alias="DATABASE_URL")
    """Postgres, with its password. None: an embedded server in ``data_dir``."""
    redis_url: SecretStr | None = Field(default=None, validation_alias="REDIS_URL")
    """Redis or Valkey, with its password. None: an embedded server in ``data_dir``."""
    database_pool: int = Field(default=10, ge=1)
    """Connections one process may hold."""
    storage_url: str | None = None
    """Where files are kept: ``file:///path`` or ``s3://bucket/prefix``. None: ``data_dir/files``."""
    max_file_mb: int = Field(default=20, ge=1)
    """Files above this are refused."""

    facts_seconds: float = Field(default=60.0, gt=0, le=280)
    """How long the facts of one table may take; then what is known is said, and what was not looked at."""
    facts_mb: int = Field(default=1024, ge=128)
    """How much memory they may take."""

    # -- secrets -------------------------------------------------------------------------------------
    key: SecretStr | None = None
    """What data keys are wrapped with: 32 bytes, in base64. None, and no other way to a key given: one is made in
    ``data_dir``, except in production."""
    key_file: Path | None = None
    """A file that holds it."""
    key_command: SecretStr | None = None
    """A program that wraps and unwraps instead."""
    key_previous: SecretStr | None = None
    """The key before, until ``legwork keys rotate`` is through: itself, ``file:PATH`` or ``command:PROGRAM …``."""

    # -- the model -----------------------------------------------------------------------------------
    openai_api_key: SecretStr | None = Field(default=None, validation_alias="OPENAI_API_KEY")
    openai_base_url: SecretStr | None = Field(default=None, validation_alias="OPENAI_BASE_URL")
    """A compatible server. Set without a key, a placeholder key is sent."""
    llm_api: Literal["responses", "chat"] = "responses"
    """Which of OpenAI's interfaces the server speaks."""
    model: str = "gpt-5-mini"
    fallback_model: str | None = None
    """Asked when the first model stays unavailable."""
    llm_timeout: float = Field(default=60.0, gt=0)
    """Seconds of silence: before the first word, and between words."""
    llm_longest: float = Field(default=600.0, gt=0)
    """Seconds for a whole answer."""
    llm_attempts: int = Field(default=3, ge=1)

    # -- the worker ----------------------------------------------------------------------------------
    lease_seconds: float = Field(default=15.0, gt=0)
    """How long a worker may be silent before its job is given to another."""
    sweep_seconds: float = Field(default=2.0, gt=0)
    """How often due and orphaned jobs are looked for."""
    worker_slots: int = Field(default=50, ge=1)
    """Jobs of one queue that one worker runs at once."""
    person_slots: int = Field(default=10, ge=1)
    """Jobs of one queue that one person may have running while others wait."""
    turn_seconds: float = Field(default=60.0, ge=0)
    """For so long an agent thinks in one slot before what waits has its turn."""
    platform_slots: int = Field(default=30, ge=1)
    """Chats of one bot or workspace that may be delivered to at once while others wait."""
    shutdown_seconds: float = Field(default=20.0, ge=0)
    """How long a stopping worker lets its steps finish before it hands its jobs back."""

    # -- reaching out --------------------------------------------------------------------------------
    fetch_allow: tuple[str, ...] = ()
    """``host:port`` pairs that may be fetched although they are private, as a JSON list."""
    google_search_key: SecretStr | None = None
    google_search_engine: str | None = None
    google_search_url: HttpUrl = HttpUrl("https://customsearch.googleapis.com/customsearch/v1")
    brave_search_key: SecretStr | None = None
    brave_search_url: HttpUrl = HttpUrl("https://api.search.brave.com/res/v1/web/search")
    searxng_url: HttpUrl | None = None

    # -- who runs it ---------------------------------------------------------------------------------
    platform_admins: tuple[str, ...] = ()
    """Accounts of who runs this installation, each ``platform:workspace:id`` as “/whoami” says it, as a JSON list."""
    admission: Literal["open", "request", "invited"] | None = None
    """Who may come in: everybody; whoever is let in when asked about; or who was invited. None: see ``admits``."""

    # -- being reached -------------------------------------------------------------------------------
    host: str = "127.0.0.1"
    """Where the web process listens; ``0.0.0.0`` for every address of this machine."""
    port: int = Field(default=8080, ge=0, le=65535, validation_alias=AliasChoices("LEGWORK_PORT", "PORT"))
    """PORT, as hosts set it, counts where LEGWORK_PORT is not set. 0: any free port."""
    public_url: HttpUrl | None = None
    """Where the web process is reached from outside: what links to its pages begin with. None: none are given."""

    # -- mail ----------------------------------------------------------------------------------------
    mail_url: SecretStr | None = None
    """The mail server: ``smtp://user:password@host:587``. None: links are told in chat alone, and no mail is sent."""
    mail_from: str | None = None
    """The address that mails come from."""
    mail_tls: Literal["starttls", "tls", "none"] = "starttls"
    """How the connection is kept from others: by an upgrade that is insisted on, from its first byte, or not at all."""

    # -- Slack ---------------------------------------------------------------------------------------
    slack_bot_token: SecretStr | None = Field(default=None, validation_alias="SLACK_BOT_TOKEN")
    """Slack is on when this is set; several tokens, one a workspace, are separated by commas."""
    slack_app_token: SecretStr | None = Field(default=None, validation_alias="SLACK_APP_TOKEN")
    """Socket Mode when set; events over HTTP otherwise."""
    slack_signing_secret: SecretStr | None = Field(default=None, validation_alias="SLACK_SIGNING_SECRET")
    """Required for events over HTTP."""
    slack_client_id: str | None = Field(default=None, validation_alias="SLACK_CLIENT_ID")
    """With the secret, workspaces can install the app by themselves."""
    slack_client_secret: SecretStr | None = Field(default=None, validation_alias="SLACK_CLIENT_SECRET")
    slack_api_base_url: str = Field(default="https://slack.com/api/", validation_alias="SLACK_API_BASE_URL")
    slack_chat_rate: float = Field(default=1.0, gt=0)
    """Messages a second in one channel."""
    slack_chat_burst: int = Field(default=4, ge=1)

    # -- Telegram ------------------------------------------------------------------------------------
    telegram_bot_token: SecretStr | None = Field(default=None, validation_alias="TELEGRAM_BOT_TOKEN")
    """Telegram is on when this is set."""
    telegram_webhook_url: str | None = Field(default=None, validation_alias="TELEGRAM_WEBHOOK_URL")
    """The public address of this service: a webhook when set, long polling otherwise."""
    telegram_webhook_secret: SecretStr | None = Field(default=None, validation_alias="TELEGRAM_WEBHOOK_SECRET")
    telegram_api_base_url: str = Field(default="https://api.telegram.org", validation_alias="TELEGRAM_API_BASE_URL")
    telegram_rate: float = Field(default=30.0, gt=0)
    """Messages a second over all chats."""
    telegram_burst: int = Field(default=25, ge=1)
    """Fewer than a second's worth: calls that are sent evenly do not arrive so."""
    telegram_chat_rate: float = Field(default=1.0, gt=0)
    """Messages a second in one private chat."""
    telegram_chat_burst: int = Field(default=3, ge=1)
    telegram_group_rate: float = Field(default=20 / 60, gt=0)
    """Messages a second in one group."""
    telegram_group_burst: int = Field(default=5, ge=1)

    # -- the process ---------------------------------------------------------------------------------
    env: Literal["development", "production"] = "development"
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"

    @field_validator("platform_admins")
    @classmethod
    def _accounts(cls, given: tuple[str, ...]) -> tuple[str, ...]:
        for account in given:
            if not _ACCOUNT.fullmatch(account):
                raise ValueError(f"“{account}” is not of the form platform:workspace:id, as “/whoami” says it")
        return given

    @field_validator("mail_url")
    @classmethod
    def _mail_server(cls, given: SecretStr | None) -> SecretStr | None:
        if given is not None and not _MAIL_SERVER.fullmatch(given.get_secret_value()):
            raise ValueError("it is not of the form smtp://user:password@host:587")
        return given

    @field_validator("mail_from")
    @classmethod
    def _sender(cls, given: str | None) -> str | None:
        if given is not None and not _SENDER.fullmatch(given):
            raise ValueError("it is not of the form legwork@example.org")
        return given

    @property
    def admits(self) -> Literal["open", "request", "invited"]:
        """Who may come in: where nothing is said, everybody in development, and in production who was invited."""
        return self.admission or ("invited" if self.env == "production" else "open")

    @property
    def lease(self) -> timedelta:
        return timedelta(seconds=self.lease_seconds)

    @property
    def max_file_bytes(self) -> int:
        return self.max_file_mb * 1024 * 1024

    @property
    def has_model(self) -> bool:
        """Whether a real model is configured; otherwise the offline provider answers."""
        return self.openai_api_key is not None or self.openai_base_url is not None

    @property
    def installs_slack(self) -> bool:
        """Whether workspaces can install the Slack app by themselves."""
        return self.slack_client_id is not None and self.slack_client_secret is not None

    @property
    def has_slack(self) -> bool:
        """Whether Slack is on."""
        return self.slack_bot_token is not None or self.installs_slack

    @property
    def has_mail(self) -> bool:
        """Whether mail can be sent."""
        return self.mail_url is not None and self.mail_from is not None

    @property
    def has_search(self) -> bool:
        """Whether a web search is configured."""
        google = self.google_search_key is not None and bool(self.google_search_engine)
        return google or self.brave_search_key is not None or self.searxng_url is not None


def load() -> Settings:
    """The settings of this process.

    Raises:
        Misconfigured: naming each environment variable that cannot be used, and why.
    """
    try:
        return Settings()
    except ValidationError as error:
        wrong = "; ".join(
            f"{_variable(item['loc'])}: {item['msg'].removeprefix('Value error, ')}" for item in error.errors()
        )
        raise Misconfigured(f"A setting cannot be used: {wrong}.") from None
    except SettingsError as error:  # of what is read as JSON; its cause quotes the value
        [name] = [name for name in _LISTS if f'"{name}"' in str(error)]
        raise Misconfigured(
            f"A setting cannot be used: {_variable((name,))} is no JSON list.",
            remedy=f"It looks like {_LISTS[name]}.",
        ) from None


_LISTS = {"fetch_allow": '["intranet:8080"]', "platform_admins": '["telegram:7001:512004711"]'}
"""What is read as JSON, each with an example."""


def variables() -> frozenset[str]:
    """The name of every environment variable that is read."""
    names: set[str] = set()
    for name, field in Settings.model_fields.items():
        match field.validation_alias:
            case str() as alias:
                names.add(alias)
            case AliasChoices(choices=choices):
                names.update(str(choice) for choice in choices)
            case _:
                names.add(_variable((name,)))
    return frozenset(names)


def _variable(location: tuple[int | str, ...]) -> str:
    name = str(location[0])
    return name if name.isupper() else f"LEGWORK_{name.upper()}"
