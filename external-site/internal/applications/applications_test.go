package applications_test

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"portal.example/external-site/internal/applications"
	"portal.example/external-site/internal/submission"
	"portal.example/external-site/internal/submission/submissiontest"
	"portal.example/shared/blobtest"
	"portal.example/shared/forms"
	"portal.example/shared/pgtest"
)

func TestMain(m *testing.M) { pgtest.Main(m, blobtest.Stop) }

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func offered(t *testing.T) (*submissiontest.Region, *applications.Offers) {
	t.Helper()
	region := submissiontest.New(t)
	return region, applications.NewOffers(region.DB.PoolAs("external_site"), time.Now)
}

func service(t *testing.T, offers *applications.Offers) applications.Service {
	t.Helper()
	s, err := offers.Service(t.Context(), submissiontest.Code)
	must(t, err)
	return s
}

var key = regexp.MustCompile(`application\.[a-z]`)

// TestEveryQuestionHasWords: a key without words would stand in the form as itself.
func TestEveryQuestionHasWords(t *testing.T) {
	region, offers := offered(t)
	for _, kinds := range []string{"{person}", "{entity}", "{person,entrepreneur,entity}"} {
		region.DB.Exec("update catalogue.services set applicant_types = $1", kinds)
		for _, step := range service(t, offers).Portal.Steps {
			said := step.Title.UK + step.Title.EN + step.Hint.UK + step.Hint.EN
			for _, f := range step.Fields {
				said += f.Title.UK + f.Title.EN + f.Hint.UK + f.Hint.EN + f.PatternHint.UK + f.PatternHint.EN
				for _, o := range f.Options {
					said += o.Label.UK + o.Label.EN
				}
			}
			if key.MatchString(said) {
				t.Errorf("%s, page %s: %s", kinds, step.ID, said)
			}
		}
	}
}

// TestFormsAreBuiltOnce: and anew when what they depend on changes.
func TestFormsAreBuiltOnce(t *testing.T) {
	region, offers := offered(t)
	first, again := service(t, offers), service(t, offers)
	if first.Portal != again.Portal || first.Form != again.Form {
		t.Error("the forms are built for each request")
	}
	region.DB.Exec("update org.centres set name = 'Новий ЦНАП' where id = $1", region.Centre)
	renamed := service(t, offers)
	if renamed.Portal == first.Portal || !strings.Contains(renamed.Portal.Field("centre").Options[0].Label.UK+renamed.Portal.Field("centre").Options[1].Label.UK, "Новий ЦНАП") {
		t.Error("the form does not know the centre's new name")
	}
	region.SetForm("tree.json", 2)
	if service(t, offers).Form == first.Form {
		t.Error("the form of a version before")
	}
}

func TestNewFormIsAdopted(t *testing.T) {
	region, offers := offered(t)
	s := service(t, offers)
	desk := submission.NewDesk(submission.Options{
		Store: submission.NewStore(region.DB.PoolAs("external_site")), Bucket: blobtest.Bucket(t, "inbound"), Key: submissiontest.Key().Public(),
	})
	d := s.NewDraft()
	token, err := desk.Begin(t.Context(), d, func() error {
		d.Portal = forms.Answers{
			"kind": "person", "surname": "Канарейченко", "given_name": "Олена", "identified_by": "passport", "passport": "КС 123456",
			"phone": "+380671234567", "address": "с. Лугове", "centre": region.Centre.String(),
		}
		d.Answers["purpose"] = "court"
		for _, p := range s.Pages(d) {
			d.Visit(p)
		}
		return nil
	})
	must(t, err)
	region.SetForm("tree.json", 2)
	s = service(t, offers)
	d = s.NewDraft()
	_, err = desk.Load(t.Context(), token, d)
	must(t, err)
	if d.Portal["surname"] != "Канарейченко" || d.Answers["purpose"] != nil {
		t.Errorf("portal answers %v, service answers %v", d.Portal, d.Answers)
	}
	if next := s.NextPage(d, time.Now()); next != "trees" {
		t.Errorf("the applicant is led to %q", next)
	}
}
