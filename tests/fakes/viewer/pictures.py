"""Pictures of a page's scenes, taken by a browser without a window."""

import subprocess
import tempfile
from collections.abc import Iterable
from pathlib import Path

from PIL import Image, ImageChops

TALL = 3_000
"""Points; what a scene leaves empty below it is cut off."""
SCALE = 1.5
"""Pixels a point."""
SECONDS = 60.0


def take(browser: str, page: Path, scenes: Iterable[str], width: int, folder: Path) -> None:
    """Write a picture of each scene of a page, ``PAGE-SCENE.png``. Raises CalledProcessError, FileNotFoundError."""
    with tempfile.TemporaryDirectory() as profile:
        for scene in scenes:
            target = folder / f"{page.stem}-{scene}.png"
            subprocess.run(
                [browser, *_arguments(Path(profile), target, width), f"{page.resolve().as_uri()}#{scene}"],
                check=True,
                capture_output=True,
                timeout=SECONDS,
            )
            _trim(target)


def _arguments(profile: Path, target: Path, width: int) -> list[str]:
    quiet = ("disable-background-networking", "disable-component-update", "disable-sync", "no-first-run")
    return [
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--hide-scrollbars",
        *(f"--{name}" for name in quiet),
        f"--force-device-scale-factor={SCALE:g}",
        f"--user-data-dir={profile}",
        f"--window-size={width},{TALL}",
        f"--screenshot={target}",
    ]


def _trim(target: Path) -> None:
    """Without the ground below the scene, in as many colours as a palette holds."""
    with Image.open(target) as taken:
        shown = taken.convert("RGB")
    ground = Image.new("RGB", shown.size, shown.getpixel((0, shown.height - 1)))
    box = ImageChops.difference(shown, ground).getbbox()
    cut = shown.crop((0, 0, shown.width, box[3])) if box else shown
    cut.quantize(method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE).save(target, optimize=True)
