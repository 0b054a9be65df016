"""One party of a story: an organisation that speaks to the platform over HTTP with its own API client."""

import secrets
from dataclasses import dataclass
from typing import Any

import httpx

Json = dict[str, Any]
TIMEOUT_S = 60.0


class Turned(Exception):
    """The platform said no: the problem+json it said it with."""

    def __init__(self, method: str, path: str, status: int, problem: Json) -> None:
        self.status, self.problem = status, problem
        self.code = str(problem.get("code", ""))
        more = "".join(f"; {row}" for name in ("errors", "reasons") for row in problem.get(name) or ())
        super().__init__(f"{method} {path} -> {status} {self.code}: {problem.get('detail', problem)}{more}")


@dataclass(frozen=True, slots=True)
class Credentials:
    """An API client's id and secret."""

    client_id: str
    client_secret: str


class Party:
    """Calls the API at *address* for one organisation; fetches a fresh token when the last one is refused as old."""

    def __init__(
        self,
        address: str,
        name: str,
        credentials: Credentials | None = None,
        language: str = "en",
        timeout_s: float = TIMEOUT_S,
    ) -> None:
        self.name = name
        self._credentials = credentials
        self._http = httpx.Client(base_url=address, timeout=timeout_s, headers={"Accept-Language": language})
        self._token: str | None = None

    def get(self, path: str, **query: str) -> Json:
        return self._json("GET", path, params=query)

    def post(
        self,
        path: str,
        body: Json | None = None,
        *,
        version: object = None,
        wait_s: int = 0,
        query: dict[str, str] | None = None,
        key: str = "",
    ) -> Json:
        """POST *body*; *version* goes as If-Match, *wait_s* as Prefer. *key*: its idempotency key; a fresh one if none
        is given.
        """
        headers = {"Idempotency-Key": key or secrets.token_hex(16)}
        if version is not None:
            headers["If-Match"] = f'"v{version}"'
        if wait_s:
            headers["Prefer"] = f"wait={wait_s}"
        return self._json("POST", path, json={} if body is None else body, headers=headers, params=query or {})

    def send_file(self, path: str, content: bytes, media_type: str, query: dict[str, str] | None = None) -> Json:
        """POST a file as the body."""
        headers = {"Content-Type": media_type, "Idempotency-Key": secrets.token_hex(16)}
        return self._json("POST", path, content=content, headers=headers, params=query or {})

    def items(self, path: str, **query: str) -> list[Json]:
        """All items of a list, page by page."""
        found: list[Json] = []
        while True:
            page = self.get(path, **query)
            found += page["items"]
            if not page.get("next_cursor"):
                return found
            query = {**query, "cursor": str(page["next_cursor"])}

    def _json(self, method: str, path: str, **more: Any) -> Json:
        answer = self._send(method, path, **more)
        if answer.status_code >= 400:
            raise Turned(method, path, answer.status_code, _problem(answer))
        return answer.json() if answer.content else {}

    def _send(self, method: str, path: str, **more: Any) -> httpx.Response:
        for is_last in (False, True):
            answer = self._http.request(method, path, **self._signed(more))
            if answer.status_code != 401 or is_last or self._credentials is None:
                return answer
            self._token = None  # a story leaps: the token may be hours old by now
        raise AssertionError("unreachable: the second answer is returned")

    def _signed(self, more: dict[str, Any]) -> dict[str, Any]:
        if self._credentials is None:
            return more
        if self._token is None:
            self._token = self._fetch_token(self._credentials)
        return {**more, "headers": {**more.get("headers", {}), "Authorization": f"Bearer {self._token}"}}

    def _fetch_token(self, credentials: Credentials) -> str:
        answer = self._http.post(
            "/oauth/token",
            data={"grant_type": "client_credentials"},
            auth=(credentials.client_id, credentials.client_secret),
        )
        if answer.status_code != 200:
            raise Turned("POST", "/oauth/token", answer.status_code, _problem(answer))
        return str(answer.json()["access_token"])

    def close(self) -> None:
        self._http.close()


@dataclass(frozen=True, slots=True)
class Login:
    """How a person signs in to the console."""

    login: str
    password: str


class Person:
    """Somebody signed in by login and password: sets an organisation up, as its administrator would in the console."""

    def __init__(self, address: str, login: Login) -> None:
        self._http = httpx.Client(base_url=address, timeout=TIMEOUT_S)
        session = self._call("/session", {"login": login.login, "password": login.password})
        self._csrf = str(session["csrf_token"])

    def post(self, path: str, body: Json) -> Json:
        """POST as this person, with a token of the session's."""
        token = self._call("/session/token", {}, {"X-CSRF-Token": self._csrf})["access_token"]
        headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": secrets.token_hex(16)}
        return self._call(path, body, headers)

    def register_client(self, name: str) -> Credentials:
        """A new API client of this person's organisation."""
        made = self.post("/v1/api-clients", {"name": name})
        return Credentials(made["id"], made["client_secret"])

    def _call(self, path: str, body: Json, headers: dict[str, str] | None = None) -> Json:
        answer = self._http.post(path, json=body, headers=headers or {})
        if answer.status_code >= 400:
            raise Turned("POST", path, answer.status_code, _problem(answer))
        return answer.json()  # type: ignore[no-any-return]

    def close(self) -> None:
        self._http.close()


def _problem(answer: httpx.Response) -> Json:
    try:
        found = answer.json()
    except ValueError:
        return {"detail": answer.text[:200]}
    return found if isinstance(found, dict) else {"detail": str(found)[:200]}
