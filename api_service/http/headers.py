"""What every answer tells the browser to forbid; a view that needs another policy sets its own."""

from flask import Flask, Response

from shared.settings import Settings

#: Pages of ours have a stylesheet, pictures and forms, and no script.
POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    # Addresses of ours have ids in them.
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}
#: A year.
STRICT_TRANSPORT = "max-age=31536000"


def register(app: Flask, settings: Settings) -> None:
    """Send them with all answers of the application."""
    more = {"Strict-Transport-Security": STRICT_TRANSPORT} if is_https(settings) else {}

    def add(response: Response) -> Response:
        for name, value in {**HEADERS, **more}.items():
            response.headers.setdefault(name, value)
        if response.mimetype == "text/html":
            response.headers.setdefault("Content-Security-Policy", POLICY)
            response.headers.setdefault("Cache-Control", "no-store")
        return response

    app.after_request(add)


def is_https(settings: Settings) -> bool:
    """Whether browsers reach the API over TLS."""
    return (settings.public_url or "").startswith("https://")
