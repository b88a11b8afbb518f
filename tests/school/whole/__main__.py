"""`python -m tests.school.whole [--students N]`: the school with all of its systems, for somebody to look at.

Starts PostgreSQL, OpenLDAP, scim2-server and the stand-in for Google, and ends with 1 where a run does not
end as it should.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from tests.school.whole.project import RUN, Ended, WholeSchool

_FEWEST = 40


def main() -> int:
    """Show the runs of four nights, and return how that went."""
    parser = argparse.ArgumentParser(prog="python -m tests.school.whole", description=__doc__)
    parser.add_argument("--students", type=int, default=300, metavar="N", help="how many (default: 300)")
    given = parser.parse_args()
    if given.students < _FEWEST:
        parser.error(f"argument --students: expected a number from {_FEWEST} up, got {given.students}")
    with tempfile.TemporaryDirectory(prefix="dss-school-") as folder:
        school = WholeSchool(Path(folder), given.students)
        try:
            return _nights(school)
        finally:
            school.close()


def _nights(school: WholeSchool) -> int:
    good = _shown("What the schema gives", school.dss("generate"), 0)
    good &= _shown("The first night: $ dss run nightly", school.dss("run", "nightly"), 0)
    good &= _shown("The second night", school.dss("run", "nightly"), 0)
    leaver = school.readable_students()[0]
    school.leave(leaver)
    good &= _shown(f"The third night: student {leaver} has left", school.dss("run", "nightly"), 0)
    good &= _suspended(school, leaver, dict.fromkeys(RUN, True))
    other = school.readable_students()[0]
    school.leave(other)
    school.configure(directory="ldap://127.0.0.1:9")
    title = f"The fourth night: {other} has left, and the directory is away"
    good &= _shown(title, school.dss("run", "nightly"), 3)
    good &= _suspended(school, other, {**dict.fromkeys(RUN, True), "directory": False})
    return 0 if good else 1


def _suspended(school: WholeSchool, number: str, expected: Mapping[str, object]) -> bool:
    found = school.suspended(number)
    return _told(f"Suspended: {found}", found == expected)


def _shown(title: str, ended: Ended, expected: int) -> bool:
    sys.stdout.write(f"\n== {title}\n\n{ended.out}{ended.err}")
    return _told(f"exit code {ended.code}", ended.code == expected)


def _told(text: str, good: bool) -> bool:
    sys.stdout.write(f"{text}{'' if good else ': THIS IS WRONG'}\n")
    sys.stdout.flush()
    return good


if __name__ == "__main__":
    sys.exit(main())
