// Package web lists the areas of internal-site and hands each what it needs. It holds no page and no rule. It may
// import the areas, the domains and shared.
package web

import (
	"context"
	"log/slog"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/prometheus/client_golang/prometheus"

	"portal.example/internal-site/internal/access"
	domain "portal.example/internal-site/internal/cases"
	"portal.example/internal-site/internal/catalogue"
	papers "portal.example/internal-site/internal/checks"
	desks "portal.example/internal-site/internal/counter"
	wording "portal.example/internal-site/internal/decisions"
	"portal.example/internal-site/internal/documents"
	queue "portal.example/internal-site/internal/intake"
	ledgers "portal.example/internal-site/internal/journals"
	"portal.example/internal-site/internal/law"
	switches "portal.example/internal-site/internal/modules"
	told "portal.example/internal-site/internal/notices"
	seats "portal.example/internal-site/internal/offices"
	"portal.example/internal-site/internal/opendata"
	"portal.example/internal-site/internal/org"
	"portal.example/internal-site/internal/preview"
	"portal.example/internal-site/internal/provider"
	consultation "portal.example/internal-site/internal/questions"
	hall "portal.example/internal-site/internal/reception"
	regions "portal.example/internal-site/internal/region"
	inquiries "portal.example/internal-site/internal/requests"
	terms "portal.example/internal-site/internal/retention"
	"portal.example/internal-site/internal/rights"
	"portal.example/internal-site/internal/scan"
	counted "portal.example/internal-site/internal/statistics"
	opinions "portal.example/internal-site/internal/surveys"
	chained "portal.example/internal-site/internal/trail"
	"portal.example/internal-site/internal/web/acts"
	"portal.example/internal-site/internal/web/area"
	"portal.example/internal-site/internal/web/calendar"
	"portal.example/internal-site/internal/web/cards"
	"portal.example/internal-site/internal/web/cases"
	"portal.example/internal-site/internal/web/checks"
	"portal.example/internal-site/internal/web/conflict"
	"portal.example/internal-site/internal/web/counter"
	"portal.example/internal-site/internal/web/decisions"
	"portal.example/internal-site/internal/web/elsewhere"
	"portal.example/internal-site/internal/web/home"
	"portal.example/internal-site/internal/web/intake"
	"portal.example/internal-site/internal/web/journals"
	"portal.example/internal-site/internal/web/modules"
	"portal.example/internal-site/internal/web/notices"
	"portal.example/internal-site/internal/web/offices"
	webopendata "portal.example/internal-site/internal/web/opendata"
	"portal.example/internal-site/internal/web/organisations"
	"portal.example/internal-site/internal/web/questions"
	"portal.example/internal-site/internal/web/reception"
	"portal.example/internal-site/internal/web/region"
	"portal.example/internal-site/internal/web/requests"
	"portal.example/internal-site/internal/web/retention"
	"portal.example/internal-site/internal/web/samples"
	"portal.example/internal-site/internal/web/services"
	"portal.example/internal-site/internal/web/signin"
	"portal.example/internal-site/internal/web/site"
	"portal.example/internal-site/internal/web/situations"
	"portal.example/internal-site/internal/web/statistics"
	"portal.example/internal-site/internal/web/surveys"
	"portal.example/internal-site/internal/web/trail"
	"portal.example/internal-site/internal/web/trust"
	"portal.example/internal-site/internal/web/users"
	webwork "portal.example/internal-site/internal/web/work"
	long "portal.example/internal-site/internal/work"
	"portal.example/shared/blob"
	"portal.example/shared/live"
	"portal.example/shared/locale"
	shown "portal.example/shared/region"
	"portal.example/shared/ui"
	"portal.example/shared/web"
)

// Config is what the site is made of.
type Config struct {
	Pool       *pgxpool.Pool
	Documents  *blob.Bucket
	Quarantine *blob.Bucket
	// Scanner looks for malware in what staff upload; nil: this node has none.
	Scanner scan.Scanner
	// Converter makes the PDF by which documents are shown that browsers cannot show; nil: they can only be saved.
	Converter preview.Converter
	// Signed says what is known of electronic signatures; nil: nothing is said of them.
	Signed cases.Signatures
	// FactorKeys seal the secrets of second factors; nil: there are no codes of apps.
	FactorKeys *access.FactorKeys
	// Passkeys checks what passkeys sign; nil: there are none.
	Passkeys *access.Passkeys
	// Provider is where people may sign in with OpenID Connect; nil: nowhere.
	Provider *provider.Provider
	// Live tells open pages of changes in halls; nil: they ask from time to time.
	Live *live.Hub
	// FollowsActs says that this node asks the register of the Verkhovna Rada for editions of acts.
	FollowsActs bool
	// PublicURL is the address of the public site, for links; "" leaves them out.
	PublicURL string
	// TLS says that browsers reach the site over https.
	TLS bool
	// TrustedProxies are the addresses whose X-Forwarded-For is believed.
	TrustedProxies []string
	Log            *slog.Logger
	// Metrics is where the site's metrics are registered; nowhere when nil.
	Metrics prometheus.Registerer
	Now     func() time.Time

	region *shown.Watch
}

