"""The dictionary's files: only what changed, only what is ours, all or nothing."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from dss_generator import GeneratorError, Project, SchemaError, generate
from dss_generator.documenting import DrawingError, check, document
from tests.extensions.declared import declaring
from tests.generator.projects import change, project_in, snapshot


def drawn(diagrams: Mapping[str, str]) -> dict[str, str]:
    """Stands in for mmdc: a picture that holds the diagram's text."""
    return {name: f"<svg>{len(text)}</svg>" for name, text in diagrams.items()}


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A project whose dictionary is written, with pictures."""
    made = project_in(tmp_path)
    document(made, tmp_path / "dictionary", drawn)
    return made


@pytest.fixture
def folder(project: Project) -> Path:
    """The folder of its dictionary."""
    return project.root / "dictionary"


def test_everything_is_written_and_told(tmp_path: Path) -> None:
    """A page per model and per tree, and the overview; `check` says the same before, and nothing after."""
    project, folder = project_in(tmp_path), tmp_path / "docs" / "data"
    expected = check(project, folder)
    assert expected == document(project, folder)
    names = ["README", "models/Thing", "trees/Files", "trees/Base", "trees/Own"]
    assert [f"docs/data/{name}.md" for name in names] == list(expected.written)
    assert set(expected.written) == {
        path.relative_to(tmp_path).as_posix() for path in folder.rglob("*") if path.is_file()
    }
    assert all(f"+++ b/{name}\n" in expected.diff for name in expected.written)
    assert check(project, folder).ok


def test_a_second_run_writes_nothing(project: Project, folder: Path) -> None:
    """What is in step is not touched, pictures included, and not drawn again."""
    before = snapshot(folder)

    def never(diagrams: Mapping[str, str]) -> Mapping[str, str]:
        raise AssertionError(diagrams)

    assert document(project, folder, never).ok
    assert check(project, folder, pictures=True).ok
    assert before == snapshot(folder)


def test_only_what_changed_is_written(project: Project, folder: Path) -> None:
    """A change of a doc changes one page; pictures that still show the diagram stay."""
    change(project, "    key: code\n", "    doc: A thing.\n    key: code\n")
    before = snapshot(folder)
    done = document(project, folder)
    changed = {name for name, state in snapshot(folder).items() if before[name] != state}
    assert {"README.md", "models/Thing.md"} == changed
    assert ((), {f"dictionary/{name}" for name in changed}) == (done.pruned, set(done.written))
    assert "+A thing.\n" in done.diff


def test_an_old_picture_does_not_stay(project: Project, folder: Path) -> None:
    """A picture of what a diagram was is stale, goes without --svg, and is drawn anew with it."""
    change(project, "syncs:\n", "  Last: {adapter: custom, branches: {things: {}}}\nsyncs:\n")
    assert "dictionary/systems.svg" in check(project, folder).pruned
    before = folder.joinpath("systems.svg").read_bytes()
    due = check(project, folder, pictures=True)
    assert {"dictionary/trees/Last.svg", "dictionary/systems.svg"} <= set(due.written)
    done = document(project, folder, drawn)
    assert ((), True) == (done.pruned, "dictionary/systems.svg" in done.written)
    assert before != folder.joinpath("systems.svg").read_bytes()
    assert check(project, folder, pictures=True).ok
    change(project, "  Last: {adapter: custom, branches: {things: {}}}\n", "")
    done = document(project, folder)
    assert {"dictionary/systems.svg", "dictionary/trees/Last.svg", "dictionary/trees/Last.md"} == set(
        done.pruned
    )
    assert not folder.joinpath("systems.svg").exists()


def test_an_edited_file_is_stale(project: Project, folder: Path) -> None:
    """What somebody changed in a page or a picture is written anew."""
    for name in ("README.md", "models.svg"):
        path = folder / name
        good = path.read_bytes()
        header, end, rest = good.partition(b"\n")
        path.write_bytes(header + end + rest.replace(b"s", b"z"))
        assert good != path.read_bytes()
        assert not check(project, folder).ok
        document(project, folder, drawn)
        assert good == path.read_bytes()


def test_windows_line_ends_are_no_difference(project: Project, folder: Path) -> None:
    """A checkout that changes line ends leaves the dictionary in step."""
    for path in folder.rglob("*.*"):
        path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert check(project, folder, pictures=True).ok


def test_only_files_of_ours_are_pruned(project: Project, folder: Path) -> None:
    """Pages of what is gone go; what somebody put beside them, and what lies deeper, stays."""
    foreign = {folder / "models" / "notes.md": "# mine\n", folder / "other" / "README.md": ""}
    ours = (folder / "README.md").read_text(encoding="utf-8")
    for path, text in foreign.items():
        path.parent.mkdir(exist_ok=True)
        path.write_text(text or ours, encoding="utf-8")
    change(project, "  Own: {adapter: custom, branches: {things: {}}}\n", "")
    change(project, "  own: {from: Files, to: Own}\n", "")
    done = document(project, folder)
    assert "dictionary/trees/Own.md" in done.pruned
    assert not (folder / "trees" / "Own.md").exists()
    assert [text or ours for text in foreign.values()] == [
        path.read_text(encoding="utf-8") for path in foreign
    ]


@pytest.mark.parametrize("name", ["README.md", "models/Thing.md", "trees/Base.svg"])
def test_a_file_of_somebody_else_is_not_written_over(tmp_path: Path, name: str) -> None:
    """Where one stands in the way, it is named, and nothing at all is written."""
    project, folder = project_in(tmp_path), tmp_path / "docs"
    path = folder / name
    path.parent.mkdir(parents=True)
    path.write_text("# Ours\n", encoding="utf-8")
    before = snapshot(folder)
    message = f"docs/{name}:1:1: error: not written by `dss docs`; move it away first [foreign-file]"
    with pytest.raises(GeneratorError) as caught:
        document(project, folder, drawn)
    with pytest.raises(GeneratorError) as again:
        check(project, folder, pictures=True)
    assert [message, message] == [str(caught.value), str(again.value)]
    assert before == snapshot(folder)


def test_files_of_generate_are_left_alone(tmp_path: Path) -> None:
    """What an artefact printed is no page: it is not removed, and not written over."""
    project = declaring(tmp_path, {"notes.md": "x\n"})
    generate(project)
    before = snapshot(project.generated)
    document(project, project.generated)
    after = snapshot(project.generated)
    assert before == {name: after[name] for name in before}
    generate(project)
    assert after == snapshot(project.generated)
    document(project, tmp_path / "docs")
    project = declaring(tmp_path, {"README.md": "x\n"})
    with pytest.raises(
        GeneratorError, match=r"generated/README\.md:1:1: error: not written by the generator"
    ):
        generate(project)


def test_a_picture_of_somebody_else_matters_only_where_pictures_are_drawn(tmp_path: Path) -> None:
    """Pages can be written beside a picture that is not ours."""
    project, folder = project_in(tmp_path), tmp_path / "docs"
    folder.mkdir()
    (folder / "models.svg").write_text("<svg/>", encoding="utf-8")
    document(project, folder)
    assert check(project, folder).ok
    assert "<svg/>" == (folder / "models.svg").read_text(encoding="utf-8")


def test_what_cannot_be_drawn_changes_nothing(project: Project, folder: Path) -> None:
    """When drawing fails, pages are not written either."""
    change(project, "syncs:\n", "  Last: {adapter: custom, branches: {things: {}}}\nsyncs:\n")
    before = snapshot(folder)

    def failing(diagrams: Mapping[str, str]) -> Mapping[str, str]:
        raise DrawingError("no browser")

    with pytest.raises(DrawingError, match="no browser"):
        document(project, folder, failing)
    assert before == snapshot(folder)


def test_a_wrong_schema_writes_nothing(project: Project, folder: Path) -> None:
    """Every problem of the schema is reported, and the dictionary stays as it was."""
    change(project, "code: str", "code: string")
    before = snapshot(folder)
    with pytest.raises(SchemaError, match="string"):
        document(project, folder)
    assert before == snapshot(folder)


def test_a_folder_outside_of_the_project_is_told_whole(tmp_path: Path) -> None:
    """`-o` may lead anywhere; then paths are absolute."""
    project = project_in(tmp_path / "project")
    done = document(project, tmp_path / "elsewhere")
    assert str(tmp_path / "elsewhere" / "README.md") == done.written[0]
