"""One module per rule; `checks.registry` lists them."""
