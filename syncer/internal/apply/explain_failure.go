package apply

import (
	"portal.example/shared/fault"
	"portal.example/syncer/internal/link"
	"portal.example/syncer/internal/replica"
)

// mayPassInOrder reports whether the same changes may succeed in source order, or at least show which of them fails.
func mayPassInOrder(err error) bool {
	code := link.Code(err)
	return len(code) == 5 && (code[:2] == "22" || code[:2] == "23" || code == replica.CodeDivergent || code == "21000")
}

// mayNameChange reports whether applying a flight again, change by change, may succeed or show which change the target
// refuses.
func mayNameChange(f *flight, a answer) bool {
	atEnd := a.done >= len(f.origin)
	return mayPassInOrder(a.err) || !link.Temporary(a.err) && (atEnd || f.origin[a.done].table != nil)
}

// explainFailure turns the failure of a flight into an error for the operator.
func (p *pipeline) explainFailure(f *flight, a answer) error {
	var from origin
	if a.done < len(f.origin) {
		from = f.origin[a.done]
	}
	switch code := link.Code(a.err); {
	case code == replica.CodeFenced:
		return fault.Unsafef("target: another syncer has taken over slot %q; this one stops", p.o.Slot)
	case code == replica.CodeElsewhere:
		return fault.Unsafef("target: the replica of slot %q is no longer at %s: its position was changed by somebody else; see `syncer status`", p.o.Slot, f.since)
	case p.mayBeSideBySide(f) && (mayPassInOrder(a.err) || code == "55P03" || code == "40P01"):
		p.o.Log.Warn("a transaction that is applied while it runs got in the way", "sqlstate", code)
		return ErrSpool
	case link.Temporary(a.err) || from.table == nil && !from.whole && !mayPassInOrder(a.err):
		return link.Fail("target", a.err)
	case from.whole:
		return &replica.Poison{Table: "the replica", LSN: from.lsn, Cause: a.err}
	case from.table == nil: // a constraint that is checked at COMMIT
		return &replica.Poison{Table: "the replica", LSN: f.before.begin.Final, Cause: a.err}
	}
	refused := &replica.Poison{Table: from.table.rel.FullName(), LSN: from.lsn, Cause: a.err}
	if from.key != nil {
		refused.Key = from.table.keyText(from.key)
	}
	return refused
}

// mayBeSideBySide reports whether the failure may come from transactions being applied while they run.
func (p *pipeline) mayBeSideBySide(f *flight) bool {
	return f.kind == bare || p.lost || p.countSides() > 0
}
