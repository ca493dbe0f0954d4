"""The page that posts the message to the tool (OAuth 2.0 Form Post Response Mode)."""

from __future__ import annotations

from html import escape

from .login import FormPost
from .model import origin


def page(form: FormPost, *, script_url: str, lang: str, title: str, text: str, button: str) -> str:
    """Everything is escaped. No inline script: a static file submits, and the button works without it."""
    fields = "\n".join(
        f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">'
        for name, value in form.fields.items()
    )
    return f"""<!doctype html>
<html lang="{escape(lang)}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(title)}</title>
<script src="{escape(script_url)}" defer></script>
</head>
<body>
<form id="lti-post" method="post" action="{escape(form.action)}" accept-charset="utf-8">
{fields}
<p>{escape(text)}</p>
<p><button type="submit">{escape(button)}</button></p>
</form>
</body>
</html>
"""


def headers(form: FormPost, *, script_url: str) -> dict[str, str]:
    """The page may run one script and post to one place; it is never cached, as it holds a signed message.

    The referrer is cut to the origin: the address holds hints, and none at all would send `Origin: null`.
    """
    script = origin(script_url) or "'self'"
    policy = f"default-src 'none'; script-src {script}; form-action {origin(form.action)}; base-uri 'none'"
    return {
        "Content-Security-Policy": policy,
        "Cache-Control": "no-store",
        "Referrer-Policy": "strict-origin",
    }
