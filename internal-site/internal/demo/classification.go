package demo

import "github.com/google/uuid"

func init() { register(part{name: "classification", build: (*builder).classify}) }

// classify writes categories and life situations.
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
			cell{"position", (i + 1) * 10})
	}
}
