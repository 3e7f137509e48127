package rules.seccomp_test

import data.rules.seccomp as rule
import data.tests.objects

test_fail_unconfined_against_the_pod if {
	pod := {
		"securityContext": {"seccompProfile": {"type": "RuntimeDefault"}},
		"containers": [{"name": "web", "securityContext": {"seccompProfile": {"type": "Unconfined"}}}],
	}
	found := rule.violation with input as objects.rollout(pod)
	found == {{
		"path": ["spec", "template", "spec", "containers", 0, "securityContext", "seccompProfile"],
		"message": "container \"web\" has no seccomp profile",
	}}
}

test_success_inherited if {
	pod := {
		"securityContext": {"seccompProfile": {"type": "Localhost", "localhostProfile": "web.json"}},
		"containers": [{"name": "web"}],
	}
	found := rule.violation with input as objects.deployment(pod)
	found == set()
}
