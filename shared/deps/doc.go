// Package deps is the dependency rule of the repository, as tests over its source and its import graph:
//
//	internal-site ─┐
//	external-site ─┼─► shared ─► third party        never sideways
//	syncer        ─┘
//	inside a site: cmd ─► web ─► domain; SQL only in a domain's store*.go
//
// depguard (.golangci.yaml) says the same while one types; this says it of the whole graph, transitively.
// There is no code here but tests, and they import the standard library only.
package deps
