"""What does not converge is named with its likely cause, and not written for ever."""

from __future__ import annotations

import json
import signal
import sqlite3
from contextlib import closing
from typing import Any

import pytest
from click.testing import Result
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dss_runtime import Action, Branch, Outcome, PermanentError, RecordChange
from tests.cli import fake_shop
from tests.cli.conftest import Shop

CUP = {"sku": "A", "name": "Cup "}


@pytest.fixture
def mangling(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> Shop:
    """A project whose shop trims texts and lower-cases tags; it has a mug and is to have a cup."""
    monkeypatch.setenv("SHOP_FAULT", "mangle")
    shop.left(products=[CUP])
    shop.right(products=[{"sku": "A", "name": "Mug"}])
    return shop


def outcomes(done: Result) -> dict[str, Any]:
    """Return how many actions ended in each status."""
    return dict(json.loads(done.stdout)["outcomes"])


def synced(shop: Shop, *options: str) -> dict[str, Any]:
    """Sync, and return how many actions ended in each status."""
    return outcomes(shop.dss("sync", "nightly", "--json", *options))


def test_verifying_names_the_field_both_forms_and_the_cause(mangling: Shop) -> None:
    """What was wanted, what was found, what was there before, and what to declare."""
    done = mangling.dss("sync", "nightly", "--verify")
    assert 1 == done.exit_code
    assert (
        "likely, products.name (1 record): the target trims white space; "
        "declare `compare: trim` on the field\n"
        "  sku='A': wanted 'Cup ', found 'Cup', before the run 'Mug'\n"
    ) in done.stdout


def test_the_cause_is_in_the_json_and_in_the_journal(mangling: Shop) -> None:
    """Programs and `dss show` are told the same."""
    found = json.loads(mangling.dss("sync", "nightly", "--verify", "--json").stdout)
    (cause,) = found["verification"]["causes"]
    assert {
        "branch": "products",
        "attribute": "name",
        "cause": "trims",
        "tells": "the target trims white space",
        "advice": "declare `compare: trim` on the field",
        "count": 1,
        "examples": [{"record": "sku='A'", "wanted": "'Cup '", "found": "'Cup'", "before": "'Mug'"}],
    } == cause
    assert 1 == found["run"]
    shown = mangling.dss("show", "1")
    assert "verified: not converged, 1 difference left\nlikely, products.name (1 record): " in shown.stdout
    kept = json.loads(mangling.dss("show", "1", "--json").stdout)["run"]["summary"]["verification"]
    assert [cause] == kept["causes"]


def test_records_that_share_a_cause_are_told_together(mangling: Shop) -> None:
    """One line for a field and a cause, with a count and three examples."""
    mangling.left(products=[{"sku": f"P{number}", "name": f" {number}"} for number in range(5)])
    done = mangling.dss("sync", "nightly", "--verify")
    assert "likely, products.name (5 records): the target trims white space; " in done.stdout
    assert 3 == done.stdout.count(", before the run no record")


def test_a_sensitive_field_has_a_cause_and_no_value(mangling: Shop) -> None:
    """The cause is told, the values are not: not on the screen, not in the JSON, not in the journal."""
    mangling.left(products=[{"sku": "A", "name": "Mug", "pin": " canary "}])
    done = mangling.dss("sync", "nightly", "--verify")
    assert "likely, products.pin (1 record): the target trims white space; " in done.stdout
    assert "wanted '***', found '***', before the run None" in done.stdout
    for _ in range(3):
        done = mangling.dss("sync", "nightly", "--verify", "--json")
    assert "in a row" in done.stdout
    state = b"".join(path.read_bytes() for path in (mangling.folder / ".dss").iterdir())
    assert "canary" not in done.output + mangling.dss("show", "4", "--json").output
    assert b"canary" not in state


def test_an_action_that_was_not_applied_is_no_question_of_convergence(shop: Shop) -> None:
    """What failed is told apart from what did not stay."""
    shop.settings(shop='fault = "fail changed"')
    shop.left(products=[CUP])
    shop.right(products=[{"sku": "A", "name": "Mug"}])
    done = shop.dss("sync", "nightly", "--verify")
    assert (
        "likely, products.name (1 record): its action was not applied, which is no question of" in done.stdout
    )


def test_a_handler_that_does_nothing_is_found_out(shop: Shop) -> None:
    """A target that holds what it held before ignores what is written."""
    shop.settings(shop='fault = "forget"')
    shop.left(products=[CUP])
    shop.right(products=[{"sku": "A", "name": "Mug"}, {"sku": "B", "name": "Pot"}])
    done = shop.dss("sync", "nightly", "--verify")
    assert "likely, products.name (1 record): the target ignores what is written" in done.stdout
    assert "likely, products (1 record): the target still has the record" in done.stdout


def test_what_was_written_three_times_in_vain_is_not_written_a_fourth_time(mangling: Shop) -> None:
    """It is rejected with the runs and the likely cause, and the exit code stays 1."""
    for number in range(3):
        assert {"applied": 1} == synced(mangling), number
    done = mangling.dss("sync", "nightly")
    assert 1 == done.exit_code
    assert (
        "rejected: 1\n  changed_products_name(sku='A', old='Cup', new='Cup '): written 3 runs in a row "
        "(runs 1, 2, 3), and different again; likely the target trims white space; declare `compare: trim` "
        "on the field (--retry-stuck writes it once more)\n"
    ) in done.stdout
    assert {"rejected": 1} == synced(mangling)


def test_a_new_record_counts_for_each_of_its_fields(mangling: Shop) -> None:
    """The run that made the record has written the field for the first time."""
    mangling.right(products=[])
    assert [{"applied": 1}] * 3 == [synced(mangling) for _ in range(3)]
    assert "(runs 1, 2, 3), and different again" in mangling.dss("sync", "nightly").stdout


def test_a_plan_shows_what_a_sync_would_reject(mangling: Shop) -> None:
    """`dss plan` and `dss sync` agree; a saved plan holds the same."""
    for _ in range(3):
        mangling.dss("sync", "nightly")
    path = mangling.folder / "plan.jsonl"
    planned = mangling.dss("plan", "nightly", "-o", str(path))
    assert 2 == planned.exit_code
    assert "would be rejected: 1\n  changed_products_name(sku='A', " in planned.stdout
    assert {"rejected": 1} == outcomes(mangling.dss("apply", str(path), "--json"))


def test_the_rest_of_the_record_is_written_all_the_same(mangling: Shop) -> None:
    """Only the field that is stuck is left alone."""
    for _ in range(3):
        mangling.dss("sync", "nightly")
    mangling.left(products=[{**CUP, "pin": "1"}])
    assert {"rejected": 1, "applied": 1} == synced(mangling)
    assert "1" == mangling.held["products"][0]["pin"]


def test_another_wanted_value_is_written_again(mangling: Shop) -> None:
    """When the source changes, so does the question."""
    for _ in range(4):
        mangling.dss("sync", "nightly")
    mangling.left(products=[{"sku": "A", "name": "Pot "}])
    assert [{"applied": 1}] * 3 == [synced(mangling) for _ in range(3)]
    assert {"rejected": 1} == synced(mangling)


def test_a_person_may_ask_for_another_try(mangling: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """--retry-stuck writes it in this run; where the target was mended, that was the last difference."""
    for _ in range(4):
        mangling.dss("sync", "nightly")
    assert {"applied": 1} == synced(mangling, "--retry-stuck")
    assert {"rejected": 1} == synced(mangling)
    assert "would be rejected" not in mangling.dss("plan", "nightly", "--retry-stuck").stdout
    monkeypatch.delenv("SHOP_FAULT")
    assert 0 == mangling.dss("sync", "nightly", "--retry-stuck").exit_code
    assert "nothing to do: 0 differences\n" == mangling.dss("sync", "nightly").stdout


def test_a_run_that_finds_it_in_place_begins_the_count_anew(mangling: Shop) -> None:
    """In a row means in a row: what converged in between was not stuck."""
    for _ in range(2):
        mangling.dss("sync", "nightly")
    mangling.right(products=[CUP])
    assert {} == synced(mangling)
    mangling.right(products=[{"sku": "A", "name": "Mug"}])
    assert [{"applied": 1}] * 3 == [synced(mangling) for _ in range(3)]
    assert {"rejected": 1} == synced(mangling)


def test_runs_of_saved_plans_count_as_well(mangling: Shop) -> None:
    """Plan and apply, night after night, give up after three as a sync does."""
    found: list[dict[str, Any]] = []
    for number in range(4):
        path = mangling.folder / f"plan{number}.jsonl"
        mangling.dss("plan", "nightly", "-o", str(path))
        found.append(outcomes(mangling.dss("apply", str(path), "--json")))
    assert [{"applied": 1}, {"applied": 1}, {"applied": 1}, {"rejected": 1}] == found


def test_what_was_taken_back_is_not_stuck(shop: Shop) -> None:
    """A run that was undone differs again because of the undo."""
    shop.left(products=[{"sku": "A", "name": "Cup"}])
    shop.right(products=[{"sku": "A", "name": "Mug"}])
    for number in range(1, 9, 2):
        assert {"applied": 1} == synced(shop)
        assert 0 == shop.dss("undo", str(number)).exit_code


def test_the_settings_of_a_sync_say_how_often(mangling: Shop) -> None:
    """`give_up_after` of [syncs.NAME] counts."""
    mangling.settings(shop="[syncs.nightly]\ngive_up_after = 1\n")
    assert [{"applied": 1}, {"rejected": 1}] == [synced(mangling) for _ in range(2)]
    mangling.settings(shop="[syncs.nightly]\ngive_up_after = 0\n")
    done = mangling.dss("sync", "nightly")
    assert "syncs.nightly.give_up_after: expected a whole number from 1 on" in done.stderr


def test_members_of_a_set_are_given_up_together(mangling: Shop) -> None:
    """A set whose members the target changes keeps those: they are not taken out in the end."""
    mangling.left(products=[{"sku": "A", "name": "Mug", "tags": ["Red"]}])
    assert [{"applied": 1}, {"applied": 2}, {"applied": 2}] == [synced(mangling) for _ in range(3)]
    done = mangling.dss("sync", "nightly")
    assert 2 == done.stdout.count(
        "likely it holds what it held before: the target ignores what is written, or lower-cases; "
        "look at the handler and at the rights of its account; only if the target does change values, "
        "declare `compare: casefold` on the field"
    )
    assert ["red"] == mangling.held["products"][0]["tags"]


def test_a_member_that_cannot_be_taken_out_is_tried_every_night(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the run failed to do is no doing of the target: it is called so, and does not count as written."""
    call = fake_shop.JsonTemplate.__call__

    def only_add(template: fake_shop.JsonTemplate, action: Action, /) -> Outcome:
        if action.kind == "removed":
            raise PermanentError("the shop is closed")
        return call(template, action)

    monkeypatch.setattr(fake_shop.JsonTemplate, "__call__", only_add)
    shop.left(products=[{"sku": "A", "tags": ["x"]}])
    for _ in range(5):
        shop.right(products=[{"sku": "A", "tags": ["z"]}])
        shop.dss("sync", "nightly", "--json")
        shop.right(products=[{"sku": "A", "tags": ["x", "z"]}])
        done = shop.dss("sync", "nightly", "--verify", "--json")
        found = json.loads(done.stdout)
        assert {"failed": 1} == found["outcomes"]
        assert ["not_applied"] == [each["cause"] for each in found["verification"]["causes"]]


def test_a_record_that_never_stays_is_given_up(shop: Shop) -> None:
    """What is created and gone again each night is not created for ever; an old one is always removed."""
    shop.settings(shop='fault = "forget"')
    shop.left(products=[{"sku": "A"}])
    shop.right(products=[{"sku": "B"}])
    assert [{"applied": 2}] * 3 == [synced(shop) for _ in range(3)]
    done = shop.dss("sync", "nightly")
    assert "the target has not kept the record, or holds it under another key" in done.stdout
    assert {"rejected": 1, "applied": 1} == synced(shop)


NAMES = st.sampled_from(["Cup", "Cup ", " Mug", "Pot\t"])


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=15, deadline=None)
@given(nights=st.lists(st.tuples(NAMES, st.integers(1, 5)), min_size=1, max_size=4))
def test_a_stuck_value_is_written_three_times_and_no_more(
    mangling: Shop, nights: list[tuple[str, int]]
) -> None:
    """However many runs there are: three writes of a value that does not stay, one of a value that does."""
    mangling.left(products=[{"sku": "A", "name": "Jug"}])
    mangling.dss("sync", "nightly")
    written, last, held = 0, "Jug", "Jug"
    for name, runs in nights:
        mangling.left(products=[{"sku": "A", "name": name}])
        for _ in range(runs):
            found = synced(mangling)
            written = 0 if name != last else written
            last = name
            if name == held:
                written = 0
                assert {} == found
            elif written < 3:
                written, held = written + 1, name.strip()
                assert {"applied": 1} == found
            else:
                assert {"rejected": 1} == found


def test_an_interrupted_run_does_not_read_the_target_again(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever has asked it to end is not kept waiting."""
    call, read = fake_shop.JsonTemplate.__call__, fake_shop.JsonImporter.readin_branch
    reads: list[str] = []

    def asked(template: fake_shop.JsonTemplate, action: Action, /) -> Outcome:
        signal.raise_signal(signal.SIGTERM)
        return call(template, action)

    def counted(importer: fake_shop.JsonImporter, branch: Branch[Any, Any]) -> None:
        reads.append(f"{importer.tree.name}.{branch.name}")
        read(importer, branch)

    monkeypatch.setattr(fake_shop.JsonTemplate, "__call__", asked)
    monkeypatch.setattr(fake_shop.JsonImporter, "readin_branch", counted)
    shop.left(products=[{"sku": "A"}, {"sku": "B"}])
    done = shop.dss("sync", "nightly", "--verify")
    assert 130 == done.exit_code
    assert len(reads) == len(set(reads))
    assert "not verified: interrupted\n" in done.stdout
    assert "not verified: interrupted\n" in shop.dss("show", "1").stdout


def test_apply_reads_the_target_again_when_asked(mangling: Shop) -> None:
    """`dss apply --verify` holds the target against what the plan was to leave there."""
    path = mangling.folder / "plan.jsonl"
    mangling.dss("plan", "nightly", "-o", str(path))
    done = mangling.dss("apply", str(path), "--verify")
    assert 1 == done.exit_code
    assert "not converged: 1 difference left\n" in done.stdout
    assert "the target trims white space" in done.stdout


def test_what_came_up_beside_a_plan_does_not_fail_its_verification(shop: Shop) -> None:
    """Only what the plan was to leave there counts."""
    shop.left(products=[{"sku": "A", "name": "Cup"}])
    path = shop.folder / "plan.jsonl"
    shop.dss("plan", "nightly", "-o", str(path))
    shop.left(products=[{"sku": "A", "name": "Cup"}, {"sku": "B", "name": "Newcomer"}])
    done = shop.dss("apply", str(path), "--verify")
    assert (0, True) == (done.exit_code, "converged: 0 differences\n" in done.stdout)


def test_undo_reads_the_target_again_when_asked(mangling: Shop) -> None:
    """`dss undo --verify` holds the target against what it was to be again."""
    mangling.left(products=[{"sku": "A", "name": "Cup"}])
    mangling.right(products=[{"sku": "A", "name": " Mug"}])
    mangling.dss("sync", "nightly")
    done = mangling.dss("undo", "1", "--verify", "--json")
    found = json.loads(done.stdout)["verification"]
    assert (1, False, ["trims"]) == (
        done.exit_code,
        found["converged"],
        [each["cause"] for each in found["causes"]],
    )
    refused = mangling.dss("undo", "1", "--verify", "--dry-run")
    assert "--verify has nothing to verify with --dry-run" in refused.stderr


def test_a_branch_whose_records_change_as_a_whole_gives_up_single_fields(
    mangling: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With `granularity: record`, what is stuck is left out of the record's change."""
    attributes: list[tuple[str, ...]] = []

    def record(self: fake_shop.JsonTemplate, change: RecordChange[Any, Any, Any], /) -> Outcome:
        attributes.append(change.attributes)
        return self(change.changes[0])

    monkeypatch.setattr(fake_shop.ProductsBranch, "by_record", True)
    monkeypatch.setattr(fake_shop.JsonTemplate, "perform_record", record)
    mangling.left(products=[{**CUP, "tags": ["Red"]}])
    assert [{"applied": 2}, {"applied": 3}, {"applied": 3}] == [synced(mangling) for _ in range(3)]
    mangling.left(products=[{**CUP, "tags": ["Red"], "pin": "1"}])
    assert {"applied": 1, "rejected": 3} == synced(mangling)
    assert ("pin",) == attributes[-1]


def test_another_schema_is_another_try(mangling: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """A field that is declared differently has to be tried again: it may converge now."""
    for _ in range(4):
        mangling.dss("sync", "nightly")
    monkeypatch.setattr(fake_shop.ProductsBranch, "omitted", frozenset({"pin"}))
    assert {"applied": 1} == synced(mangling)


def test_a_run_that_is_held_back_by_its_window_counts_nothing(mangling: Shop) -> None:
    """What waits for the end of a window is neither written nor in place."""
    for _ in range(2):
        mangling.dss("sync", "nightly")
    rules = '[syncs.nightly]\nzone = "UTC"\nadditions_only = ["2000-01-01..2999-12-31"]\n'
    mangling.settings(shop=rules)
    done = mangling.dss("sync", "nightly", "--verify", "--json")
    found = json.loads(done.stdout)
    assert (0, 1) == (done.exit_code, len(found["held_back"]))
    assert (True, 1) == (found["verification"]["converged"], found["verification"]["held_back"])
    mangling.settings()
    assert [{"applied": 1}, {"rejected": 1}] == [synced(mangling) for _ in range(2)]


def test_what_was_written_is_remembered_as_long_as_the_journal_keeps_its_runs(mangling: Shop) -> None:
    """A stuck value stays stuck beyond the runs that have written it; what converged is forgotten."""
    mangling.settings(shop="[journal]\nkeep_runs = 2\n")
    mangling.left(products=[CUP, {"sku": "B", "name": "Pot"}])
    for _ in range(3):
        mangling.dss("sync", "nightly")
    for _ in range(5):
        assert {"rejected": 1} == synced(mangling)
    with closing(sqlite3.connect(mangling.folder / ".dss" / "journal.sqlite")) as connection:
        assert [(1,)] == connection.execute("SELECT count(*) FROM unconfirmed").fetchall()
