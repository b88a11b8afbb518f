"""The summary of a run of several syncs as people read it: one message, with what became of each."""

from __future__ import annotations

from collections.abc import Iterator

from dss_runtime.cli._secrets import Secrets
from dss_runtime.cli._series import SeriesEnded
from dss_runtime.cli._suggest import counted
from dss_runtime.cli.telling._message import Message, gist, message_of, shown_state


def series_message(ended: SeriesEnded, secrets: Secrets, *, examples: bool) -> Message:
    """Return the summary of *ended*; *examples* let it name a few records."""
    if not ended.syncs:
        return message_of(ended.whole, secrets, examples=examples)
    whole = ended.whole
    subject = " ".join(f"dss: {whole.account.asked} {shown_state(whole)}: {_gist(ended)}".split())
    parts = (
        message_of(each, secrets, examples=examples).text for each in ended.syncs if each.state != "in_step"
    )
    text = "\n\n\n".join(["\n".join(_head(ended)), *parts])
    return Message(secrets.mask(subject), secrets.mask(text))


def _gist(ended: SeriesEnded) -> str:
    """Return which syncs need somebody to look after them; how many there are where none does."""
    trouble = [f"{each.name} {shown_state(each)}" for each in ended.syncs if each.exit]
    trouble += [f"{name} not begun" for name in ended.not_begun]
    differences = sum(len(each.report.actions) for each in ended.syncs)
    return ", ".join(trouble) or f"{counted(len(ended.syncs), 'sync')}, {counted(differences, 'difference')}"


def _head(ended: SeriesEnded) -> Iterator[str]:
    whole = ended.whole
    yield f"{whole.account.asked}: {shown_state(whole)} (exit code {int(whole.exit)})"
    yield ""
    yield f"command: dss run {whole.account.asked}"
    yield f"host: {whole.host}"
    yield f"began: {whole.account.started:%Y-%m-%d %H:%M:%S} UTC, and took {whole.seconds:.1f} s"
    yield ""
    yield from (f"{each.name}: {shown_state(each)}: {gist(each)}" for each in ended.syncs)
    yield from (f"{name}: not begun" for name in ended.not_begun)
