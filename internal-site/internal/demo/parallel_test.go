package demo

import (
	"slices"
	"testing"

	"portal.example/internal-site/internal/catalogue"
	"portal.example/shared/contract"
)

// One service of the region has two authorities that work at the same time, and a stage that only some cases need.
func TestOneServiceHasParallelStages(t *testing.T) {
	b := mustBuild(t)
	found := 0
	for _, o := range b.offers {
		if !o.tech.Parallel() {
			continue
		}
		found++
		authority := idOf("authority", o.authority.Key)
		if err := catalogue.CheckTech(o.tech, true); err != nil {
			t.Errorf("%s: %v", o.service.Key, err)
		}
		if err := catalogue.CheckDeciding(o.tech, &authority); err != nil {
			t.Errorf("%s: %v", o.service.Key, err)
		}
		if !slices.ContainsFunc(o.tech.Stages, func(s contract.TechStage) bool { return s.When != nil }) {
			t.Errorf("%s has no stage that only some cases need", o.service.Key)
		}
	}
	if found == 0 {
		t.Error("no service has parallel stages")
	}
}
