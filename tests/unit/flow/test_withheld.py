"""What opens something is not kept with the message that it stood in."""

import pytest

from domain.flow.receive.withheld import withheld


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("/start i-abc", "/start …"),
        ("/start i-abc please", "/start …"),
        ("!legwork start ABCD-EFGH\nand more", "!legwork start …"),
        ("/start@legwork_bot i-abc", "/start@legwork_bot …"),
        ("/link confirm ABCD-EFGH", "/link confirm …"),
        ("/LINK  confirm ABCD EFGH", "/LINK  confirm …"),
        ("/start", "/start"),
        ("/link remove acc_8k2m9q", "/link remove acc_8k2m9q"),
        ("start i-abc", "start i-abc"),
        ("how does /start i-abc work?", "how does /start i-abc work?"),
    ],
)
def test_what_opens_something_is_withheld(said: str, kept: str) -> None:
    assert withheld(said) == kept
