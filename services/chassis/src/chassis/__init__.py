"""The chassis shared by every TechCommerce service: one module per concern, no domain knowledge."""

__version__ = "0.1.0"
