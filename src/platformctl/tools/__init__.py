"""Pinned programs: Go programs built from their modules, Debian packages installed by name."""
