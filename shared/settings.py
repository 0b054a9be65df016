"""The environment, read once and typed. No secret has a default: a missing one is named, with what to set."""

import re
from collections.abc import Sequence
from pathlib import Path

from environs import Env, EnvError

PREFIX = "GONGFANG_"
NUMBER_MAX = 1_000_000
_WHOLE = re.compile(r"-?[0-9]{1,18}")


class SettingsWrong(Exception):
    """The environment lacks something or says something unreadable; the message names the variable."""


class Environment:
    """Reads variables `GONGFANG_<NAME>`. *values* stands in for the process's environment in tests."""

    def __init__(self, values: dict[str, str] | None = None) -> None:
        self._values = values
        self._env = Env(prefix=PREFIX)

    def text(self, name: str, default: str) -> str:
        found = self._raw(name)
        return default if found is None else found

    def secret(self, name: str) -> str:
        """A value that must be set and is never logged. Raises SettingsWrong when it is absent or empty."""
        found = self._raw(name)
        if not found:
            raise SettingsWrong(f"{PREFIX}{name} is not set; it is a secret and has no default")
        return found

    def number(self, name: str, default: int, least: int = 0, most: int = NUMBER_MAX) -> int:
        found = self._raw(name)
        if found is None:
            return default
        if not _WHOLE.fullmatch(found) or not least <= int(found) <= most:
            raise SettingsWrong(f"{PREFIX}{name}: expected a whole number from {least} to {most}, found {found[:40]!r}")
        return int(found)

    def flag(self, name: str, *, default: bool) -> bool:
        found = self._raw(name)
        if found is None:
            return default
        if found.lower() not in {"true", "false", "1", "0", "yes", "no"}:
            raise SettingsWrong(f"{PREFIX}{name}: expected true or false, found {found[:40]!r}")
        return found.lower() in {"true", "1", "yes"}

    def choice(self, name: str, default: str, choices: Sequence[str]) -> str:
        found = self.text(name, default)
        if found not in choices:
            raise SettingsWrong(f"{PREFIX}{name}: expected one of {', '.join(choices)}, found {found[:40]!r}")
        return found

    def folder(self, name: str, default: Path) -> Path:
        found = self.text(name, str(default))
        try:
            return Path(found).expanduser()
        except (RuntimeError, ValueError):  # a home that nobody has; a null character in its name
            raise SettingsWrong(f"{PREFIX}{name}: expected a folder, found {found[:40]!r}") from None

    def _raw(self, name: str) -> str | None:
        if self._values is not None:
            return self._values.get(f"{PREFIX}{name}")
        try:
            found: str | None = self._env.str(name, None)
        except EnvError as wrong:
            raise SettingsWrong(str(wrong)) from wrong
        return found
