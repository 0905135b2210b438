"""Origins in the settings: exactly what browsers send, or a sentence."""

import pytest

from shared.settings import SettingsError, read_settings

SENTENCE = "EPSM_TRUSTED_ORIGINS: is not a list of origins scheme://host[:port], without paths and without *"


@pytest.mark.parametrize(
    ("given", "origins"),
    [
        ("", ()),
        ("http://localhost:5173", ("http://localhost:5173",)),
        ("https://page.example.org, http://10.0.0.1:8080,", ("https://page.example.org", "http://10.0.0.1:8080")),
        ("HTTPS://Page.Example.org:443,http://a:80", ("https://page.example.org", "http://a")),
        ("http://[::1]:5173", ("http://[::1]:5173",)),
        ("https://xn--bcher-kva.example", ("https://xn--bcher-kva.example",)),
    ],
)
def test_origins_are_as_browsers_send_them(
    monkeypatch: pytest.MonkeyPatch, given: str, origins: tuple[str, ...]
) -> None:
    monkeypatch.setenv("EPSM_TRUSTED_ORIGINS", given)

    assert read_settings().trusted_origins == origins


@pytest.mark.parametrize(
    "given",
    [
        *("*", "https://*", "https://*.example.org", "page.example.org", "localhost:5173", "null", "file://", "//a"),
        *("http://a/", "http://a/path", "http://a?q", "http://a?", "http://a#", "http://u:hunter2@a", "ws://a"),
        *("http://", "http://:80", "http://a:", "http://a b", "http://bücher.example", "http://a;http://b"),
        *("http://a http://b", "http://a:99999", "http://a:x", "http://[::1", "http://::1:80"),
    ],
)
def test_what_is_no_origin_is_refused_with_a_sentence(monkeypatch: pytest.MonkeyPatch, given: str) -> None:
    monkeypatch.setenv("EPSM_TRUSTED_ORIGINS", f"http://good.example,{given}")

    with pytest.raises(SettingsError) as refused:
        read_settings()

    assert str(refused.value) == SENTENCE
