"""The golden cases are what the generator writes, byte for byte, pass the type checkers, and run."""

from __future__ import annotations

import importlib
import shutil
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from dss_generator import check, generate
from dss_runtime import DataStoreTree, Policy
from dss_runtime.adapters.memory import MemorySystem
from tests.generated_schemas.checkers import mypy_errors
from tests.generator.golden_cases import NAMES, REPOSITORY, project
from tests.generator.projects import contents

each_case = pytest.mark.parametrize("name", NAMES)
POLICY = Policy(guarded=False)


def module(case: str, name: str) -> Any:
    """Return a module of a case, such as `generated.wiring`."""
    return importlib.import_module(f"tests.generator.golden.{case}.{name}")


def actions(left: DataStoreTree, right: DataStoreTree) -> list[str]:
    """Return the messages of all differences."""
    return [action.message for action in left - right]


def sync(left: DataStoreTree, right: DataStoreTree) -> list[tuple[str, str]]:
    """Sync two trees, insist on success, and return what was done with the reason."""
    result = left.sync(right, policy=POLICY)
    assert result.ok
    assert [] == actions(left, right)
    return [(action.message, outcome.reason) for action, outcome in result]


@each_case
def test_the_golden_files_are_what_is_generated(name: str, tmp_path: Path) -> None:
    """Generated anew, every file is as it is kept; `python -m tests.generator.golden_cases` keeps anew."""
    case = project(name, tmp_path)
    shutil.copytree(project(name).schema, case.schema)
    generate(case)
    assert contents(project(name).generated) == contents(case.generated)


@each_case
def test_the_golden_handlers_fit(name: str) -> None:
    """`check` finds nothing missing and nothing stale in a case with its handlers."""
    assert "" == check(project(name)).diff
    assert check(project(name)).ok


@pytest.mark.slow
def test_the_golden_cases_pass_mypy(tmp_path: Path) -> None:
    """mypy --strict accepts the golden files and the handlers as they are."""
    for name in NAMES:
        shutil.copytree(
            project(name).schema.parent,
            project(name, tmp_path).schema.parent,
            ignore=shutil.ignore_patterns("__pycache__"),
        )
    assert [] == mypy_errors(tmp_path)


def test_a_shop_follows_its_supplier(tmp_path: Path) -> None:
    """Columns, pipelines, computed fields and conditions: a file of a supplier becomes rows of a table."""
    header = "No.;Label;Net price;Colours;Since;Sold out?\n"
    rows = '7;"Cup ""L""";1.234,50;red|blue;01.09.2026;yes\n7;Cup;1,5;red;;no\n8;TEST;1;;;no\n'
    rows += "9;free;;;;no\n10;Tea;2,00;;;no\n"
    (tmp_path / "products_v1.csv").write_text(header + rows, encoding="utf-8")
    module("shop", "generated.tables").shop__products.metadata.create_all(engine(tmp_path))
    wiring = module("shop", "generated.wiring")
    left = wiring.make_supplier({"folder": tmp_path}).load()
    right = wiring.make_shop({"url": f"sqlite:///{tmp_path / 'base.db'}"}).load()
    assert ["new_products(number='000007')", "new_products(number='000010')"] == [
        each for each, _ in sync(left, right)
    ]
    assert [
        ("000007", "Cup", "1.5", "red", "on sale", None, 1),
        ("000010", "Tea", "2.00", "", "on sale", None, 1),
    ] == rows_of(
        tmp_path, "SELECT sku, name, price, colours, state, since, visible FROM product ORDER BY sku"
    )
    (tmp_path / "products_v2.csv").write_text(header + "7;CUP ;1,50;blue;31.12.2025;yes\n", encoding="utf-8")
    assert [
        "added_products_colours(number='000007', item='blue')",
        "removed_products_colours(number='000007', item='red')",
        "changed_products_state(number='000007', old='on sale', new='sold \"out\"')",
        "changed_products_since(number='000007', old=None, new=datetime.date(2025, 12, 31))",
        "old_products(number='000010')",
    ] == actions(left.load(), right.load())
    sync(left, right)
    assert 1 == len(right.load().products)


