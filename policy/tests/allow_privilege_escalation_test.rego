package rules.allow_privilege_escalation_test

import data.rules.allow_privilege_escalation as rule
import data.tests.objects

test_fail_not_denied if {
	found := rule.violation with input as objects.rollout({"containers": [{"name": "web", "securityContext": null}]})
	found == {{
		"path": ["spec", "template", "spec", "containers", 0, "securityContext", "allowPrivilegeEscalation"],
		"message": "container \"web\" may gain privileges",
	}}
}

test_success_denied if {
	context := {"allowPrivilegeEscalation": false}
	found := rule.violation with input as objects.rollout({"containers": [{"name": "web", "securityContext": context}]})
	found == set()
}
