"""The control of a story's time: mounted by a server that was started for a story, and by no other.

`GET /story/clock` tells the story's time; `POST /story/clock {"at": …}` moves it on, runs what is due and answers once
every fact on its way has had its effect. It is no part of the product's API and not in its OpenAPI document.
"""

from collections.abc import Iterable
from datetime import datetime

import orjson
from werkzeug.wrappers import Request, Response

from services.embedded.gateway import Environ, StartResponse
from services.embedded.house import House
from shared.clock import StoryClock
from shared.kernel.clock import instant_text, parse_instant

PATH = "/story/clock"


class StoryControl:
    """A WSGI application for `PATH` over a house that runs on *clock*."""

    def __init__(self, house: House, clock: StoryClock) -> None:
        self._house, self._clock = house, clock

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        return self._answer(Request(environ))(environ, start_response)

    def _answer(self, request: Request) -> Response:
        if request.method == "POST":
            try:
                self.move_to(parse_instant(str(orjson.loads(request.get_data())["at"])))
            except (KeyError, TypeError, ValueError) as wrong:
                return Response(f"{wrong}\n", status=422, content_type="text/plain; charset=utf-8")
        elif request.method != "GET":
            return Response("GET or POST\n", status=405, content_type="text/plain; charset=utf-8")
        body = orjson.dumps({"now": instant_text(self._clock.now())})
        return Response(body, content_type="application/json")

    def move_to(self, at: datetime) -> None:
        """Let the present come to rest, move on, do what is due then, and let that come to rest too."""
        self._house.settle()
        if at > self._clock.now():
            self._clock.set(at)
        self._house.scheduler.run_due(self._clock.now())
        self._house.settle()
