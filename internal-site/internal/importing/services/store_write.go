package services

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"portal.example/shared/pg"
)

// writer collects statements and sends them in one round trip, in the order they were collected.
type writer struct {
	source string
	now    time.Time
	batch  pgx.Batch
}

func (w *writer) send(ctx context.Context, tx pg.Execer, step func(int)) (err error) {
	if w.batch.Len() == 0 {
		return nil
	}
	results := tx.SendBatch(ctx, &w.batch)
	defer func() { err = errors.Join(err, pg.Fault("write", results.Close())) }()
	for range w.batch.Len() {
		if _, err := results.Exec(); err != nil {
			return pg.Fault("write", err)
		}
		step(1)
	}
	return nil
}

func (w *writer) addCategory(c *Category, code string) {
	w.batch.Queue(`insert into catalogue.categories (id, code, parent_id, name, name_en, position, source, source_id)
		values ($1, $2, $3, $4, $5, $6, $7, $8)`, c.id, code, parentID(c), c.Name, c.NameEN, c.Position, w.source, c.Key)
}

func (w *writer) updateCategory(c *Category) {
	w.batch.Queue(`update catalogue.categories set parent_id = $2, name = $3, name_en = $4, position = $5 where id = $1`,
		c.id, parentID(c), c.Name, c.NameEN, c.Position)
}

func parentID(c *Category) *uuid.UUID {
	if c.Parent == nil {
		return nil
	}
	return &c.Parent.id
}

func (w *writer) addSituation(s *Situation, code string) {
	w.batch.Queue(`insert into catalogue.life_situations (id, code, name, name_en, position, source, source_id)
		values ($1, $2, $3, $4, $5, $6, $7)`, s.id, code, s.Name, s.NameEN, s.Position, w.source, s.Key)
}

func (w *writer) updateSituation(s *Situation) {
	w.batch.Queue(`update catalogue.life_situations set name = $2, name_en = $3, position = $4, version = version + 1, updated_at = $5
		where id = $1`, s.id, s.Name, s.NameEN, s.Position, w.now)
}

// touchSituation lets whoever has the page of a situation open know that its services are others.
func (w *writer) touchSituation(s *Situation) {
	w.batch.Queue(`update catalogue.life_situations set version = version + 1, updated_at = $2 where id = $1`, s.id, w.now)
}

func (w *writer) addAuthority(a *Authority, code string, published bool) {
	w.batch.Queue(`insert into org.authorities (id, code, name, level, source, source_id, published, updated_at)
		values ($1, $2, $3, $4, $5, $6, $7, $8)`, a.id, code, a.Name, a.Level, w.source, a.Key, published, w.now)
}

func (w *writer) addAct(a *Act, published bool) {
	w.batch.Queue(`insert into law.acts (id, title, kind, number, adopted_on, url, published, updated_at)
		values ($1, $2, $3, $4, $5, $6, $7, $8)`, a.id, a.Title, a.Kind, a.Number, a.Adopted, a.URL, published, w.now)
}

func (w *writer) addService(s *Service, published bool) {
	w.batch.Queue(`insert into catalogue.services (id, code, name, summary, keywords, category_id, authority_id, applicant_types,
			source, source_id, published, updated_at)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
		s.id, s.Code, s.Name, s.Summary, s.Keywords, s.categoryID(), s.authorityID(), s.Applicants, w.source, s.Key, published, w.now)
}

func (w *writer) updateService(s *Service, published bool) {
	w.batch.Queue(`update catalogue.services set name = $2, summary = $3, keywords = $4, category_id = $5, authority_id = $6,
			applicant_types = $7, published = $8, version = version + 1, updated_at = $9
		where id = $1`,
		s.id, s.Name, s.Summary, s.Keywords, s.categoryID(), s.authorityID(), s.Applicants, published, w.now)
}

func (w *writer) linkSituation(s *Service, situation uuid.UUID) {
	w.batch.Queue(`insert into catalogue.service_situations (service_id, situation_id, service_published, situation_published)
		select s.id, l.id, s.published, l.published from catalogue.services s, catalogue.life_situations l where s.id = $1 and l.id = $2
		for key share`, s.id, situation)
}

func (w *writer) unlinkSituation(s *Service, situation uuid.UUID) {
	w.batch.Queue(`delete from catalogue.service_situations where service_id = $1 and situation_id = $2`, s.id, situation)
}

// newCard is a version of a card to be written.
type newCard struct {
	id        uuid.UUID
	number    int
	effective time.Time
	published bool
	note      string
}

func (w *writer) addCard(s *Service, c newCard) error {
	content, err := json.Marshal(s.card())
	if err != nil {
		return fmt.Errorf("card of %s: %w", s.Key, err)
	}
	state, at := "draft", (*time.Time)(nil)
	if c.published {
		state, at = "published", &w.now
	}
	w.batch.Queue(`insert into catalogue.cards (id, service_id, number, state, effective_from, content, change_note, created_at,
			approved_at, published_at, published)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9, $10)`,
		c.id, s.id, c.number, state, c.effective, content, c.note, w.now, at, c.published)
	return nil
}

func (w *writer) changeDraft(s *Service, id uuid.UUID) error {
	content, err := json.Marshal(s.card())
	if err != nil {
		return fmt.Errorf("card of %s: %w", s.Key, err)
	}
	w.batch.Queue(`update catalogue.cards set content = $2, version = version + 1 where id = $1 and state = 'draft'`, id, content)
	return nil
}

func (w *writer) publishDraft(id uuid.UUID) {
	w.batch.Queue(`update catalogue.cards set state = 'published', published = true, approved_at = $2, published_at = $2,
		version = version + 1 where id = $1 and state = 'draft'`, id, w.now)
}

// retire withdraws the published versions before the one that has just come into force.
func (w *writer) retire(s *Service, number int) {
	w.batch.Queue(`update catalogue.cards set state = 'withdrawn', published = false, version = version + 1
		where service_id = $1 and published and number < $2`, s.id, number)
}
