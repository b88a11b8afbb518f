"""The files of a new project, as `dss init` writes them."""

from __future__ import annotations

import re
import shutil
from collections.abc import Generator
from contextlib import contextmanager, suppress
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from dss_runtime.cli._exits import CommandError
from dss_runtime.cli._toml_file import shown_path

if TYPE_CHECKING:
    from dss_generator.packs import Pack

FILES: dict[str, str] = {
    "README.md": "README.md.txt",
    "dss.toml": "dss.toml.txt",
    "pyproject.toml": "pyproject.toml.txt",
    ".gitignore": "gitignore.txt",
    ".gitattributes": "gitattributes.txt",
    "schema/shop.yaml": "schema.yaml.txt",
    "data/products.csv": "products.csv.txt",
    "shop_client.py": "shop_client.py.txt",
    "handlers/__init__.py": "handlers.py.txt",
    "handlers/shop.py": "handlers_shop.py.txt",
    "handlers/supplier.py": "handlers_supplier.py.txt",
}
"""Each file of a new project, with the text that it is made from. They end in .txt so that no tool takes them
for part of our own code; `@NAME@` stands for the project's name."""

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,63}")


def folder_for(parent: Path, name: str) -> Path:
    """Return the folder of a new project *name* below *parent*.

    Raises CommandError for a name that a project cannot have, and for a folder that holds something.
    """
    if _NAME.fullmatch(name) is None:
        raise CommandError(
            f"{name!r} is no name for a project: begin with a letter, go on with letters, digits, "
            "- and _ (at most 64); `dss -C FOLDER init NAME` makes it in another folder"
        )
    folder = parent / name
    if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
        raise CommandError(f"{shown_path(folder)} is there already, and is no folder")
    if folder.is_dir() and any(folder.iterdir()):
        raise CommandError(f"the folder {shown_path(folder)} is there already, and not empty")
    return folder


@contextmanager
def written_whole(folder: Path) -> Generator[Path]:
    """Give a new folder, which becomes *folder* when the block ends well and is gone when it does not."""
    beside = folder.with_name(f".{folder.name}.new")
    try:
        beside.mkdir()
    except FileExistsError as error:
        raise CommandError(f"{shown_path(beside)} is left from a run that was killed; delete it") from error
    try:
        yield beside
        with suppress(FileNotFoundError):
            folder.rmdir()
        beside.rename(folder)
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def text_of(target: str, name: str = "") -> str:
    """Return the text of the file *target* of a new project called *name*."""
    texts = files("dss_runtime.cli") / "new_project"
    return (texts / FILES[target]).read_text(encoding="utf-8").replace("@NAME@", name)


COMMON = ("pyproject.toml", ".gitignore", ".gitattributes", "handlers/__init__.py")
"""The files that every new project has, also one that is made from a pack."""


def write_pack(folder: Path, name: str, pack: Pack) -> None:
    """Write every file of a new project called *name* that is made from a pack into *folder*."""
    made = {target: text_of(target, name).encode() for target in COMMON}
    made["README.md"] = _readme(name, pack).encode()
    for target, content in {**made, **pack.files()}.items():
        path = folder / target
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def _readme(name: str, pack: Pack) -> str:
    left, right = pack.left, pack.right
    return f"""# {name}
Made from the pack `{pack.name}`: {pack.doc}.
1. `dss plan {left} {right}` shows what differs in the records of `data/`; `dss.toml` says where yours are.
2. Edit the records in `schema/`, where yours have more or less; `dss generate` writes typed Python from it.
3. `mypy --strict .` shows every handler that is missing, unfilled or of the wrong type.
"""


def write_files(folder: Path, name: str) -> None:
    """Write every file of a new project called *name* into *folder*."""
    for target in FILES:
        path = folder / target
        path.parent.mkdir(exist_ok=True)
        path.write_text(text_of(target, name), encoding="utf-8", newline="\n")
