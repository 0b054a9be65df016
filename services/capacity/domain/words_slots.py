"""What the refusals about slots say to people, in Chinese and English."""

from collections.abc import Mapping

from shared.kernel.refusal import Kind, Words

WORDS: Mapping[str, Words] = {
    "SLOT_UNFIT": Words(
        Kind.INVALID,
        "时段不合规",
        "Slot is unfit",
        "时段 {slot_id} 应以整秒计，不早于 {at}，且结束晚于开始；现为 {starts_at} 至 {ends_at}。",
        "Expected slot {slot_id} in whole seconds, start before end, not before {at}; found {starts_at} to {ends_at}.",
    ),
    "SLOT_NOT_OFFERED": Words(
        Kind.CONFLICT,
        "时段不在开放产能内",
        "Slot is outside the offered hours",
        "时段 {starts_at} 至 {ends_at} 需占用 {busy_seconds} 秒，开放时间不覆盖。",
        "The offered hours do not cover {busy_seconds} seconds from {starts_at} to {ends_at}.",
    ),
    "SLOT_TAKEN": Words(
        Kind.CONFLICT,
        "时段已被占用",
        "Slot is taken",
        "时段 {starts_at} 至 {ends_at} 已有其他占用，请重新询价。",
        "The time from {starts_at} to {ends_at} is taken; ask for a fresh quote.",
    ),
    "HOLD_LOST": Words(
        Kind.CONFLICT,
        "产能预占已失效",
        "The hold is lost",
        "时段 {slot_id} 的产能预占已到期或释放，请重新询价。",
        "The hold on slot {slot_id} has expired or was released; ask for a fresh quote.",
    ),
}
