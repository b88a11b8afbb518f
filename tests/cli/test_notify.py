"""[[notify]]: who is told of a run, of which, and what becomes of the run when that does not work."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from filelock import FileLock
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from dss_runtime.cli._account import Account
from dss_runtime.cli._exits import CommandError, Exit
from dss_runtime.cli.telling._settings import OCCASIONS
from dss_runtime.journal import Journal
from tests.cli.conftest import Shop
from tests.cli.servers import Hooks, Mails, http_server, silent_server, smtp_server

A, B = {"sku": "A", "name": "a", "pin": "4711-pin"}, {"sku": "B", "name": "b"}


@pytest.fixture
def hooks() -> Iterator[Hooks]:
    """A server for webhooks."""
    with http_server() as server:
        yield server


@pytest.fixture
def mails() -> Iterator[Mails]:
    """A mail server without encryption."""
    with smtp_server() as server:
        yield server


def webhook(hooks: Hooks, more: str = "") -> str:
    """Return settings for a webhook."""
    return f'[[notify]]\nwebhook = "{hooks.url}"\ntimeout = 10\n{more}\n'


def email(mails: Mails, more: str = "", security: str = "none") -> str:
    """Return settings for mails."""
    to = '["it@school.example", "head@school.example"]'
    return (
        f'[[notify]]\nemail = {{to = {to}, from = "dss@school.example", host = "127.0.0.1", '
        f'port = {mails.port}, security = "{security}"{more}}}\ntimeout = 10\n'
    )


def tell(shop: Shop, text: str, *, shop_settings: str = "") -> None:
    """Write settings that tell somebody."""
    trees = f'[trees.Supplier]\nfolder = "data"\n\n[trees.Shop]\nfolder = "data"\n{shop_settings}\n'
    shop.settings(f'generated = "{shop.package}"\n{trees}\n{text}')


def text_of(mails: Mails) -> str:
    """Return the text of the first mail."""
    return str(mails.got[0].get_content())


# -- what is told ---------------------------------------------------------------------------------------


def test_a_webhook_gets_the_summary_as_json(
    shop: Shop, hooks: Hooks, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is what --json prints, without what is listed one by one; headers may hold secrets."""
    monkeypatch.setenv("TOKEN", "hook-token")
    tell(shop, webhook(hooks, 'headers = {Authorization = "Bearer ${TOKEN}"}'))
    shop.left(products=[A, B])
    done = shop.dss("sync", "nightly", "--json")
    printed = json.loads(done.stdout)
    (payload,) = hooks.payloads
    listed = ("actions", "held_back", "unreadable")
    assert 0 == done.exit_code
    assert {name: len(printed.pop(name)) for name in listed} == payload.pop("totals")
    assert printed == payload
    assert ("applied", 1, "nightly", {"products": {"new": 2}}) == tuple(
        payload[key] for key in ("state", "run", "sync", "counts")
    )
    assert "Bearer hook-token" == hooks.headers[0]["Authorization"]
    assert "application/json" == hooks.headers[0]["Content-Type"]


def test_a_mail_says_what_happened_and_what_to_do(shop: Shop, mails: Mails) -> None:
    """A held run: what holds it in the subject, the counts in the text, and no record."""
    tell(shop, email(mails))
    shop.right(products=[{"sku": f"P{n}", "name": "x"} for n in range(6)])
    shop.left(products=[B])
    done = shop.dss("sync", "nightly")
    assert 3 == done.exit_code, done.output
    to = {each["To"] for each in mails.got}
    assert {"it@school.example", "head@school.example"} == to
    assert "dss: nightly held: old:products 6 of 6" == mails.got[0]["Subject"]
    text = text_of(mails)
    for line in (
        "command: dss sync nightly",
        "systems: Supplier -> Shop",
        "held: products: 6 old records of 6, the limit is 3 (old:products)",
        "  products: 1 new, 6 old",
        "`dss show 1` tells more.",
        "--override old:products",
    ):
        assert line in text
    assert "P1" not in text
    assert "text/plain" == mails.got[0].get_content_type()


def test_examples_name_records_where_they_are_asked_for(shop: Shop, hooks: Hooks, mails: Mails) -> None:
    """With `examples = true` a message names a few of the records that are to blame."""
    tell(shop, webhook(hooks, "examples = true") + email(mails) + "examples = true\n")
    shop.right(products=[{"sku": f"P{n}", "name": "x"} for n in range(6)])
    shop.left(products=[B])
    shop.dss("sync", "nightly")
    assert "old_products(sku='P0')" in hooks.payloads[0]["guard"][0]["examples"]
    assert "old_products(sku='P0')" in text_of(mails)


