"""The version that a schema is compared with: at a git ref, in a folder, or in a saved lock."""

from __future__ import annotations

from pathlib import Path

from ..naming import collisions
from ..problems import GeneratorError, Problems, SchemaError
from ..schema.files import SourceFile, named_files, read_folder
from .git import Repository
from .lock import read_lock
from .version import Version, version_of


def current(schema: Path) -> Version:
    """Return the schema in the folder *schema* as it is now.

    Raises SchemaError with every problem, derived names that collide included.
    """
    problems = Problems()
    found = version_of("this version", read_folder(schema, problems), problems)
    collisions(found.schema, problems)
    problems.raise_any()
    return found


def read_against(against: str, schema: Path, folder: Path) -> Version:
    """Return the version that *against* means, for the schema in the folder *schema*.

    It is a path, relative to *folder*, of a folder or a saved lock, or else a git ref. Raises GeneratorError
    where it is neither, or both; SchemaError where that version has problems of its own.
    """
    if not against.strip():
        raise GeneratorError("an empty text names no version: is a variable not set?")
    path = folder / against
    if _is_path(against):
        if not path.exists():
            raise GeneratorError(f"there is no folder and no lock {against}")
        return _at_path(against, path)
    if not path.exists():
        return _at_ref(against, schema)
    if Repository.knows(against, schema):
        raise GeneratorError(
            f"{against} is a path here and a git ref: write ./{against} for the path, "
            f"refs/heads/{against} or refs/tags/{against} for the ref"
        )
    return _at_path(against, path)


def _is_path(against: str) -> bool:
    """Return whether *against* is written as only a path is."""
    return (
        against in (".", "..")
        or against.startswith(("./", "../", ".\\", "..\\"))
        or Path(against).is_absolute()
    )


def _at_path(against: str, path: Path) -> Version:
    if (path / "dss.toml").is_file():
        raise GeneratorError(
            f"{against} is a project: name the folder of its schema, such as {against}/schema"
        )
    problems = Problems()
    files = read_folder(path, problems) if path.is_dir() else read_lock(path, problems)
    return _version(against, files, problems)


def _at_ref(ref: str, schema: Path) -> Version:
    repository = Repository.of(schema)
    commit = repository.commit(ref)
    problems = Problems()
    texts = repository.files(commit, ref)
    return _version(f"{ref} ({commit[:10]})", named_files(schema.resolve().name, texts, problems), problems)


def _version(name: str, files: tuple[SourceFile, ...], problems: Problems) -> Version:
    try:
        return version_of(name, files, problems)
    except SchemaError as error:
        raise GeneratorError(
            f"the schema of {name} has problems, so nothing can be compared with it:\n{error}"
        ) from error
