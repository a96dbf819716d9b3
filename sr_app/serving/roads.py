"""The roads of the page: every path that is answered, spelled out; all others are closed.

The framework has some ninety roads and grows new ones with its versions. The page needs a handful.
A path is compared as a whole and as it is: other letters' case, doubled slashes and percent signs
lead nowhere.
"""

from __future__ import annotations

from dataclasses import dataclass

READ = ("GET", "HEAD")
KILO = 1_000


@dataclass(frozen=True)
class Road:
    """A path and what may be done there.

    Args:
        path: all of it; where ``rest`` is set, what it begins with.
        methods: of HTTP.
        rest: more of a path follows.
        public: answered without a login: what the form for the login is made of.
        spelled: characters of the rest may be percent-encoded (file names).
        most_bytes: of a request's body; None where it is told by the page's limits (uploads).
        share: kind of share that a request takes (``shares``), or none.
    """

    path: str
    methods: tuple[str, ...] = READ
    rest: bool = False
    public: bool = False
    spelled: bool = False
    most_bytes: int | None = KILO
    share: str = ""

    def leads_to(self, path: str) -> bool:
        """Whether a path is this road's."""
        if self.rest:
            return len(path) > len(self.path) and path.startswith(self.path)
        return path == self.path


UPLOAD = Road("/gradio_api/upload", ("POST",), most_bytes=None, share="uploads")
LOGIN = Road("/login", ("POST",), public=True, most_bytes=20 * KILO)
FILES = Road("/gradio_api/file=", rest=True, spelled=True)
PROBES = (Road("/healthz", public=True), Road("/readyz", public=True))
"""What a supervisor asks. They answer under any name of the host, since an orchestrator asks by the
address that it knows, and what they say is no secret: that the page lives, and can work."""

NAMES = ("upscale", "inspect")
"""The endpoints for programs."""

CALL_BYTES = 1_000 * KILO
"""Of a call of one of the page's functions: the largest, a painted map, has a third of that."""

PROGRAM_BYTES = 20 * KILO
"""Of a program's call: names and numbers; the photo was uploaded before."""

ROADS = (
    Road("/", public=True),
    *(Road(path, rest=True, public=True) for path in ("/assets/", "/static/", "/svelte/")),
    *(
        Road(path, public=True)
        for path in ("/theme.css", "/favicon.ico", "/manifest.json", "/robots.txt")
    ),
    # Of any other size an icon is drawn as large as whoever asks may like.
    *(Road(f"/pwa_icon{size}", public=True) for size in ("", "/192", "/512")),
    Road("/gradio_api/startup-events", public=True),
    LOGIN,
    Road("/logout"),
    Road("/config"),
    Road("/gradio_api/info"),
    Road("/page/", rest=True),
    Road("/leave", ("POST",)),
    UPLOAD,
    FILES,
    *(
        Road(f"/gradio_api/component_server{end}", ("POST",), most_bytes=CALL_BYTES, share="calls")
        for end in ("", "/")
    ),
    *PROBES,
    # What programs ask: a call begins by sending and ends by listening, as plain HTTP has it, or as
    # the framework's own client does.
    *(
        Road(f"/gradio_api/call/{name}", ("POST",), most_bytes=PROGRAM_BYTES, share="calls")
        for name in NAMES
    ),
    *(Road(f"/gradio_api/call/{name}/", rest=True, share="answers") for name in NAMES),
    Road("/gradio_api/queue/join", ("POST",), most_bytes=PROGRAM_BYTES, share="calls"),
    Road("/gradio_api/queue/data", share="answers"),
)
"""A road that is not here does not exist."""


def find_road(path: str, raw: bytes, root: str = "") -> Road | None:
    """The road that a request asks for, or None.

    Args:
        path: decoded. raw: as it was sent, without the query.
        root: prefix under which a proxy serves the page.
    """
    root = root.rstrip("/")
    if root and path.startswith(f"{root}/"):
        path = path[len(root) :]
    if not _is_straight(path):
        return None
    road = next((road for road in ROADS if road.leads_to(path)), None)
    if road is None or (b"%" in raw and not road.spelled):
        return None
    return road


def _is_straight(path: str) -> bool:
    """No way back, no step on the spot, nothing that some would read as another character."""
    if "//" in path or "\\" in path or any(ord(letter) < 32 for letter in path):
        return False
    return not any(part in (".", "..") for part in path.split("/"))
