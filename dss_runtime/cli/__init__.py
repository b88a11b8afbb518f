"""The command line `dss`: `main` is what the installed script calls, `app` the command as click knows it."""

from __future__ import annotations

from dss_runtime.cli._app import app, main

__all__ = ["app", "main"]
