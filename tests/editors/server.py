"""The YAML language server as an editor drives it: over its standard input and output."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from pathlib import Path
from typing import Any, TypeVar, cast

from lsprotocol import types as lsp
from pygls.lsp.client import LanguageClient

T = TypeVar("T")

SECONDS = 60
"""How long one answer may take; it takes some hundredths of one, but the machine may be busy."""
SETTINGS: dict[str, Any] = {
    "yaml": {
        "completion": True,
        "hover": True,
        "hoverSchemaSource": False,
        "validate": True,
        # No test asks the Internet.
        "kubernetesCRDStore": {"enable": False},
        "schemaStore": {"enable": False},
    }
}
"""What an editor's user has in the settings file."""
_MARKUP = [lsp.MarkupKind.Markdown, lsp.MarkupKind.PlainText]


class Editor:
    """An editor without a screen: it opens documents, moves the cursor, and looks at what the server says."""

    def __init__(self, node: Path, server: Path, root: Path) -> None:
        self._loop = asyncio.new_event_loop()
        self._client = LanguageClient("datastoresync", "tests")
        self._problems: dict[str, asyncio.Future[Sequence[lsp.Diagnostic]]] = {}
        self._count = 0

        self._on(lsp.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS, lambda found: self._published(found))
        self._on(
            lsp.WORKSPACE_CONFIGURATION,
            lambda asked: [SETTINGS.get(each.section, {}) for each in asked.items],
        )
        self._on(lsp.WINDOW_LOG_MESSAGE, lambda _: None)
        start: Callable[..., Coroutine[Any, Any, None]] = cast("Any", self._client).start_io
        self._wait(start(str(node), str(server), "--stdio"))
        self._wait(self._client.initialize_async(_greeting(root)))
        self._client.initialized(lsp.InitializedParams())
        self._client.workspace_did_change_configuration(lsp.DidChangeConfigurationParams(SETTINGS))

    def _on(self, message: str, answer: Callable[[Any], object]) -> None:
        cast("Any", self._client).feature(message)(answer)  # it has no type

    def _published(self, found: lsp.PublishDiagnosticsParams) -> None:
        waiting = self._problems.get(found.uri)
        if waiting is not None and not waiting.done():
            waiting.set_result(found.diagnostics)

    def _wait(self, what: Coroutine[Any, Any, T]) -> T:
        return self._loop.run_until_complete(asyncio.wait_for(what, SECONDS))

    def open(self, path: Path, text: str) -> Document:
        """Open a document that would lie at *path* with this *text*; no such file is needed."""
        self._count += 1
        uri = path.as_uri()
        self._problems[uri] = self._loop.create_future()
        item = lsp.TextDocumentItem(uri, lsp.LanguageKind.Yaml, self._count, text)
        self._client.text_document_did_open(lsp.DidOpenTextDocumentParams(item))
        return Document(self, uri, text)

    def problems(self, uri: str) -> Sequence[lsp.Diagnostic]:
        """Return what the server has against the document, once it says so."""

        async def published() -> Sequence[lsp.Diagnostic]:
            return await self._problems[uri]

        return self._wait(published())

    def hover(self, uri: str, place: lsp.Position) -> lsp.Hover | None:
        """Return what the server shows where the mouse rests."""
        params = lsp.HoverParams(lsp.TextDocumentIdentifier(uri), place)
        return self._wait(self._client.text_document_hover_async(params))

    def completion(self, uri: str, place: lsp.Position) -> Sequence[lsp.CompletionItem]:
        """Return what the server offers at the cursor."""
        params = lsp.CompletionParams(lsp.TextDocumentIdentifier(uri), place)
        found = self._wait(self._client.text_document_completion_async(params))
        return found.items if isinstance(found, lsp.CompletionList) else found or []

    def close(self, uri: str) -> None:
        """Close a document."""
        params = lsp.DidCloseTextDocumentParams(lsp.TextDocumentIdentifier(uri))
        self._client.text_document_did_close(params)

    def quit(self) -> None:
        """End the server."""
        self._wait(self._client.shutdown_async(None))
        self._client.exit(None)
        stop: Callable[[], Coroutine[Any, Any, None]] = cast("Any", self._client).stop
        self._wait(stop())
        self._loop.close()


def _greeting(root: Path) -> lsp.InitializeParams:
    """Return what an editor such as VS Code says that it can do."""
    item = lsp.ClientCompletionItemOptions(snippet_support=True, documentation_format=_MARKUP)
    document = lsp.TextDocumentClientCapabilities(
        completion=lsp.CompletionClientCapabilities(completion_item=item),
        hover=lsp.HoverClientCapabilities(content_format=_MARKUP),
        publish_diagnostics=lsp.PublishDiagnosticsClientCapabilities(),
    )
    workspace = lsp.WorkspaceClientCapabilities(configuration=True, workspace_folders=True)
    return lsp.InitializeParams(
        lsp.ClientCapabilities(text_document=document, workspace=workspace),
        workspace_folders=[lsp.WorkspaceFolder(root.as_uri(), root.name)],
    )


class Document:
    """A document that is open in an editor; a place in it is the number of characters before it."""

    def __init__(self, editor: Editor, uri: str, text: str) -> None:
        self._editor = editor
        self._uri = uri
        self.text = text

    def _place(self, at: int) -> lsp.Position:
        before = self.text[:at]
        return lsp.Position(before.count("\n"), len(before) - (before.rfind("\n") + 1))

    def problems(self) -> list[tuple[int, str]]:
        """Return the line, counted from 1, and the text of every problem."""
        found = self._editor.problems(self._uri)
        return [(each.range.start.line + 1, each.message) for each in found]

    def hover(self, at: int) -> str:
        """Return the Markdown that is shown over the character at *at*; "" when there is none."""
        found = self._editor.hover(self._uri, self._place(at))
        if found is None:
            return ""
        assert isinstance(found.contents, lsp.MarkupContent)
        return found.contents.value

    def completion(self, at: int) -> dict[str, lsp.CompletionItem]:
        """Return what is offered with the cursor at *at*, by label."""
        return {each.label: each for each in self._editor.completion(self._uri, self._place(at))}

    def close(self) -> None:
        """Close it."""
        self._editor.close(self._uri)
