from time import thread_time

import pytest

from shared.kernel.refusal import Refused
from shared.web.bodies import BODY_BYTES_MAX, read_json
from shared.web.refusals import WebWhy


def test_a_repeated_member_is_found_in_one_pass_however_many_there_are() -> None:
    """As many names as a body has room for; looking for each among all the others took minutes."""
    members = ",".join(f'"{number:x}":0' for number in range(100_000))
    raw = f'{{{members},"last":0,"last":1}}'.encode()
    assert len(raw) <= BODY_BYTES_MAX
    begun = thread_time()
    with pytest.raises(Refused) as no:
        read_json(raw)
    assert thread_time() - begun < 5
    assert no.value.why is WebWhy.MEMBER_REPEATED
    assert no.value.facts["member"] == "last"
