"""The embedded cluster: a real Kubernetes in namespaces of its own, and the platform on top of it."""
