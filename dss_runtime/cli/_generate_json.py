"""What `dss generate --json` prints: one JSON object, for other programs.

Keys are added in later versions, and never change or go while `schema_version` stays the same:

- `schema_version`: 1
- `command`: "generate"
- `mode`: "write", "check" or "diff"
- `ok`: whether everything is in step with the schema; after writing, whether nothing is left for a person
- `exit_code`: what the command exits with
- `problems`: why it is not, each with `file`, `line`, `column` (both from 1), `severity` ("error" or
    "warning"), `message`, `rule`; where the schema, or a file of handlers, cannot be used, what is wrong
    with it
- `written`, `removed`: the generated files, and `inserted`: a line for each handler (only in mode "write")
- `diff`: the unified diff with --check and --diff, otherwise ""

After any other error (exit code 1) there is no object, only a message on standard error.
"""

from __future__ import annotations

import json
from typing import Literal

from dss_runtime.cli._exits import Exit
from dss_runtime.cli._generator import Checked, Written
from dss_runtime.cli._json import Json, masked
from dss_runtime.cli._problem_json import problem_json
from dss_runtime.cli._secrets import Secrets
from dss_runtime.cli._told import GeneratorFailedError

SCHEMA_VERSION = 1

Mode = Literal["write", "check", "diff"]


def generate_json(
    mode: Mode, done: Written | Checked | GeneratorFailedError, code: Exit, secrets: Secrets
) -> str:
    """Return what the command did, found or could not do, as JSON text, masked."""
    written = done if isinstance(done, Written) else Written((), (), (), ())
    found: dict[str, Json] = {
        "schema_version": SCHEMA_VERSION,
        "command": "generate",
        "mode": mode,
        "ok": not isinstance(done, GeneratorFailedError) and done.ok,
        "exit_code": int(code),
        "problems": [problem_json(each) for each in done.problems],
        "written": list(written.files),
        "removed": list(written.pruned),
        "inserted": list(written.stubs),
        "diff": done.diff if isinstance(done, Checked) else "",
    }
    return json.dumps(masked(found, secrets), indent=2, allow_nan=False)
