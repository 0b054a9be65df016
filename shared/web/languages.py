"""In which language to answer: Chinese unless the reader asks for English."""

from flask import has_request_context, request

from shared.kernel.refusal import Language


def language() -> Language:
    """The reader's language: `?lang=` of a page's own switch, else Accept-Language; `zh` when nothing known is asked."""
    if not has_request_context():
        return "zh"
    chosen = request.args.get("lang")
    if chosen in {"zh", "en"}:
        return "en" if chosen == "en" else "zh"
    for asked, quality in request.accept_languages:  # best first; en-GB is English too
        primary = asked.lower().partition("-")[0]
        if quality > 0 and primary in {"zh", "en"}:
            return "en" if primary == "en" else "zh"
    return "zh"
