package demo

import (
	"bytes"

	"go.yaml.in/yaml/v3"

	"portal.example/shared/contract"
	"portal.example/shared/locale"
)

// Parts of a card are either the name of a building block of region.yaml or written out.

type documentRef struct {
	use string
	own contract.Document
}

func (r *documentRef) UnmarshalYAML(n *yaml.Node) error { return nameOr(n, &r.use, &r.own) }

type feeRef struct {
	use string
	own fee
}

func (r *feeRef) UnmarshalYAML(n *yaml.Node) error { return nameOr(n, &r.use, &r.own) }

type groundRef struct {
	use string
	own ownGround
}

type ownGround struct {
	ID string `yaml:"id"`
	UK string `yaml:"uk"`
	EN string `yaml:"en"`
}

func (r *groundRef) UnmarshalYAML(n *yaml.Node) error { return nameOr(n, &r.use, &r.own) }

func (g ownGround) ground() contract.Ground {
	return contract.Ground{ID: g.ID, Text: locale.Text{UK: g.UK, EN: g.EN}}
}

type actRef struct {
	use string
	own ownAct
}

type ownAct struct {
	Act string `yaml:"act"`
	UK  string `yaml:"uk"`
	EN  string `yaml:"en"`
}

func (r *actRef) UnmarshalYAML(n *yaml.Node) error { return nameOr(n, &r.use, &r.own) }

type stageRef struct {
	use string
	own stage
}

func (r *stageRef) UnmarshalYAML(n *yaml.Node) error { return nameOr(n, &r.use, &r.own) }

// nameOr reads a plain word into use and a mapping into own.
func nameOr(n *yaml.Node, use *string, own any) error {
	if n.Kind == yaml.ScalarNode {
		return n.Decode(use)
	}
	return strict(n, own)
}

// strict decodes a node and refuses keys that own does not have; Node.Decode alone would drop them.
func strict(n *yaml.Node, own any) error {
	raw, err := yaml.Marshal(n)
	if err != nil {
		return err
	}
	d := yaml.NewDecoder(bytes.NewReader(raw))
	d.KnownFields(true)
	return d.Decode(own)
}