def test_what_was_not_applied_is_counted(shop: Shop, hooks: Hooks, mails: Mails) -> None:
    """An incomplete run tells how much was not applied."""
    tell(shop, webhook(hooks) + email(mails), shop_settings='fault = "fail new"')
    shop.left(products=[A])
    assert 1 == shop.dss("sync", "nightly").exit_code
    assert ("incomplete", {"failed": 1}) == (hooks.payloads[0]["state"], hooks.payloads[0]["outcomes"])
    assert "dss: nightly incomplete: 1 of 1 difference not applied" == mails.got[0]["Subject"]


def test_a_failure_before_anything_was_read_is_told(shop: Shop, hooks: Hooks) -> None:
    """A target that cannot be reached, an unknown sync, a plan that is no plan."""
    tell(shop, webhook(hooks), shop_settings='fault = "read"\npassword = "x"')
    assert 1 == shop.dss("sync", "nightly").exit_code
    assert 1 == shop.dss("sync", "nightli").exit_code
    assert 1 == shop.dss("apply", str(shop.folder / "dss.toml")).exit_code
    assert 1 == shop.dss("undo", "99").exit_code
    told = [(each["command"], each["state"], each["exit_code"], each["asked"]) for each in hooks.payloads]
    assert [
        ("sync", "failed", 1, "nightly"),
        ("sync", "failed", 1, "nightli"),
        ("apply", "failed", 1, str(shop.folder / "dss.toml")),
        ("undo", "failed", 1, "run 99"),
    ] == told
    left_out = "(what it says is left out here, since it may quote a record)"
    assert f"Shop could not be read: FaultyError {left_out}" == hooks.payloads[0]["error"]
    assert "there is no sync 'nightli'; did you mean 'nightly'?" in hooks.payloads[1]["error"]


def test_a_run_that_another_one_keeps_out_is_told(shop: Shop, hooks: Hooks) -> None:
    """While another run holds the target's lock, somebody learns that this one was not begun."""
    tell(shop, webhook(hooks, 'on = ["failed"]'))
    shop.dss("sync", "nightly")
    (lock,) = (shop.folder / ".dss").glob("*.lock")
    with FileLock(lock):
        assert 1 == shop.dss("sync", "nightly").exit_code
    (payload,) = hooks.payloads
    assert (None, "failed") == (payload["run"], payload["state"])
    assert payload["error"].startswith("another run is writing to Shop, so this one was not begun")


def test_a_missing_source_is_told_as_held(shop: Shop, hooks: Hooks) -> None:
    """The run was held, by what, before anything was written."""
    tell(shop, webhook(hooks))
    (shop.folder / "data" / "supplier.json").unlink()
    assert 3 == shop.dss("sync", "nightly").exit_code
    assert "held" == hooks.payloads[0]["state"]
    assert "there is no such file" in hooks.payloads[0]["held"]


def test_an_interrupted_run_is_told(shop: Shop, hooks: Hooks) -> None:
    """Ctrl-C is told with its exit code."""
    tell(shop, webhook(hooks), shop_settings='fault = "interrupt write"')
    shop.left(products=[A])
    assert 130 == shop.dss("sync", "nightly").exit_code
    assert ("interrupted", 130) == (hooks.payloads[0]["state"], hooks.payloads[0]["exit_code"])


def test_a_run_that_was_killed_is_told_by_the_next(shop: Shop, hooks: Hooks) -> None:
    """A run that never ended is named, even where the next one has nothing to do."""
    tell(shop, webhook(hooks))
    shop.left(products=[A])
    shop.dss("sync", "nightly")
    journal = Journal(shop.folder / ".dss" / "journal.sqlite")
    with journal.transaction() as connection:
        connection.execute("UPDATE runs SET state = 'running', ended = NULL")
    journal.close()
    assert 0 == shop.dss("sync", "nightly").exit_code
    assert ("in_step", [1]) == (hooks.payloads[-1]["state"], hooks.payloads[-1]["killed"])
    assert 2 == len(hooks.bodies)
    assert "abandoned" == json.loads(shop.dss("show", "1", "--json").stdout)["run"]["state"]


