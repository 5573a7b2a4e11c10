package web

import (
	"portal.example/external-site/internal/freshness"
	"portal.example/external-site/internal/submission"
	"portal.example/external-site/internal/tracking"
	"portal.example/external-site/internal/web/apply"
	"portal.example/external-site/internal/web/track"
	"portal.example/shared/forms"
	"portal.example/shared/locale"
	"portal.example/shared/seal"
	"portal.example/shared/web"
)

// inboundRooms adds the pages that hand applications to the inbound channel and follow them. They use the pool that
// may write; without a key to seal to, nothing can be applied for.
func inboundRooms(site *web.Site, cfg Config, catalogue *locale.Catalogue, watch *freshness.Watch) error {
	controls, err := forms.NewRenderer(catalogue)
	if err != nil {
		return err
	}
	d := apply.Deps{
		Offers: submission.NewOffers(cfg.Replica, cfg.Now), Controls: controls, BaseURL: cfg.BaseURL, Log: cfg.Log,
	}
	if cfg.SealKey != "" {
		key, err := seal.LoadPublic(cfg.SealKey)
		if err != nil {
			return err
		}
		d.Desk = submission.NewDesk(submission.NewStore(cfg.Submit), cfg.Inbound, key, cfg.Now)
	}
	apply.Register(site, site.Engine(), d)
	track.Register(site, site.Engine(), track.Deps{
		Tracking: tracking.NewStore(cfg.Submit), Vault: tracking.NewVault(cfg.Documents), Freshness: watch,
	})
	return nil
}
