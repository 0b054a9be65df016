"""How a service writes a route: one typed decorator that reads the arguments, documents and dumps the answer.

It is flask-smorest's Blueprint underneath. The view gets keyword arguments: path parameters by name, `body` when a body
schema is given, `query` when a query schema is. It returns the object to dump, or (object, status[, headers]).

What a route says of itself beyond that is a `Manner`: whether `Prefer: wait` is heard, whether If-Match must be sent,
what media types it answers with. The document declares it (`shared.web.operations`).
"""

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, TypeVar

from flask_smorest import Blueprint
from marshmallow import Schema

from shared.web.access import declared
from shared.web.asked import Asks, keep
from shared.web.bodies import ArgumentsParser
from shared.web.deprecation import is_deprecated
from shared.web.operations import BINARY, Manner, made_at_of, operation_id_of

View = TypeVar("View", bound=Callable[..., Any])
Answer = Any
"""What a view may return: an object for the answer schema, (object, status), (object, status, headers), a Response."""


USUAL = Manner()


class _Blueprint(Blueprint):  # type: ignore[misc] # flask-smorest publishes no types
    ARGUMENTS_PARSER = ArgumentsParser()


class Routes:
    """The routes of one part of a service's API."""

    def __init__(self, name: str, *, prefix: str = "/v1", description: str = "") -> None:
        self._prefix = prefix
        self.blueprint = _Blueprint(name, name, url_prefix=prefix, description=description)

    def get(
        self,
        path: str,
        *,
        answer: type[Schema] | None = None,
        query: type[Schema] | None = None,
        documents: dict[int, type[Schema] | None] | None = None,
        operation_id: str | None = None,
        manner: Manner = USUAL,
    ) -> Callable[[View], View]:
        """*operation_id*: what a client calls it; the view's own name where that says it (`list_orders`: listOrders)."""
        return self._route(
            "GET", path, answer=answer, query=query, status=200, documents=documents, named=(operation_id, manner)
        )

    def post(
        self,
        path: str,
        *,
        answer: type[Schema] | None = None,
        body: type[Schema] | None = None,
        query: type[Schema] | None = None,
        takes: type[Schema] | list[str] | None = None,
        status: int = 200,
        documents: dict[int, type[Schema] | None] | None = None,
        operation_id: str | None = None,
        manner: Manner = USUAL,
    ) -> Callable[[View], View]:
        """*takes* documents what the view reads itself: a form's schema, or the media types of a file."""
        return self._route(
            "POST",
            path,
            answer=answer,
            body=body,
            query=query,
            takes=takes,
            status=status,
            documents=documents,
            named=(operation_id, manner),
        )

    def put(
        self,
        path: str,
        *,
        answer: type[Schema] | None = None,
        body: type[Schema] | None = None,
        query: type[Schema] | None = None,
        status: int = 200,
        documents: dict[int, type[Schema] | None] | None = None,
        operation_id: str | None = None,
        manner: Manner = USUAL,
    ) -> Callable[[View], View]:
        return self._route(
            "PUT",
            path,
            answer=answer,
            body=body,
            query=query,
            status=status,
            documents=documents,
            named=(operation_id, manner),
        )

    def patch(
        self,
        path: str,
        *,
        answer: type[Schema] | None = None,
        body: type[Schema] | None = None,
        status: int = 200,
        documents: dict[int, type[Schema] | None] | None = None,
        operation_id: str | None = None,
        manner: Manner = USUAL,
    ) -> Callable[[View], View]:
        return self._route(
            "PATCH", path, answer=answer, body=body, status=status, documents=documents, named=(operation_id, manner)
        )

    def delete(
        self,
        path: str,
        *,
        answer: type[Schema] | None = None,
        status: int = 204,
        operation_id: str | None = None,
        manner: Manner = USUAL,
    ) -> Callable[[View], View]:
        return self._route("DELETE", path, answer=answer, status=status, named=(operation_id, manner))

    def _route(
        self,
        method: str,
        path: str,
        *,
        answer: type[Schema] | None = None,
        body: type[Schema] | None = None,
        query: type[Schema] | None = None,
        takes: type[Schema] | list[str] | None = None,
        status: int,
        documents: dict[int, type[Schema] | None] | None = None,
        named: tuple[str | None, Manner],
    ) -> Callable[[View], View]:
        operation_id, manner = named
        located = [("body", "json", body), ("query", "query", query)]
        given = [(name, location, schema) for name, location, schema in located if schema is not None]

        def register(view: View) -> View:
            where = self._prefix + (manner.made_at or made_at_of(path))
            wrapped = self._with_arguments(view, given, status, where)
            wrapped = self.blueprint.response(status, answer)(wrapped)
            for other, schema in (documents or {}).items():
                wrapped = self.blueprint.alt_response(other, schema=schema)(wrapped)
            needed = declared(view)
            reads_body = body is not None or takes is not None
            keep(
                wrapped,
                Asks(
                    None if query is not None else manner.parameters,
                    reads_body,
                    manner.makes(answers_json=answer is not None),
                ),
            )
            self._document(wrapped, needed, takes)
            self._say(wrapped, operation_id or operation_id_of(view.__name__), manner)
            self.blueprint.route(path, methods=[method])(wrapped)
            return view

        return register

    def _with_arguments(
        self, view: Callable[..., Any], given: list[tuple[str, str, type[Schema]]], status: int, where: str
    ) -> Any:
        """flask-smorest hands arguments over by position, outermost first; the view gets them by name.

        An answer of 201 says *where* to find what was made.
        """

        @wraps(view)
        def by_name(*loaded: Any, **path_parameters: Any) -> Any:
            names = [name for name, _, _ in given]
            answer = view(**dict(zip(names, loaded, strict=True)), **path_parameters)
            return _with_address(answer, where, path_parameters) if status == 201 else answer

        wrapped: Any = by_name
        for _, location, schema in reversed(given):
            wrapped = self.blueprint.arguments(schema, location=location, required=_is_needed(schema))(wrapped)
        return wrapped

    def _document(self, wrapped: Any, needed: frozenset[str] | None, takes: type[Schema] | list[str] | None) -> None:
        extra: dict[str, Any] = {"security": [{"bearer": []}] if needed else []}
        if needed:
            extra["x-permissions"] = sorted(needed)
        if is_deprecated(wrapped):
            extra["deprecated"] = True
        if takes is not None:
            if isinstance(takes, list):
                content: dict[str, Any] = {kind: {"schema": dict(BINARY)} for kind in takes}
            else:
                content = {"application/x-www-form-urlencoded": {"schema": takes}}
            extra["requestBody"] = {"required": True, "content": content}
        wrapped._apidoc.setdefault("manual_doc", {}).update(extra)  # noqa: SLF001 - flask-smorest's own doc() does this

    def _say(self, wrapped: Any, operation_id: str, manner: Manner) -> None:
        wrapped._apidoc.setdefault("manual_doc", {}).update(  # noqa: SLF001 - as above
            {"operationId": operation_id, **manner.said()}
        )


def _with_address(answer: Answer, where: str, path_parameters: Mapping[str, Any]) -> Answer:
    """*answer* with the address of what it shows; a repeat finds the same."""
    shown, status, headers = (*answer, None, {})[:3] if isinstance(answer, tuple) else (answer, None, {})
    if not isinstance(shown, Mapping):
        return answer
    return shown, status or 201, {"Location": where.format(**{**shown, **path_parameters}), **(headers or {})}


def _is_needed(schema: type[Schema]) -> bool:
    """Whether a request without it is refused: a body of which nothing is required may be left out."""
    return any(field.required for field in schema().fields.values())
