// Package web lists the areas of external-site and hands each what it needs. It holds no page and no rule. It may
// import the areas, the domains and shared.
package web

import (
	"context"
	"log/slog"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/prometheus/client_golang/prometheus"

	"portal.example/external-site/internal/account"
	"portal.example/external-site/internal/applications"
	"portal.example/external-site/internal/bookings"
	"portal.example/external-site/internal/catalogue"
	"portal.example/external-site/internal/checks"
	"portal.example/external-site/internal/datasets"
	"portal.example/external-site/internal/documents"
	"portal.example/external-site/internal/freshness"
	"portal.example/external-site/internal/halls"
	"portal.example/external-site/internal/issued"
	"portal.example/external-site/internal/kept"
	"portal.example/external-site/internal/modules"
	"portal.example/external-site/internal/own"
	"portal.example/external-site/internal/questions"
	"portal.example/external-site/internal/replica"
	"portal.example/external-site/internal/search"
	"portal.example/external-site/internal/submission"
	"portal.example/external-site/internal/surveys"
	"portal.example/external-site/internal/told"
	"portal.example/external-site/internal/tracking"
	"portal.example/external-site/internal/web/acts"
	"portal.example/external-site/internal/web/answers"
	"portal.example/external-site/internal/web/apply"
	"portal.example/external-site/internal/web/area"
	"portal.example/external-site/internal/web/book"
	"portal.example/external-site/internal/web/cabinet"
	"portal.example/external-site/internal/web/centres"
	webchecks "portal.example/external-site/internal/web/checks"
	webdatasets "portal.example/external-site/internal/web/datasets"
	webhalls "portal.example/external-site/internal/web/halls"
	"portal.example/external-site/internal/web/home"
	webissued "portal.example/external-site/internal/web/issued"
	"portal.example/external-site/internal/web/opendata"
	"portal.example/external-site/internal/web/pages"
	webquestions "portal.example/external-site/internal/web/questions"
	"portal.example/external-site/internal/web/ratings"
	"portal.example/external-site/internal/web/region"
	"portal.example/external-site/internal/web/sending"
	"portal.example/external-site/internal/web/service"
	"portal.example/external-site/internal/web/services"
	"portal.example/external-site/internal/web/site"
	"portal.example/external-site/internal/web/track"
	"portal.example/external-site/internal/web/verify"
	"portal.example/shared/blob"
	"portal.example/shared/contract"
	"portal.example/shared/live"
	"portal.example/shared/locale"
	shown "portal.example/shared/region"
	"portal.example/shared/seal"
	"portal.example/shared/signature/trust"
	"portal.example/shared/web"
)

// Config is everything that the site is made of.
type Config struct {
	// Replica reads the replica; every transaction of it is read-only.
	Replica *pgxpool.Pool
	// Search is the small pool whose connections search.Warm has prepared.
	Search *pgxpool.Pool
	// Submit is the pool of the rooms that may write: accounts and the inbound channel.
	Submit *pgxpool.Pool
	// Documents and Inbound are the buckets of this node.
	Documents, Inbound *blob.Bucket
	// UploadRoom is how many bytes of files may lie here while they arrive; 2 GiB when zero.
	UploadRoom int64
	// SealKey is the file with the public key to which submissions are sealed; without one nothing can be applied for.
	SealKey string
	// Live tells open pages of changes; nil: they ask from time to time.
	Live *live.Hub
	// Accounts keeps the citizens' accounts; without it there is no cabinet.
	Accounts *account.Store
	// Shelf keeps documents of accounts; without it they keep none.
	Shelf *own.Shelf
	// Spool is where files lie while they arrive; one of UploadRoom when nil.
	Spool *submission.Spool
	// Sent is called after each submission, to give memory back soon (submission.Scrubber); may be nil.
	Sent func()
	// Trust is what electronic signatures are verified with; nil trusts nobody.
	Trust *trust.Folder
	// BaseURL is the address under which people reach the site, without a trailing slash.
	BaseURL        string
	TrustedProxies []string
	// NoOffline says that browsers keep no cards for reading without a line.
	NoOffline bool
	// Map is where the map of centres comes from.
	Map centres.Map
	// SecurityContact stands in security.txt; there is none when it is empty.
	SecurityContact string
	// Changes says what has changed in the replica, where somebody listens to it (kept.Listener); nil: nobody does.
	Changes *kept.Changes
	// Kept keeps pages as long as changes are heard; nil: none. The pools Replica and Search must have kept.Tracer.
	Kept *kept.Keeper
	Log  *slog.Logger
	// Metrics is where the site's metrics are registered; nowhere when nil.
	Metrics prometheus.Registerer
	Now     func() time.Time
}

