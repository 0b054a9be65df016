"""In which language to answer: Chinese unless the reader asks for English."""

from flask import has_request_context, request

from shared.kernel.refusal import Language


def language() -> Language:
    """The reader's language by Accept-Language; `zh` when nothing or nothing known is asked for."""
    if not has_request_context():
        return "zh"
    return "en" if request.accept_languages.best_match(["zh", "en"]) == "en" else "zh"
