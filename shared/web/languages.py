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
    return "en" if request.accept_languages.best_match(["zh", "en"]) == "en" else "zh"
