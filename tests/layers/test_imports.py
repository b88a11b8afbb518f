from __future__ import annotations

import os
import subprocess
import sys
from textwrap import dedent

import pytest

from tests.layers.sources import imports_of, modules_of

ABOVE_THE_CORE = (
    "dss_runtime.adapters",
    "dss_runtime.cli",
    "dss_runtime.engines.columnar",
    "dss_runtime.engines.duckdb",
    "dss_runtime.engines.spark",
)


def is_inside(module: str, packages: tuple[str, ...]) -> bool:
    """Whether *module* is one of *packages* or lies below one."""
    return any(module == package or module.startswith(f"{package}.") for package in packages)


def test_the_core_of_the_runtime_imports_the_standard_library_only() -> None:
    """A project that syncs by hand-written adapters needs nothing but Python."""
    allowed = {*sys.stdlib_module_names, "dss_runtime"}
    foreign = [
        f"{path}:{line}: {name}"
        for module, path in modules_of("dss_runtime").items()
        if not is_inside(module, ABOVE_THE_CORE)
        for line, name in imports_of(path)
        if name.partition(".")[0] not in allowed
    ]
    assert [] == foreign


@pytest.mark.parametrize(
    ("package", "hidden"),
    [
        ("dss_generator", ("dss_runtime", "generated")),
        ("dss_runtime", ("dss_generator", "generated", "click", "rich", "yaml", "jinja2", "sqlalchemy")),
    ],
)
def test_a_package_imports_without_what_it_must_not_know(package: str, hidden: tuple[str, ...]) -> None:
    """No module of the generator needs the runtime, and none of the core an extra, merely to be imported."""
    above = ABOVE_THE_CORE if package == "dss_runtime" else ()
    names = [name for name in modules_of(package) if not is_inside(name, above) and "__main__" not in name]
    program = f"""
        import importlib, sys
        for name in {hidden!r}:
            sys.modules[name] = None
        for name in {names!r}:
            importlib.import_module(name)
        """
    done = subprocess.run(
        [sys.executable, "-c", dedent(program)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
    )
    assert (0, "") == (done.returncode, done.stderr)
