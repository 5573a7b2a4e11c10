package area_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/audit"
	"portal.example/internal-site/internal/cases"
	"portal.example/internal-site/internal/rights"
	"portal.example/internal-site/internal/web/area"
	"portal.example/internal-site/internal/web/site"
	"portal.example/internal-site/internal/web/webtest"
)

// clerk is signed in, whatever the session.
type clerk access.Actor

func (s clerk) Session(context.Context, []byte) (access.User, error) {
	return access.User{ID: s.UserID, Login: s.Login, FullName: s.Name, Grants: s.Grants, Rights: s.Rights}, nil
}

func (clerk) SetLanguage(context.Context, uuid.UUID, string) error { return nil }

// Whoever opens a page with other people's data is recorded before it is shown, once a minute; when that fails, nothing is shown.
func TestReadingsAreRecorded(t *testing.T) {
	centre, id := uuid.New(), uuid.New()
	var recorded []string
	var fails error
	now := webtest.Now()
	thing := area.ByID("thing", func(context.Context, uuid.UUID) (access.Object, error) {
		return access.Object{Own: []access.Place{access.InCentre(centre)}}, nil
	})
	who := clerk(webtest.Member(access.Administrator, access.InCentre(centre)))
	record := func(_ context.Context, by audit.Actor, e audit.Entry) error {
		detail, err := json.Marshal(e.Detail)
		if err != nil {
			return err
		}
		if by.Name != who.Login || e.ObjectID == id.String() && (e.CentreID == nil || *e.CentreID != centre) {
			t.Errorf("recorded by %q, of %+v", by.Name, e)
		}
		recorded = append(recorded, e.Action+" "+e.ObjectType+" "+string(detail))
		return fails
	}
	s := webtest.Over(t, site.Config{Users: who, Readings: &area.Readings{Record: record, Sensitive: rights.Declared.Sensitive, Now: func() time.Time { return now }}},
		toy(
			area.GET("", area.Somewhere(cases.View), fine),
			area.GET("/plain", area.SignedIn(), fine),
			area.GET("/:id", area.Over(cases.View, thing).Private(cases.View), fine),
			area.GET("/:id/files/:file", area.Over(cases.View, thing).Private(cases.View), fine),
			area.POST("/:id", area.Over(cases.View, thing).Private(cases.View), func(c *gin.Context) error { return fine(c) }),
		))
	client := webtest.Client{Site: s, Token: "signed-in"}
	for _, c := range []struct {
		path  string
		after time.Duration
		want  string // "" for nothing
	}{
		{"/toy?q=Коваль&page=", 0, `toy.list toy {"asked":["q"],"page":"/toy"}`},
		{"/toy/plain", 0, ""},
		{"/toy/" + id.String(), 0, `toy.read thing {"page":"/toy/:id"}`},
		{"/toy/" + id.String(), 59 * time.Second, ""},
		{"/toy/" + id.String(), time.Second, `toy.read thing {"page":"/toy/:id"}`},
		{"/toy/" + id.String() + "/files/7", 0, `toy.read thing {"file":"7","page":"/toy/:id/files/:file"}`},
	} {
		recorded, now = nil, now.Add(c.after)
		if w := client.Get(c.path); w.Code != http.StatusNoContent {
			t.Fatalf("%s: %d", c.path, w.Code)
		}
		if want := slices.DeleteFunc([]string{c.want}, func(s string) bool { return s == "" }); !slices.Equal(recorded, want) {
			t.Errorf("%s: recorded %q, want %q", c.path, recorded, want)
		}
	}
	recorded, fails = nil, errors.New("the database is away")
	other := "/toy/" + uuid.NewString()
	for tries := range 2 {
		if w := client.Get(other); w.Code != http.StatusInternalServerError || len(recorded) != tries+1 {
			t.Errorf("a page that could not be recorded: %d, %q", w.Code, recorded)
		}
	}
}
