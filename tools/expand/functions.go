package main

import (
	"encoding/json"
	"regexp"
	"strings"
	"text/template"
	_ "unsafe" // for the names of the controller's variables

	_ "github.com/argoproj/argo-cd/v3/applicationset/utils"
)

// The controller fills each string of an Application, the empty ones of its status too, with a copy of `base`, and a
// copy has all of some 200 functions: four fifths of the time. Without those that no set names it does the same faster.

//go:linkname base github.com/argoproj/argo-cd/v3/applicationset/utils.baseTemplate
var base *template.Template

//go:linkname functions github.com/argoproj/argo-cd/v3/applicationset/utils.sprigFuncMap
var functions map[string]any

var word = regexp.MustCompile(`[A-Za-z]\w*`)

// withFew runs with the functions that the sets name, and once more with all when one was missing: a parameter may
// bring a template too.
func withFew(fleets []fleet, run func() ([]answer, error)) ([]answer, error) {
	all := base
	defer func() { base = all }()
	base = template.New("base").Funcs(named(fleets))
	answers, err := run()
	if err != nil || !missed(answers) {
		return answers, err
	}
	base = all
	return run()
}

// named are the functions that sets name; all of them when one is `tpl`, which makes templates of parameters.
func named(fleets []fleet) template.FuncMap {
	found := template.FuncMap{}
	for _, each := range fleets {
		for _, set := range each.Sets {
			for _, name := range word.FindAllString(unescaped(set), -1) {
				if name == "tpl" {
					return functions
				}
				if function, ok := functions[name]; ok {
					found[name] = function
				}
			}
		}
	}
	return found
}

// unescaped puts a line end back where JSON says \n: it would be taken for a letter of the next word.
func unescaped(raw json.RawMessage) string {
	return regexp.MustCompile(`\\[nrtbf]`).ReplaceAllString(string(raw), " ")
}

func missed(answers []answer) bool {
	for _, each := range answers {
		if each.err != nil && strings.Contains(each.err.Error(), "not defined") {
			return true
		}
	}
	return false
}
