"""Security headers of every response; a view that needs a different policy sets its own."""

from flask import Flask, Response

from shared.settings import Settings

#: Stylesheets and scripts are files of this service; nothing is inline, and nothing comes from elsewhere.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; worker-src 'self'; "
    "frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    # URLs of this service contain ids, which are not for other sites.
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}
#: One year, in seconds.
STRICT_TRANSPORT = "max-age=31536000"


def register(app: Flask, settings: Settings) -> None:
    """Adds the headers to all responses of the application."""
    more = {"Strict-Transport-Security": STRICT_TRANSPORT} if is_https(settings) else {}

    def add(response: Response) -> Response:
        for name, value in {**HEADERS, **more}.items():
            response.headers.setdefault(name, value)
        if response.mimetype == "text/html":
            response.headers.setdefault("Content-Security-Policy", POLICY)
            response.headers.setdefault("Cache-Control", "no-store")
        elif response.is_json:
            # What a client sees depends on who it is, and a shared cache does not know.
            response.headers.setdefault("Cache-Control", "private, no-store")
        return response

    app.after_request(add)


def is_https(settings: Settings) -> bool:
    """Whether browsers reach the API over TLS."""
    return (settings.public_url or "").startswith("https://")
