"""The columns of a relation as cells that images are made of."""

from __future__ import annotations

from dss_runtime._extras import extra
from dss_runtime.engines.columnar import Cell, Images, Kind

with extra("duckdb"):
    from sqlglot import exp


def cell(alias: str, at: int, kind: Kind, *, clean: bool = False) -> Cell:
    """Return the column number *at* of the relation *alias*."""
    return Cell(exp.column(f"c{at}", alias), kind, clean=clean)


def texts(alias: str, count: int) -> list[Cell]:
    """Return the columns of a file of text, none of which holds a NUL: that was looked for."""
    return [cell(alias, at, "text", clean=True) for at in range(count)]


def keyed(alias: str, side: Images, relation: str) -> str:
    """Return what selects, with all of *relation*, the columns `k0`, `k1`, … of the key, and `odd`.

    That is whether a key is there, but not known.
    """
    names = [f"k{at}" for at in range(len(side.key))]
    keys = ", ".join(f"{key.sql('duckdb')} AS {name}" for key, name in zip(side.key, names, strict=True))
    unknown = " OR ".join(f"{name} IS NULL" for name in names)
    return (
        f"SELECT *, ({unknown}) AND NOT coalesce(blank, false) AS odd FROM "
        f"(SELECT *, {keys}, {side.blank_key.sql('duckdb')} AS blank FROM {relation} AS {alias}) AS {alias}"
    )


def same_key(side: Images) -> str:
    """Return whether two relations, `l` and `r`, have the same key."""
    return " AND ".join(f"l.k{at} = r.k{at}" for at in range(len(side.key)))
