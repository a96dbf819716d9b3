"""Under which names the page answers, and whose pages may send it something.

A foreign page can give its own name the address of this machine (DNS rebinding): then the browser
takes the page for a part of that site, unless the page looks at the name by which it is called.
"""

from __future__ import annotations

import ipaddress
import re
import socket
from dataclasses import dataclass
from urllib.parse import urlsplit

ANY = "*"
EVERYWHERE = ("0.0.0.0", "::")
"""What serves all networks: then any address of the machine may be asked for, and its own name."""

_ROOT = re.compile(r"(/[A-Za-z0-9._~-]+)*")
_PORT = re.compile(r":\d{1,5}$")
_NAME = re.compile(r"[a-z0-9]([a-z0-9._-]*[a-z0-9])?")


@dataclass(frozen=True)
class Hosts:
    """The names of the server.

    Args:
        host: the address that is served on.
        allowed: further names, such as that of a proxy; ``*`` is every name.

    Raises:
        ValueError: for what is no name, such as an address with https:// before it.
    """

    host: str = "127.0.0.1"
    allowed: tuple[str, ...] = ()

    def __post_init__(self):
        for name in self.allowed:
            if name != ANY and not host_name(name):
                raise ValueError(
                    "Expected a host's name such as photos.example.org, or * for every name. "
                    f"Received: {name!r}"
                )

    def answer(self, header: str) -> bool:
        """Whether the server goes by this name: the value of a Host header, with or without port.

        An address cannot be rebound, a name can: names are known ones only.
        """
        name = host_name(header)
        if not name:
            return False
        names = {"localhost", *(host_name(each) for each in (self.host, *self.allowed))}
        if ANY in self.allowed or name in names:
            return True
        address = _address(name)
        if address is None:
            return self.host in EVERYWHERE and name == socket.gethostname().lower()
        return address.is_loopback or self.host in EVERYWHERE

    def trust(self, origin: str, header: str) -> bool:
        """Whether a page of this origin may send something: it is the page itself.

        Args:
            origin: value of an Origin header. header: of the Host header of the same request.
        """
        try:
            place = urlsplit(origin)
            name = host_name(place.netloc)
        except ValueError:
            return False
        if place.scheme not in ("http", "https") or not name:
            return False
        if _without_usual_port(place.netloc, place.scheme) == _without_usual_port(
            header, place.scheme
        ):
            return True
        return name in {host_name(other) for other in self.allowed}


def root_path(text: str) -> str:
    """The path under which a proxy serves the page: ``/photos``, or empty for none.

    Raises:
        ValueError: for what is no path.
    """
    path = text.rstrip("/")
    if not _ROOT.fullmatch(path) or {".", ".."} & set(path.split("/")):
        raise ValueError(f"Expected a path such as /photos. Received: {text!r}")
    return path


def host_name(header: str) -> str:
    """The name of a Host header, in small letters, without port; empty for what is none."""
    text = header.strip().lower()
    if text.startswith("["):
        inside, closed, port = text[1:].partition("]")
        port_too = not port or _PORT.fullmatch(port)
        return inside if closed and _address(inside) and port_too else ""
    if _address(text):  # an address of version 6 as an option has it, without brackets
        return text
    name = _PORT.sub("", text).removesuffix(".")
    return name if _NAME.fullmatch(name) else ""


def _address(name: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(name)
    except ValueError:
        return None


def _without_usual_port(place: str, scheme: str) -> str:
    return place.strip().lower().removesuffix({"http": ":80", "https": ":443"}[scheme])


def client_key(address: str | None) -> str:
    """By what a client is told from others: its address, of version 6 the network of 64 bits.

    Whoever has one address of version 6 has a network of them.
    """
    found = _address(address or "")
    if found is None:
        return "here"  # a socket without addresses
    if found.version == 6:
        mapped = found.ipv4_mapped
        if mapped is None:
            return str(ipaddress.ip_network((found, 64), strict=False))
        found = mapped
    return str(found)
