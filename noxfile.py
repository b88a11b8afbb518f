"""The project's checks: `nox` runs what a change must pass, `nox -l` lists them, `nox -s NAME` runs one."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import nox
from nox.command import CommandFailed

nox.needs_version = ">=2026.8.10"
nox.options.default_venv_backend = "virtualenv"
nox.options.reuse_venv = "yes"

ROOT = Path(__file__).parent
PROJECT = nox.project.load_toml(ROOT / "pyproject.toml")
SUPPORTED = nox.project.python_versions(PROJECT)
CURRENT = f"{sys.version_info.major}.{sys.version_info.minor}"


def wake_pyenv() -> None:
    """Let pyenv's shims run every supported version that is installed.

    A shim such as `python3.12` exists as soon as that version is installed, but fails unless it is also
    active; PYENV_VERSION makes them all active for as long as nox runs.
    """
    folders = [Path(folder) for folder in os.environ.get("PATH", "").split(os.pathsep)]
    roots = [folder.parent for folder in folders if folder.name == "shims"]
    if "PYENV_ROOT" in os.environ:
        roots.insert(0, Path(os.environ["PYENV_ROOT"]))
    root = next((root for root in roots if (root / "versions").is_dir()), None)
    if root is None:
        return
    releases = [path.name for path in root.glob("versions/*") if re.fullmatch(r"3\.\d+\.\d+", path.name)]
    releases.sort(key=lambda name: int(name.rpartition(".")[2]))
    newest = {name.rpartition(".")[0]: name for name in releases}
    found = [newest[version] for version in SUPPORTED if version in newest]
    if found:
        os.environ["PYENV_ROOT"] = str(root)
        os.environ["PYENV_VERSION"] = ":".join(found)


def starts(version: str) -> bool:
    """Whether `pythonX.Y` is on the PATH and really starts as that version."""
    executable = shutil.which(f"python{version}")
    if executable is None:
        return False
    program = "import sys; print('%d.%d' % sys.version_info[:2])"
    answer = subprocess.run([executable, "-c", program], capture_output=True, text=True, check=False)
    return answer.stdout.strip() == version


wake_pyenv()
PYTHONS = [version for version in SUPPORTED if version == CURRENT or starts(version)] or [CURRENT]
OLDEST, NEWEST = PYTHONS[0], PYTHONS[-1]
nox.options.sessions = ["lint", "layers", "generated", "typing", f"tests-{OLDEST}", "editors", "package"]
TEMPORARY = tempfile.gettempdir()
RANDOM_WORLDS = ("faults", "generated_schemas", "packs")
"""Folders of tests that take long, and whose verdict is the same on every Python."""
SESSIONS_OF_THEIR_OWN = ("docs", "editors", "package")
"""Folders of tests that a session of the same name runs."""
PARALLEL = ("-n", str((os.cpu_count() or 1) + 1), "--dist", "worksteal")
"""One more than there are processors: tests of servers and of commands wait now and then."""
DOCUMENTS = (*PARALLEL, "--doctest-modules", "tests/docs", "dss_runtime", "generator/dss_generator")
"""Every code block of the documents, and every example in a docstring."""


def install(session: nox.Session, *groups: str, extras: str = "all,ldap") -> None:
    """Install the project from the checkout with *extras*, and what *groups* of pyproject.toml name."""
    session.install("--editable", f".[{extras}]", *nox.project.dependency_groups(PROJECT, *groups))


@nox.session
def lint(session: nox.Session) -> None:
    """Style and formatting, by ruff."""
    session.install(*nox.project.dependency_groups(PROJECT, "lint"))
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".")


@nox.session
def layers(session: nox.Session) -> None:
    """Who may import whom: the contracts of pyproject.toml, by import-linter, which runs none of the code."""
    session.install(*nox.project.dependency_groups(PROJECT, "layers"))
    path = os.pathsep.join(map(str, (ROOT, ROOT / "generator")))
    session.run("lint-imports", "--no-cache", env={"PYTHONPATH": path})


@nox.session
def generated(session: nox.Session) -> None:
    """The checked-in code and data dictionary are what the schema gives today, and no handler is stale.

    No extra is installed: what generates needs none of the libraries that the code then uses.
    """
    session.install("--editable", ".")
    session.run("dss", "generate", "--check")
    session.run("dss", "docs", "--check")


@nox.session
def typing(session: nox.Session) -> None:
    """mypy --strict and pyright strict over everything that is Python, which runs none of it."""
    session.env["PIP_NO_COMPILE"] = "1"
    install(session, "typing", extras="all,ldap,spark")
    session.run("mypy", "--num-workers", str(os.cpu_count() or 1))
    session.run("pyright", env={"PYRIGHT_PYTHON_GLOBAL_NODE": "0", "PYRIGHT_PYTHON_IGNORE_WARNINGS": "1"})


@nox.session(python=PYTHONS)
def tests(session: nox.Session) -> None:
    """The whole suite and the documents, dependencies at their newest; by default on the oldest Python."""
    for version in set(SUPPORTED) - set(PYTHONS):
        session.warn(f"Python {version} is supported but not found here; install it to test on it")
    install(session, "tests", extras="all,ldap,spark")
    if session.posargs:
        session.run("pytest", *session.posargs)
        return
    left_out = [f"--ignore=tests/{each}" for each in (*SESSIONS_OF_THEIR_OWN, "spark")]
    session.run("pytest", *PARALLEL, *left_out)
    session.run("pytest", "tests/spark")  # in one process: each that took part would start a cluster
    session.run("pytest", *DOCUMENTS)


@nox.session(default=False)
def docs(session: nox.Session) -> None:
    """Every code block of the documents and every doctest runs, as the session `tests` does at its end."""
    install(session, "tests", extras="all,ldap,spark")
    session.run("pytest", *(session.posargs or DOCUMENTS))


@nox.session
def editors(session: nox.Session) -> None:
    """Editors understand schema files, and diagrams are drawn: by the real programs, from the npm registry.

    Node.js comes from PyPI, so that the machine needs none; the browser that draws is the machine's.
    """
    session.install("--editable", ".", *nox.project.dependency_groups(PROJECT, "editors"))
    source, npm = ROOT / "tests" / "editors" / "npm", Path(session.virtualenv.location).resolve() / "npm"
    done, lock = npm / "installed.json", source / "package-lock.json"
    if not done.exists() or done.read_bytes() != lock.read_bytes():
        shutil.copytree(source, npm, ignore=shutil.ignore_patterns("node_modules"), dirs_exist_ok=True)
        with session.cd(npm):
            session.run("npm", "ci")
        shutil.copy(lock, done)
    options = session.posargs or [*PARALLEL, "tests/editors"]
    session.run("pytest", *options, env={"DSS_NPM": str(npm)})


@nox.session(python=NEWEST)
def package(session: nox.Session) -> None:
    """The wheel passes the tests on the newest Python: checkout hidden, every dependency at its lower bound.

    What is slow is left out: what runs a type checker or random schemas, and the conformance suite against
    servers. Properties are tried on fewer examples. It gathers coverage of lines, which costs next to nothing
    from Python 3.12 on.
    """
    session.install(*nox.project.dependency_groups(PROJECT, "package"))
    hidden = Path(session.create_tmp()).resolve() / "hidden"
    shutil.rmtree(hidden, ignore_errors=True)
    session.run("python", "-m", "build", "--outdir", str(hidden / "dist"), str(ROOT))
    (wheel,) = (hidden / "dist").glob("*.whl")

    extras = PROJECT["project"]["optional-dependencies"]
    required = [*PROJECT["project"]["dependencies"]]
    own = PROJECT["project"]["name"]
    required += [line for lines in extras.values() for line in lines if not line.startswith(own)]
    constraints = hidden / "lower-bounds.txt"
    lowest = (re.sub(r"(\[.*\])?>=([^,]+).*", r"==\2", line) for line in required)
    constraints.write_text("".join(f"{line}\n" for line in lowest), encoding="utf-8")
    session.install("--force-reinstall", "--no-deps", str(wheel))
    session.install(f"{wheel}[all,ldap]", "--constraint", str(constraints))

    checkout = hidden / "checkout"
    shutil.copytree(ROOT, checkout, ignore=shutil.ignore_patterns(".*", "__pycache__"))
    for package in ("dss_runtime", "generator"):
        shutil.rmtree(checkout / package)
    shutil.copytree(ROOT / ".ci", checkout / ".ci")
    session.chdir(checkout)
    left_out = [f"--ignore=tests/{each}" for each in ("docs", "editors", "spark", *RANDOM_WORLDS)]
    session.run(
        "pytest", *PARALLEL, "-m", "not slow", "--cov", "--cov-report=term", *left_out,
        # The session's own folder for temporary files lies in the checkout, where settings would be found.
        env={
            "DSS_DIST": str(hidden / "dist"), "DSS_HYPOTHESIS": "quick", "TMPDIR": TEMPORARY,
            **({"COVERAGE_CORE": "sysmon"} if session.python != "3.11" else {}),
        },
    )  # fmt: skip


@nox.session(default=False)
def demo(session: nox.Session) -> None:
    """The school example: 1,200 students from export files into a Moodle-shaped database."""
    session.install("--editable", ".[sql]")
    session.run("python", "-m", "examples.school.demo", *session.posargs, env={"PYTHONPATH": str(ROOT)})


@nox.session(default=False)
def school(session: nox.Session) -> None:
    """The school with all of its systems: PostgreSQL, OpenLDAP, a SCIM server and a stand-in for Google."""
    install(session, "tests")
    session.run("python", "-m", "tests.school.whole", *session.posargs, env={"PYTHONPATH": str(ROOT)})


@nox.session(default=False)
def benchmarks(session: nox.Session) -> None:
    """How fast everything is, beside other libraries; takes half an hour, and a quiet machine.

    Writes docs/explanation/speed.md. With arguments only the records are measured, as these say.
    """
    session.install("--editable", ".[all]", *nox.project.dependency_groups(PROJECT, "benchmarks"))
    records = session.posargs or ["--out", str(ROOT / "docs" / "explanation")]
    programs = [["benchmarks.records", *records], *([] if session.posargs else [["benchmarks.generator"]])]
    failed: list[str] = []
    for program in programs:
        try:
            session.run("python", "-m", *program, env={"PYTHONPATH": str(ROOT)})
        except CommandFailed:  # what is over a limit keeps nothing from being measured
            failed.append(program[0])
    if failed:
        session.error(f"over a limit, or broken: {', '.join(failed)}")
