package questions

import (
	"slices"
	"testing"

	"github.com/google/uuid"

	"portal.example/external-site/internal/submission/submissiontest"
)

// Of what was published the newest comes first; before a form, what is about its service comes before what its addressee answered.
func TestPublished(t *testing.T) {
	region := submissiontest.New(t)
	store := NewStore(region.DB.PoolAs("external_site"))
	put := func(question, at string, centre, authority, service any) {
		t.Helper()
		region.DB.Exec(`insert into questions.published (id, centre_id, authority_id, service_id, question, question_en, answer, answer_en, published, published_at)
			values (gen_random_uuid(), $1, $2, $3, $4, '', 'Так', '', true, $5)`, centre, authority, service, question, at)
	}
	put("центр", "2026-11-03", region.Centre, nil, nil)
	put("послуга", "2026-11-01", nil, region.Authority, region.Service)
	put("інший орган", "2026-11-02", nil, region.Authority, nil)
	put("ніхто", "2026-11-04", uuid.New(), nil, nil)
	for name, c := range map[string]struct {
		filter PublishedFilter
		want   []string
		total  int
	}{
		"all":             {PublishedFilter{Size: 9}, []string{"ніхто", "центр", "інший орган", "послуга"}, 4},
		"second page":     {PublishedFilter{Size: 3, Page: 2}, []string{"послуга"}, 4},
		"of a service":    {PublishedFilter{Size: 9, About: region.Service}, []string{"послуга"}, 1},
		"of an authority": {PublishedFilter{Size: 9, By: region.Authority}, []string{"інший орган", "послуга"}, 2},
		"before a form":   {PublishedFilter{Size: 9, By: region.Centre, About: region.Service, Either: true}, []string{"послуга", "центр"}, 2},
	} {
		list, total, err := store.Published(t.Context(), c.filter)
		var got []string
		for _, p := range list {
			got = append(got, p.Question.UK)
		}
		if err != nil || total != c.total || !slices.Equal(got, c.want) {
			t.Errorf("%s: %q of %d, %v; expected %q of %d", name, got, total, err, c.want, c.total)
		}
	}
	list, _, err := store.Published(t.Context(), PublishedFilter{Size: 1, About: region.Service})
	if err != nil || list[0].By.Place != Authority || list[0].By.Code != "eco" || list[0].About == nil || list[0].About.Code != submissiontest.Code {
		t.Errorf("%+v, %v", list, err)
	}
	list, _, err = store.Published(t.Context(), PublishedFilter{Size: 1})
	if err != nil || list[0].By.Code != "" || list[0].About != nil {
		t.Errorf("by nobody that is on the site: %+v, %v", list, err)
	}
}
