package services

import (
	"portal.example/internal-site/internal/importing/clean"
	"portal.example/internal-site/internal/importing/report"
	"portal.example/internal-site/internal/importing/table"
)

func (rd *reader) readCategories() error {
	t := rd.Mapping.Categories
	if t == nil {
		return nil
	}
	c := t.Columns
	return rd.readLevel("categories", t.Sheet, "c", map[string]string{"id": c.ID, "name": c.Name, "name_en": c.NameEN, "order": c.Order})
}

func (rd *reader) readSubcategories() error {
	t := rd.Mapping.Subcategories
	if t == nil {
		return nil
	}
	c := t.Columns
	return rd.readLevel("subcategories", t.Sheet, "s",
		map[string]string{"id": c.ID, "name": c.Name, "name_en": c.NameEN, "order": c.Order, "parent": c.Parent})
}

// readLevel reads one level of classification; letter tells the ids of the levels apart.
func (rd *reader) readLevel(name string, s Sheet, letter string, columns map[string]string) error {
	v, err := rd.open(name, s, columns)
	if err != nil {
		return err
	}
	rd.bar.Add(1)
	for _, r := range v.Rows {
		rec, ok := rd.read(v, report.Category, r)
		key := letter + rec.values["id"]
		if ok && duplicate(rec, rd.categories, key) {
			continue
		}
		if ok && letter == "s" {
			ok = rd.known(rec, "parent", "c"+rec.values["parent"])
		}
		if !ok {
			rd.categories[key] = nil
			continue
		}
		c := &Category{
			Key: key, Parent: rd.categories["c"+rec.values["parent"]], Name: rec.values["name"], NameEN: rec.values["name_en"],
			Position: rec.number("order"), row: rec.row,
		}
		rd.categories[key] = c
		rd.cat.Categories = append(rd.cat.Categories, c)
	}
	return nil
}

// known refuses a row that names a category which is not there, or was refused.
func (rd *reader) known(rec record, field, key string) bool {
	c, there := rd.categories[key]
	switch {
	case !there:
		rec.row.Refuse("category_unknown", field, rec.values[field])
	case c == nil:
		rec.row.Refuse("category_refused", field, rec.values[field])
	}
	return c != nil
}

func (rd *reader) readServices() error {
	c := rd.Mapping.Services.Columns
	columns := map[string]string{
		"id": c.ID, "name": c.Name, "category": c.Category, "authority": c.Authority, "summary": c.Summary, "keywords": c.Keywords,
	}
	for _, p := range rd.Mapping.Pages {
		if p.Column != "" {
			columns["page:"+p.Folder] = p.Column
		}
	}
	v, err := rd.open("services", Sheet{File: rd.Name, Sheet: rd.Mapping.Services.Sheet}, columns)
	if err != nil {
		return err
	}
	if len(v.Rows) == 0 {
		return table.Broken(v.Name, 0, "no rows under the header")
	}
	rd.bar.Add(1)
	rd.bar.Stage("check", len(v.Rows))
	for _, r := range v.Rows {
		rd.service(v, r)
		rd.bar.Add(1)
	}
	return nil
}

func (rd *reader) service(v *view, r table.Row) {
	rec, ok := rd.read(v, report.Service, r)
	key := rec.values["id"]
	if ok && duplicate(rec, rd.services, key) {
		return
	}
	if ok && rd.Mapping.Services.Columns.Category != "" {
		ok = rd.known(rec, "category", rd.leaf()+rec.values["category"])
	}
	if !ok {
		if _, taken := rd.services[key]; !taken {
			rd.services[key] = nil
		}
		return
	}
	s := &Service{
		Key: key, Code: rd.Mapping.CodePrefix + key, Name: rec.values["name"], Summary: rec.values["summary"], Keywords: rec.values["keywords"],
		Category: rd.categories[rd.leaf()+rec.values["category"]], Authority: rd.authority(rec), row: rec.row, flags: rec.values,
	}
	s.Applicants = rd.applicants(s.Category)
	rd.services[key] = s
	rd.cat.Services = append(rd.cat.Services, s)
}

// leaf is the level of classification that services name.
func (rd *reader) leaf() string {
	if rd.Mapping.Subcategories != nil {
		return "s"
	}
	return "c"
}

func (rd *reader) applicants(c *Category) []string {
	for ; c != nil; c = c.Parent {
		if list := rd.Mapping.Applicants[c.Key[1:]]; c.Parent == nil && list != nil {
			return list
		}
	}
	return rd.Mapping.DefaultApplicants
}

// authority finds or makes the authority that a service names. The first spelling counts for all.
func (rd *reader) authority(rec record) *Authority {
	name := rec.values["authority"]
	if name == "" {
		if rd.Mapping.Services.Columns.Authority != "" {
			rec.row.Note("no_authority", "authority", "")
		}
		return nil
	}
	key := clean.Fold(name)
	if a := rd.authorities[key]; a != nil {
		if a.Name != name {
			rec.row.Change("spelling", "authority", name, a.Name)
		}
		return a
	}
	a := &Authority{Key: key, Name: name, Level: rd.Mapping.level(name)}
	a.row = rd.report.Row(report.Authority, rec.row.File, rec.row.Line, key, name)
	rd.authorities[key] = a
	rd.cat.Authorities = append(rd.cat.Authorities, a)
	return a
}

func (m *Mapping) level(authority string) string {
	for _, l := range m.AuthorityLevels {
		if l.pattern.MatchString(authority) {
			return l.Level
		}
	}
	return "local"
}
