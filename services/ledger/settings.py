"""The ledger's part of the environment, read once."""

from dataclasses import dataclass

from shared.settings import Environment, SettingsWrong

SECRET_BYTES_MIN = 16


@dataclass(frozen=True, slots=True)
class Settings:
    """*secret* (at least 16 bytes) signs cursors."""

    secret: bytes
    version: str = "0.1.0"


def read(environment: Environment) -> Settings:
    """Raises SettingsWrong when GONGFANG_LEDGER_SECRET is not set or too short."""
    secret = environment.secret("LEDGER_SECRET").encode()
    if len(secret) < SECRET_BYTES_MIN:
        raise SettingsWrong(f"GONGFANG_LEDGER_SECRET: expected at least {SECRET_BYTES_MIN} bytes, found {len(secret)}")
    return Settings(secret=secret)
