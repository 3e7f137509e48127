package main

import (
	"context"
	"fmt"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/argoproj/argo-cd/v3/pkg/apis/application/v1alpha1"
)

// objects is the client of a cluster that has nothing but the projects and the cluster Secrets of a request.
type objects struct {
	client.Client // nil: a generator that asks for anything else is a bug, and its set an error
	projects      map[types.NamespacedName]*v1alpha1.AppProject
	secrets       []corev1.Secret
}

func newObjects(wanted fleet) (*objects, error) {
	found := &objects{projects: map[types.NamespacedName]*v1alpha1.AppProject{}}
	for _, raw := range wanted.Projects {
		project := &v1alpha1.AppProject{}
		if err := strictly(raw, project); err != nil {
			return nil, fmt.Errorf("the AppProject %s of %s cannot be read: %w", project.Name, wanted.Name, err)
		}
		found.projects[types.NamespacedName{Namespace: project.Namespace, Name: project.Name}] = project
	}
	for _, raw := range wanted.ClusterSecrets {
		secret, err := decodeSecret(raw)
		if err != nil {
			return nil, fmt.Errorf("the Secret %s of %s cannot be read: %w", secret.Name, wanted.Name, err)
		}
		found.secrets = append(found.secrets, secret)
	}
	return found, nil
}

// Get gives a project.
func (o *objects) Get(_ context.Context, key client.ObjectKey, into client.Object, _ ...client.GetOption) error {
	target, ok := into.(*v1alpha1.AppProject)
	if !ok {
		return fmt.Errorf("%T cannot be had without a cluster", into)
	}
	project, ok := o.projects[key]
	if !ok {
		return apierrors.NewNotFound(schema.GroupResource{Group: "argoproj.io", Resource: "appprojects"}, key.Name)
	}
	project.DeepCopyInto(target)
	return nil
}

// List gives Secrets.
func (o *objects) List(_ context.Context, into client.ObjectList, options ...client.ListOption) error {
	target, ok := into.(*corev1.SecretList)
	if !ok {
		return fmt.Errorf("%T cannot be had without a cluster", into)
	}
	asked := client.ListOptions{}
	asked.ApplyOptions(options)
	for _, secret := range o.secrets {
		here := asked.Namespace == "" || asked.Namespace == secret.Namespace
		if here && (asked.LabelSelector == nil || asked.LabelSelector.Matches(labels.Set(secret.Labels))) {
			target.Items = append(target.Items, *secret.DeepCopy())
		}
	}
	return nil
}