// Areas lists the areas of the site. Without a pool their routes and files can be read and nothing be served.
func Areas(cfg Config) []area.Area {
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	accounts := access.NewStore(cfg.Pool, rights.Declared).At(cfg.Now).Sealing(cfg.FactorKeys).WithPasskeys(cfg.Passkeys)
	orgs := org.NewStore(cfg.Pool, domain.ValidPattern).At(cfg.Now)
	register := catalogue.NewStore(cfg.Pool).At(cfg.Now)
	library := law.NewStore(cfg.Pool).At(cfg.Now)
	vault := documents.NewVault(cfg.Documents, cfg.Quarantine, cfg.Scanner)
	views := preview.New(vault, cfg.Documents, cfg.Converter, cfg.Log)
	work := domain.NewStore(cfg.Pool).At(cfg.Now)
	desk := told.NewDesk(cfg.Pool).At(cfg.Now)
	visits := desks.NewStore(cfg.Pool, work).At(cfg.Now)
	asked := inquiries.NewStore(cfg.Pool, work).At(cfg.Now)
	halls := hall.NewStore(cfg.Pool).At(cfg.Now)
	list := []area.Area{
		cases.Area(cases.Deps{Cases: work, Counter: visits, Notices: desk, Requests: asked, Decisions: work, Orgs: orgs, Vault: vault, Previews: views, Openings: work, Signed: cfg.Signed, PublicURL: cfg.PublicURL}),
		requests.Area(requests.Deps{Requests: asked, Cases: work, Vault: vault}),
		notices.Area(notices.Deps{Desk: desk}),
		counter.Area(counter.Deps{
			Visits: visits, Centres: orgs, Vault: vault, PublicURL: cfg.PublicURL,
			Starters: map[desks.Origin]counter.Starter{desks.FromIntake: visits.StartOfEntry, desks.Called: calledTo(halls)},
		}),
		reception.Area(reception.Deps{Halls: halls, Notices: desk, Live: cfg.live()}),
		questions.Area(questions.Deps{Questions: consultation.NewStore(cfg.Pool).At(cfg.Now), Notices: desk, Vault: vault}),
		checks.Area(checks.Deps{Checks: papers.NewStore(cfg.Pool).At(cfg.Now), Notices: desk, Vault: vault}),
		journals.Area(journals.Deps{Journals: ledgers.NewStore(cfg.Pool).At(cfg.Now), Work: long.NewStore(cfg.Pool).At(cfg.Now), Now: cfg.Now}),
		statistics.Area(statistics.Deps{Statistics: counted.NewStore(cfg.Pool), Now: cfg.Now}),
		webopendata.Area(webopendata.Deps{Sets: opendata.NewStore(cfg.Pool, cfg.Documents).At(cfg.Now), PublicURL: cfg.PublicURL, Now: cfg.Now}),
		webwork.Area(webwork.Deps{Work: long.NewStore(cfg.Pool).At(cfg.Now), Files: cfg.Documents, Kinds: kinds(cfg, nil)}),
		surveys.Area(surveys.Deps{Surveys: opinions.NewStore(cfg.Pool).At(cfg.Now)}),
		services.Area(services.Deps{Services: register, Acts: library, Cards: register.Cards, TechCards: register.TechCards, Forms: register.Forms, Orgs: orgs, PublicURL: cfg.PublicURL}),
		samples.Area(samples.Deps{Services: register, Vault: vault}),
		situations.Area(situations.Deps{Situations: catalogue.NewSituations(cfg.Pool).At(cfg.Now), PublicURL: cfg.PublicURL}),
		elsewhere.Area(elsewhere.Deps{Elsewhere: catalogue.NewElsewhere(cfg.Pool).At(cfg.Now), PublicURL: cfg.PublicURL}),
		acts.Area(acts.Deps{Library: library, Vault: vault, Follows: cfg.FollowsActs}),
		cards.Area(cards.Deps{
			Services: register, Cards: register.Cards, TechCards: register.TechCards, Forms: register.Forms, Orgs: orgs, Files: register, Vault: vault,
		}),
		decisions.Area(decisions.Deps{Templates: wording.NewStore(cfg.Pool).At(cfg.Now)}),
		offices.Area(offices.Deps{Offices: seats.NewStore(cfg.Pool).At(cfg.Now)}),
		organisations.Area(organisations.Deps{Orgs: orgs, Appointments: halls}),
		calendar.Area(calendar.Deps{Calendar: work.Followed(asked, consultation.NewStore(cfg.Pool), papers.NewStore(cfg.Pool)), Appointments: halls}),
		intake.Area(intake.Deps{Queue: queue.NewQueue(cfg.Pool)}),
		modules.Area(modules.Deps{Modules: switches.NewStore(cfg.Pool), Orgs: orgs}),
		retention.Area(retention.Deps{Rules: terms.NewStore(cfg.Pool, terms.Kinds(cfg.Documents, cfg.Quarantine)).At(cfg.Now)}),
		users.Area(users.Deps{Users: accounts, Orgs: orgs, Work: work}),
		region.Area(region.Deps{Region: regions.NewStore(cfg.Pool, cfg.Now), Shown: shown.NewStore(cfg.Pool), Vault: vault, Watch: cfg.region}),
		trust.Area(trust.Deps{Kept: cfg.keeps()}),
		trail.Area(trail.Deps{Trail: chained.NewStore(cfg.Pool).At(cfg.Now)}),
		conflict.Area(),
	}
	return append(list, home.Area(list), signin.Area(signin.Deps{
		Users: accounts, Provider: cfg.there(), Orgs: orgs, Keeps: area.Keeps(list),
		Pages: func(c *gin.Context, actor access.Actor) []ui.NavItem {
			return area.Navigation(area.On(c, list), actor, "")
		},
	}))
}