def test_a_library_follows_its_catalogue() -> None:
    """Refs give the order, keys are tuples, a derived branch comes from others, and old loans are kept."""
    wiring = module("library", "generated.wiring")
    left, right = wiring.make_catalogue({}).load(), wiring.make_website({}).load()
    done = [message for message, _ in sync(left, right)]
    loans = [
        "new_loans(book='A 1', reader=2, day=datetime.date(2026, 9, 1))",
        "new_loans(book='B 2', reader=3, day=datetime.date(2026, 9, 3))",
    ]
    assert loans == [each for each in done if "loans" in each]
    for parent in ("new_readers(card=2)", "new_readers(card=3)", "new_books(signature='A 1')"):
        assert done.index(parent) < done.index(loans[0])
    assert "old_books(signature='C 3')" == done[-1]
    left.loans.clear()
    assert [] == actions(left, right)
    assert [] == actions(left, wiring.make_website({}).load())


def test_a_journal_is_written_by_the_record() -> None:
    """All changes of a record come at once; what follows from fields follows; what is not owned stays."""
    wiring = module("journal", "generated.wiring")
    article = module("journal", "generated.models").Article
    draft = article(slug="a", title="A", words=2000, tags=frozenset({"x", "y"}), meta={"n": 1})
    settings = {"system": MemorySystem({"articles": {"a": draft}})}
    left = wiring.make_draft(settings).load()
    assert ("A (x, y)", False) == (left.articles["a"].heading, left.articles["a"].long)
    held = MemorySystem(
        {"articles": {"a": article(slug="a", title="B", words=1), "b": article(slug="b", title="B")}}
    )
    press, web = wiring.make_print({"system": held}).load(), wiring.make_web({}).load()
    assert [("new_articles(slug='a')", "published")] == sync(left, web)
    assert [] == sync(left, web)
    assert [
        "changed_articles_title(slug='a', old='B', new='A')",
        "added_articles_tags(slug='a', item='x')",
        "added_articles_tags(slug='a', item='y')",
        "changed_articles_meta(slug='a', old={}, new={'n': 1})",
        "changed_articles_heading(slug='a', old='B ()', new='A (x, y)')",
        "old_articles(slug='b')",
    ] == [message for message, _ in sync(left, press)]
    assert 1 == held.branch("articles")["a"].words


def test_accounts_are_disabled_and_come_back(tmp_path: Path) -> None:
    """Who leaves is disabled, who returns is enabled; some values are written once, or where empty."""
    module("accounts", "generated.tables").directory__accounts.metadata.create_all(engine(tmp_path))
    wiring, account = module("accounts", "generated.wiring"), module("accounts", "generated.models").Account
    right = wiring.make_directory({"url": f"sqlite:///{tmp_path / 'base.db'}"}).load()
    ada = account(login="ada", email="Ada@x", home="/a")
    terms: list[tuple[dict[str, Any], tuple[object, ...]]] = [
        ({"ada": ada}, ("ada", "Ada@x", None, "/a", None, None, "staff")),
        (
            {"ada": account(login="ada", email="ADA@X", phone="1", home="/b")},
            ("ada", "Ada@x", "1", "/a", None, None, "staff"),
        ),
        ({"ada": account(login="ada", phone="2")}, ("ada", "", "1", "/a", None, None, "staff")),
        ({}, ("ada", "", "1", "/a", 1, "left", "staff")),
        ({"ada": ada}, ("ada", "Ada@x", "1", "/a", 0, "", "staff")),
    ]
    for records, expected in terms:
        left = wiring.make_staff({"system": MemorySystem({"accounts": records})}).load()
        sync(left, right)
        found = rows_of(tmp_path, "SELECT uid, email, phone, home, disabled, reason, kind FROM account")
        assert [expected] == found
        assert [] == actions(left, right.load())
    assert "phone='***'" in repr(ada)


def engine(folder: Path) -> sa.Engine:
    """Return the database of a test."""
    return sa.create_engine(f"sqlite:///{folder / 'base.db'}", poolclass=sa.pool.NullPool)


def rows_of(folder: Path, query: str) -> list[tuple[Any, ...]]:
    """Return the rows that a query gives."""
    with engine(folder).connect() as connection:
        return [tuple(row) for row in connection.exec_driver_sql(query)]


def test_every_case_is_tested() -> None:
    """No folder of a case is left over."""
    assert sorted(NAMES) == sorted(
        each.name for each in (REPOSITORY / "tests/generator/golden").iterdir() if (each / "schema").exists()
    )
