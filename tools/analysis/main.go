// Measures as Argo Rollouts would: fills arguments into the metrics of an analysis template and judges results, with
// the code of the controller.
//
// Input: one request as JSON a line. Output: one line for each. A request has a template and arguments, and, by the
// names of its metrics, the results that Prometheus gave: for each measurement the values of a vector, as text. The
// answer has the metrics as they would be run, and a phase for each measurement.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strconv"

	"github.com/argoproj/argo-rollouts/pkg/apis/rollouts/v1alpha1"
	"github.com/argoproj/argo-rollouts/utils/analysis"
	"github.com/argoproj/argo-rollouts/utils/evaluate"
	"github.com/sirupsen/logrus"
)

const longestLine = 16 << 20

type request struct {
	Template v1alpha1.ClusterAnalysisTemplate `json:"template"`
	Args     map[string]string                `json:"args"`
	Results  map[string][][]string            `json:"results"`
}

type answer struct {
	Metrics []*v1alpha1.Metric                  `json:"metrics,omitempty"`
	Phases  map[string][]v1alpha1.AnalysisPhase `json:"phases,omitempty"`
	Error   string                              `json:"error,omitempty"`
}

func main() {
	if err := run(os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(input io.Reader, output io.Writer) error {
	lines := bufio.NewScanner(input)
	lines.Buffer(nil, longestLine)
	answers := json.NewEncoder(output)
	for lines.Scan() {
		var wanted request
		if err := json.Unmarshal(lines.Bytes(), &wanted); err != nil {
			return fmt.Errorf("the request is not understood: %w", err)
		}
		found, err := judge(wanted)
		if err != nil {
			found = answer{Error: err.Error()}
		}
		if err := answers.Encode(found); err != nil {
			return err
		}
	}
	return lines.Err()
}

func judge(wanted request) (answer, error) {
	args, err := analysis.MergeArgs(given(wanted.Args), wanted.Template.Spec.Args)
	if err != nil {
		return answer{}, err
	}
	found := answer{Phases: map[string][]v1alpha1.AnalysisPhase{}}
	for _, each := range wanted.Template.Spec.Metrics {
		metric, err := analysis.ResolveMetricArgs(each, args)
		if err != nil {
			return answer{}, err
		}
		if err := analysis.ValidateMetric(*metric); err != nil {
			return answer{}, fmt.Errorf("%s: %w", each.Name, err)
		}
		found.Metrics = append(found.Metrics, metric)
		for _, result := range wanted.Results[each.Name] {
			phase, err := measured(*metric, result)
			if err != nil {
				return answer{}, fmt.Errorf("%s: %w", each.Name, err)
			}
			found.Phases[each.Name] = append(found.Phases[each.Name], phase)
		}
	}
	return found, nil
}

func given(values map[string]string) []v1alpha1.Argument {
	args := []v1alpha1.Argument{}
	for name, value := range values {
		args = append(args, v1alpha1.Argument{Name: name, Value: &value})
	}
	return args
}

// measured is what the controller makes of a vector: it hands the values on in their order.
func measured(metric v1alpha1.Metric, result []string) (v1alpha1.AnalysisPhase, error) {
	values := make([]float64, 0, len(result))
	for _, each := range result {
		value, err := strconv.ParseFloat(each, 64)
		if err != nil {
			return "", err
		}
		values = append(values, value)
	}
	return evaluate.EvaluateResult(values, metric, *logrus.NewEntry(logrus.StandardLogger()))
}
