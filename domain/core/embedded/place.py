"""Where the embedded servers of a data directory live, and which account they run as.

Postgres refuses to run as root, so for root the servers run as the owner of the data directory, or as
``nobody`` where root owns that too. The account must reach its files; where it cannot (``/root`` is
closed to it, and stays closed), they are kept under ``/var/lib/legwork`` and a link in the data
directory says so.
"""

import errno
import hashlib
import os
import pwd
import stat
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from domain.core.errors import LegworkError, Misconfigured

__all__ = ["Account", "Place", "account_of", "locate", "reachable", "unusable"]

_ELSEWHERE = Path("/var/lib/legwork")
_LONGEST_SOCKET_NAME = ".s.PGSQL.5432"
# sizeof(sockaddr_un.sun_path) less the closing zero: unix(7) on Linux, unix(4) on macOS.
_SOCKET_PATH_BYTES = 103 if sys.platform == "darwin" else 107


@dataclass(frozen=True, slots=True)
class Account:
    """The unprivileged account servers run as when Legwork itself runs as root."""

    name: str
    uid: int
    gid: int


@dataclass(frozen=True, slots=True)
class Place:
    """``home`` holds what the servers keep, ``sockets`` (mode 0700, a short path) what they listen on."""

    home: Path
    sockets: Path

    @property
    def control(self) -> Path:
        """Where the keeper listens; a connection held open to it is what keeps the servers running."""
        return self.sockets / "keeper.sock"

    @property
    def start_lock(self) -> Path:
        """Held while joining, starting or leaving: a fresh user and a leaving keeper never overlap."""
        return self.home / "start.lock"

    @property
    def keeper_lock(self) -> Path:
        """Held by the keeper alone, for as long as it lives."""
        return self.home / "keeper.lock"

    @property
    def life_lock(self) -> Path:
        """Inherited by every server process: free means that none is left."""
        return self.home / "life.lock"

    @property
    def keeper_log(self) -> Path:
        return self.home / "keeper.log"


def locate(data_dir: Path) -> Place:
    """The place of a data directory's servers; its directories are made where they are missing.

    Raises:
        Misconfigured: a directory cannot be made, or belongs to someone else.
    """
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        home = _home(data_dir.resolve())
        sockets = _sockets(home)
        if not os.access(home, os.W_OK | os.X_OK):
            raise PermissionError(errno.EACCES, "it belongs to another account")
    except OSError as error:
        raise unusable(data_dir, error) from error
    return Place(home, sockets)


def unusable(directory: Path, error: OSError) -> LegworkError:
    """What to tell an operator when a directory of the servers cannot be used."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return Misconfigured(
            f"No space is left on the disk of {directory}.",
            remedy="Free some space, or set LEGWORK_DATA_DIR to a directory on another disk.",
            code="disk_full",
        )
    return Misconfigured(
        f"The data directory {directory} cannot be used: {error.strerror or error}.",
        remedy="Set LEGWORK_DATA_DIR to a directory this account may write to, or set DATABASE_URL and REDIS_URL.",
        code="data_dir_unusable",
    )


def account_of(home: Path) -> Account | None:
    """The account that owns the servers' files; None where this process is that account already.

    Raises:
        Misconfigured: root owns them and this machine has no account called nobody.
    """
    if os.geteuid() != 0:
        return None
    try:
        owner = pwd.getpwuid(home.stat().st_uid)
    except KeyError:  # an account without a name, which initdb refuses to run as
        owner = None
    if owner is None or owner.pw_uid == 0:
        owner = _nobody()
    return Account(owner.pw_name, owner.pw_uid, owner.pw_gid)


def _nobody() -> pwd.struct_passwd:
    try:
        return pwd.getpwnam("nobody")
    except KeyError:
        raise Misconfigured(
            "Postgres does not run as root, and this machine has no account called nobody.",
            remedy="Run Legwork as an ordinary account, or set DATABASE_URL and REDIS_URL.",
        ) from None


def _home(data_dir: Path) -> Path:
    account = account_of(data_dir)
    home = data_dir / "servers"
    if account is not None and not home.exists() and not reachable(data_dir, account):
        _ELSEWHERE.mkdir(parents=True, exist_ok=True)
        _ELSEWHERE.chmod(0o755)
        _link(home, _ELSEWHERE / _digest(data_dir))
    home = home.resolve()
    home.mkdir(mode=0o700, exist_ok=True)
    _hand_over(home, account)
    return home


def reachable(directory: Path, account: Account) -> bool:
    """Whether the account may enter a directory and each one above it."""
    return all(_may_enter(step.stat(), account) for step in (directory, *directory.parents))


def _may_enter(status: os.stat_result, account: Account) -> bool:
    if status.st_uid == account.uid:
        return bool(status.st_mode & stat.S_IXUSR)
    if status.st_gid == account.gid:
        return bool(status.st_mode & stat.S_IXGRP)
    return bool(status.st_mode & stat.S_IXOTH)


def _sockets(home: Path) -> Path:
    sockets = home / "run"
    if len(os.fsencode(sockets / _LONGEST_SOCKET_NAME)) > _SOCKET_PATH_BYTES:
        name = f"legwork-{_digest(home)}"
        if sockets.is_symlink() and sockets.readlink().name != name:  # home was moved here, or copied
            sockets.unlink(missing_ok=True)
        _link(sockets, _short_directory() / name)
    target = sockets.readlink() if sockets.is_symlink() else sockets
    target.mkdir(mode=0o700, exist_ok=True)
    _hand_over(target, account_of(home))
    _check_private(target, home)
    return target


def _short_directory() -> Path:
    preferred = Path(tempfile.gettempdir())
    longest = preferred / "legwork-0123456789ab" / _LONGEST_SOCKET_NAME
    return preferred if len(os.fsencode(longest)) <= _SOCKET_PATH_BYTES else Path("/tmp")  # noqa: S108 - checked below


def _check_private(sockets: Path, home: Path) -> None:
    """In a directory everyone may write to, somebody else may have made it first."""
    status = sockets.lstat()
    if not stat.S_ISDIR(status.st_mode) or status.st_uid != home.stat().st_uid or status.st_mode & 0o077:
        raise Misconfigured(
            f"The socket directory {sockets} is not a private directory of this account.",
            remedy="Remove it, or set LEGWORK_DATA_DIR to a shorter path.",
        )


def _hand_over(directory: Path, account: Account | None) -> None:
    """Give a directory that root has just made to the account the servers run as."""
    status = directory.lstat()
    if account is not None and stat.S_ISDIR(status.st_mode) and status.st_uid == 0:
        os.chown(directory, account.uid, account.gid)


def _link(link: Path, target: Path) -> None:
    try:
        link.symlink_to(target)
    except FileExistsError:  # another process came first, with the same answer
        return


def _digest(directory: Path) -> str:
    return hashlib.sha256(os.fsencode(directory)).hexdigest()[:12]
