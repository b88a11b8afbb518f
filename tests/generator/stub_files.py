"""A file of handlers that is expected, small enough to see through, and what becomes of a user's file."""

from __future__ import annotations

from collections.abc import Mapping

from dss_generator.code.fragments import Code, code
from dss_generator.stubs.expected import Method, StubClass, StubFile
from dss_generator.stubs.mending import Mended, mend, never
from dss_generator.stubs.renaming import Fresh
from dss_generator.stubs.source import Source

PATH = "handlers/shop.py"


def method(name: str, *, required: bool = True, values: str = "") -> Method:
    """Return a method of the expected class."""
    imports = ("from dss_runtime import Outcome", "from generated import actions")
    parameters = Code(code(", action: actions.Some, /").text + values)
    return Method(name, parameters, Code("Outcome"), "Do it.", required, imports)


def stub_class(
    names: Mapping[str, tuple[str, ...]],
    *,
    required: set[str] | None = None,
    name: str = "ShopTemplate",
    formerly: tuple[str, ...] = (),
) -> StubClass:
    """Return a class with the methods *names*, by what each was before; *required* are all by default."""
    methods = tuple(method(each, required=required is None or each in required) for each in names)
    doc = "Carries out differences on Shop."
    return StubClass(name, f"{name}Base", "generated.templates", doc, methods, dict(names), formerly)


def stub_file(*classes: StubClass) -> StubFile:
    """Return the file that has to hold *classes*."""
    return StubFile("shop.py", "What is special about Shop.", classes)


FILE = stub_file(
    stub_class(
        {
            "new_things": (),
            "old_things": ("old_stuff",),
            "changed_things_name": ("changed_things_title",),
            "added_things_tags": (),
        },
        required={"new_things", "old_things", "added_things_tags"},
    )
)


def mended(
    content: bytes, file: StubFile = FILE, *, apply_renames: bool = False, fresh: Fresh = never
) -> Mended:
    """Return the user's file with everything done that has to be."""
    return mend(Source(PATH, content), file, fresh, apply_renames=apply_renames)


def completed(content: bytes, file: StubFile = FILE) -> bytes:
    """Return the bytes of the user's file with the stubs that it lacks."""
    return mended(content, file).source.content
