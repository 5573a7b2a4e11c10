package service

import (
	"context"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"portal.example/external-site/internal/address"
	"portal.example/external-site/internal/catalogue"
	"portal.example/external-site/internal/documents"
	"portal.example/external-site/internal/kept"
	"portal.example/external-site/internal/org"
	"portal.example/external-site/internal/replica"
	"portal.example/external-site/internal/web/meta"
	"portal.example/external-site/internal/web/nearby"
	"portal.example/shared/contract"
	"portal.example/shared/fault"
	"portal.example/shared/locale"
	"portal.example/shared/ui/cardview"
	"portal.example/shared/web"
)

// view is the card with what stands around it.
type view struct {
	cardview.View
	Online  bool // at least one of the centres takes applications through the site
	Booked  bool // at least one of them can have times that are booked
	Checked bool // at least one of them looks through documents before a visit
	centres []org.Centre
	own     bool      // the first of the centres is of the reader's community
	decides *org.Body // nil when it is not published
}

// read gathers all that the page of a service says, at one moment of the replica.
func (h *handlers) read(c *gin.Context, number int, switches contract.Switches) (view view, s catalogue.Service, err error) {
	ctx, now := c.Request.Context(), h.site.Now()
	err = h.Replica.At(ctx, func(v replica.View) error {
		s, err = v.Catalogue.Service(ctx, address.Code(c.Param("code")), number, catalogue.Today(now))
		if err != nil {
			return err
		}
		view.View = ofService(s)
		centres, err := v.Org.CentresOf(ctx, s.ID)
		if err != nil {
			return err
		}
		self := "/services/" + s.Slug()
		centres, above, err := nearby.Order(ctx, c, h.site.Printer(c), v, self, centres)
		if err != nil {
			return err
		}
		if view.centres = centres; len(centres) > 1 {
			view.Nearby = &above
		}
		for _, centre := range centres {
			view.Centres = append(view.Centres, ofCentre(centre))
			if community := web.Community(c); community != "" && len(view.Centres) == 1 && centre.In(community) {
				view.own = true
			}
			view.Online = view.Online || switches.OnAt(contract.ModuleApplications, centre.ID)
			view.Booked = view.Booked || switches.OnAt(contract.ModuleReception, centre.ID)
			view.Checked = view.Checked || switches.OnAt(contract.ModuleChecks, centre.ID)
		}
		if err := addAuthorities(ctx, v, s, &view); err != nil {
			return err
		}
		if err := addFiles(ctx, v, &view.View); err != nil {
			return err
		}
		samples, err := v.Documents.Samples(ctx, s.ID)
		view.Samples = meta.Samples(samples)
		return err
	})
	view.Now = now
	for _, body := range append(view.Centres, authorityOf(view)...) {
		kept.Until(ctx, body.Schedule.At(now).Until)
	}
	return view, s, err
}

func authorityOf(v view) []cardview.Body {
	if v.Authority == nil {
		return nil
	}
	return []cardview.Body{*v.Authority}
}

func ofService(s catalogue.Service) cardview.View {
	view := cardview.View{
		Code: s.Code, Stages: s.Stages, Acts: map[uuid.UUID]cardview.Act{}, Bodies: map[uuid.UUID]locale.Text{},
	}
	for _, a := range s.Applicants {
		view.Applicants = append(view.Applicants, string(a))
	}
	if s.Card != nil {
		view.Card = s.Card.Content
		view.Edition = cardview.Edition{Number: s.Card.Number, EffectiveFrom: s.Card.EffectiveFrom}
	}
	for id, a := range s.Acts {
		view.Acts[id] = cardview.Act{
			Title: a.Title, Kind: a.Kind, Number: a.Number, Issuer: a.Issuer, AdoptedOn: a.AdoptedOn, URL: a.URL, Href: "/acts/" + id.String(),
		}
	}
	return view
}

func ofCentre(c org.Centre) cardview.Body {
	return cardview.Body{
		Name: c.Name, Href: "/centres/" + c.Slug(), Address: c.Contacts.Address, Directions: c.Directions,
		Phones: c.Contacts.Phones, Email: c.Contacts.Email, Site: c.Contacts.Site, Schedule: c.Schedule,
		Latitude: c.Latitude, Longitude: c.Longitude,
	}
}

// addAuthorities adds the deciding authority, and the names of those that the stages go through.
func addAuthorities(ctx context.Context, v replica.View, s catalogue.Service, view *view) error {
	if s.AuthorityID != nil {
		a, err := v.Org.AuthorityByID(ctx, *s.AuthorityID)
		switch {
		case fault.Is(err, fault.NotFound): // it is not published
		case err != nil:
			return err
		default:
			view.decides = &a.Body
			view.Authority = &cardview.Body{
				Name: a.Name, Href: "/authorities/" + a.Slug(), Address: a.Contacts.Address,
				Phones: a.Contacts.Phones, Email: a.Contacts.Email, Site: a.Contacts.Site, Schedule: a.Schedule,
			}
		}
	}
	if s.Stages == nil {
		return nil
	}
	var wanted []uuid.UUID
	for _, stage := range s.Stages.Stages {
		if stage.AuthorityID != nil {
			wanted = append(wanted, *stage.AuthorityID)
		}
	}
	names, err := v.Org.AuthorityNames(ctx, wanted)
	view.Bodies = names
	return err
}

func addFiles(ctx context.Context, v replica.View, view *cardview.View) error {
	ids := make([]uuid.UUID, len(view.Card.Templates))
	for i, t := range view.Card.Templates {
		ids[i] = t.ID
	}
	files, err := v.Documents.Files(ctx, ids)
	view.Files = make(map[uuid.UUID]cardview.File, len(files))
	for id, f := range files {
		view.Files[id] = ofFile(f)
	}
	return err
}

func ofFile(f documents.File) cardview.File {
	return cardview.File{Title: f.Title, Format: f.Format(), Size: f.Size, Href: f.Href()}
}
