"""A data directory's secrets are made once, by chance, for its owner alone."""

from pathlib import Path

from services.embedded.kept_secrets import FILE_NAME, NAMES, kept_in


def test_secrets_are_made_once_and_differ_between_directories(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    first = kept_in(tmp_path)
    assert set(first) == set(NAMES)
    assert len(set(first.values())) == len(NAMES)
    assert kept_in(tmp_path) == first
    assert kept_in(tmp_path / "other") != first
    assert (tmp_path / FILE_NAME).stat().st_mode & 0o077 == 0


def test_a_secret_that_lacks_is_added_and_the_others_stay(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_text('{"GONGFANG_ORDER_SECRET": "kept"}', "utf-8")
    found = kept_in(tmp_path)
    assert found["GONGFANG_ORDER_SECRET"] == "kept"
    assert set(found) == set(NAMES)
