"""JSON schemas of every kind, made from what Kubernetes and the add-ons publish themselves."""
