package demo

import "portal.example/shared/contract"

func init() { register(part{name: "modules", build: (*builder).modules}) }

// modules switches everything on: the region shows all that the portal can do.
func (b *builder) modules() {
	for _, m := range contract.Modules {
		if !m.Core {
			b.put("modules.switches", cell{"id", idOf("module", m.Name)}, cell{"module", m.Name}, cell{"enabled", true}, cell{"changed_at", b.founded()})
		}
	}
}
