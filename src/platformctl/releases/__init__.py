"""Releases: how a Rollout goes, what it decided and why, and the actions that people may take on it."""
