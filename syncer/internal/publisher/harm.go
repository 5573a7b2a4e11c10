package publisher

import (
	"context"
	"errors"
	"slices"
	"strings"

	"portal.example/shared/whitelist"
	"portal.example/syncer/internal/link"
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

// Suffers says which changes the application is refused already because the publication has the table; "" if none. What counts is
// the publication's own filter and columns, which need not be the whitelist's.
func (p *Publication) Suffers(t Table) string {
	i := slices.IndexFunc(p.Tables, func(x Published) bool { return x.Schema == t.Schema && x.Name == t.Name })
	switch {
	case i < 0 || t.Info == nil:
		return ""
	case t.Info.Kind == 'p' && len(t.Info.OddPartitions) == 0:
		return ""
	case t.Info.Kind == 'p':
		return "the application's UPDATE and DELETE in " + strings.Join(t.Info.OddPartitions, ", ") + " fail now, as it is published"
	}
	columns, filter := p.Tables[i].Columns, rowFilter{p.Tables[i].Filter, t.Info}
	if columns == nil {
		columns = t.columnNames()
	}
	if identityProblem(t.Info, columns, filter.columns()) == "" {
		return ""
	}
	return "the application's UPDATE and DELETE of it fail now, as it is published"
}

// Harms says, by table, which changes the source refuses its application right now because of the publication. It needs no
// whitelist: what is published counts. A publication that is not there harms nobody.
func Harms(ctx context.Context, db relation.Queryer, publication string) (all []string, err error) {
	p, err := ReadPublication(ctx, db, publication)
	if errors.Is(err, ErrNoPublication) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	names := make([]relation.Name, len(p.Tables))
	for i, t := range p.Tables {
		names[i] = relation.Name{Schema: t.Schema, Name: t.Name}
	}
	infos, err := relation.InspectAll(ctx, db, names)
	if err != nil {
		return nil, link.Fail("source: published tables", err)
	}
	for i, published := range p.Tables {
		t := Table{Table: whitelist.Table{Schema: published.Schema, Name: published.Name}, Info: infos[i]}
		if why := p.Suffers(t); why != "" {
			all = append(all, t.FullName()+": "+why)
		}
	}
	return all, nil
}
