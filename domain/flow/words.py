"""The few words that steer a task without a command."""

_STOP = {"stop", "cancel", "abort", "stop it", "cancel it", "stop that", "cancel that", "never mind", "nevermind"}
_PAUSE = {"pause", "wait", "hold on"}
_RESUME = {"resume", "continue", "go on", "carry on"}
_YES = {"yes", "y", "ok", "okay", "approve", "approved", "go ahead", "do it", "yes please", "sure"}
_NO = {"no", "n", "reject", "rejected", "don't", "do not", "no thanks"}


def _plain(text: str) -> str:
    return text.strip().strip(".!").lower()


def wants_stop(text: str) -> bool:
    return _plain(text) in _STOP


def wants_pause(text: str) -> bool:
    return _plain(text) in _PAUSE


def wants_resume(text: str) -> bool:
    return _plain(text) in _RESUME


def consent(text: str) -> bool | None:
    """True for yes, False for no, None for anything else."""
    plain = _plain(text)
    if plain in _YES:
        return True
    return False if plain in _NO else None


def is_control(text: str) -> bool:
    """Whether the message steers rather than asks for work, so that it overtakes the queue."""
    return text.lstrip().startswith(("/", "!")) or wants_stop(text) or wants_pause(text) or wants_resume(text)
