"""flask-smorest's Api, whose document is written when it is first asked for: doing so takes longer than all else that
building an app consists of, and a server that starts again is waited for.
"""

from threading import Lock
from typing import Any

from flask_smorest import Api, Blueprint


class LateApi(Api):  # type: ignore[misc] # flask-smorest has no types
    """Registers blueprints as Api does, without their documentation; `document` adds it. Thread-safe."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        self._undocumented: list[Blueprint] = []
        self._lock = Lock()
        super().__init__(*arguments, **options)

    def register_blueprint(self, blp: Blueprint) -> None:
        self._app.extensions["flask-smorest"]["blp_name_to_api"][blp.name] = self
        self._app.register_blueprint(blp)
        self._undocumented.append(blp)

    def document(self) -> dict[str, Any]:
        """The OpenAPI document of all that is registered."""
        with self._lock:
            while self._undocumented:
                blueprint = self._undocumented.pop(0)
                blueprint.register_views_in_doc(self, self._app, self.spec, name=blueprint.name, parameters=None)
                self.spec.tag({"name": blueprint.name, "description": blueprint.description})
            made: dict[str, Any] = self.spec.to_dict()
            return made
