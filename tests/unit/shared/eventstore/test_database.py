"""What an error of the database tells, for it ends up in a log."""

from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa

from shared.eventstore.database import memory_engine, writer_engine


@pytest.mark.parametrize("engine_at", [writer_engine, lambda _: memory_engine()])
def test_an_error_names_the_statement_and_none_of_its_values(
    tmp_path: Path, engine_at: Callable[[Path], sa.Engine]
) -> None:
    people = sa.Table("people", sa.MetaData(), sa.Column("name", sa.String, primary_key=True))
    engine = engine_at(tmp_path / "some.sqlite")
    with engine.connect() as connection:
        people.create(connection)
        connection.execute(people.insert().values(name="林溪"))
        with pytest.raises(sa.exc.IntegrityError) as caught:
            connection.execute(people.insert().values(name="林溪"))
    engine.dispose()
    assert "INSERT INTO people" in str(caught.value)
    assert "林溪" not in str(caught.value)