// calledTo says how the visit begins of somebody who was called to a window.
func calledTo(halls *hall.Store) counter.Starter {
	return func(ctx context.Context, actor access.Actor, id uuid.UUID) (desks.Start, error) {
		centre, service, err := halls.Matter(ctx, actor, id)
		return desks.Start{Origin: desks.Called, ID: id, Centre: centre, Service: service}, err
	}
}

// live is the hub as the pages know it: no interface that holds nothing.
func (c Config) live() reception.Live {
	if c.Live == nil {
		return nil
	}
	return c.Live
}

// keeps says what signatures are verified with; nil where none are.
func (c Config) keeps() trust.Kept {
	if kept, ok := c.Signed.(trust.Kept); ok {
		return kept
	}
	return nil
}

// there is the provider as the pages know it: no interface that holds nothing.
func (c Config) there() signin.Provider {
	if c.Provider == nil {
		return nil
	}
	return c.Provider
}

// kinds are the long work that can be asked for; without words they are only named.
func kinds(cfg Config, words *locale.Catalogue) []long.Kind {
	return []long.Kind{journals.Ordered(ledgers.NewStore(cfg.Pool).At(cfg.Now), words)}
}

// Kinds are the long work that the pages ask for, to be done beside them.
func Kinds(cfg Config) ([]long.Kind, error) {
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	words, err := Catalogue()
	return kinds(cfg, words), err
}

// Catalogue loads every word of the site.
func Catalogue() (*locale.Catalogue, error) { return site.Catalogue(Areas(Config{})) }

// New makes the site with all its routes.
func New(cfg Config) (*web.Site, error) {
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Log == nil {
		cfg.Log = slog.Default()
	}
	cfg.region = shown.NewWatch(shown.NewStore(cfg.Pool).Profile, cfg.Now, func(err error) {
		cfg.Log.Error("region cannot be read", "error", err)
	})
	areas, accounts := Areas(cfg), access.NewStore(cfg.Pool, rights.Declared).At(cfg.Now).WithPasskeys(cfg.Passkeys)
	return site.New(site.Config{
		Region: cfg.region,
		Users:  accounts, SignIn: signin.Path, Ended: signin.Ended(signin.Deps{Users: accounts, Provider: cfg.there(), Keeps: area.Keeps(areas)}),
		Switches: switches.NewStore(cfg.Pool).Switches,
		Readings: &area.Readings{Record: chained.NewStore(cfg.Pool).Read, Sensitive: rights.Declared.Sensitive, Now: cfg.Now},
		TLS:      cfg.TLS, TrustedProxies: cfg.TrustedProxies, Log: cfg.Log, Now: cfg.Now, Metrics: cfg.Metrics,
	}, areas)
}
