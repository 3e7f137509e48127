package main_test

import data.main
import data.tests.objects

test_inventory_names_every_rule if {
	found := main.deny with input as {"objects": []}
	{entry.objects | some entry in found} == {0}
	{rule | some entry in found; some rule in entry.rules} == {
		"allow-privilege-escalation", "capabilities-drop-all", "cpu-limit", "fixed-uid",
		"memory-limit", "read-only-root-fs", "run-as-non-root", "seccomp",
	}
}

test_finding_says_which_object if {
	compliant := {"apiVersion": "v1", "kind": "Service"}
	broken := objects.deployment({"containers": [{"name": "web"}]})
	found := main.deny with input as {"objects": [compliant, broken]}
	{entry.index | some entry in found; entry.msg != "inventory"} == {1}
}
