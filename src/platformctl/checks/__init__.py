"""The policy gate: what every change is judged by."""
