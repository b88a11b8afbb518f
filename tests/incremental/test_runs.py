"""`incremental` of [syncs.NAME]: runs in a row, what they remember, and what makes them forget it."""

from __future__ import annotations

import csv
import json
import re
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dss_runtime.adapters.csv import _picked
from dss_runtime.engines.fingerprints._lines import Lines
from tests.adoption.projects import School, schools

SCHEMA = """
models:
  Pupil:
    key: number
    fields:
      number: str
      email: {type: str, optional: true, compare: casefold, sensitive: true}
      login: {type: str, optional: true}
      born: {type: date, optional: true}
branches:
  pupils: {model: Pupil, duplicates: quarantine}
trees:
  Office: {adapter: csv, branches: {pupils: {path: pupils.csv}}}
  Campus: {adapter: sql, branches: {pupils: {table: person, old: {set: {gone: true}}}}}
syncs:
  nightly: {from: Office, to: Campus}
"""
FIRST = "no run has proven anything of it so far"


def pupil(number: int, born: int = 1) -> tuple[str, ...]:
    """Return the row of a pupil."""
    return str(number), f"p{number}@Example.org", f"login{number}", f"2010-01-{born:02}"


@pytest.fixture
def school(tmp_path: Path) -> Iterator[School]:
    """A project with an incremental sync, whose every third run is a full one."""
    with schools(tmp_path / "school", SCHEMA) as made:
        incremental(made, "incremental = 3")
        yield made


def incremental(school: School, line: str) -> None:
    """Let the settings of the sync hold *line*, and no guard."""
    path = school.folder / "dss.toml"
    text = path.read_text().partition("[syncs")[0]
    limits = "old = 1000\nnew = 1000\nchanged = 1000\nunreadable = 1000\nmin_share = '0%'\n"
    path.write_text(
        f"{text}[syncs.nightly]\nmin_share = '0%'\n{line}\n[syncs.nightly.guard.pupils]\n{limits}"
    )


def why(school: School) -> str:
    """Return why a run would read everything now, "" where it would not."""
    line = school.dss("plan", "nightly", "--explain").stderr
    found = re.search("^pupils: (.*)$", line, re.MULTILINE)
    assert found is not None
    return found[1].removeprefix("memory, since ").removeprefix("fingerprints").partition("; ")[0]


def sync(school: School) -> None:
    """Carry out one run."""
    done = school.dss("sync", "nightly")
    assert 0 == done.exit_code, done.output


def same_plan(school: School) -> None:
    """Hold the plan against that of a run that knows nothing."""
    plans = [school.json("plan", "nightly", *more) for more in ((), ("--engine", "memory"))]
    for plan in plans:
        for name in ("started", "ended", "seconds"):
            del plan[name]
    assert plans[0] == plans[1]


def proven(school: School) -> list[tuple[Any, ...]]:
    """Return what the journal has: branch, age, and how many pairs."""
    with closing(sqlite3.connect(school.folder / ".dss" / "journal.sqlite")) as journal:
        return journal.execute("SELECT branch, age, length(pairs) / 36 FROM proven").fetchall()


def test_every_so_many_runs_read_everything(school: School) -> None:
    """The first run, and every third from there on, parses all; the others know what those have proven."""
    school.pupils(*map(pupil, range(5)))
    reasons: list[str] = []
    for _ in range(7):
        reasons.append(why(school))
        sync(school)
    full = "it is read in full again after 2 runs"
    assert [FIRST, "", "", full, "", "", full] == reasons
    assert [("pupils", 0, 5)] == proven(school)


def test_a_plan_remembers_nothing(school: School) -> None:
    """A plan uses what runs have proven, has no turn, and adds nothing."""
    school.pupils(*map(pupil, range(5)))
    assert FIRST == why(school)
    assert not (school.folder / ".dss" / "journal.sqlite").exists()
    sync(school)
    sync(school)
    before = proven(school)
    assert [("pupils", 1, 5)] == before or [("pupils", 0, 5)] == before
    for _ in range(4):
        assert "" == why(school)
    assert before == proven(school)


