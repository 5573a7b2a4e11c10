package services

import (
	"slices"

	"portal.example/internal-site/internal/importing/report"
)

// readTags reads tags; those of the right type become life situations.
func (rd *reader) readTags() error {
	t := rd.Mapping.Tags
	if t == nil {
		return nil
	}
	c := t.Columns
	v, err := rd.open("tags", t.Sheet, map[string]string{"id": c.ID, "name": c.Name, "name_en": c.NameEN, "type": c.Type, "order": c.Order})
	if err != nil {
		return err
	}
	rd.bar.Add(1)
	for _, r := range v.Rows {
		rec, ok := rd.read(v, report.Tag, r)
		key := rec.values["id"]
		if ok && duplicate(rec, rd.tags, key) {
			continue
		}
		if ok && !slices.Contains(t.Situations, rec.values["type"]) {
			rec.row.Refuse("not_situation", "type", rec.values["type"])
			ok = false
		}
		if !ok {
			rd.tags[key] = nil
			rd.hidden[key] = rec.hidden
			continue
		}
		rd.tags[key] = &Situation{
			Key: key, Name: rec.values["name"], NameEN: rec.values["name_en"], Position: rec.number("order"), row: rec.row,
		}
		rd.cat.Situations = append(rd.cat.Situations, rd.tags[key])
	}
	return rd.readRelations()
}

// readRelations refuses tags all of whose parents a rule has refused: what is under a hidden tag is hidden.
func (rd *reader) readRelations() error {
	t := rd.Mapping.TagRelations
	if t == nil {
		return nil
	}
	v, err := rd.open("tag_relations", t.Sheet, map[string]string{"parent": t.Columns.Parent, "child": t.Columns.Child})
	if err != nil {
		return err
	}
	rd.bar.Add(1)
	parents := map[string][]string{}
	for _, r := range v.Rows {
		rec, ok := rd.read(v, report.Relation, r)
		if !ok {
			continue
		}
		parent, child := rec.values["parent"], rec.values["child"]
		rec.row.ID = parent + " → " + child
		if rd.tagThere(rec, "parent") && rd.tagThere(rec, "child") {
			parents[child] = append(parents[child], parent)
		}
	}
	rd.cat.Situations = slices.DeleteFunc(rd.cat.Situations, func(s *Situation) bool {
		above := parents[s.Key]
		gone := len(above) > 0 && !slices.ContainsFunc(above, func(p string) bool { return !rd.hidden[p] })
		if gone {
			s.row.Refuse("parent_refused", "", above[0])
			rd.tags[s.Key] = nil
		}
		return gone
	})
	return nil
}

func (rd *reader) tagThere(rec record, field string) bool {
	if _, there := rd.tags[rec.values[field]]; !there {
		rec.row.Refuse("tag_unknown", field, rec.values[field])
		return false
	}
	return true
}

func (rd *reader) readTagLinks() error {
	t := rd.Mapping.TagLinks
	if t == nil {
		return nil
	}
	v, err := rd.open("tag_links", t.Sheet, map[string]string{"service": t.Columns.Service, "tag": t.Columns.Tag})
	if err != nil {
		return err
	}
	rd.bar.Stage("links", len(v.Rows))
	for _, r := range v.Rows {
		if rec, ok := rd.read(v, report.Link, r); ok {
			rd.link(rec)
		}
		rd.bar.Add(1)
	}
	return nil
}

func (rd *reader) link(rec record) {
	rec.row.ID = rec.values["service"] + " → " + rec.values["tag"]
	s, there := rd.services[rec.values["service"]]
	if !there {
		rec.row.Refuse("service_unknown", "service", rec.values["service"])
		return
	}
	if s == nil {
		rec.row.Refuse("service_refused", "service", rec.values["service"])
		return
	}
	if !rd.tagThere(rec, "tag") {
		return
	}
	tag := rd.tags[rec.values["tag"]]
	switch {
	case tag == nil:
		rec.row.Refuse("tag_refused", "tag", rec.values["tag"])
	case slices.Contains(s.Situations, tag):
		rec.row.Refuse("duplicate", "", "")
	default:
		s.Situations = append(s.Situations, tag)
	}
}

// dropUnusedSituations: a life situation that leads to no service would be a dead end for citizens.
func (rd *reader) dropUnusedSituations() {
	if rd.Mapping.TagLinks == nil {
		return
	}
	used := map[*Situation]bool{}
	for _, s := range rd.cat.Services {
		for _, tag := range s.Situations {
			used[tag] = true
		}
	}
	rd.cat.Situations = slices.DeleteFunc(rd.cat.Situations, func(s *Situation) bool {
		if !used[s] {
			s.row.Refuse("no_services", "", "")
		}
		return !used[s]
	})
}
