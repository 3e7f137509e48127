package rules.allow_privilege_escalation_test

import data.rules.allow_privilege_escalation as rule
import data.tests.objects

test_fail_not_denied if {
	found := rule.violation with input as objects.rollout({"containers": [{"name": "web", "securityContext": null}]})
	found == {{"path": ["spec", "template", "spec", "containers", 0, "securityContext", "allowPrivilegeEscalation"], "message": "container \"web\" may gain privileges"}}
}

# an empty item is a container without any field
test_fail_empty_item if {
	found := rule.violation with input as objects.rollout({"containers": [null]})
	count(found) == 1
}

test_success_denied if {
	pod := {"containers": [{"name": "web", "securityContext": {"allowPrivilegeEscalation": false}}]}
	found := rule.violation with input as objects.rollout(pod)
	found == set()
}

test_success_windows if {
	found := rule.violation with input as objects.rollout({"os": {"name": "windows"}, "containers": [{"name": "web"}]})
	found == set()
}
