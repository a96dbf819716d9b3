"""Names of the server, origins of pages, and clients by their addresses."""

from __future__ import annotations

import socket

import pytest

from sr_app.serving.hosts import Hosts, client_key, host_name, root_path

HERE, EVERYWHERE = Hosts(), Hosts("0.0.0.0", ("Photos.example.org",))


@pytest.mark.parametrize(
    "header",
    ["localhost", "LOCALHOST:7860", "localhost.:7860", "127.0.0.1:7860", "127.8.9.10", "[::1]:80"],
)
def test_a_local_page_goes_by_the_names_of_the_loopback(header) -> None:
    assert HERE.answer(header) and EVERYWHERE.answer(header)


@pytest.mark.parametrize(
    "header",
    [
        "evil.example", "evil.example:7860", "localhost.evil.example", "127.0.0.1.evil.example",
        "192.168.1.7", "", " ", "localhost:port", "[::1", "[evil]", "a b", "localhost,evil",
        "localhost@evil.example", "2130706433x", "*", "0.0.0.0", "-", "localhost:123456",
    ],
)  # fmt: skip
def test_and_by_no_other(header) -> None:
    assert not HERE.answer(header)


def test_what_is_served_to_all_networks_is_asked_for_by_any_address_and_by_known_names() -> None:
    for header in ("192.168.1.7:7860", "[fe80::1]:7860", socket.gethostname(), "10.0.0.1"):
        assert EVERYWHERE.answer(header), header
    assert EVERYWHERE.answer("photos.example.org") and EVERYWHERE.answer("PHOTOS.example.org:443")
    assert not EVERYWHERE.answer("evil.example")
    assert Hosts("0.0.0.0", ("*",)).answer("evil.example")
    assert Hosts("my-machine").answer("my-machine:7860") and Hosts("::1").answer("[::1]:7860")


def test_a_name_that_is_none_is_refused_when_the_page_starts() -> None:
    for name in ("https://photos.example.org", "", "a b"):
        with pytest.raises(ValueError, match=r"such as photos\.example\.org"):
            Hosts("0.0.0.0", (name,))


@pytest.mark.parametrize(
    ("origin", "header", "own"),
    [
        ("http://127.0.0.1:7860", "127.0.0.1:7860", True),
        ("http://localhost", "localhost:80", True),
        ("https://photos.example.org", "photos.example.org", True),
        ("https://photos.example.org", "127.0.0.1:7860", True),  # the proxy asks under its own name
        ("http://localhost:3000", "localhost:7860", False),
        ("http://127.0.0.1:7860", "localhost:7860", False),
        ("http://evil.example", "localhost:7860", False),
        ("https://photos.example.org.evil.example", "photos.example.org", False),
        ("null", "localhost:7860", False),
        ("", "localhost:7860", False),
        ("file://", "localhost:7860", False),
        ("http://[::1", "localhost:7860", False),
    ],
)  # fmt: skip
def test_only_the_page_itself_may_send_something(origin, header, own) -> None:
    assert EVERYWHERE.trust(origin, header) is own


def test_every_name_of_the_host_is_not_every_origin() -> None:
    assert not Hosts("0.0.0.0", ("*",)).trust("http://evil.example", "photos.example.org")


def test_clients_are_told_apart_by_address_and_network() -> None:
    assert client_key("192.0.2.7") == client_key("::ffff:192.0.2.7") == "192.0.2.7"
    assert client_key("2001:db8::1") == client_key("2001:db8:0:0:9::2") != client_key("2001:db9::1")
    assert client_key(None) == client_key("testclient")


def test_names_are_read_out_of_headers() -> None:
    assert host_name("[2001:DB8::1]:80") == "2001:db8::1" and host_name("A.b-c_d:1") == "a.b-c_d"


def test_the_path_that_a_proxy_serves_under() -> None:
    for text, path in (("", ""), ("/", ""), ("/photos/", "/photos"), ("/a/b-1", "/a/b-1")):
        assert root_path(text) == path
    for text in ("photos", "https://a.example/photos", "/a/../b", "//a", "/a b", "/a?b"):
        with pytest.raises(ValueError, match="Expected a path such as /photos"):
            root_path(text)
