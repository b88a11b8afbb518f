"""What `dss doctor` is told of a service."""

from __future__ import annotations

import pytest

from dss_runtime._examining import Check
from tests.adapters.scim_system import ScimTree
from tests.scim.campus import campus
from tests.scim.faults import FaultProxy, Forward, Reply, Request, answer, reply
from tests.scim.service import Service


def examined(service: Service, port: int | None = None, **more: object) -> list[Check]:
    """Return all that is found."""
    tree = campus(service, port, **more)
    return [*tree.importer.examine(), *tree.template.examine()]


def test_a_sound_service_has_no_errors(service: Service, proxy: FaultProxy) -> None:
    """Every topic is looked at, a few small answers are asked for, and nothing is written."""
    service.add("Users", userName="ann", externalId="1")
    service.add("Groups", displayName="t", externalId="t")
    checks = examined(service, proxy.port)
    assert {"reachable", "rights", "clock", "schema", "limits"} == {check.topic for check in checks}
    assert {"ok"} == {check.state for check in checks}
    assert {"GET"} == {each.method for each in proxy.requests}
    assert len(proxy.requests) < 12


def test_what_is_empty_is_doubted(service: Service) -> None:
    """A service that shows nobody may not let us see them."""
    warnings = [check.text for check in examined(service) if check.state == "warning"]
    assert ["people: there is none", "teams: there is none"] == warnings


@pytest.mark.parametrize(
    ("found", "topic", "expected"),
    [
        (reply(401), "rights", "does not accept the credentials"),
        (reply(403), "rights", "no right to this"),
        (reply(503), "reachable", "answered 503"),
        (Reply(200, b"<html>", {"Content-Type": "text/html"}), "reachable", "is the url the base of SCIM"),
    ],
)
def test_what_is_wrong_is_an_error(
    service: Service, proxy: FaultProxy, found: Reply, topic: str, expected: str
) -> None:
    """What keeps us from the service is told with what to look at, and raises nothing."""
    proxy.rule = lambda _request, _forward: found
    (first, *_) = examined(service, proxy.port)
    assert (topic, "error", True) == (first.topic, first.state, expected in first.text)
    assert "[trees.Campus]" in first.advice


def test_rights_to_one_kind_may_lack(service: Service, proxy: FaultProxy) -> None:
    """Each branch is looked at for itself."""
    proxy.rule = lambda request, forward: reply(403) if "/Groups" in request.path else forward(request)
    errors = [check.text for check in examined(service, proxy.port) if check.state == "error"]
    assert [True] == [text.startswith("teams: ") and "(403)" in text for text in errors]


def test_a_service_without_versions_is_warned_of(service: Service, proxy: FaultProxy) -> None:
    """Without etags, what others change meanwhile is not noticed."""

    def rule(request: Request, forward: Forward) -> Reply:
        found = forward(request)
        if request.path.endswith("/ServiceProviderConfig"):
            return answer({**found.json, "etag": {"supported": False}, "patch": {"supported": False}})
        return found

    proxy.rule = rule
    (limits,) = [check for check in examined(service, proxy.port) if check.topic == "limits"]
    assert "warning" == limits.state
    assert "PUT of whole records, bulk of 1,000, no etags" in limits.text


def test_a_key_without_case_is_warned_of(service: Service) -> None:
    """Where the key is an attribute in which case does not count, two keys may be one there."""
    tree = ScimTree(settings=service.settings())
    warnings = [check.text for check in tree.template.examine() if check.state == "warning"]
    assert ["items: case does not count in userName, which is the key"] == warnings


def test_wrong_settings_are_told(service: Service) -> None:
    """Settings that are wrong are an error of the check, not of the command."""
    tree = campus(service, page_size=0)
    (check,) = tree.importer.examine()
    assert ("error", True) == (check.state, "page_size in dss.toml" in check.text)
