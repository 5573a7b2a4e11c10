package demo

import (
	"cmp"
	"slices"

	"github.com/google/uuid"

	"portal.example/shared/locale"
)

func init() { register(part{name: "classification", build: (*builder).classify}) }

// classify writes categories and life situations, and what others give.
func (b *builder) classify() {
	position := 0
	var write func(list []category, parent *uuid.UUID)
	write = func(list []category, parent *uuid.UUID) {
		for _, c := range list {
			position += 10
			id := idOf("category", c.Key)
			if parent != nil {
				id = idOf("subcategory", c.Key)
			}
			b.put("catalogue.categories", cell{"id", id}, cell{"code", c.Key}, cell{"parent_id", parent}, cell{"name", c.Name.UK},
				cell{"name_en", c.Name.EN}, cell{"position", position})
			write(c.Children, &id)
		}
	}
	write(b.classification.Categories, nil)
	for i, s := range b.classification.Situations {
		b.put("catalogue.life_situations", cell{"id", idOf("situation", s.Key)}, cell{"code", s.Key}, cell{"name", s.Name.UK},
			cell{"name_en", s.Name.EN}, cell{"description", s.Description.UK}, cell{"description_en", s.Description.EN},
			cell{"position", (i + 1) * 10}, cell{"updated_at", b.founded()})
		b.steps(s)
	}
	for i, e := range b.elsewhere {
		checked := b.today.AddDate(0, 0, -cmp.Or(e.Checked, 30))
		b.put("catalogue.elsewhere", cell{"id", idOf("elsewhere", e.Key)}, cell{"code", e.Key}, cell{"name", e.Name.UK}, cell{"name_en", e.Name.EN},
			cell{"words", e.Words}, cell{"provider", e.Provider.UK}, cell{"provider_en", e.Provider.EN}, cell{"url", e.URL},
			cell{"position", (i + 1) * 10}, cell{"updated_at", b.founded()}, cell{"phone", e.Phone}, cell{"address", e.Address.UK},
			cell{"address_en", e.Address.EN}, cell{"how", e.How.UK}, cell{"how_en", e.How.EN},
			cell{"checked_on", checked}, cell{"review_on", checked.AddDate(0, 6, 0)})
	}
}

// steps writes what staff say of the steps of a situation.
func (b *builder) steps(s situation) {
	for i, step := range s.Path {
		if step.Heading.IsZero() {
			continue
		}
		others := []uuid.UUID{}
		for _, key := range step.Elsewhere {
			others = append(others, idOf("elsewhere", key))
		}
		b.put("catalogue.situation_steps", cell{"situation_id", idOf("situation", s.Key)}, cell{"number", i + 1}, cell{"heading", step.Heading.UK},
			cell{"heading_en", step.Heading.EN}, cell{"body", step.Text.UK}, cell{"body_en", step.Text.EN}, cell{"optional", step.Optional},
			cell{"term_kind", step.Term.Kind}, cell{"term_count", step.Term.Count}, cell{"term_unit", step.Term.Unit},
			cell{"term_law", step.Term.Law.UK}, cell{"term_law_en", step.Term.Law.EN}, cell{"elsewhere", others})
	}
}

// besidePath is the step of a service that stands beside the path of its situation.
const besidePath = 100

// stepOf is the place of a service on the path of a situation, and what is said of it there.
func (b *builder) stepOf(service, situation string) (place int, note locale.Text) {
	for _, s := range b.classification.Situations {
		if s.Key != situation {
			continue
		}
		for i, step := range s.Path {
			if at := slices.Index(step.Services, service); at == 0 {
				return i + 1, step.Note
			} else if at > 0 {
				return i + 1, locale.Text{}
			}
		}
	}
	return besidePath, locale.Text{}
}
