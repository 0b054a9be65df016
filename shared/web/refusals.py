"""The web's own reasons to say no, before any rule of a service is asked. In order of precedence."""

from shared.kernel.refusal import Kind, Reason, Words


class WebWhy(Reason):
    """Why a request got no further than the door."""

    BODY_TOO_LARGE = "BODY_TOO_LARGE"
    BODY_UNREADABLE = "BODY_UNREADABLE"
    MEMBER_REPEATED = "MEMBER_REPEATED"
    BODY_TOO_DEEP = "BODY_TOO_DEEP"
    TOKEN_MISSING = "TOKEN_MISSING"  # noqa: S105 - a code, not a secret
    TOKEN_INVALID = "TOKEN_INVALID"  # noqa: S105 - same
    TOKEN_EXPIRED = "TOKEN_EXPIRED"  # noqa: S105 - same
    PERMISSION_MISSING = "PERMISSION_MISSING"
    NOT_FOUND = "NOT_FOUND"
    FIELDS_INVALID = "FIELDS_INVALID"
    CURSOR_INVALID = "CURSOR_INVALID"
    HEADER_INVALID = "HEADER_INVALID"
    KEY_MALFORMED = "KEY_MALFORMED"
    KEY_REUSED = "KEY_REUSED"
    KEY_IN_FLIGHT = "KEY_IN_FLIGHT"
    VERSION_NEEDED = "VERSION_NEEDED"
    VERSION_STALE = "VERSION_STALE"
    CHANGED_MEANWHILE = "CHANGED_MEANWHILE"
    STREAMS_FULL = "STREAMS_FULL"
    VIEW_STALE = "VIEW_STALE"
    LOG_UNAVAILABLE = "LOG_UNAVAILABLE"
    NOT_READY = "NOT_READY"

    @property
    def words(self) -> Words:
        return _WORDS[self]


_WORDS = {
    WebWhy.BODY_TOO_LARGE: Words(
        Kind.TOO_LARGE,
        "请求内容过大",
        "The request body is too large",
        "最多 {limit} 字节。",
        "At most {limit} bytes are accepted.",
    ),
    WebWhy.BODY_UNREADABLE: Words(
        Kind.MALFORMED,
        "请求内容不是有效的 JSON",
        "The request body is not valid JSON",
        "应为 UTF-8 编码的 JSON 对象；出错位置：{where}。",
        "A JSON object in UTF-8 was expected; it breaks at {where}.",
    ),
    WebWhy.MEMBER_REPEATED: Words(
        Kind.MALFORMED,
        "JSON 中有重复的字段",
        "A JSON member is repeated",
        "字段 {member} 在同一对象中出现了两次。",
        "Member {member} stands twice in one object.",
    ),
    WebWhy.BODY_TOO_DEEP: Words(
        Kind.MALFORMED,
        "JSON 嵌套过深",
        "The JSON is nested too deeply",
        "最多 {limit} 层。",
        "At most {limit} levels are accepted.",
    ),
    WebWhy.TOKEN_MISSING: Words(
        Kind.UNAUTHENTICATED,
        "需要登录",
        "Sign in first",
        "请在 Authorization 头中提供 Bearer 令牌。",
        "Send a Bearer token in the Authorization header.",
    ),
    WebWhy.TOKEN_INVALID: Words(
        Kind.UNAUTHENTICATED,
        "令牌无效",
        "The token is not valid",
        "令牌的签名、签发者、受众或内容不被接受。",
        "Its signature, issuer, audience or claims are not accepted here.",
    ),
    WebWhy.TOKEN_EXPIRED: Words(
        Kind.UNAUTHENTICATED,
        "令牌已过期",
        "The token has expired",
        "请重新获取令牌。",
        "Ask for a new one.",
    ),
    WebWhy.PERMISSION_MISSING: Words(
        Kind.FORBIDDEN,
        "没有权限",
        "Not permitted",
        "此操作需要权限：{needed}。",
        "This needs the permission {needed}.",
    ),
    WebWhy.NOT_FOUND: Words(
        Kind.NOT_FOUND,
        "没有找到",
        "Not found",
        "此地址没有您可以查看的内容。",
        "There is nothing for you at this address.",
    ),
    WebWhy.FIELDS_INVALID: Words(
        Kind.INVALID,
        "内容有误",
        "Some fields are not right",
        "有 {count} 处需要修改，见 errors。",
        "{count} place(s) need a change; see errors.",
    ),
    WebWhy.CURSOR_INVALID: Words(
        Kind.MALFORMED,
        "分页游标无效",
        "The cursor is not valid",
        "请使用上一页返回的 next_cursor，并保持筛选条件不变。",
        "Use next_cursor of the page before, with the same filters.",
    ),
    WebWhy.HEADER_INVALID: Words(
        Kind.MALFORMED,
        "请求头有误",
        "A header is not right",
        "{header}：应为 {expected}。",
        "{header}: expected {expected}.",
    ),
    WebWhy.KEY_MALFORMED: Words(
        Kind.MALFORMED,
        "Idempotency-Key 有误",
        "The Idempotency-Key is not right",
        "应为 1 到 {limit} 个可见 ASCII 字符。",
        "1 to {limit} visible ASCII characters are accepted.",
    ),
    WebWhy.KEY_REUSED: Words(
        Kind.INVALID,
        "Idempotency-Key 已用于另一请求",
        "The Idempotency-Key was used for another request",
        "同一个键只能重发完全相同的请求；新的请求请换一个键。",
        "A key may only repeat the very same request; use a new key for a new one.",
    ),
    WebWhy.KEY_IN_FLIGHT: Words(
        Kind.CONFLICT,
        "相同的请求正在处理",
        "The same request is being handled",
        "请稍后用同一个键重试。",
        "Retry in a moment with the same key.",
    ),
    WebWhy.VERSION_NEEDED: Words(
        Kind.VERSION_NEEDED,
        "需要 If-Match",
        "If-Match is needed",
        "修改前请读取，并把它的 ETag 放入 If-Match。",
        "Read it first and send its ETag as If-Match.",
    ),
    WebWhy.VERSION_STALE: Words(
        Kind.STALE,
        "内容已被更改",
        "It has changed since you read it",
        "您依据的版本是 {expected}，现在是 {found}；请重新读取。",
        "You based this on version {expected}, it is now {found}; read it again.",
    ),
    WebWhy.CHANGED_MEANWHILE: Words(
        Kind.CONFLICT,
        "与其他更改冲突",
        "Others were changing it at the same time",
        "请重试。",
        "Nothing was written; try again.",
    ),
    WebWhy.STREAMS_FULL: Words(
        Kind.TOO_MANY,
        "实时连接已满",
        "All live streams are taken",
        "请改用轮询，或在 {seconds} 秒后重试。",
        "Poll instead, or try again in {seconds} seconds.",
    ),
    WebWhy.VIEW_STALE: Words(
        Kind.UNAVAILABLE,
        "视图需要重建",
        "This view has to be rebuilt",
        "视图 {name} 由旧版代码生成，重建后才能提供服务。",
        "View {name} was folded by older code and does not serve until it is rebuilt.",
    ),
    WebWhy.LOG_UNAVAILABLE: Words(
        Kind.UNAVAILABLE,
        "暂时无法写入",
        "Nothing can be stored right now",
        "没有写入任何内容；请在 {seconds} 秒后重试。",
        "Nothing was written; try again in {seconds} seconds.",
    ),
    WebWhy.NOT_READY: Words(
        Kind.UNAVAILABLE,
        "服务尚未就绪",
        "The service is not ready",
        "{names}",
        "{names}",
    ),
}
