"""The page as a Hugging Face Space: it serves on port 7860, under the name that the Space has."""

from __future__ import annotations

import os
import sys

from sr_app.cli.main import run

# Visitors are told apart by the address that the Space's own proxy names. Nobody else reaches this
# port, and the proxy has no fixed address. Who lies about theirs gains turns, no rights.
os.environ.setdefault("FORWARDED_ALLOW_IPS", "*")

options = ["--host", "0.0.0.0", "--port", "7860"]
if name := os.environ.get("SPACE_HOST"):
    options += ["--allow-host", name]
sys.argv = ["sr-app", "demo", *options, *sys.argv[1:]]
run()
