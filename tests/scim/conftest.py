"""A service, and a proxy that a test can make fail."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.scim.faults import FaultProxy
from tests.scim.service import Service


@pytest.fixture
def service() -> Service:
    """An empty service."""
    return Service()


@pytest.fixture
def proxy(service: Service) -> Iterator[FaultProxy]:
    """A proxy before the service."""
    with FaultProxy(service.port) as made:
        yield made
