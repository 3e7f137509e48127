"""What the tests of the services share: real databases, servers and processes."""
