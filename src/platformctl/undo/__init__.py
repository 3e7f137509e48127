"""Takes an aborted release back in Git: what is written there is what runs again, once and with the reason.

`aborted`, `deliveries`, `measurements`, `revert` and `wording` say what is to be done, from what the cluster tells;
`kubernetes`, `forge` and `clone` are the ways to the cluster, the Git host and Git; `act` does one undo, `watch` all.
"""
