"""Capacity's part of the environment, read once. Figures of the trade are data files in `domain`, not settings."""

from dataclasses import dataclass
from datetime import timedelta

from shared.settings import Environment, SettingsWrong

SECRET_BYTES_MIN = 16


@dataclass(frozen=True, slots=True)
class Settings:
    """*secret* (at least 16 bytes) signs cursors.

    *hold_for*: how long a quote's slots are held; *answer_offer_within*: how long a plant may think, at most until
    the work would begin; *answer_replan_within*: how long a buyer may think about a changed plan.
    """

    secret: bytes
    hold_for: timedelta = timedelta(minutes=30)
    answer_offer_within: timedelta = timedelta(hours=24)
    answer_replan_within: timedelta = timedelta(hours=24)
    breakdown_days_max: int = 60
    version: str = "0.1.0"


def read(environment: Environment) -> Settings:
    """Raises SettingsWrong when GONGFANG_CAPACITY_SECRET is not set or too short."""
    secret = environment.secret("CAPACITY_SECRET").encode()
    if len(secret) < SECRET_BYTES_MIN:
        raise SettingsWrong(
            f"GONGFANG_CAPACITY_SECRET: expected at least {SECRET_BYTES_MIN} bytes, found {len(secret)}"
        )
    return Settings(
        secret=secret,
        hold_for=timedelta(minutes=environment.number("HOLD_MINUTES", 30, least=1)),
        answer_offer_within=timedelta(hours=environment.number("OFFER_ANSWER_HOURS", 24, least=1)),
        answer_replan_within=timedelta(hours=environment.number("REPLAN_ANSWER_HOURS", 24, least=1)),
    )
