"""Words with an address behind them, as text: the address stands beside the words."""

_BREAKS = "()<> \t\r\n"
"""What would end an address too early for whoever reads the text; in their encoded form they mean the same."""


def beside(words: str, address: str) -> str:
    """``the report (https://…)``; the address alone where the words say no more than it."""
    plain = address.removeprefix("mailto:").removeprefix("tel:")
    if not words or words.strip().rstrip("/") in plain:
        return plain
    return f"{words} ({written(plain)})"


def written(address: str) -> str:
    """The address so that it ends where it ends."""
    return "".join(f"%{ord(letter):02X}" if letter in _BREAKS else letter for letter in address)
