from typing import Any

class SimplePagedResultsControl:
    controlType: str
    cookie: Any
    def __init__(self, criticality: bool, size: int, cookie: str) -> None: ...
