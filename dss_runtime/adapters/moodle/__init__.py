"""A Moodle, written by its web services, and read by its database or by them (install the extra `moodle`)."""

from __future__ import annotations

from dss_runtime._extras import extra

with extra("moodle"):
    from dss_runtime.adapters.moodle._importer import MoodleImporter
    from dss_runtime.adapters.moodle._source import MoodleSource
    from dss_runtime.adapters.moodle._target import MoodleTarget
    from dss_runtime.adapters.moodle._template import MoodleTemplate

__all__ = ["MoodleImporter", "MoodleSource", "MoodleTarget", "MoodleTemplate"]
