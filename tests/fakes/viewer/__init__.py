"""What people see in the doubles of Slack and Telegram, as pages that look like those platforms.

``python -m tests.fakes.viewer OUT_DIR`` holds one conversation on each platform over the whole path, with the
offline provider, and writes a page for each; with ``--browser chromium`` also a picture of every scene. A scene
alone is shown by its name behind the page's address: ``slack.html#answer``. Those of ``docs/images`` were taken so,
with the fonts Lato, Roboto and Noto Color Emoji installed.
"""