def test_who_is_told_of_what(shop: Shop, hooks: Hooks) -> None:
    """Nothing to do is told only where it was asked for; looking is never told."""
    tell(shop, webhook(hooks))
    shop.dss("sync", "nightly")
    shop.dss("plan", "nightly")
    shop.dss("sync", "nightly", "--dry-run")
    assert [] == hooks.bodies
    tell(shop, webhook(hooks, 'on = ["in_step"]'))
    shop.dss("sync", "nightly")
    shop.left(products=[A])
    shop.dss("sync", "nightly")
    assert ["in_step"] == [each["state"] for each in hooks.payloads]


# -- what is never told ---------------------------------------------------------------------------------

CANARY = st.text(st.sampled_from("kmqxzKMQXZ0789-_.äß"), min_size=8, max_size=16)


@hypothesis_settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    canary=CANARY,
    secret=CANARY,
    fault=st.sampled_from(["", "fail new", "fail changed", "read", "vanish", "log"]),
    examples=st.booleans(),
    rows=st.integers(1, 6),
    held=st.integers(0, 6),
)
def test_nothing_sensitive_and_no_secret_is_told(
    shop: Shop, canary: str, secret: str, fault: str, examples: bool, rows: int, held: int
) -> None:
    """Whatever happens: messages, metrics, log and JSON hold no secret, and no key unless it is asked for."""
    key = f"key-{canary}"
    out = shop.folder / "out"
    out.mkdir(exist_ok=True)
    with http_server() as hooks, smtp_server() as mails, pytest.MonkeyPatch.context() as patch:
        patch.setenv("SECRET", secret)
        more = f"examples = {str(examples).lower()}\n"
        on = f"on = {json.dumps(list(OCCASIONS))}\n"
        files = f'[metrics]\nfile = "{out}/dss.prom"\n[log]\nfile = "{out}/log.jsonl"\nstderr = "json"\n'
        tell(
            shop,
            webhook(hooks, 'headers = {X-Token = "${SECRET}"}\n' + on + more)
            + email(mails)
            + on
            + more
            + files,
            shop_settings=f'fault = "{fault}"\npassword = "${{SECRET}}"',
        )
        shop.left(products=[{"sku": f"{key}{n}", "name": "n", "pin": f"{canary}{n}"} for n in range(rows)])
        shop.right(products=[{"sku": f"{key}{n + 3}", "name": "o", "pin": canary} for n in range(held)])
        done = shop.dss("sync", "nightly", "--json", "--verify")
    assert 1 == len(hooks.bodies)
    told = [hooks.bodies[0].decode(), json.dumps(hooks.payloads[0], ensure_ascii=False)]
    told += [f"{mail['Subject']}\n{mail.get_content()}" for mail in mails.got]
    texts = [*told, done.output, *(each.read_text() for each in out.iterdir())]
    texts += [json.dumps(json.loads(line), ensure_ascii=False) for line in done.stderr.splitlines()]
    for text in texts:
        assert secret not in text
        assert canary not in text.replace(key, "")
    if not examples:
        assert not any(key in text for text in told)
    for each in out.iterdir():
        each.unlink()


# -- what does not work ---------------------------------------------------------------------------------


def test_nobody_there_changes_nothing(shop: Shop, hooks: Hooks, mails: Mails) -> None:
    """Servers that refuse, redirect or are not there are told on standard error; the run is what it was."""
    hooks.status, mails.refuse = 500, "550 no such mailbox"
    gone = '[[notify]]\nwebhook = "http://127.0.0.1:9"\n'
    tell(shop, webhook(hooks) + email(mails) + gone)
    shop.left(products=[A])
    done = shop.dss("sync", "nightly")
    assert (0, [A["sku"]]) == (done.exit_code, [each["sku"] for each in shop.held["products"]])
    assert "warning: notify[0].webhook was not told: the server answers 500" in done.stderr
    assert "warning: notify[1].email was not told: " in done.stderr
    assert "warning: notify[2].webhook was not told: ConnectionError" in done.stderr
    hooks.status = 302
    shop.left(products=[])
    assert 0 == shop.dss("sync", "nightly").exit_code
    assert 2 == len(hooks.bodies)


