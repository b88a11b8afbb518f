"""A stand-in for a Moodle 4.3: what its web services answer, built from recorded calls of a real one.

`tests/moodle/transcript.jsonl` holds 156 calls of a real Moodle with their answers, and a test plays them
all against the stand-in. What no call was recorded of is as Moodle's documentation has it, and says so.
"""

from __future__ import annotations
