"""The order service's part of the environment, read once."""

from dataclasses import dataclass

from shared.settings import Environment, SettingsWrong

SECRET_BYTES_MIN = 16


@dataclass(frozen=True, slots=True)
class Settings:
    """*secret* (at least 16 bytes) signs the cursors of lists."""

    secret: bytes
    version: str = "0.1.0"


def read(environment: Environment) -> Settings:
    """Raises SettingsWrong when GONGFANG_ORDER_SECRET is not set or too short."""
    secret = environment.secret("ORDER_SECRET").encode()
    if len(secret) < SECRET_BYTES_MIN:
        raise SettingsWrong(f"GONGFANG_ORDER_SECRET: expected at least {SECRET_BYTES_MIN} bytes, found {len(secret)}")
    return Settings(secret=secret)
