"""PowerSchool's files, four systems behind real servers, and one `dss run nightly`."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.school.whole.project import RUN, WholeSchool

STUDENTS = 60


@pytest.fixture(scope="module")
def school(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WholeSchool]:
    """A small school whose systems have been brought in step once."""
    made = WholeSchool(tmp_path_factory.mktemp("school"), STUDENTS)
    done = made.dss("generate")
    assert 0 == done.code, done.err
    yield made
    made.close()


@pytest.mark.slow
def test_one_run_brings_all_systems_in_step(school: WholeSchool) -> None:
    """The first run fills each system, the second has nothing to do, and who leaves is suspended everywhere.

    A system that is away is told, and the others are brought in step all the same.
    """
    first = school.dss("run", "nightly")
    assert 0 == first.code, first.out + first.err
    assert [f"{name}: applied" for name in RUN] == first.out.splitlines()[-len(RUN) :]

    second = school.dss("run", "nightly", "--json").told
    assert [(name, "in_step", 0) for name in RUN] == [
        (each["sync"], each["state"], each["differences"]) for each in second["syncs"]
    ]

    leaver, other, *_ = school.readable_students()
    assert dict.fromkeys(RUN, False) == school.suspended(leaver)
    school.leave(leaver)
    third = school.dss("run", "nightly")
    assert 0 == third.code, third.out + third.err
    assert dict.fromkeys(RUN, True) == school.suspended(leaver)

    school.leave(other)
    school.configure(directory="ldap://127.0.0.1:9")
    fourth = school.dss("run", "nightly", "--json")
    states = {each["sync"]: each["state"] for each in fourth.told["syncs"]}
    assert (3, {**dict.fromkeys(RUN, "applied"), "directory": "held"}) == (fourth.code, states)
    assert {**dict.fromkeys(RUN, True), "directory": False} == school.suspended(other)

    school.configure()
    assert 0 == school.dss("run", "nightly", "--only", "directory").code
    assert dict.fromkeys(RUN, True) == school.suspended(other)
