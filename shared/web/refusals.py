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
    NOTHING_TO_MATCH = "NOTHING_TO_MATCH"
    CHANGED_MEANWHILE = "CHANGED_MEANWHILE"
    EVENT_ID_AHEAD = "EVENT_ID_AHEAD"
    STREAMS_FULL = "STREAMS_FULL"
    VIEW_STALE = "VIEW_STALE"
    LOG_UNAVAILABLE = "LOG_UNAVAILABLE"
    LOG_DAMAGED = "LOG_DAMAGED"
    NOT_READY = "NOT_READY"

    @property
    def words(self) -> Words:
        return _WORDS[self]


_WORDS = {
    WebWhy.BODY_TOO_LARGE: Words(
        Kind.TOO_LARGE,
        "请求内容过大",
        "The request body is too large",
        "最多 {limit} 字节，请减少内容或分几次发送。",
        "At most {limit} bytes are accepted; send less, or send it in parts.",
    ),
    WebWhy.BODY_UNREADABLE: Words(
        Kind.MALFORMED,
        "请求内容不是有效的 JSON",
        "The request body is not valid JSON",
        "应为 UTF-8 编码的 JSON 对象；第 {line} 行第 {column} 个字符起无法读取，请改正后重发。",
        "A JSON object in UTF-8 was expected; it cannot be read from line {line}, column {column}.",
    ),
    WebWhy.MEMBER_REPEATED: Words(
        Kind.MALFORMED,
        "JSON 中有重复的字段",
        "A JSON member is repeated",
        "同一对象中字段 {member} 出现了两次，请只保留一个。",
        "Member {member} stands twice in one object; keep one.",
    ),
    WebWhy.BODY_TOO_DEEP: Words(
        Kind.MALFORMED,
        "JSON 嵌套过深",
        "The JSON is nested too deeply",
        "最多嵌套 {limit} 层，请核对括号。",
        "At most {limit} levels are accepted; check the brackets.",
    ),
    WebWhy.TOKEN_MISSING: Words(
        Kind.UNAUTHENTICATED,
        "需要登录",
        "Sign in first",
        "请先登录；程序调用请在 Authorization 头中提供 Bearer 令牌。",
        "Send a Bearer token in the Authorization header.",
    ),
    WebWhy.TOKEN_INVALID: Words(
        Kind.UNAUTHENTICATED,
        "令牌无效",
        "The token is not valid",
        "令牌不是本平台签发的，或已被改动、作废；请重新登录或重新获取令牌。",
        "It was not issued here, was altered, or was revoked; sign in again or ask for a new one.",
    ),
    WebWhy.TOKEN_EXPIRED: Words(
        Kind.UNAUTHENTICATED,
        "令牌已过期",
        "The token has expired",
        "请重新登录或重新获取令牌。",
        "Sign in again or ask for a new one.",
    ),
    WebWhy.PERMISSION_MISSING: Words(
        Kind.FORBIDDEN,
        "没有权限",
        "Not permitted",
        "此操作需要权限 {needed}，您的账号没有；请联系本机构的管理员。",
        "This needs the permission {needed}, which you do not have; ask your administrator.",
    ),
    WebWhy.NOT_FOUND: Words(
        Kind.NOT_FOUND,
        "没有找到",
        "Not found",
        "此地址没有内容，或内容不属于您；请核对编号。",
        "There is nothing at this address, or it is not yours; check the id.",
    ),
    WebWhy.FIELDS_INVALID: Words(
        Kind.INVALID,
        "内容有误",
        "Some fields are not right",
        "有 {count} 处需要修改，第一处 {first}全部列在 errors 中。",
        "{count} place(s) need a change, first {first} All are listed in errors.",
    ),
    WebWhy.CURSOR_INVALID: Words(
        Kind.MALFORMED,
        "翻页位置无效",
        "The cursor is not valid",
        "请使用上一页返回的 next_cursor，并保持筛选条件不变。",
        "Use next_cursor of the page before, with the same filters.",
    ),
    WebWhy.HEADER_INVALID: Words(
        Kind.MALFORMED,
        "请求头有误",
        "A header is not right",
        "{header} 应为 {expected} 的形式，收到 {found}。",
        "{header}: expected the form {expected}, found {found}.",
    ),
    WebWhy.KEY_MALFORMED: Words(
        Kind.MALFORMED,
        "Idempotency-Key 有误",
        "The Idempotency-Key is not right",
        "应为 1 到 {limit} 个可见的英文字符，收到 {found} 个字符。",
        "Expected 1 to {limit} visible ASCII characters, found {found}.",
    ),
    WebWhy.KEY_REUSED: Words(
        Kind.INVALID,
        "Idempotency-Key 已用于另一请求",
        "The Idempotency-Key was used for another request",
        "同一个 Idempotency-Key 只能用来重发完全相同的请求；新的请求请换一个。",
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
        "请先读取最新内容，再把读到的 ETag 放入 If-Match 头重新提交，以免覆盖他人的修改。",
        "Read it first and send its ETag as If-Match, so that nobody's change is overwritten.",
    ),
    WebWhy.VERSION_STALE: Words(
        Kind.STALE,
        "内容已被更改",
        "It has changed since you read it",
        "您看到的是第 {expected} 版，现在已是第 {found} 版；请重新读取后再改。没有写入任何内容。",
        "You based this on version {expected}, it is now {found}; read it again. Nothing was written.",
    ),
    WebWhy.NOTHING_TO_MATCH: Words(
        Kind.STALE,
        "没有可比对的版本",
        "There is nothing that If-Match could match",
        "此操作创建新的内容，还没有版本；请去掉 If-Match 头。没有写入任何内容。",
        "This makes something new, which has no version yet; leave If-Match out. Nothing was written.",
    ),
    WebWhy.CHANGED_MEANWHILE: Words(
        Kind.CONFLICT,
        "别人正在同时修改",
        "Others were changing it at the same time",
        "没有写入任何内容；请重试。",
        "Nothing was written; try again.",
    ),
    WebWhy.EVENT_ID_AHEAD: Words(
        Kind.GONE,
        "没有这个事件",
        "There is no such event",
        "编号 {found} 超出了现有的事件；请去掉 Last-Event-ID，从头读取。",
        "The id {found} is beyond all events there are; leave Last-Event-ID out and begin anew.",
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
        "数据正在更新，暂不能查询",
        "This view has to be rebuilt",
        "“{name}”的查询数据由旧版程序生成，请管理员重建后再查；已保存的业务数据不受影响。",
        "View {name} was made by an older version and does not serve until it is rebuilt; what is stored is not affected.",
    ),
    WebWhy.LOG_UNAVAILABLE: Words(
        Kind.UNAVAILABLE,
        "暂时无法写入",
        "Nothing can be stored right now",
        "没有写入任何内容；请在 {seconds} 秒后重试。",
        "Nothing was written; try again in {seconds} seconds.",
    ),
    WebWhy.LOG_DAMAGED: Words(
        Kind.UNAVAILABLE,
        "存储的数据已损坏",
        "What is stored is damaged",
        "没有写入任何内容；请管理员停止服务，运行 verify 查明位置，并从备份恢复。",
        "Nothing was written; an administrator must stop the service, run verify to find the place, and restore a copy.",
    ),
    WebWhy.NOT_READY: Words(
        Kind.UNAVAILABLE,
        "服务尚未就绪",
        "The service is not ready",
        "未就绪：{names}",
        "{names}",
    ),
}
