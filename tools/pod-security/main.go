// Judges pods by the Pod Security Standards, with the library that the API server itself judges by.
//
// Input: one pod as JSON a line. Output: one line for each, {"baseline": …, "restricted": …} or {"error": …} for what
// the API server could not decode.
package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/pod-security-admission/api"
	"k8s.io/pod-security-admission/policy"
	strict "sigs.k8s.io/json"
)

const longestLine = 16 << 20

type verdict struct {
	Baseline   bool   `json:"baseline"`
	Restricted bool   `json:"restricted"`
	Error      string `json:"error,omitempty"`
}

func main() {
	if err := run(os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(input io.Reader, output io.Writer) error {
	evaluator, err := policy.NewEvaluator(policy.DefaultChecks(), nil)
	if err != nil {
		return err
	}
	lines := bufio.NewScanner(input)
	lines.Buffer(nil, longestLine)
	answers := json.NewEncoder(output)
	for lines.Scan() {
		if err := answers.Encode(judge(evaluator, lines.Bytes())); err != nil {
			return err
		}
	}
	return lines.Err()
}

func judge(evaluator policy.Evaluator, line []byte) verdict {
	pod, err := decode(line)
	if err != nil {
		return verdict{Error: err.Error()}
	}
	return verdict{
		Baseline:   meets(evaluator, api.LevelBaseline, pod),
		Restricted: meets(evaluator, api.LevelRestricted, pod),
	}
}

// decode reads a pod as the API server does: field names in their exact case, and no unknown ones.
func decode(line []byte) (*corev1.Pod, error) {
	pod := &corev1.Pod{}
	problems, err := strict.UnmarshalStrict(line, pod)
	if err = errors.Join(append(problems, err)...); err != nil {
		return nil, err
	}
	for index := range pod.Spec.Volumes { // the API server's default, set before admission
		if source := &pod.Spec.Volumes[index].VolumeSource; *source == (corev1.VolumeSource{}) {
			source.EmptyDir = &corev1.EmptyDirVolumeSource{}
		}
	}
	return pod, nil
}

func meets(evaluator policy.Evaluator, level api.Level, pod *corev1.Pod) bool {
	latest := api.LevelVersion{Level: level, Version: api.LatestVersion()}
	for _, result := range evaluator.EvaluatePod(latest, &pod.ObjectMeta, &pod.Spec) {
		if !result.Allowed {
			return false
		}
	}
	return true
}
