"""The stories of the demo, in the order they are told; each ends with one sentence about what came true."""

from collections.abc import Callable
from dataclasses import dataclass

from services.demo.stage import Stage
from services.demo.stories import small_batch


@dataclass(frozen=True, slots=True)
class Story:
    """*tell* drives the story on a stage and returns its ending; raises Broken when it does not come true."""

    number: int
    title_zh: str
    title_en: str
    tell: Callable[[Stage], str]


STORIES = (Story(1, "小批量：一万二千罐冷泡茶", "small batch: 12,000 cans of cold-brew tea", small_batch.tell),)
