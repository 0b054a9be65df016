"""Why the portal says no, in order of precedence."""

from shared.kernel.refusal import Kind, Reason, Words


class Why(Reason):
    """The portal's reasons."""

    CREDIT_CODE_INVALID = "CREDIT_CODE_INVALID"
    DISTRICT_UNKNOWN = "DISTRICT_UNKNOWN"
    CREDIT_CODE_TAKEN = "CREDIT_CODE_TAKEN"
    OFFICE_EXISTS = "OFFICE_EXISTS"
    LOGIN_TAKEN = "LOGIN_TAKEN"
    PASSWORD_WEAK = "PASSWORD_WEAK"  # noqa: S105 - a code
    PASSWORD_WRONG = "PASSWORD_WRONG"  # noqa: S105 - a code
    SCOPE_NOT_HELD = "SCOPE_NOT_HELD"
    USER_DISMISSED = "USER_DISMISSED"
    NOMINATION_OVER = "NOMINATION_OVER"
    NOMINATION_LAPSED = "NOMINATION_LAPSED"
    SECOND_PERSON_NEEDED = "SECOND_PERSON_NEEDED"
    CODE_FOR_ONESELF = "CODE_FOR_ONESELF"
    CODE_REFUSED = "CODE_REFUSED"
    LAST_ADMINISTRATOR = "LAST_ADMINISTRATOR"
    CLIENT_REVOKED = "CLIENT_REVOKED"
    KEY_UNKNOWN = "KEY_UNKNOWN"
    KEY_REVOKED = "KEY_REVOKED"
    KEY_MISSING = "KEY_MISSING"
    GRANT_UNSUPPORTED = "GRANT_UNSUPPORTED"
    TOKEN_REQUEST_WRONG = "TOKEN_REQUEST_WRONG"  # noqa: S105 - a code
    CLIENT_REFUSED = "CLIENT_REFUSED"
    SCOPE_REFUSED = "SCOPE_REFUSED"
    SIGN_IN_REFUSED = "SIGN_IN_REFUSED"
    TOO_MANY_ATTEMPTS = "TOO_MANY_ATTEMPTS"
    SIGN_IN_BUSY = "SIGN_IN_BUSY"
    SESSION_ENDED = "SESSION_ENDED"
    FORGED_FORM = "FORGED_FORM"

    @property
    def words(self) -> Words:
        return _WORDS[self]


