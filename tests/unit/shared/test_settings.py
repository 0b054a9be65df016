"""Settings are typed, and what is wrong is named."""

from pathlib import Path

import pytest

from shared.settings import Environment, SettingsWrong


def test_values_are_read_typed_and_fall_back() -> None:
    environment = Environment({"GONGFANG_PORT": "8080", "GONGFANG_STORY": "true", "GONGFANG_MODE": "scaled"})
    assert environment.number("PORT", 1) == 8080
    assert environment.number("WORKERS", 2) == 2
    assert environment.flag("STORY", default=False)
    assert not environment.flag("QUIET", default=False)
    assert environment.choice("MODE", "embedded", ["embedded", "scaled"]) == "scaled"
    assert environment.folder("DATA", Path("var")) == Path("var")


def test_the_process_environment_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GONGFANG_CITY", "咸宁")
    assert Environment().text("CITY", "?") == "咸宁"
    assert Environment().text("ABSENT", "?") == "?"


def test_a_missing_secret_is_named_and_has_no_default() -> None:
    with pytest.raises(SettingsWrong, match="GONGFANG_KEY is not set"):
        Environment({}).secret("KEY")
    assert Environment({"GONGFANG_KEY": "x"}).secret("KEY") == "x"


@pytest.mark.parametrize("value", ["-1", "--5", "many", "1.5", "", "²", "9" * 5_000, "1000001"])
def test_a_wrong_number_is_named(value: str) -> None:
    with pytest.raises(SettingsWrong, match="GONGFANG_PORT"):
        Environment({"GONGFANG_PORT": value}).number("PORT", 1)


@pytest.mark.parametrize("value", ["~no-such-person/var", "~a\0b"])
def test_a_folder_in_a_home_that_nobody_has_is_named(value: str) -> None:
    with pytest.raises(SettingsWrong, match="GONGFANG_DATA"):
        Environment({"GONGFANG_DATA": value}).folder("DATA", Path("var"))


def test_a_wrong_flag_or_choice_is_named() -> None:
    with pytest.raises(SettingsWrong, match="GONGFANG_STORY"):
        Environment({"GONGFANG_STORY": "perhaps"}).flag("STORY", default=True)
    with pytest.raises(SettingsWrong, match="expected one of a, b"):
        Environment({"GONGFANG_MODE": "c"}).choice("MODE", "a", ["a", "b"])
