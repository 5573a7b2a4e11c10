package services

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"portal.example/internal-site/internal/importing/clean"
	"portal.example/shared/contract"
	"portal.example/shared/pg"
)

// stored is what the database has of the source, and what the source may meet there.
type stored struct {
	categories     map[string]storedCategory // by id in the source
	situations     map[string]storedSituation
	authorities    map[string]uuid.UUID // by folded name; of this source first
	acts           map[string]uuid.UUID // by address
	services       map[string]storedService
	cards          map[uuid.UUID][]storedCard // by service, oldest first
	links          map[uuid.UUID][]uuid.UUID  // service → situations of this source
	situationNames map[uuid.UUID]string       // of this source
	keptSituations map[uuid.UUID]bool         // of this source, that staff have changed
	placed         bool                       // staff have put life situations in an order
	last           int                        // the greatest position of a situation

	categoryCodes, situationCodes, authorityCodes map[string]bool
	serviceCodes                                  map[string]bool // of services from elsewhere
}

type storedCategory struct {
	id       uuid.UUID
	parent   *uuid.UUID
	name     string
	nameEN   string
	position int
}

type storedSituation struct {
	id       uuid.UUID
	name     string
	nameEN   string
	position int
	byStaff  bool // staff have changed it, its path or whether citizens see it
}

type storedService struct {
	id         uuid.UUID
	name       string
	summary    string
	keywords   string
	category   *uuid.UUID
	authority  *uuid.UUID
	applicants []string
	published  bool
	byStaff    bool // staff have changed it
}

type storedCard struct {
	id        uuid.UUID
	number    int
	state     string
	effective time.Time
	content   contract.Card
	byStaff   bool // staff wrote it, changed it while it was a draft, or approved it
}

func load(ctx context.Context, tx pg.Queryer, source string) (*stored, error) {
	s := &stored{
		categories: map[string]storedCategory{}, situations: map[string]storedSituation{}, authorities: map[string]uuid.UUID{},
		acts: map[string]uuid.UUID{}, services: map[string]storedService{}, cards: map[uuid.UUID][]storedCard{}, links: map[uuid.UUID][]uuid.UUID{},
		categoryCodes: map[string]bool{}, situationCodes: map[string]bool{}, authorityCodes: map[string]bool{}, serviceCodes: map[string]bool{},
		situationNames: map[uuid.UUID]string{}, keptSituations: map[uuid.UUID]bool{},
	}
	for _, step := range []func(context.Context, pg.Queryer, string) error{
		s.loadCategories, s.loadSituations, s.loadAuthorities, s.loadActs, s.loadServices, s.loadCards, s.loadLinks,
	} {
		if err := step(ctx, tx, source); err != nil {
			return nil, fmt.Errorf("read the catalogue: %w", err)
		}
	}
	return s, nil
}

// each runs a query and calls fn for every row after scanning it into into.
func each(ctx context.Context, tx pg.Queryer, into []any, fn func() error, sql string, args ...any) error {
	rows, err := tx.Query(ctx, sql, args...)
	if err != nil {
		return pg.Fault("query", err)
	}
	_, err = pgx.ForEachRow(rows, into, fn)
	return pg.Fault("query", err)
}

func (s *stored) loadCategories(ctx context.Context, tx pg.Queryer, source string) error {
	var from, key, code string
	var c storedCategory
	return each(ctx, tx, []any{&from, &key, &code, &c.id, &c.parent, &c.name, &c.nameEN, &c.position}, func() error {
		s.categoryCodes[code] = true
		if from == source {
			s.categories[key] = c
		}
		return nil
	}, `select source, source_id, code, id, parent_id, name, name_en, position from catalogue.categories`)
}

func (s *stored) loadSituations(ctx context.Context, tx pg.Queryer, source string) error {
	var from, key, code string
	var c storedSituation
	var placed bool
	return each(ctx, tx, []any{&from, &key, &code, &c.id, &c.name, &c.nameEN, &c.position, &c.byStaff, &placed}, func() error {
		s.situationCodes[code] = true
		s.placed, s.last = s.placed || placed, max(s.last, c.position)
		if from == source {
			s.situations[key] = c
			s.situationNames[c.id], s.keptSituations[c.id] = c.name, c.byStaff
		}
		return nil
	}, `select source, source_id, code, id, name, name_en, position, updated_by is not null, placed from catalogue.life_situations`)
}

// loadAuthorities finds authorities by name, whoever entered them: the same name is the same authority.
func (s *stored) loadAuthorities(ctx context.Context, tx pg.Queryer, source string) error {
	var key, code, name string
	var id uuid.UUID
	var ours bool
	return each(ctx, tx, []any{&ours, &key, &code, &id, &name}, func() error {
		s.authorityCodes[code] = true
		if !ours {
			key = clean.Fold(name)
		}
		if _, known := s.authorities[key]; !known {
			s.authorities[key] = id
		}
		return nil
	}, `select source = $1, source_id, code, id, name from org.authorities order by source <> $1, id`, source)
}

func (s *stored) loadActs(ctx context.Context, tx pg.Queryer, _ string) error {
	var url string
	var id uuid.UUID
	return each(ctx, tx, []any{&url, &id}, func() error {
		if _, known := s.acts[url]; !known {
			s.acts[url] = id
		}
		return nil
	}, `select url, id from law.acts where url <> '' order by id`)
}

func (s *stored) loadServices(ctx context.Context, tx pg.Queryer, source string) error {
	var from, key, code string
	var v storedService
	return each(ctx, tx, []any{
		&from, &key, &code, &v.id, &v.name, &v.summary, &v.keywords, &v.category, &v.authority, &v.applicants, &v.published, &v.byStaff,
	}, func() error {
		if from == source {
			s.services[key] = v
		} else {
			s.serviceCodes[code] = true
		}
		return nil
	}, `select source, source_id, code, id, name, summary, keywords, category_id, authority_id, applicant_types, published,
	           updated_by is not null from catalogue.services`)
}

func (s *stored) loadCards(ctx context.Context, tx pg.Queryer, source string) error {
	var service uuid.UUID
	var c storedCard
	var raw []byte
	return each(ctx, tx, []any{&service, &c.id, &c.number, &c.state, &c.effective, &raw, &c.byStaff}, func() error {
		c.content = contract.Card{}
		if err := json.Unmarshal(raw, &c.content); err != nil {
			return fmt.Errorf("card %s: %w", c.id, err)
		}
		s.cards[service] = append(s.cards[service], c)
		return nil
	}, `select c.service_id, c.id, c.number, c.state, c.effective_from, c.content,
	           coalesce(c.created_by, c.approved_by, c.published_by) is not null or c.state in ('draft', 'approved') and c.version > 1
	    from catalogue.cards c join catalogue.services s on s.id = c.service_id
	    where s.source = $1 order by c.service_id, c.number`, source)
}

func (s *stored) loadLinks(ctx context.Context, tx pg.Queryer, source string) error {
	var service, situation uuid.UUID
	return each(ctx, tx, []any{&service, &situation}, func() error {
		s.links[service] = append(s.links[service], situation)
		return nil
	}, `select l.service_id, l.situation_id from catalogue.service_situations l
	    join catalogue.services s on s.id = l.service_id join catalogue.life_situations t on t.id = l.situation_id
	    where s.source = $1 and t.source = $1`, source)
}
