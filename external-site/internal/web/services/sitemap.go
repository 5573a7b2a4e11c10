package services

import (
	"context"

	"portal.example/external-site/internal/catalogue"
	"portal.example/external-site/internal/replica"
	"portal.example/external-site/internal/web/area"
)

// sitemap lists the pages of categories and life situations.
func sitemap(ctx context.Context, v replica.View) ([]area.Place, error) {
	categories, err := v.Catalogue.Categories(ctx)
	if err != nil {
		return nil, err
	}
	paths := append([]string{"/services"}, categoryPaths(categories)...)
	situations, err := v.Catalogue.Situations(ctx)
	for _, s := range situations {
		paths = append(paths, "/life-situations/"+s.Slug())
	}
	return area.Places(paths...), err
}

func categoryPaths(categories []catalogue.Category) (paths []string) {
	for _, c := range categories {
		paths = append(paths, "/categories/"+c.Slug())
		paths = append(paths, categoryPaths(c.Children)...)
	}
	return paths
}
