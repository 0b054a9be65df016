"""A mistake in a pack file, named by file and path so that its author finds it."""

from dataclasses import dataclass


class PackFault(ValueError):
    """*file* and *path* (as `$.routes.can-330[0].format`) say where, *detail* what was expected and found."""

    def __init__(self, file: str, path: str, detail: str) -> None:
        super().__init__(f"{file} {path}: {detail}")
        self.file, self.path, self.detail = file, path, detail


@dataclass(frozen=True, slots=True)
class Spot:
    """A place in a pack file."""

    file: str
    path: str = "$"

    def __truediv__(self, key: str | int) -> "Spot":
        """The place one key or index further in."""
        return Spot(self.file, f"{self.path}[{key}]" if isinstance(key, int) else f"{self.path}.{key}")

    def fault(self, detail: str) -> PackFault:
        return PackFault(self.file, self.path, detail)

    def expect_known(self, code: str, known: object) -> None:
        """Raises PackFault unless *code* is in *known*."""
        if not hasattr(known, "__contains__") or code not in known:
            raise self.fault(f"{code!r} is not defined in this pack or one it needs")
