"""The stories of the demo, in the order they are told; each ends with one sentence about what came true."""

from collections.abc import Callable
from dataclasses import dataclass

from services.demo.stage import Stage
from services.demo.stories import breakdown, decline, licence_ends, own_cans, small_batch, three_million


@dataclass(frozen=True, slots=True)
class Story:
    """*tell* drives the story on a stage and returns its ending; raises Broken when it does not come true."""

    number: int
    title_zh: str
    title_en: str
    tell: Callable[[Stage], str]


STORIES = (
    Story(1, "小批量：一万二千罐冷泡茶", "small batch: 12,000 cans of cold-brew tea", small_batch.tell),
    Story(2, "三百万罐，两厂协同", "three million cans over two plants", three_million.tell),
    Story(3, "第三天，制罐机故障", "bodymaker breakdown on the third day", breakdown.tell),
    Story(4, "许可证在计划窗口内到期", "a licence that ends inside the window", licence_ends.tell),
    Story(7, "来料加工，来料不足", "the buyer's own cans, delivered short", own_cans.tell),
    Story(8, "首选工厂拒单", "the first plant declines", decline.tell),
)
