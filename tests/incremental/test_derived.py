"""Derived properties are code of the project: what was proven with them yesterday is another thing today."""

from __future__ import annotations

import sys
from pathlib import Path

from tests.adoption.projects import schools
from tests.incremental.test_runs import SCHEMA, incremental, pupil, same_plan, sync, why

DERIVED = SCHEMA.replace("branches:\n  pupils:", "    derived: [domain]\nbranches:\n  pupils:", 1)


def test_a_derived_property_that_the_project_writes_anew(tmp_path: Path) -> None:
    """Nobody can tell when such code changes, so that nothing is left out because of an earlier run."""
    with schools(tmp_path / "school", DERIVED) as school:
        incremental(school, "incremental = 5")
        (path,) = school.folder.glob("adopting_handlers*/derived.py")
        before = path.read_text().rstrip()
        path.write_text(f'{before}\n        return ""\n')
        school.pupils(*map(pupil, range(3)))
        for _ in range(2):
            sync(school)
        school.sql("UPDATE person SET email = lower(email)")
        for _ in range(2):
            sync(school)
        assert "domain is derived by code" == why(school)
        path.write_text(f'{before}\n        return record.email or ""\n')
        for name in [each for each in sys.modules if each.startswith("adopting")]:
            del sys.modules[name]
        same_plan(school)
        assert 3 == len(school.json("plan", "nightly")["actions"])
