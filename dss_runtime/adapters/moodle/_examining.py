"""What `dss doctor` is told of a Moodle."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from dss_runtime import Check, DataStoreTree, DssError, SettingsError
from dss_runtime.adapters.moodle._client import NoRightsError
from dss_runtime.adapters.moodle._moodle import Moodle
from dss_runtime.adapters.moodle._settings import MoodleSettings, settings_of
from dss_runtime.adapters.moodle.resources._base import Resource

_WRITES = {
    "users": ("core_user_create_users", "core_user_update_users", "core_user_get_users_by_field"),
    "courses": ("core_course_create_courses", "core_course_update_courses"),
    "categories": ("core_course_create_categories", "core_course_update_categories"),
    "cohorts": ("core_cohort_create_cohorts", "core_cohort_update_cohorts"),
    "cohort_members": ("core_cohort_add_cohort_members", "core_cohort_delete_cohort_members"),
    "groups": ("core_group_create_groups", "core_group_update_groups"),
    "group_members": ("core_group_add_group_members", "core_group_delete_group_members"),
    "enrolments": ("enrol_manual_enrol_users", "enrol_manual_unenrol_users", "core_enrol_get_enrolled_users"),
    "parents": ("core_role_assign_roles", "core_role_unassign_roles"),
}
"""The functions that a service must hold for each kind of record to be written."""


def examine(tree: DataStoreTree) -> Iterator[Check]:
    """Yield what is found of the site and of the database."""
    moodle = _opened(tree)
    if isinstance(moodle, Check):
        yield moodle
        return
    try:
        if moodle.settings.url:
            yield _site(moodle)
        if moodle.database is not None:
            try:
                yield Check("reachable", "ok", f"the database answers, of Moodle {moodle.database.version()}")
            except DssError as error:
                yield Check("reachable", "error", str(error), "is `database` right, and may its user read?")
    finally:
        moodle.close()


def examine_rights(tree: DataStoreTree, resources: Sequence[Resource]) -> Iterator[Check]:
    """Yield whether the token may call what writes *resources*, and how much goes into a call."""
    moodle = _opened(tree)
    if isinstance(moodle, Check) or not moodle.settings.url:
        return
    try:
        answer: Any = moodle.client.read("core_webservice_get_site_info")
        held = {each["name"] for each in answer.get("functions", [])}
        needed = dict.fromkeys(name for each in resources for name in _WRITES[each.name])
        missing = [name for name in needed if name not in held]
        if missing:
            advice = "add them to the service, under Site administration > Server > Web services"
            yield Check("rights", "error", f"the token's service lacks {', '.join(missing)}", advice)
        else:
            yield Check(
                "rights", "ok", f"the token's service holds all {len(needed)} functions that are needed"
            )
        yield _limits(moodle.settings)
    except DssError:
        return  # told by `examine`
    finally:
        moodle.close()


def _opened(tree: DataStoreTree) -> Moodle | Check:
    try:
        return Moodle(settings_of(tree))
    except SettingsError as error:
        return Check("reachable", "error", str(error))


def _site(moodle: Moodle) -> Check:
    try:
        answer: Any = moodle.client.read("core_webservice_get_site_info")
    except NoRightsError as error:
        return Check("rights", "error", str(error), "make a token for a user of a service that is enabled")
    except DssError as error:
        return Check("reachable", "error", str(error))
    return Check("reachable", "ok", f"{answer.get('sitename')}, Moodle {answer.get('release')}")


def _limits(settings: MoodleSettings) -> Check:
    text = f"a call holds up to {settings.max_input_vars} variables"
    advice = "set max_input_vars to PHP's value on the server: a larger one here loses records there"
    return Check("limits", "ok", text, advice)