def test_silence_is_waited_for_no_longer_than_asked(shop: Shop) -> None:
    """Servers that take the connection and say nothing cost the time-out, once for all of them."""
    shop.left(products=[A])
    with silent_server() as port:
        silent = f'[[notify]]\nwebhook = "http://127.0.0.1:{port}"\ntimeout = 1\n'
        mail = email(Mails(port=port)).replace("timeout = 10", "timeout = 1")
        tell(shop, silent + silent + mail)
        begun = time.monotonic()
        done = shop.dss("sync", "nightly")
        assert time.monotonic() - begun < 10
    assert 0 == done.exit_code
    assert 3 == done.stderr.count("was not told: ")


@pytest.mark.parametrize("package", ["apprise", "requests"])
def test_a_missing_package_is_told_before_anything_is_read(
    shop: Shop, mails: Mails, hooks: Hooks, package: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without the extra the run is not begun, and the error says what to install."""
    monkeypatch.setitem(sys.modules, package, None)
    tell(shop, email(mails) if package == "apprise" else webhook(hooks))
    done = shop.dss("sync", "nightly")
    assert 1 == done.exit_code
    assert f"needs the package {package}: python -m pip install 'datastoresync[notify]'" in done.stderr
    assert not (shop.folder / ".dss" / "journal.sqlite").exists()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            '[[notify]]\nwebhook = "https://x/${NO_SUCH}"',
            "7: notify[0].webhook: the environment variable NO_SUCH",
        ),
        ('[[notify]]\napprise = "nope://x"', "7: notify[0].apprise: Apprise does not take it"),
        ('[[notify]]\nwebhook = "https://"', "7: notify[0].webhook: is no URL to send to"),
        ('[[notify]]\nwebhook = "ftp://x"', "7: notify[0].webhook: expected a URL"),
        ('[[notify]]\nwebhok = "https://x"', "7: notify[0].webhok: unknown key; did you mean 'webhook'?"),
        ('[[notify]]\non = ["held"]', "needs one of webhook, email, apprise; found none"),
        (
            '[[notify]]\nwebhook = "https://x"\non = ["holds"]',
            "8: notify[0].on: expected a list of occasions",
        ),
        ('[[notify]]\nemail = {to = "a@b.example"}', "7: notify[0].email: needs from, host as well"),
        (
            '[[notify]]\nemail = {to = "a@b.example", from = "a@b.example", host = "h", user = "u"}',
            "7: notify[0].email: needs both user and password, or neither",
        ),
        (
            '[[notify]]\nemail = {to = ["a@b.example", "nobody"], from = "a@b.example", host = "h"}',
            "7: notify[0].email.to: expected an address, or a list of them",
        ),
        (
            '[[notify]]\nemail = {to = "a", from = "b", host = "h", user = "u", password = "letmein"}',
            "7: notify[0].email.password: expected a variable, as '${MAIL_PASSWORD}'",
        ),
        ('[[notify]]\napprise = "json://x"\nheaders = {A = "b"}', "8: notify[0].headers: only a webhook"),
        ('notify = "x"', "notify: expected tables [[notify]]"),
        ('[metrics]\nfile = "no/such/dss.prom"', "7: metrics.file: "),
        ('[metrics]\nfile = "dss.txt"', "7: metrics.file: expected a path that ends in .prom"),
        ('[log]\nfile = "no/such/log"', "7: log.file: "),
        ('[log]\nstderr = "xml"', "7: log.stderr: expected 'text' or 'json', found 'xml'"),
    ],
)
def test_wrong_settings_are_told_with_their_line_before_anything_is_read(
    shop: Shop, text: str, message: str
) -> None:
    """What cannot be sent or written is an error with its place, and no run begins."""
    trees = (
        f'generated = "{shop.package}"\n[trees.Supplier]\nfolder = "data"\n[trees.Shop]\nfolder = "data"\n'
    )
    top = text.startswith("notify")
    shop.settings(f"{text}\n{trees}" if top else f"{trees}{text}\n")
    done = shop.dss("sync", "nightly")
    assert (1, False) == (done.exit_code, "letmein" in done.stderr)
    assert message in done.stderr
    assert not (shop.folder / ".dss" / "journal.sqlite").exists()


def test_a_reader_who_has_left_keeps_nobody_from_being_told(shop: Shop, hooks: Hooks) -> None:
    """Where the output goes to a pipe that nobody reads, the webhook is told all the same, once."""
    tell(shop, webhook(hooks))
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    for more in ([], ["--json"]):
        shop.right(products=[])
        shop.left(products=[A])
        reader, writer = os.pipe()
        os.close(reader)
        command = [sys.executable, "-m", "dss_runtime.cli", "-C", str(shop.folder), "sync", "nightly", *more]
        done = subprocess.run(command, stdout=writer, capture_output=False, check=False, env=environment)
        os.close(writer)
        assert 1 == done.returncode
    assert ["applied", "applied"] == [each["state"] for each in hooks.payloads]


@pytest.mark.skipif(sys.platform == "win32", reason="there are no named pipes in folders")
def test_a_run_that_is_stopped_while_it_reads_is_told(shop: Shop, hooks: Hooks) -> None:
    """SIGTERM, as a service manager sends it, ends a run in order before anything was written as well."""
    tell(shop, webhook(hooks) + '[log]\nfile = "log.jsonl"\n')
    source, log = shop.folder / "data" / "supplier.json", shop.folder / "log.jsonl"
    source.unlink()
    os.mkfifo(source)  # reading it waits for somebody who writes
    command = [sys.executable, "-m", "dss_runtime.cli", "-C", str(shop.folder), "sync", "nightly"]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environment) as process:
        while process.poll() is None and not (log.exists() and "run_begins" in log.read_text()):
            time.sleep(0.01)
        process.terminate()
        _, err = process.communicate(timeout=30)
    told = ["stopped by SIGTERM", "interrupted: nothing was written"]
    assert (130, told) == (process.returncode, [line for line in err.splitlines() if line])
    assert [("interrupted", 1)] == [(each["state"], each["run"]) for each in hooks.payloads]


# -- dss notify-test ------------------------------------------------------------------------------------


def test_a_test_message_goes_to_everybody(shop: Shop, hooks: Hooks, mails: Mails) -> None:
    """`dss notify-test` says of each what became of its message, and fails when one was not taken."""
    tell(shop, webhook(hooks, 'on = ["held"]') + email(mails))
    done = shop.dss("notify-test")
    expected = "notify[0].webhook: delivered\nnotify[1].email: delivered\n"
    assert (0, expected) == (done.exit_code, done.stdout)
    assert (1, 2) == (len(hooks.bodies), len(mails.got))
    hooks.status = 404
    done = shop.dss("notify-test")
    assert 1 == done.exit_code
    assert "notify[0].webhook: not delivered: the server answers 404 Not Found" in done.stderr


def test_a_test_message_needs_somebody(shop: Shop) -> None:
    """Without [[notify]] there is nothing to test."""
    done = shop.dss("notify-test")
    assert (1, True) == (done.exit_code, "tell nobody" in done.stderr)


def test_what_a_library_makes_of_an_oserror_is_not_quoted() -> None:
    """An error of a library may quote a record, also where it is an OSError as those of requests are."""

    class LibraryError(OSError):
        """What a library raises."""

    def told(cause: OSError) -> str:
        error = CommandError(f"Shop could not be read: {cause}")
        error.__cause__ = cause
        account = Account("sync", "nightly", datetime(2026, 1, 1, tzinfo=UTC))
        return account.end(account.started, Exit.ERROR, error).without_records

    assert "Elena" not in told(LibraryError("no such person: Elena Ruiz"))
    assert "No such file" in told(FileNotFoundError(2, "No such file"))


def test_the_name_and_password_of_a_url_are_sent(
    shop: Shop, hooks: Hooks, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A webhook behind a login gets it, as browsers and curl send it."""
    monkeypatch.setenv("HOOK_PASSWORD", "hook-secret")
    url = hooks.url.replace("://", "://dss:${HOOK_PASSWORD}@")
    tell(shop, f'[[notify]]\nwebhook = "{url}"\non = ["in_step"]\n')
    assert 0 == shop.dss("sync", "nightly").exit_code
    assert ["Basic ZHNzOmhvb2stc2VjcmV0"] == [each["Authorization"] for each in hooks.headers]


def test_unreadable_rows_are_told_even_when_there_was_nothing_to_do(shop: Shop, hooks: Hooks) -> None:
    """Somebody has to mend the row: a run that is in step but for it is no run like any other."""
    tell(shop, webhook(hooks))
    shop.left(products=[], unreadable=[[7, "no name", ["A"]]])
    assert 0 == shop.dss("sync", "nightly").exit_code
    assert ["in_step"] == [each["state"] for each in hooks.payloads]