_WORDS = {
    Why.CREDIT_CODE_INVALID: Words(
        Kind.INVALID,
        "统一社会信用代码有误",
        "The unified social credit code is not right",
        "应为 18 位且校验位正确（GB 32100），收到“{found}”，请核对营业执照。",
        "18 characters by GB 32100 with a right check character were expected: {found}.",
    ),
    Why.DISTRICT_UNKNOWN: Words(
        Kind.INVALID,
        "行政区代码未知",
        "The district is not known",
        "{found} 不在目录中；可用：{known}。",
        "{found} is not in the list; known are {known}.",
    ),
    Why.CREDIT_CODE_TAKEN: Words(
        Kind.CONFLICT,
        "该统一社会信用代码已登记",
        "An organisation with this credit code is admitted already",
        "{found} 已登记。",
        "{found} is registered already.",
    ),
    Why.OFFICE_EXISTS: Words(
        Kind.CONFLICT,
        "专班已设立",
        "The programme office is set up already",
        "首个专班只能设立一次；其他机构由专班准入。",
        "The first office is set up once; the office admits all others.",
    ),
    Why.LOGIN_TAKEN: Words(
        Kind.CONFLICT, "登录名已被使用", "The login is taken", "请换一个登录名。", "Choose another login."
    ),
    Why.PASSWORD_WEAK: Words(
        Kind.INVALID,
        "密码太弱",
        "The password is too weak",
        "至少 {low} 个字符，不能是登录名或常见密码。",
        "At least {low} characters, and neither the login nor a common password.",
    ),
    Why.PASSWORD_WRONG: Words(
        Kind.INVALID, "原密码不正确", "The present password is not right", "请重试。", "Try again."
    ),
    Why.SCOPE_NOT_HELD: Words(
        Kind.INVALID,
        "超出可授予的权限",
        "More than can be granted",
        "不具有权限：{missing}。",
        "These permissions are not held: {missing}.",
    ),
    Why.USER_DISMISSED: Words(
        Kind.CONFLICT,
        "用户已停用",
        "The user is dismissed",
        "停用的用户不能再更改。",
        "A dismissed user cannot change.",
    ),
    Why.LAST_ADMINISTRATOR: Words(
        Kind.CONFLICT,
        "不能停用自己",
        "Nobody dismisses themselves",
        "请由本机构的另一位管理员操作，以保证始终有人管理账号。",
        "Ask another administrator of the organisation, so that one always remains.",
    ),
    Why.NOMINATION_OVER: Words(
        Kind.CONFLICT,
        "该机构不在待复核状态",
        "The organisation does not wait for a second person",
        "它已准入或从未提名。",
        "It was admitted already, or never nominated.",
    ),
    Why.NOMINATION_LAPSED: Words(
        Kind.CONFLICT,
        "提名已失效",
        "The nomination has lapsed",
        "复核期限为 {until}，请重新提名。",
        "It could be confirmed until {until}; nominate the organisation again.",
    ),
    Why.SECOND_PERSON_NEEDED: Words(
        Kind.CONFLICT,
        "须由另一人复核",
        "A second person is needed",
        "专班机构须由提名人之外的一位管理员登录后复核。",
        "An office organisation is confirmed by another administrator than who nominated it, signed in as a person.",
    ),
    Why.CODE_FOR_ONESELF: Words(
        Kind.CONFLICT,
        "不能为自己签发一次性口令",
        "No code for oneself",
        "请在“修改密码”中更改，或请另一位管理员签发。",
        "Change your password instead, or ask another administrator for a code.",
    ),
    Why.CODE_REFUSED: Words(
        Kind.UNAUTHENTICATED,
        "一次性口令无效",
        "The one-time code is not good",
        "登录名或口令不正确，或口令已使用、已过期；请向本机构管理员重新索取。",
        "The login or the code is not right, or it was used or has expired; ask your administrator for another.",
    ),
    Why.CLIENT_REVOKED: Words(
        Kind.CONFLICT, "API 客户端已撤销", "The API client is revoked", "请新建一个。", "Register a new one."
    ),
    Why.KEY_UNKNOWN: Words(
        Kind.NOT_FOUND, "没有此签名密钥", "No such signing key", "找不到密钥 {kid}。", "There is no key {kid}."
    ),
    Why.KEY_REVOKED: Words(
        Kind.CONFLICT,
        "签名密钥已撤销",
        "The signing key is revoked",
        "密钥 {kid} 已撤销，不能再用。",
        "Key {kid} is revoked and stays so.",
    ),
    Why.KEY_MISSING: Words(
        Kind.UNAVAILABLE, "没有可用的签名密钥", "There is no signing key in force", "请稍后重试。", "Try again soon."
    ),
    Why.GRANT_UNSUPPORTED: Words(
        Kind.MALFORMED,
        "不支持此授权方式",
        "This grant is not supported",
        "grant_type 应为 client_credentials。",
        "grant_type must be client_credentials.",
    ),
    Why.TOKEN_REQUEST_WRONG: Words(
        Kind.MALFORMED,
        "令牌请求有误",
        "The token request is not right",
        "参数缺失或重复，或同时用了两种方式提交客户端密钥；请只用一种。",
        "A parameter is missing or repeated, or the client authenticates in two ways.",
    ),
    Why.CLIENT_REFUSED: Words(
        Kind.UNAUTHENTICATED,
        "客户端认证失败",
        "Client authentication failed",
        "客户端编号或密钥不正确。",
        "The client id or its secret is not right.",
    ),
    Why.SCOPE_REFUSED: Words(
        Kind.MALFORMED,
        "请求的权限超出范围",
        "More scope than the client has",
        "客户端没有：{missing}。",
        "The client does not have: {missing}.",
    ),
    Why.SIGN_IN_REFUSED: Words(
        Kind.UNAUTHENTICATED,
        "登录失败",
        "Sign-in failed",
        "登录名或密码不正确。",
        "The login or the password is not right.",
    ),
    Why.TOO_MANY_ATTEMPTS: Words(
        Kind.TOO_MANY,
        "尝试次数过多",
        "Too many attempts",
        "请在 {seconds} 秒后重试。",
        "Try again in {seconds} seconds.",
    ),
    Why.SIGN_IN_BUSY: Words(
        Kind.UNAVAILABLE,
        "登录繁忙",
        "Many are signing in",
        "请在 {seconds} 秒后重试。",
        "Try again in {seconds} seconds.",
    ),
    Why.SESSION_ENDED: Words(
        Kind.UNAUTHENTICATED, "会话已结束", "The session has ended", "请重新登录。", "Sign in again."
    ),
    Why.FORGED_FORM: Words(
        Kind.FORBIDDEN,
        "表单来源无法确认",
        "The form did not come from here",
        "请刷新页面后重试。",
        "Reload the page and try again.",
    ),
}
