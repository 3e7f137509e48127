package rules.apparmor_test

import data.rules.apparmor as rule
import data.tests.objects

test_fail_unconfined if {
	pod := {"containers": [{"name": "web", "securityContext": {"appArmorProfile": {"type": "Unconfined"}}}]}
	found := rule.violation with input as objects.rollout(pod)
	found == {{"path": ["spec", "template", "spec", "containers", 0, "securityContext", "appArmorProfile"], "message": "container \"web\" switches the AppArmor profile off"}}
}

test_fail_annotation if {
	pod := {"container.apparmor.security.beta.kubernetes.io/web": "unconfined"}
	found := rule.violation with input as objects.annotated_rollout(pod)
	found == {{"path": ["spec", "template", "metadata", "annotations", "container.apparmor.security.beta.kubernetes.io/web"], "message": "an annotation switches the AppArmor profile off"}}
}

test_success_profiles if {
	pod := {"securityContext": {"appArmorProfile": {"type": "RuntimeDefault"}}, "containers": [{"name": "web", "securityContext": {"appArmorProfile": {"type": "Localhost", "localhostProfile": "web.json"}}}, {"name": "web"}]}
	found := rule.violation with input as objects.rollout(pod)
	found == set()
}

test_success_annotations if {
	pod := {"container.apparmor.security.beta.kubernetes.io/web": "runtime/default", "container.apparmor.security.beta.kubernetes.io/web-2": "localhost/web", "container.apparmor.security.beta.kubernetes.io/web-3": null, "note": "unconfined"}
	found := rule.violation with input as objects.annotated_rollout(pod)
	found == set()
}
