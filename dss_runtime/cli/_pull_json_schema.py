from __future__ import annotations
import click
@click.command()
def json_schema() -> None: ...