// Areas lists the areas of the site. Without pools their routes and files can be read and nothing be served. desk is
// nil where nothing can be applied for.
func Areas(cfg Config, watch *freshness.Watch, switches area.Switches, desk sending.Desk) []area.Area {
	reader, window := replica.NewReader(cfg.Replica, cfg.Changes), sending.NewWindow(desk, cfg.BaseURL, cfg.Log)
	if cfg.Accounts != nil {
		window.Accounts = cfg.Accounts
	}
	if cfg.Shelf != nil {
		window.Own = cfg.Shelf
	}
	drafts, _ := desk.(cabinet.Drafts)
	post, _ := desk.(cabinet.Post)
	var shelf cabinet.Shelf
	var results track.Shelf
	var accounts track.Accounts
	if cfg.Shelf != nil && cfg.Accounts != nil {
		shelf, results, accounts = cfg.Shelf, cfg.Shelf, cfg.Accounts
	}
	times, queues := bookings.NewStore(cfg.Replica, cfg.Now), halls.NewStore(cfg.Replica, cfg.Now)
	followed := tracking.NewStore(cfg.Submit, tracking.Cases{}, questions.Threads{}, checks.Packages{}, bookings.Followed{})
	list := []area.Area{
		home.Area(home.Deps{Replica: reader, Switches: switches, BaseURL: cfg.BaseURL}),
		services.Area(services.Deps{Replica: reader, Search: search.New(search.NewStore(cfg.Search)), Switches: switches, Cabinet: cfg.Accounts != nil, BaseURL: cfg.BaseURL, Log: cfg.Log}),
		service.Area(service.Deps{Replica: reader, Switches: switches, Vault: documents.NewVault(cfg.Documents), Appeals: shown.NewStore(cfg.Replica), Bookings: times, BaseURL: cfg.BaseURL, NoOffline: cfg.NoOffline}),
		centres.Area(centres.Deps{Replica: reader, Halls: queues, Switches: switches, BaseURL: cfg.BaseURL, Map: cfg.Map}),
		acts.Area(acts.Deps{Replica: reader, BaseURL: cfg.BaseURL}),
		verify.Area(verify.Deps{Trust: cfg.Trust, BaseURL: cfg.BaseURL}),
		webissued.Area(webissued.Deps{Documents: issued.NewStore(cfg.Replica), BaseURL: cfg.BaseURL}),
		opendata.Area(opendata.Deps{Replica: reader, BaseURL: cfg.BaseURL}),
		webdatasets.Area(webdatasets.Deps{Sets: datasets.NewStore(cfg.Replica, cfg.Documents), Region: shown.NewStore(cfg.Replica), BaseURL: cfg.BaseURL}),
		region.Area(region.Deps{Shown: shown.NewStore(cfg.Replica)}),
		sending.Area(),
		apply.Area(apply.Deps{Offers: applications.NewOffers(cfg.Replica, cfg.Now), Window: window, Switches: switches}),
		answers.Area(answers.Deps{Questions: questions.NewStore(cfg.Replica), BaseURL: cfg.BaseURL}),
		ratings.Area(ratings.Deps{Surveys: surveys.NewStore(cfg.Replica, cfg.Now), BaseURL: cfg.BaseURL}),
		webquestions.Area(webquestions.Deps{Questions: questions.NewStore(cfg.Replica), Window: window, Switches: switches}),
		webchecks.Area(webchecks.Deps{Offers: checks.NewStore(cfg.Replica, cfg.Now), Window: window, Switches: switches}),
		webhalls.Area(webhalls.Deps{Halls: queues, BaseURL: cfg.BaseURL}),
		book.Area(book.Deps{Offers: times, Freshness: watch, Window: window}),
		cabinet.Area(cabinet.Deps{
			Accounts: cfg.Accounts, Tracking: followed, Drafts: drafts, Window: window, Services: named(reader),
			Post: post, Told: told.NewStore(cfg.Submit), Switches: switches, Shelf: shelf, BaseURL: cfg.BaseURL,
		}),
		track.Area(track.Deps{
			Cabinet: cfg.Accounts != nil, Tracking: followed, Vault: tracking.NewVault(cfg.Documents), Freshness: watch,
			Surveys: surveys.NewStore(cfg.Replica, cfg.Now), Window: window, Switches: switches, Live: liveOf(cfg.Live), Shelf: results, Accounts: accounts, Bookings: times, Post: post,
			Pages: map[string]string{contract.KindQuestion: webquestions.StatusPage, contract.KindCheck: webchecks.StatusPage, contract.KindBooking: book.StatusPage},
		}),
	}
	return append(list, pages.Area(pages.Deps{Replica: reader, Freshness: watch, Appeals: shown.NewStore(cfg.Replica), Switches: switches, BaseURL: cfg.BaseURL, SecurityContact: cfg.SecurityContact, NoOffline: cfg.NoOffline, Others: list}))
}

