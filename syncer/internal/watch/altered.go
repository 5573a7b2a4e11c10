package watch

import (
	"slices"
	"strings"

	"portal.example/shared/fault"
	"portal.example/syncer/internal/publisher"
	"portal.example/syncer/internal/relation"
)

// judgeSwitched tells of a publication that was changed as a whole since the last look: its actions, or whether it publishes
// partitions as their root. That it is right again says nothing of what it kept back meanwhile.
func (w *Watch) judgeSwitched(p *publisher.Publication, sights []*sight) error {
	var names []string
	for i := range w.tables {
		if sights[i] == nil || p.Entry(&w.tables[i]) == 0 {
			continue
		}
		if w.traces[i].switched(p) {
			names = append(names, w.tables[i].FullName())
		}
	}
	if len(names) == 0 {
		return nil
	}
	return fault.Unsafef("source: publication %q was altered (ALTER PUBLICATION … SET or RENAME); even if it is the same again, changes of %s that it did not publish meanwhile are never sent; run `%s`",
		w.publication, w.some(names), w.resync(names))
}

// switched reports whether the publication was altered as a whole since. A new owner alone changes nothing that is published.
func (t trace) switched(p *publisher.Publication) bool {
	if t.Publication == "" || t.Publication == p.Version {
		return false
	}
	was, _, _ := strings.Cut(t.Publication, ".")
	is, _, _ := strings.Cut(p.Version, ".")
	return was != is || t.Owner == 0 || t.Owner == p.Owner
}

// judgeReplaced reports whether the publication is another one under the same name.
func (w *Watch) judgeReplaced(p *publisher.Publication) bool {
	oid, _, _ := strings.Cut(p.Version, ".")
	return slices.ContainsFunc(w.traces, func(t trace) bool { return t.Publication != "" && !strings.HasPrefix(t.Publication, oid+".") })
}

// judgeAltered tells of tables whose rows are, or mean, something else than what was streamed.
func (w *Watch) judgeAltered(p *publisher.Publication, sights []*sight) error {
	for i, s := range sights {
		if s == nil || w.tables[i].Released {
			continue
		}
		if why := w.traces[i].against(s.trace); why != "" {
			name := w.tables[i].FullName()
			return fault.Unsafef("source: %s %s, which the log does not record: the replica no longer holds the table's rows; run `syncer table resync %s`", name, why, name)
		}
	}
	for i, s := range sights {
		if s != nil && !w.tables[i].Released {
			was := w.traces[i]
			w.traces[i] = s.trace
			w.traces[i].Publication, w.traces[i].Owner = p.Version, p.Owner
			if was.switched(p) { // one that is not published now: it is judged when it is again
				w.traces[i].Publication, w.traces[i].Owner = was.Publication, was.Owner
			}
		}
	}
	return nil
}

// judgeUnlogged refuses tables and partitions whose changes are not in the log.
func (w *Watch) judgeUnlogged(sights []*sight, all []leaves) error {
	for i := range w.tables {
		t := &w.tables[i]
		if t.Released {
			continue
		}
		if s := sights[i]; s != nil && s.unlogged {
			return fault.Unsafef("source: %s is unlogged, so its changes are not in the log and are never sent; mend it with: ALTER TABLE %s SET LOGGED; then run `syncer table resync %s`",
				t.FullName(), relation.Quote(t.Schema, t.Name), t.FullName())
		}
		for _, l := range all[i] {
			if l.beside == logged {
				continue
			}
			return fault.Unsafef("source: partition %s of %s %s; then run `syncer table resync %s`", l.name, t.FullName(), l.beside.words(l.name), t.FullName())
		}
	}
	return nil
}

// words say what is wrong with a partition and what mends it.
func (l lost) words(name string) string {
	if l == foreign {
		return "is a foreign table, whose changes are not in this server's log and never come; detach it, or list the other partitions one by one"
	}
	return "is unlogged, so its changes are not in the log and are never sent; mend it with: ALTER TABLE " + name + " SET LOGGED"
}

// judgeNested refuses a listed table that has become a partition of another listed one: its changes come as that one's.
func (w *Watch) judgeNested(sights []*sight) error {
	for i, s := range sights {
		if s == nil || len(s.ancestors) == 0 || w.tables[i].Released {
			continue
		}
		root := slices.IndexFunc(sights, func(other *sight) bool { return other != nil && slices.Contains(s.ancestors, other.trace.Table) })
		if root >= 0 && !w.tables[root].Released {
			return nestedError(w.tables[i].FullName(), w.tables[root].FullName())
		}
	}
	return nil
}

func nestedError(leaf, root string) error {
	return fault.Unsafef("source: %s is a partition of %s, and both are listed: its changes come as those of %s alone, so the replica's %s stands still; take one of them off the whitelist and run `syncer table apply`",
		leaf, root, root, leaf)
}

// harmed notes, and tells once, where the publication makes the source refuse changes to its application.
func (w *Watch) harmed(p *publisher.Publication, sights []*sight, all []leaves) {
	for i := range w.tables {
		t := &w.tables[i]
		now := ""
		if s := sights[i]; s != nil && p.Entry(t) != 0 {
			now = t.Harm(s.identity, s.key, odd(all[i]))
		}
		switch now {
		case w.harm[i]:
		case "":
			w.log.Info("the source takes changes of the table again", "table", t.FullName())
		default:
			w.log.Error("the source refuses its application changes of the table, because it is published", "table", t.FullName(), "why", now)
		}
		w.harm[i] = now
	}
}

// odd are the partitions whose identity is not DEFAULT.
func odd(of leaves) (names []string) {
	for _, l := range of {
		if l.identity != relation.IdentityDefault {
			names = append(names, l.name)
		}
	}
	return names
}

// some lists names, but not hundreds.
func (w *Watch) some(names []string) string {
	if len(names) == len(w.tables) && len(names) > 1 {
		return "all tables"
	}
	if len(names) > mostNames {
		return strings.Join(names[:mostNames], ", ") + " and others"
	}
	return strings.Join(names, ", ")
}

// mostNames is how many tables a message names.
const mostNames = 12

// resync is the command that loads the tables anew.
func (w *Watch) resync(names []string) string {
	if len(names) > mostNames {
		return "syncer table resync --all"
	}
	return "syncer table resync " + strings.Join(names, " ")
}
