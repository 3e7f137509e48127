"""Whether what runs is what Git demands, without asking Argo CD."""
