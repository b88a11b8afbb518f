"""The chart: processor time and peak memory by the number of records, both scales logarithmic, as SVG."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import matplotlib
from matplotlib.figure import Figure
from matplotlib.ticker import NullFormatter

from benchmarks.records.contestants import CONTESTANTS
from benchmarks.records.measuring import Run
from benchmarks.records.rounds import Results
from benchmarks.records.tables import MB

LIBRARY: Any = matplotlib
"""Its types say nothing of keyword arguments."""
SETTINGS = {"svg.hashsalt": "datastoresync", "svg.fonttype": "none", "font.size": 9}
"""Equal figures give equal bytes; texts stay texts."""
LEFT_OUT = ("sync", "table", "duckdb-parquet")
"""Who does something else than the others: writes, or reads other files."""


def draw(results: Results, path: Path) -> None:
    """Write the chart to *path*."""
    with LIBRARY.rc_context(SETTINGS):
        figure: Any = Figure(figsize=(9, 5), layout="constrained")
        time, memory = figure.subplots(1, 2)
        _lines(time, results, lambda run: run.compared.cpu)
        _lines(memory, results, lambda run: run.peak / MB)
        time.set_ylabel("processor time, seconds")
        memory.set_ylabel("peak memory, MB")
        figure.legend(*time.get_legend_handles_labels(), loc="outside lower center", ncols=3, frameon=False)
        figure.savefig(path, format="svg", metadata={"Date": None})


def _lines(axes: Any, results: Results, value: Callable[[Run], float]) -> None:
    """Draw a line for each contestant: the product's own ones thick, those by hand dashed."""
    for name, each in CONTESTANTS.items():
        sizes = [size for size in results.sizes if (name, size) in results.measured]
        if not sizes or name in LEFT_OUT:
            continue
        values = [value(results.measured[name, size]) for size in sizes]
        width = 2.4 if each.what.startswith("datastoresync") else 1.0
        dashes = "--" if each.what.startswith("by hand") else "-"
        axes.plot(sizes, values, label=each.what, marker="o", markersize=3, linewidth=width, linestyle=dashes)
    for axis, scale in ((axes.xaxis, axes.set_xscale), (axes.yaxis, axes.set_yscale)):
        scale("log")
        axis.set_major_formatter("{x:,.6g}")
        axis.set_minor_formatter(NullFormatter())
    axes.set_xlabel("records on each side")
    axes.grid(visible=True, linewidth=0.3)