def test_only_what_has_changed_is_parsed(school: School, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a file, the lines alone are split, by `csv` or without it, that are not as they were."""
    seen: list[str] = []
    original: Any = csv.reader
    split: Any = _picked.split

    def reader(lines: Iterable[str], **options: Any) -> Any:
        def noted() -> Iterator[str]:
            for line in lines:
                seen.append(line)
                yield line

        return original(noted(), **options)

    def noting_split(file: Any, lines: Sequence[str]) -> Any:
        seen.extend(lines)
        return split(file, lines)

    school.pupils(*map(pupil, range(50)))
    sync(school)
    sync(school)
    school.pupils(*map(pupil, range(20)), pupil(20, 9), *map(pupil, range(21, 50)))
    monkeypatch.setattr(csv, "reader", reader)
    monkeypatch.setattr(_picked, "split", noting_split)
    plan = school.json("plan", "nightly")
    assert [",".join(pupil(20, 9)) + "\n"] == [line for line in seen if "@" in line]
    assert 1 == len(plan["actions"])


def test_what_somebody_does_to_the_target_is_seen(school: School) -> None:
    """The source is as it was, and the target is not: the next run mends that, full or not."""
    school.pupils(*map(pupil, range(5)))
    sync(school)
    sync(school)
    school.sql("UPDATE person SET born = '1999-09-09' WHERE number = '3'")
    school.sql("DELETE FROM person WHERE number = '4'")
    assert "" == why(school)
    same_plan(school)
    sync(school)
    assert [("2010-01-01",)] * 5 == school.sql("SELECT born FROM person ORDER BY number")


def test_another_schema_or_way_of_reading_begins_anew(school: School) -> None:
    """What was proven of rows holds for the schema under which it was proven."""
    school.pupils(*map(pupil, range(5)))
    sync(school)
    sync(school)
    path = school.folder / "schema" / "school.yaml"
    path.write_text(path.read_text().replace("compare: casefold, ", ""))
    assert 0 == school.dss("generate").exit_code
    forget_modules(school)
    assert "the schema, or what reads it, is another one than in the last run" == why(school)
    same_plan(school)


def forget_modules(school: School) -> None:
    """Let the next call import what was generated anew."""
    import sys

    generated = json.loads(re.findall('generated = (".*?")', (school.folder / "dss.toml").read_text())[0])
    for name in [each for each in sys.modules if each.split(".")[0] == generated]:
        del sys.modules[name]


def test_no_value_is_kept(school: School) -> None:
    """The journal has no value of a row, and nobody finds one by trying them without the project's key."""
    school.pupils(*map(pupil, range(5)))
    sync(school)
    sync(school)
    with closing(sqlite3.connect(school.folder / ".dss" / "journal.sqlite")) as journal:
        (pairs,) = journal.execute("SELECT pairs FROM proven").fetchone()
    assert b"example" not in pairs.lower()
    (school.folder / ".dss" / "key").rename(school.folder / "key.old")
    (school.folder / ".dss" / "journal.sqlite").rename(school.folder / "journal.old")
    sync(school)
    sync(school)
    with closing(sqlite3.connect(school.folder / ".dss" / "journal.sqlite")) as journal:
        (others,) = journal.execute("SELECT pairs FROM proven").fetchone()
    assert len(others) == len(pairs)
    assert {pairs[at : at + 12] for at in range(0, len(pairs), 12)}.isdisjoint(
        others[at : at + 12] for at in range(0, len(others), 12)
    )


def test_a_run_that_fails_proves_nothing(school: School) -> None:
    """A held run leaves what is known as it was."""
    school.pupils(*map(pupil, range(5)))
    sync(school)
    before = proven(school)
    school.pupils()
    assert 3 == school.dss("sync", "nightly").exit_code
    assert before == proven(school)


@pytest.mark.parametrize(("method", "runs"), [("picked", 1), ("all", 3)])
def test_a_file_that_changes_while_it_is_read_proves_nothing(
    school: School, monkeypatch: pytest.MonkeyPatch, method: str, runs: int
) -> None:
    """Fingerprints of lines that were gone when the rows were parsed are not those of these rows."""
    others = [pupil(number, 7) for number in range(5)]
    school.pupils(*others)
    for _ in range(runs):
        sync(school)
    school.pupils(*map(pupil, range(5)))
    original: Any = getattr(Lines, method)

    def of_another_file(self: Lines, *wanted: bytearray) -> Any:
        found = original(self, *wanted)
        school.pupils(*others)
        return found

    with monkeypatch.context() as patched:
        patched.setattr(Lines, method, of_another_file)
        sync(school)
    school.pupils(*map(pupil, range(5)))
    same_plan(school)
    assert 5 == len(school.json("plan", "nightly")["actions"])


LOOKING = """
models:
  Team: {key: code, fields: {code: str, title: str}}
  Pupil: {key: number, fields: {number: str, team: str, label: {type: str, optional: true}}}
branches:
  teams: {model: Team}
  pupils: {model: Pupil}
trees:
  Office:
    adapter: csv
    branches: {teams: {path: teams.csv}, pupils: {path: pupils.csv, computed: [label]}}
  Campus:
    adapter: sql
    branches: {teams: {table: team}, pupils: {table: person}}
syncs:
  nightly: {from: Office, to: Campus}
"""


def test_code_that_looks_at_records_while_others_are_read(tmp_path: Path) -> None:
    """A method of the project that asks for a record of another branch has it, as without `incremental`."""
    table = "CREATE TABLE person (number TEXT PRIMARY KEY, team TEXT, label TEXT)"
    with schools(tmp_path / "school", LOOKING, table) as school:
        school.sql("CREATE TABLE team (code TEXT PRIMARY KEY, title TEXT)")
        incremental(school, "incremental = 3")
        (path,) = school.folder.glob("adopting_handlers*/office.py")
        code = "return teams[row.team].title if row.team in teams else str(len(teams))"
        path.write_text(f"{path.read_text().rstrip()}\n        teams = self.tree.teams\n        {code}\n")
        (school.folder / "teams.csv").write_text("code,title\nr,Reds\nb,Blues\n")
        (school.folder / "pupils.csv").write_text("number,team\n1,r\n2,b\n3,none\n")
        for _ in range(3):
            same_plan(school)
            sync(school)
        assert [("Reds",), ("Blues",), ("2",)] == school.sql("SELECT label FROM person ORDER BY number")
        told = school.dss("plan", "nightly", "--explain").stderr
        assert "code of the project looks at its records while others are read" in told


def test_the_log_tells_of_all_records(school: School) -> None:
    """What was read of a branch is told once all of it is there, with all rows and records."""
    path = school.folder / "dss.toml"
    path.write_text(f'{path.read_text()}\n[log]\nfile = "log.jsonl"\n')
    school.pupils(*map(pupil, range(5)))
    for _ in range(3):
        sync(school)
    lines = map(json.loads, (school.folder / "log.jsonl").read_text().splitlines())
    read = [(each["branch"], each["records"], each["rows"]) for each in lines if each.get("event") == "read"]
    assert [("pupils", 5, 5), ("pupils", 0, 0)] + [("pupils", 5, 5)] * 4 == read


def test_a_journal_of_an_earlier_version_gets_its_table(school: School) -> None:
    """A journal that was made before there was `incremental` goes on as it is."""
    school.pupils(*map(pupil, range(5)))
    incremental(school, "")
    sync(school)
    with closing(sqlite3.connect(school.folder / ".dss" / "journal.sqlite")) as journal, journal:
        journal.execute("DROP TABLE proven")
    incremental(school, "incremental = 2")
    assert FIRST == why(school)
    sync(school)
    assert [("pupils", 0, 5)] == proven(school)


EDITS = st.lists(
    st.tuples(
        st.sampled_from(["file", "table"]),
        st.integers(0, 9),
        st.sampled_from(["born", "gone", "twice", "bad"]),
    ),
    max_size=4,
)


@settings(max_examples=max(2, settings().max_examples // 5))
@given(nights=st.lists(EDITS, min_size=2, max_size=5))
def test_runs_in_a_row_do_what_full_runs_do(
    tmp_path_factory: pytest.TempPathFactory, nights: Sequence[Sequence[tuple[str, int, str]]]
) -> None:
    """Whatever happens to either side between the runs, each plans what one plans that knows nothing."""
    with schools(tmp_path_factory.mktemp("nights") / "school", SCHEMA) as school:
        incremental(school, "incremental = 3")
        rows = [list(pupil(number)) for number in range(10)]
        for night in nights:
            for side, number, kind in night:
                edit(school, rows, side, number, kind)
            school.pupils(*rows)
            same_plan(school)
            assert school.dss("sync", "nightly").exit_code in (0, 1)


def edit(school: School, rows: list[list[str]], side: str, number: int, kind: str) -> None:
    """Change one thing on one side."""
    other = date(2010, 2, 1 + number).isoformat()
    if side == "table":
        change = {
            "born": f"UPDATE person SET born = '{other}' WHERE number = '{number}'",
            "gone": f"DELETE FROM person WHERE number = '{number}'",
            "twice": f"INSERT INTO person (number, born) VALUES ('{number}', '{other}')",
            "bad": f"UPDATE person SET born = 'never' WHERE number = '{number}'",
        }
        school.sql(change[kind])
        return
    at = number % len(rows) if rows else 0
    match kind:
        case "born" if rows:
            rows[at][3] = other
        case "gone" if len(rows) > 1:
            del rows[at]
        case "twice" if rows:
            rows.append([*rows[at][:3], other])
        case "bad" if rows:
            rows[at][3] = "never"
        case _:
            pass
