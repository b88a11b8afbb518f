"""The row of the adapter, for the generator: what a schema may say of a branch, and what it means."""

from __future__ import annotations

from dss_generator.extending import API, Adapter, Key, MapNode, Options, Problems, Text, shown

_keys = (
    Key("path", Text(240, low=1, noun="a file's path"), "The file, in the folder that the settings name."),
)


def _options(node: MapNode, problems: Problems) -> Options:
    """Return the path; one that leads out of the folder, or to no such file, is noted."""
    path = node.scalar("path")
    if path is None:
        return ()
    if path.text.startswith(("/", "~")) or {"..", ""} & set(path.text.split("/")) or "\\" in path.text:
        message = f"the path {shown(path.text)} leads out of the folder that the settings name"
        problems.add(path.position, "extension", message)
    elif not path.text.endswith(".jsonl"):
        problems.add(path.position, "extension", f"the path {shown(path.text)} does not end in .jsonl")
    return (("path", path.text),)


adapter = Adapter(
    api=API,
    name="jsonl",
    doc="Files with one JSON object per line.",
    can_write=True,
    maps_columns=True,
    keys=_keys,
    needs=("path",),
    options=_options,
    module="dss_jsonl",
    importer="JsonlImporter",
    template="JsonlTemplate",
    source="JsonlSource",
    target="JsonlTarget",
)
