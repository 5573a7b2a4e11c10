package publisher

import (
	"strings"

	"portal.example/syncer/internal/relation"
)

// Harm says why the source refuses its application UPDATE and DELETE of a published table that has this identity by now, with
// the SQL that mends it; "" when it does not. odd are partitions whose identity is not DEFAULT.
func (t Table) Harm(identity relation.Identity, key, odd []string) string {
	if t.Info == nil {
		return ""
	}
	info := *t.Info
	info.Identity, info.IdentityColumns, info.OddPartitions = identity, key, odd
	if info.Kind == 'p' && identity == relation.IdentityDefault {
		info.PrimaryKey = key
	}
	t.Info = &info
	var all []string
	_, findings := t.judgeIdentity()
	for _, f := range findings {
		if f.Level != relation.Warning {
			all = append(all, SpareApplication(f).String())
		}
	}
	return strings.Join(all, "; ")
}