// named finds the names of services.
func named(reader *replica.Reader) func(context.Context, []string) ([]catalogue.Named, error) {
	return func(ctx context.Context, codes []string) (list []catalogue.Named, err error) {
		err = reader.At(ctx, func(v replica.View) error {
			list, err = v.Catalogue.Named(ctx, codes)
			return err
		})
		return list, err
	}
}

// liveOf keeps a hub that is missing from being an interface that is there.
func liveOf(h *live.Hub) track.Live {
	if h == nil {
		return nil
	}
	return h
}

// Catalogue loads every word of the site.
func Catalogue() (*locale.Catalogue, error) { return site.Catalogue(Areas(Config{}, nil, nil, nil)) }

// New makes the site with all its routes.
func New(cfg Config) (*web.Site, error) {
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Log == nil {
		cfg.Log = slog.Default()
	}
	var desk sending.Desk
	if cfg.SealKey != "" {
		key, err := seal.LoadPublic(cfg.SealKey)
		if err != nil {
			return nil, err
		}
		desk = submission.NewDesk(submission.Options{
			Store: submission.NewStore(cfg.Submit), Bucket: cfg.Inbound, Key: key, Now: cfg.Now, Room: cfg.UploadRoom, Spool: cfg.Spool, Sent: cfg.Sent,
		})
	}
	watch := freshness.NewWatch(freshness.NewStore(cfg.Replica), cfg.Now, func(err error) {
		cfg.Log.Error("freshness cannot be read", "error", err)
	})
	if cfg.Changes == nil {
		cfg.Changes = kept.NewChanges()
	}
	switches := newSwitches(cfg)
	return site.New(site.Config{
		Freshness: watch, Switches: switches, Region: newRegions(cfg), Kept: cfg.Kept, BaseURL: cfg.BaseURL, TLS: strings.HasPrefix(cfg.BaseURL, "https://"),
		TrustedProxies: cfg.TrustedProxies, Log: cfg.Log, Now: cfg.Now, Metrics: cfg.Metrics,
	}, Areas(cfg, watch, switches, desk))
}

// newSwitches reads the switches when they have changed, and once a second while changes are not heard.
func newSwitches(cfg Config) area.Switches {
	store := modules.NewStore(cfg.Replica)
	latest := &kept.Latest[contract.Switches]{
		Changes: cfg.Changes, Tables: []string{"modules.switches"}, Read: store.Switches,
		Otherwise: modules.NewWatch(store, cfg.Now).Switches,
	}
	return latest.Get
}

// regions is the region's profile, in the same way.
type regions struct{ kept.Latest[shown.Profile] }

func newRegions(cfg Config) *regions {
	store := shown.NewStore(cfg.Replica)
	watch := shown.NewWatch(store.Profile, cfg.Now, func(err error) { cfg.Log.Error("region cannot be read", "error", err) })
	return &regions{kept.Latest[shown.Profile]{
		Changes: cfg.Changes, Tables: []string{"region.profile"}, Read: store.Profile,
		Otherwise: func(ctx context.Context) (shown.Profile, error) { return watch.Profile(ctx), nil },
	}}
}

// Profile never fails: without an answer pages show what was known.
func (r *regions) Profile(ctx context.Context) shown.Profile {
	p, err := r.Get(ctx)
	if err != nil {
		return shown.Profile{}
	}
	return p
}
