"""What a person asks for, as functions: settings in, events out; no terminal and no page."""
