"""Where the ``legwork`` command begins: Ctrl-C while it is still being loaded ends it without a word."""

import signal

__all__ = ["main"]


def main() -> int:
    """Load the command and run it. Returns its exit status."""
    ours = signal.signal(signal.SIGINT, signal.SIG_DFL)
    from bot.cli import main as run  # loading takes a moment, in which a KeyboardInterrupt would be a traceback

    signal.signal(signal.SIGINT, ours)
    return run()
