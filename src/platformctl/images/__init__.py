"""Container images of the local platform: built on this machine, kept in one store a user."""
