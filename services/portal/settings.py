"""The portal's part of the environment, read once."""

from dataclasses import dataclass

from shared.settings import Environment, SettingsWrong

AUDIENCE = "gongfang"
SECRET_BYTES_MIN = 16


@dataclass(frozen=True, slots=True)
class Settings:
    """*secret* (at least 16 bytes) seals signing keys and signs cursors; *issuer* is the portal's public address."""

    secret: bytes
    issuer: str
    audience: str = AUDIENCE
    secure_cookies: bool = True
    version: str = "0.1.0"


def read(environment: Environment) -> Settings:
    """Raises SettingsWrong when GONGFANG_PORTAL_SECRET is not set or too short."""
    secret = environment.secret("PORTAL_SECRET").encode()
    if len(secret) < SECRET_BYTES_MIN:
        raise SettingsWrong(f"GONGFANG_PORTAL_SECRET: expected at least {SECRET_BYTES_MIN} bytes, found {len(secret)}")
    return Settings(
        secret=secret,
        issuer=environment.text("ISSUER", "https://gongfang.localhost"),
        audience=environment.text("AUDIENCE", AUDIENCE),
        secure_cookies=environment.flag("SECURE_COOKIES", default=True),
    )
